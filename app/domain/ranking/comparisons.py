"""Other ways to choose agenda items, shown beside equal shares: sequential Phragmen and most votes first.

Source: Brill, Freeman, Janson & Lackner on Phragmen's method; the running example of Lackner & Skowron 2023.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.domain.ranking.ballots import Ballots
from app.domain.ranking.order import lot
from app.domain.ranking.tallies import Floats, Id, Ints


@dataclass(frozen=True, slots=True)
class Load:
    """One choice by Phragmen: the column, and the time at which its supporters had earned its cost (minutes
    per unit of weight).
    """

    item: int
    time: Fraction


def support_weights(ballots: Ballots, weights: Sequence[int]) -> list[int]:
    """The weight of the supporters of every item, shape (T,)."""
    return [
        sum(weight * heads for weight, heads in zip(weights, ballots.supporters(item), strict=True))
        for item in range(len(ballots.items))
    ]


def priorities(items: Sequence[Id], costs: Sequence[int], support: Sequence[int], seed: str) -> list[int]:
    """The place of every item among equals: lower cost first, then higher initial weight, then the lot."""
    order = sorted(range(len(items)), key=lambda t: (costs[t], -support[t], lot(seed, items[t])))
    return [place for _, place in sorted((t, place) for place, t in enumerate(order))]


def most_votes(
    items: Sequence[Id],
    costs: Sequence[int],
    support: Sequence[int],
    minutes: int,
    seed: str,
    taken: Sequence[int] = (),
) -> list[int]:
    """Fill the minutes by (weight descending, cost ascending, lot); what does not fit is passed over.

    taken: columns that are on the agenda already. Items without supporters are never taken.
    """
    chosen: list[int] = []
    for t in sorted(range(len(items)), key=lambda t: (-support[t], costs[t], lot(seed, items[t]))):
        if support[t] > 0 and t not in taken and costs[t] <= minutes:
            chosen.append(t)
            minutes -= costs[t]
    return chosen


def phragmen(
    ballots: Ballots,
    costs: Sequence[int],
    weights: Sequence[int],
    priority: Sequence[int],
    minutes: int,
    stop_at_first: bool = False,
    start: Sequence[Fraction] | None = None,
    taken: Sequence[int] = (),
) -> list[Load]:
    """Sequential Phragmen: everybody earns at the same pace, and an item is bought once its supporters hold
    its cost.

    An item that no longer fits is passed over, or ends the choice with `stop_at_first`. start: what a unit
    of weight in every ballot class holds at time 0, shape (C,); default nothing. taken: columns that may not
    be chosen again.
    """
    left = minutes
    cell, since = _start(ballots, start)
    whole = support_weights(ballots, weights)
    alive = {t for t, weight in enumerate(whole) if weight > 0 and t not in set(taken)}
    # Buying empties purses and fills none, so a time found before is never later than the true one.
    earliest = {t: min(since) + Fraction(costs[t], whole[t]) for t in alive}
    mine = {t: np.flatnonzero(ballots.supports[:, t]) for t in alive}
    people, loads = ballots.count.astype(np.float64), list[Load]()
    key = cell * len(weights) + ballots.group
    while alive:
        best: tuple[Fraction, int, int] | None = None
        for t in sorted(alive, key=lambda t: (earliest[t], priority[t])):
            if best is not None and earliest[t] > best[0]:
                break
            earliest[t] = (costs[t] + _spent(key[mine[t]], people[mine[t]], weights, since)) / whole[t]
            found = (earliest[t], priority[t], t)
            best = found if best is None or found < best else best
        assert best is not None
        time, _, item = best
        alive.remove(item)
        if costs[item] > left:
            if stop_at_first:
                break
            continue
        left -= costs[item]
        loads.append(Load(item, time))
        since.append(time)
        key[mine[item]] = (len(since) - 1) * len(weights) + ballots.group[mine[item]]
    return loads


def _spent(key: Ints, people: Floats, weights: Sequence[int], since: Sequence[Fraction]) -> Fraction:
    """What the supporters of an item would have earned before their purses were emptied last."""
    heads = np.bincount(key, weights=people, minlength=len(since) * len(weights))
    spent = Fraction(0)
    for moment, row in zip(since, heads.reshape(-1, len(weights)).tolist(), strict=True):
        if moment:
            spent += moment * sum(weight * int(number) for weight, number in zip(weights, row, strict=True))
    return spent


def _start(ballots: Ballots, start: Sequence[Fraction] | None) -> tuple[Ints, list[Fraction]]:
    """The cell of every class, and since when the purse of each cell has been filling."""
    if start is None:
        return np.zeros(len(ballots.count), dtype=np.int64), [Fraction(0)]
    distinct = sorted(set(start))
    place = {purse: number for number, purse in enumerate(distinct)}
    return np.array([place[purse] for purse in start], dtype=np.int64), [-purse for purse in distinct]
