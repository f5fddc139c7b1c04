"""Tails are exact: equal to sums of fractions, also far out where a float of the chance itself would be nought."""

from fractions import Fraction
from math import comb, exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.integrity.tails import chance, log_binomial_tail, log_poisson_tail, odds_against


def binomial(x: int, n: int, p: Fraction) -> Fraction:
    """P(X >= x), by its definition."""
    return sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x, n + 1)), Fraction(0))


def logarithm(number: Fraction) -> float:
    """The logarithm of a fraction, also of one that no float can hold."""
    return _log(number.numerator) - _log(number.denominator)


def _log(whole: int) -> float:
    shift = max(0, whole.bit_length() - 500)
    return log(whole >> shift) + shift * log(2)


@pytest.mark.parametrize("n", [1, 2, 7, 40, 120])
@pytest.mark.parametrize(
    "p", [Fraction(1, 100), Fraction(4, 100), Fraction(1, 3), Fraction(1, 2), Fraction(19, 20)]
)
def test_every_binomial_tail_equals_its_sum_of_fractions(n: int, p: Fraction) -> None:
    for x in range(n + 1):
        assert log_binomial_tail(x, n, float(p)) == pytest.approx(
            logarithm(binomial(x, n, p)), rel=1e-9, abs=1e-12
        )


def test_far_out_the_logarithm_still_tells() -> None:
    expected = logarithm(binomial(900, 1000, Fraction(1, 100)))
    assert expected < -3000
    assert log_binomial_tail(900, 1000, 0.01) == pytest.approx(expected, rel=1e-10)
    assert chance(expected) == 0.0


def test_known_values() -> None:
    # Of ten throws of a coin at least eight heads: 56 in 1024.
    assert chance(log_binomial_tail(8, 10, 0.5)) == pytest.approx(56 / 1024, rel=1e-12)
    # Where two are expected, at least five: 1 - 7 e^-2.
    assert chance(log_poisson_tail(5, 2.0)) == pytest.approx(1 - 7 * exp(-2), rel=1e-12)


@pytest.mark.parametrize("mean", [0.25, 1.0, 5.3, 40.0])
def test_poisson_tails_equal_their_sums(mean: float) -> None:
    exact = Fraction(mean)
    terms = [Fraction(1)]
    for k in range(1, 400):
        terms.append(terms[-1] * exact / k)
    for k in (0, 1, 2, 5, 15, 40, 60, 100):
        expected = logarithm(sum(terms[k:], Fraction(0))) - mean
        assert log_poisson_tail(k, mean) == pytest.approx(expected, rel=1e-9, abs=1e-11)


@given(st.integers(1, 500), st.floats(0.0001, 0.9999), st.data())
def test_one_more_is_never_likelier(n: int, p: float, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n - 1))
    assert log_binomial_tail(x + 1, n, p) <= log_binomial_tail(x, n, p) + 1e-12
    assert log_binomial_tail(x, n, p) <= 0


@given(st.integers(0, 300), st.floats(0.01, 200))
def test_more_expected_is_never_rarer(k: int, mean: float) -> None:
    assert log_poisson_tail(k, mean) <= log_poisson_tail(k, mean * 1.1) + 1e-9
    assert log_poisson_tail(k + 1, mean) <= log_poisson_tail(k, mean) + 1e-12


def test_the_ends() -> None:
    assert log_binomial_tail(0, 10, 0.3) == 0
    assert log_binomial_tail(3, 10, 0) == -inf
    assert log_binomial_tail(10, 10, 1) == 0
    assert log_poisson_tail(0, 0) == 0
    assert log_poisson_tail(1, 0) == -inf
    with pytest.raises(ValueError, match="tail"):
        log_binomial_tail(11, 10, 0.5)
    with pytest.raises(ValueError, match="chance"):
        log_binomial_tail(1, 10, 1.5)
    with pytest.raises(ValueError, match="less than nothing"):
        log_poisson_tail(1, -1)


def test_odds_are_round() -> None:
    assert odds_against(log(1 / 3_000_000)) == 1_000_000
    assert odds_against(-inf) == 10**18
