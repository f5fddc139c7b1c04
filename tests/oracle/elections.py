"""Random elections of every temper: even, in camps, popular and obscure, full of ties; with weights of every size."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np

from app.domain.ranking.ballots import Ballots, fold
from app.domain.ranking.comparisons import priorities, support_weights

COSTS = (5, 10, 15, 20, 25, 30, 40, 45, 50, 60)
WEIGHTS = ((1,), (1,), (1, 2), (2, 7, 9), (1, 5, 40), (63, 18, 14), (5544, 18150, 26775))
"""Weights of one ballot per group; the last ones are those of uneven groups that weigh the same together."""


@dataclass(frozen=True)
class Election:
    """Costs in minutes, a budget, the weight of a ballot per group, and voters as (group, what they want)."""

    costs: tuple[int, ...]
    budget: int
    weights: tuple[int, ...]
    voters: tuple[tuple[int, frozenset[int]], ...]
    seed: str

    @cached_property
    def ballots(self) -> Ballots:
        """The voters as the site folds them."""
        supports = np.zeros((len(self.voters), len(self.costs)), dtype=np.bool_)
        for row, (_, wanted) in enumerate(self.voters):
            supports[row, list(wanted)] = True
        groups = [f"group {number}" for number in range(len(self.weights))]
        return fold(range(len(self.costs)), groups, supports, [group for group, _ in self.voters])

    @cached_property
    def priority(self) -> list[int]:
        """The place of every item among equals."""
        return priorities(
            self.ballots.items, self.costs, support_weights(self.ballots, self.weights), self.seed
        )


Wish = Callable[[], frozenset[int]]


def draw(
    luck: Random, items: tuple[int, int], voters: tuple[int, int], purchases: int, groups: int | None = None
) -> Election:
    """An election with a number of items and voters between these bounds, in which about so many items fit."""
    n_items, n_voters = luck.randint(*items), luck.randint(*voters)
    alike = luck.random() < 0.25
    costs = tuple(COSTS[4] if alike else luck.choice(COSTS) for _ in range(n_items))
    weights = luck.choice([row for row in WEIGHTS if groups is None or len(row) == groups])
    wish = luck.choice((_evenly, _in_camps, _by_fashion))(luck, n_items)
    people = tuple((luck.randrange(len(weights)), wish()) for _ in range(n_voters))
    budget = max(max(costs), round(luck.uniform(0.2, 1.0) * purchases * sum(costs) / n_items))
    return Election(costs, budget, weights, people, str(luck.random()))


def _evenly(luck: Random, n_items: int) -> Wish:
    share = luck.uniform(1, 8) / n_items
    return lambda: frozenset(item for item in range(n_items) if luck.random() < share)


def _in_camps(luck: Random, n_items: int) -> Wish:
    camps = [
        frozenset(luck.sample(range(n_items), luck.randint(1, n_items))) for _ in range(luck.randint(2, 6))
    ]

    def wish() -> frozenset[int]:
        mine = luck.choice(camps)
        return mine ^ {luck.randrange(n_items)} if luck.random() < 0.2 else mine

    return wish


def _by_fashion(luck: Random, n_items: int) -> Wish:
    fame = [1.0 / (item + 1) ** luck.uniform(0.4, 1.2) for item in range(n_items)]
    return lambda: frozenset(luck.choices(range(n_items), fame, k=luck.randint(0, 6)))
