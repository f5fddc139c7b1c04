"""Between which numbers a score must lie when some figures are withheld: all from what everybody may read.

A withheld figure lies between nought and what the row leaves over: the total of the idea less the groups that are
shown. From that follow bounds for the average of every group, and from those the bounds of every score.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from app.domain.ranking.parameters import Method, Parameters

Bounds = tuple[Fraction, Fraction]
"""The lowest and the highest value that is possible."""
Row = Sequence[int | None]


def votes_left(shown: Row, total: int) -> int:
    """What the groups that are not shown have together."""
    return total - sum(figure for figure in shown if figure is not None)


def mean_bounds(rows: Sequence[tuple[Row, Row, int, int]], width: int) -> tuple[Bounds, ...]:
    """mu_g per group, g < width. rows: for and against per group, None where withheld, and both totals, of every
    ranked idea.
    """
    found = []
    for group in range(width):
        for_ = against = more_for = more_against = 0
        for yes, no, p, q in rows:
            mine_for, mine_against = yes[group], no[group]
            if mine_for is None or mine_against is None:
                more_for += votes_left(yes, p)
                more_against += votes_left(no, q)
            else:
                for_ += mine_for
                against += mine_against
        found.append(
            (
                Fraction(for_ + 1, for_ + against + more_against + 2),
                Fraction(for_ + more_for + 1, for_ + more_for + against + 2),
            )
        )
    return tuple(found)


def approval_bounds(row: tuple[Row, Row, int, int], means: Sequence[Bounds], m: int) -> tuple[Bounds, ...]:
    """a_g per group of one idea."""
    yes, no, p, q = row
    found = []
    for mine_for, mine_against, (low, high) in zip(yes, no, means, strict=True):
        if mine_for is None or mine_against is None:
            left_for, left_against = votes_left(yes, p), votes_left(no, q)
            found.append(((m * low) / (left_against + m), (left_for + m * high) / (left_for + m)))
        else:
            n = mine_for + mine_against + m
            found.append(((mine_for + m * low) / n, (mine_for + m * high) / n))
    return tuple(found)


def score_bounds(method: Method, approvals: Sequence[Bounds], parameters: Parameters) -> tuple[float, float]:
    """The score of an idea by a method that looks at groups. Raises ValueError for one that does not."""
    lows, highs = [low for low, _high in approvals], [high for _low, high in approvals]
    if method is Method.DRAAGVLAK:
        return (
            float(sum(w * low for w, low in zip(parameters.weights, lows, strict=True))),
            float(sum(w * high for w, high in zip(parameters.weights, highs, strict=True))),
        )
    if method is Method.BRUG:
        root = 1 / len(approvals)
        return float(prod(lows)) ** root, float(prod(highs)) ** root
    if method is Method.GROEPSVERSCHIL:
        return float(max(Fraction(0), max(lows) - min(highs))), float(max(highs) - min(lows))
    raise ValueError(f"{method} does not look at groups.")
