"""How firm a place is: the fewest votes that would move an idea one place up or down."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.domain.ranking import scores as formulas
from app.domain.ranking.parameters import Method, Parameters, Weighting
from app.domain.ranking.tallies import Bools, Floats, Ints

FARTHEST = 1 << 20
LONGEST_SCAN = 100


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A ranking in order as bare columns: rank, score and n of shape (R,), for_ and against of shape (R, G)."""

    method: Method
    weighting: Weighting
    parameters: Parameters
    mu: tuple[Fraction, ...]
    rank: Ints
    score: Floats
    n: Ints
    for_: Ints
    against: Ints


def votes_to_move(ranking: Columns, start: int, stop: int) -> tuple[Ints, Ints]:
    """Votes that move each row of start..stop one place up and one place down; 0 where no number does it.

    Up means above the nearest row with a better score or n; down means below the next row, or below the
    equals of a shared rank. The votes all come from the one group that needs fewest; the other rows and the
    averages mu stay as they are. Methods that any vote can raise or lower are tried with up to a hundred
    votes either way.
    """
    rows = np.arange(start, stop)
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    n = ranking.n
    above = ranking.rank[rows] - 2
    tied = np.searchsorted(ranking.rank, ranking.rank[rows], side="right") > ranking.rank[rows]
    below = np.where(tied, rows, rows + 1)
    better, worse = above >= 0, below < len(ranking.rank)
    above, below = np.where(better, above, 0), np.where(worse, below, 0)
    up = _fewest(ranking, rows, +1, ranking.score[above], n[above])
    down = _fewest(ranking, rows, -1, ranking.score[below], n[below])
    return np.where(better, up, 0), np.where(worse, down, 0)


def _fewest(ranking: Columns, rows: Ints, direction: int, score: Floats, n: Ints) -> Ints:
    """The fewest votes with which each row passes a target of this score and n; 0 for never."""
    best = np.zeros(len(rows), dtype=np.int64)
    for group in range(_groups_that_matter(ranking)):
        if ranking.method.rises_with_support:

            def passes(k: Ints, group: int = group) -> Bools:
                return _passes(ranking, rows, direction, direction, group, k, score, n)

            best = _fewer(best, smallest_crossing(passes, len(rows), FARTHEST))
        else:
            for sign in (+1, -1):
                best = _fewer(best, _scan(ranking, rows, direction, sign, group, score, n))
    return best


def _groups_that_matter(ranking: Columns) -> int:
    method = ranking.method
    alike = ranking.weighting is Weighting.PER_PERSON and method is not Method.GROEPSVERSCHIL
    return len(ranking.parameters.groups) if method.sees_groups and not alike else 1


def _passes(
    ranking: Columns, rows: Ints, direction: int, sign: int, group: int, k: Ints, score: Floats, n: Ints
) -> Bools:
    """Whether the rows pass their targets with k votes more from a group: for (sign +1) or against (-1)."""
    for_, against = ranking.for_[rows], ranking.against[rows]
    changed = for_ if sign > 0 else against
    changed[:, group] += k
    if ranking.method is Method.ACTUEEL:
        mine = ranking.score[rows] + sign * k
    else:
        mine = formulas.score(
            ranking.method, for_, against, ranking.parameters, ranking.mu, ranking.weighting
        )
    mine_n = ranking.n[rows] + k
    beyond: Bools = (mine > score) if direction > 0 else (mine < score)
    further: Bools = (mine_n > n) if direction > 0 else (mine_n < n)
    found: Bools = beyond | ((mine == score) & further)
    return found


def _scan(
    ranking: Columns, rows: Ints, direction: int, sign: int, group: int, score: Floats, n: Ints
) -> Ints:
    """The first of 1..100 votes that does it, where more votes may undo what fewer did."""
    k = np.arange(1, LONGEST_SCAN + 1, dtype=np.int64)
    hits = _passes(
        ranking,
        np.repeat(rows, LONGEST_SCAN),
        direction,
        sign,
        group,
        np.tile(k, len(rows)),
        np.repeat(score, LONGEST_SCAN),
        np.repeat(n, LONGEST_SCAN),
    ).reshape(len(rows), LONGEST_SCAN)
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)


def smallest_crossing(crosses: Callable[[Ints], Bools], rows: int, limit: int) -> Ints:
    """Per row the smallest k in 1..limit for which `crosses(k)` holds, 0 where none does.

    `crosses` takes one k per row, shape (rows,), and must stay true once it is true.
    """
    high = np.full(rows, limit, dtype=np.int64)
    reachable = crosses(high)
    low = np.zeros(rows, dtype=np.int64)
    while bool((high - low > 1).any()):
        middle = (low + high) // 2
        hit = crosses(middle)
        # Rows that are done have their middle at `low`, which is known not to cross.
        high = np.where(hit & (middle > low), middle, high)
        low = np.where(hit, low, middle)
    return np.where(reachable, high, 0)


def _fewer(a: Ints, b: Ints) -> Ints:
    return np.where(a == 0, b, np.where(b == 0, a, np.minimum(a, b)))
