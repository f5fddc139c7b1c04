"""The printed guarantee: no group that agrees on an item got clearly less time than its weight earns.

EJR+ up to any item, after Brill & Peters 2023 (arXiv 2302.01989), in minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.domain.ranking.ballots import Ballots
from app.domain.ranking.tallies import Id


@dataclass(frozen=True, slots=True)
class Violation:
    """Supporters of an item outside the agenda who hold at most `level` minutes of it although their weight
    earns `earned` minutes. A None is withheld.
    """

    item: Id
    level: int
    earned: Fraction | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """checked: how many pairs of item and level were looked at. violations: the pairs for which the promise
    fails.
    """

    checked: int
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Whether the promise is kept for every group."""
        return not self.violations


def certify(
    ballots: Ballots, costs: Sequence[int], weights: Sequence[int], chosen: Sequence[int], minutes: int
) -> Certificate:
    """Check for every item t outside `chosen` and every level u that
    weight{i supports t, minutes_i <= u} * minutes / total weight < u + cost_t."""
    total = sum(weight * heads for weight, heads in zip(weights, ballots.voters(), strict=True))
    held = np.zeros(len(ballots.count), dtype=np.int64)
    for item in chosen:
        held += ballots.supports[:, item] * costs[item]
    # Without any weight nobody earned anything.
    width, checked, violations = len(ballots.groups), 0, list[Violation]()
    for item in range(len(ballots.items)):
        mine = ballots.supports[:, item]
        if not total or item in set(chosen) or not bool(mine.any()):
            continue
        levels, place = np.unique(held[mine], return_inverse=True)
        key = place.reshape(-1) * width + ballots.group[mine]
        heads = np.bincount(key, weights=ballots.count[mine], minlength=len(levels) * width).reshape(
            -1, width
        )
        weight = 0
        for level, row in zip(levels.tolist(), heads.tolist(), strict=True):
            weight += sum(each * int(people) for each, people in zip(weights, row, strict=True))
            checked += 1
            if weight * minutes >= (level + costs[item]) * total:
                violations.append(Violation(ballots.items[item], level, Fraction(weight * minutes, total)))
    return Certificate(checked, tuple(violations))
