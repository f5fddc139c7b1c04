"""The formulas that turn counts into scores: element by element, so that every processor gives the same
digits.

Sources: Wilson 1927 and Newcombe 1998 for the interval; Ovadya & Thorburn 2023 for bridging; additive
smoothing towards the group's average for Draagvlak.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from app.domain.ranking.parameters import PLACES, Z95, Method, Parameters, Weighting
from app.domain.ranking.tallies import Floats, Ints


def wilson(p: ArrayLike, n: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Lower and upper end of the Wilson interval for p of n; (0, 1) where n = 0."""
    yes, total = np.asarray(p, dtype=np.float64), np.asarray(n, dtype=np.float64)
    safe = np.where(total > 0, total, 1.0)
    share, zz = yes / safe, z * z
    middle = share + zz / (2.0 * safe)
    half = z * np.sqrt(share * (1.0 - share) / safe + zz / (4.0 * safe * safe))
    scale = 1.0 + zz / safe
    low = np.clip((middle - half) / scale, 0.0, 1.0)
    high = np.clip((middle + half) / scale, 0.0, 1.0)
    # At the ends the bound is exact; subtraction would leave a crumb of rounding.
    low = np.where(yes <= 0, 0.0, low)
    high = np.where(yes >= total, 1.0, high)
    return np.where(total > 0, low, 0.0), np.where(total > 0, high, 1.0)


def controversy(p: ArrayLike, q: ArrayLike, calm: int = 10) -> Floats:
    """4pq/n^2 * n/(n + calm): 1 for many votes that are split in half, 0 for one-sided or absent votes."""
    yes, no = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    total = yes + no
    safe = np.where(total > 0, total, 1.0)
    score: Floats = np.where(total > 0, 4.0 * yes * no / (safe * safe) * (total / (total + calm)), 0.0)
    return score


def group_means(for_: Ints, against: Ints) -> tuple[Fraction, ...]:
    """mu_g = (sum of for-votes + 1) / (sum of votes + 2) per column of the counts of the eligible rows."""
    yes, no = for_.sum(axis=0), against.sum(axis=0)
    return tuple(Fraction(int(p) + 1, int(p) + int(q) + 2) for p, q in zip(yes, no, strict=True))


def approval(for_: Ints, against: Ints, mu: tuple[Fraction, ...], m: int) -> Floats:
    """a_g = (p_g + m mu_g) / (n_g + m), shape (n, G): the share of for-votes, pulled to the average when
    votes are few.
    """
    means = np.array([float(m * mean) for mean in mu], dtype=np.float64)
    share: Floats = (for_ + means) / (for_ + against + np.float64(m))
    return share


def weighted_mean(a: Floats, whole_weights: tuple[int, ...]) -> Floats:
    """S = sum_g w_g a_g with the weights as whole numbers, added column by column; shape (n,)."""
    total = np.zeros(a.shape[0], dtype=np.float64)
    for column, weight in enumerate(whole_weights):
        total = total + a[:, column] * float(weight)
    score: Floats = total / float(sum(whole_weights))
    return score


def geometric_mean(a: Floats) -> Floats:
    """(prod_g a_g)^(1/G), shape (n,)."""
    product = np.ones(a.shape[0], dtype=np.float64)
    for column in range(a.shape[1]):
        product = product * a[:, column]
    root: Floats = np.cbrt(product) if a.shape[1] == 3 else np.power(product, 1.0 / a.shape[1])
    return root


def group_gap(a: Floats) -> Floats:
    """max_g a_g - min_g a_g, shape (n,)."""
    highest, lowest = a[:, 0], a[:, 0]
    for column in range(1, a.shape[1]):  # column by column: ten times as fast as along the rows
        highest, lowest = np.maximum(highest, a[:, column]), np.minimum(lowest, a[:, column])
    gap: Floats = highest - lowest
    return gap


def band(a: Floats, n: Ints, parameters: Parameters, whole_weights: tuple[int, ...]) -> Floats:
    """Half the width of the band around S: z * sqrt(sum_g w_g^2 a_g (1 - a_g) / (n_g + m + 1)); shape
    (n,)."""
    total = np.zeros(a.shape[0], dtype=np.float64)
    whole = float(sum(whole_weights))
    for column, weight in enumerate(whole_weights):
        share = a[:, column]
        total = total + (weight / whole) ** 2 * share * (1.0 - share) / (n[:, column] + parameters.m + 1.0)
    half: Floats = parameters.z * np.sqrt(total)
    return half


def recent_support(
    idea: ArrayLike, value: ArrayLike, age_days: ArrayLike, n_ideas: int, half_life_days: float = 7.0
) -> Floats:
    """Actueel: per idea the sum over its votes of value * 2^(-age / half-life), ages in days; shape
    (n_ideas,).
    """
    ages = np.asarray(age_days, dtype=np.float64)
    fading = np.asarray(value, dtype=np.float64) * np.exp2(-ages / half_life_days)
    total = np.bincount(np.asarray(idea, dtype=np.int64), weights=fading, minlength=n_ideas)
    return total.astype(np.float64)


def pooled(counts: Ints, weighting: Weighting) -> Ints:
    """The columns the formula works on: the groups, or one column of all persons together."""
    return counts.sum(axis=1, keepdims=True) if weighting is Weighting.PER_PERSON else counts


def _all(counts: Ints) -> Ints:
    """The counts of all groups together, shape (n,)."""
    total = counts[:, 0]
    for column in range(1, counts.shape[1]):
        total = total + counts[:, column]
    return total


def score(
    method: Method,
    for_: Ints,
    against: Ints,
    parameters: Parameters,
    mu: tuple[Fraction, ...],
    weighting: Weighting = Weighting.PER_GROUP,
    recent: Floats | None = None,
) -> Floats:
    """Scores of one method, rounded to 12 places, shape (n,).

    mu holds one mean per group, or a single one when every person weighs alike; it is an argument so that
    "what if this idea had three votes more" can be asked without moving the averages. Raises ValueError when
    Actueel is asked without `recent`.
    """
    if method is Method.ZEKERHEID:
        raw = wilson(_all(for_), _all(for_) + _all(against), parameters.z)[0]
    elif method is Method.NETTO:
        raw = (_all(for_) - _all(against)).astype(np.float64)
    elif method is Method.OMSTREDEN:
        raw = controversy(_all(for_), _all(against), parameters.calm)
    elif method is Method.ACTUEEL:
        if recent is None:
            raise ValueError("Actueel needs the faded sum of votes per idea.")
        raw = recent
    elif method is Method.GROEPSVERSCHIL:
        raw = group_gap(approval(for_, against, mu, parameters.m))
    else:
        a = approval(pooled(for_, weighting), pooled(against, weighting), mu, parameters.m)
        if method is Method.BRUG:
            raw = geometric_mean(a)
        else:
            raw = weighted_mean(a, parameters.whole_weights if weighting is Weighting.PER_GROUP else (1,))
    rounded: Floats = np.round(raw, PLACES) + 0.0
    return rounded
