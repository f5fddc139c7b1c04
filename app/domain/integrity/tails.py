"""How unlikely a count is: exact tails of the binomial and the Poisson distribution, as natural logarithms.

The largest term comes from `math.lgamma`; the others follow from the ratio of neighbours, and are added up from the
largest on. Beyond the mean the terms fall at least geometrically, so that adding stops where nothing is added any more.
"""

from math import exp, expm1, inf, lgamma, log, log1p

NOTHING = 1e-18
"""A term that adds less than this share of the sum ends it."""


def log_binomial_tail(x: int, n: int, p: float) -> float:
    """log P(X >= x) of n trials that each succeed with chance p. Raises ValueError outside 0 <= p <= 1, x <= n."""
    if not (0 <= p <= 1 and x <= n):
        raise ValueError("A tail needs a chance from 0 to 1, and at most as many successes as trials.")
    if x <= 0 or p == 1:
        return 0.0
    if p == 0:
        return -inf
    if x <= n * p:  # below the mean the other side is the small one
        return _rest(log_binomial_tail(n - x + 1, n, 1 - p))
    first = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log1p(-p)
    odds = p / (1 - p)
    total = term = 1.0
    for k in range(x, n):
        term *= (n - k) / (k + 1) * odds
        total += term
        if term < NOTHING * total:
            break
    return min(0.0, first + log(total))


def log_poisson_tail(k: int, mean: float) -> float:
    """log P(X >= k) where `mean` is expected. Raises ValueError for a mean below zero."""
    if mean < 0:
        raise ValueError("Nobody expects less than nothing.")
    if k <= 0:
        return 0.0
    if mean == 0:
        return -inf
    if k <= mean:
        return _rest(_log_poisson_below(k, mean))
    first = k * log(mean) - mean - lgamma(k + 1)
    total = term = 1.0
    number = k
    while term >= NOTHING * total:
        number += 1
        term *= mean / number
        total += term
    return min(0.0, first + log(total))


def _log_poisson_below(k: int, mean: float) -> float:
    """log P(X < k) for k up to the mean: from the largest term downwards."""
    first = (k - 1) * log(mean) - mean - lgamma(k)
    total = term = 1.0
    for number in range(k - 1, 0, -1):
        term *= number / mean
        total += term
        if term < NOTHING * total:
            break
    return first + log(total)


def _rest(log_part: float) -> float:
    """The logarithm of one minus a chance."""
    return log(-expm1(log_part)) if log_part < 0 else -inf


def odds_against(log_chance: float) -> int:
    """One in how many, as a round number that people can read: a power of ten, 10^18 at most."""
    return 10 ** int(min(18.0, -log_chance / log(10)))


def chance(log_chance: float) -> float:
    """The chance itself; 0.0 below what a float can hold."""
    return exp(log_chance) if log_chance > -700 else 0.0
