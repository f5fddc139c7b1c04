"""Rounded parts add up to the whole, and none is further off than a tenth."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ranking import plain
from app.domain.ranking.rounding import TENTH, in_tenths


def test_the_parts_that_lose_most_are_rounded_up() -> None:
    assert in_tenths([Fraction("36.25"), Fraction("2.61"), Fraction("6.14")], 45) == (
        Fraction("36.3"),
        Fraction("2.6"),
        Fraction("6.1"),
    )
    # Each by itself would be rounded to 36.3, 2.6 and 6.2: 45.1 minutes.
    assert sum(in_tenths([Fraction("36.26"), Fraction("2.58"), Fraction("6.16")], 45)) == 45


def test_nobody_pays_nothing_and_halves_go_to_the_first() -> None:
    assert in_tenths([0, 30, 0], 30) == (Fraction(0), Fraction(30), Fraction(0))
    assert in_tenths([Fraction("9.95"), Fraction("0.05")], 10) == (Fraction(10), Fraction(0))
    assert in_tenths([], 0) == ()


@given(st.lists(st.integers(0, 500), min_size=1, max_size=6).filter(any), st.integers(1, 300))
def test_rounded_parts_add_up(shares: list[int], total: int) -> None:
    exact = [Fraction(share * total, sum(shares)) for share in shares]
    for parts in (exact, [str(plain(part)) for part in exact], [str(plain(float(part))) for part in exact]):
        shown = in_tenths(parts, total)
        assert sum(shown) == total
        for tenths, part in zip(shown, exact, strict=True):
            assert abs(tenths - part) <= TENTH + Fraction(1, 10**9)
            assert (tenths == 0) if part == 0 else True
