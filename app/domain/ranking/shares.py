"""The method of equal shares in minutes, exactly: every unit of weight gets the same money and pays for what
it supports.

Sources: Peters, Pierczynski & Skowron 2021 (arXiv 2008.13276); Peters & Skowron 2020 (1911.11747);
equalshares.net for the ties and the completion by adding one minute at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np

from app.domain.ranking.ballots import Ballots
from app.domain.ranking.tallies import Ints

EXACT_ITEMS = 64
EXACT_PURCHASES = 14
TOLERANCE = 1e-12

Number = Fraction | float
"""Minutes as a fraction of whole numbers; as a float only on the path for very large agendas."""


class TooManyPurchases(Exception):
    """The exact path stops here; the caller takes the one with floats."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One item bought with equal shares.

    item: column. price: the most that a unit of weight pays (minutes). effective_weight: cost / price. paid:
    minutes per group, together the cost. highest: the most that one person of each group pays (minutes).
    tied: the columns that were equally good, the bought one first.
    """

    item: int
    price: Number
    effective_weight: Number
    paid: tuple[Number, ...]
    highest: tuple[Number, ...]
    tied: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What equal shares buy with endowment E.

    endowment: E in minutes, together for all. purchases: in order. money_behind: minutes that the supporters
    of every item still hold at the end, shape (T,). exact: whether all numbers are fractions.
    """

    endowment: int
    purchases: tuple[Purchase, ...]
    money_behind: tuple[Number, ...]
    exact: bool

    @property
    def items(self) -> tuple[int, ...]:
        """The bought columns in order."""
        return tuple(purchase.item for purchase in self.purchases)


class _Cells:
    """Ballot classes that have paid for the same purchases, and so hold the same money per unit of weight."""

    __slots__ = ("behind", "cell", "children", "key", "size")

    def __init__(self, cell: Ints, size: int, group: Ints, width: int) -> None:
        self.cell = cell
        self.size = size
        self.key = cell * width + group
        self.behind: dict[int, tuple[list[int], list[int], list[list[int]]]] = {}
        self.children: dict[int, tuple[_Cells, list[int], list[bool]]] = {}


class _Shares:
    """What is shared out, and what has a share in it, whichever numbers it is computed with."""

    support: Sequence[float]
    """The weight of all who support an item, per item."""

    def __init__(
        self,
        ballots: Ballots,
        costs: Sequence[int],
        weights: Sequence[int],
        priority: Sequence[int],
        longest: int | None,
    ) -> None:
        self.ballots = ballots
        self.costs, self.weights, self.priority = list(costs), list(weights), list(priority)
        self.longest = longest
        self.width = len(ballots.groups)

    def buyable(self) -> list[int]:
        """The items that have supporters with weight and are not longer than allowed."""
        return [
            item
            for item, cost in enumerate(self.costs)
            if self.support[item] > 0 and (self.longest is None or cost <= self.longest)
        ]


class ExactShares(_Shares):
    """Equal shares over fixed ballots, costs and weights, to be run for one endowment after another.

    costs: minutes per item, shape (T,), whole and positive. weights: weight of a ballot per group, whole.
    priority: the place of every item among equals, lower first. longest: items above this many minutes are
    never bought. Cells and their weights depend only on what was bought before, not on the endowment, and
    are kept, so that the runs of Add1 share them.
    """

    def __init__(
        self,
        ballots: Ballots,
        costs: Sequence[int],
        weights: Sequence[int],
        priority: Sequence[int],
        longest: int | None = None,
    ) -> None:
        super().__init__(ballots, costs, weights, priority, longest)
        self.total = sum(w * a for w, a in zip(weights, ballots.voters(), strict=True))
        self.root = _Cells(np.zeros(len(ballots.count), dtype=np.int64), 1, ballots.group, self.width)
        self.rows = [np.flatnonzero(ballots.supports[:, item]) for item in range(len(costs))]
        self.heads = ballots.count.astype(np.float64)
        self.support = [sum(self.behind(self.root, item)[1]) for item in range(len(costs))]

    def behind(self, cells: _Cells, item: int) -> tuple[list[int], list[int], list[list[int]]]:
        """The cells that support an item: their numbers, weights, and heads per group."""
        known = cells.behind.get(item)
        if known is None:
            mine = self.rows[item]
            heads = np.bincount(cells.key[mine], weights=self.heads[mine], minlength=cells.size * self.width)
            table = heads.astype(np.int64).reshape(cells.size, self.width)
            filled = np.flatnonzero(table.any(axis=1))
            rows: list[list[int]] = table[filled].tolist()
            weight = self._weights(table[filled], rows)
            known = cells.behind[item] = (filled.tolist(), weight, rows)
        return known

    def _weights(self, table: Ints, rows: list[list[int]]) -> list[int]:
        """The weight of the people in every row; in one go where it cannot pass the largest whole number."""
        if max(self.total, *self.weights) >= 1 << 62:
            return [sum(w * h for w, h in zip(self.weights, row, strict=True)) for row in rows]
        weight = np.zeros(len(table), dtype=np.int64)
        for group, each in enumerate(self.weights):
            weight += table[:, group] * each
        whole: list[int] = weight.tolist()
        return whole

    def child(self, cells: _Cells, item: int) -> tuple[_Cells, list[int], list[bool]]:
        """The cells after buying an item: the new cells, the old cell each comes from, and whether it
        paid."""
        known = cells.children.get(item)
        if known is None:
            split = cells.cell * 2 + self.ballots.supports[:, item]
            filled = np.zeros(2 * cells.size, dtype=np.bool_)
            filled[split] = True
            distinct = np.flatnonzero(filled)
            number = np.cumsum(filled) - 1
            after = _Cells(number[split], len(distinct), self.ballots.group, self.width)
            parents: list[int] = (distinct >> 1).tolist()
            paid: list[bool] = (distinct & 1).astype(np.bool_).tolist()
            known = cells.children[item] = (after, parents, paid)
        return known

    def price(self, cells: _Cells, money: list[int], unit: int, item: int) -> tuple[int, int] | None:
        """The smallest q with sum of weight * min(money, q) = cost, as numerator and denominator in money
        units.

        Water filling: who holds less than q pays everything. None when the supporters hold less than the
        cost.
        """
        numbers, weights, _ = self.behind(cells, item)
        rest = self.costs[item] * self.total * unit
        purses = [(money[cell], weight) for cell, weight in zip(numbers, weights, strict=True) if money[cell]]
        if sum(purse * weight for purse, weight in purses) < rest:
            return None
        purses.sort()
        payers = sum(weight for _, weight in purses)
        for purse, weight in purses:
            if purse * payers >= rest:
                break
            rest -= purse * weight
            payers -= weight
        return rest, payers

    def run(self, endowment: int, explain: bool = True) -> Outcome:
        """Buy until nothing more can be bought. Raises TooManyPurchases beyond fourteen."""
        # Money is counted in 1/Omega minutes, so that every unit of weight starts with `endowment`;
        # `unit` is the common denominator that all purses share.
        money, unit, cells = [endowment], 1, self.root
        worst = {item: self.total / self.support[item] for item in self.buyable()}
        history: list[tuple[int, _Cells, list[int], int, int, tuple[int, ...]]] = []
        while True:
            best: Fraction | None = None
            tied: list[int] = []
            for item in sorted(worst, key=worst.__getitem__):
                # rho never falls, so an old value is a lower bound; the margin covers its rounding.
                if best is not None and worst[item] > float(best) * (1 + TOLERANCE):
                    break
                found = self.price(cells, money, unit, item)
                if found is None:
                    del worst[item]
                    continue
                rho = Fraction(found[0], found[1] * unit * self.costs[item])
                worst[item] = float(rho)
                if best is None or rho < best:
                    best, tied = rho, [item]
                elif rho == best:
                    tied.append(item)
            if best is None:
                break
            if len(history) == EXACT_PURCHASES:
                raise TooManyPurchases
            tied.sort(key=self.priority.__getitem__)
            item = tied[0]
            q = best * self.costs[item]
            scale = q.denominator // gcd(q.denominator, unit)
            unit *= scale
            money = [purse * scale for purse in money]
            top = q.numerator * (unit // q.denominator)
            history.append((item, cells, money, top, unit, tuple(tied)))
            cells, parents, paid = self.child(cells, item)
            money = [
                max(0, money[parent] - top) if pays else money[parent]
                for parent, pays in zip(parents, paid, strict=True)
            ]
            del worst[item]
        if not explain:
            purchases = tuple(
                Purchase(item, Fraction(0), Fraction(0), (), (), tied) for item, _, _, _, _, tied in history
            )
            return Outcome(endowment, purchases, (), True)
        purchases = tuple(self._explain(*step) for step in history)
        left = tuple(self._left(cells, money, unit, item) for item in range(len(self.costs)))
        return Outcome(endowment, purchases, left, True)

    def _explain(
        self,
        item: int,
        cells: _Cells,
        money: list[int],
        top: int,
        unit: int,
        tied: tuple[int, ...],
    ) -> Purchase:
        numbers, _, heads = self.behind(cells, item)
        paid, highest = [0] * self.width, [0] * self.width
        for cell, row in zip(numbers, heads, strict=True):
            share = min(money[cell], top)
            for group, people in enumerate(row):
                if people:
                    paid[group] += people * self.weights[group] * share
                    highest[group] = max(highest[group], self.weights[group] * share)
        whole = unit * self.total
        price = Fraction(top, whole)
        return Purchase(
            item=item,
            price=price,
            effective_weight=self.costs[item] / price,
            paid=tuple(Fraction(value, whole) for value in paid),
            highest=tuple(Fraction(value, whole) for value in highest),
            tied=tied,
        )

    def _left(self, cells: _Cells, money: list[int], unit: int, item: int) -> Fraction:
        numbers, weights, _ = self.behind(cells, item)
        left = sum(weight * money[cell] for cell, weight in zip(numbers, weights, strict=True))
        return Fraction(left, unit * self.total or 1)


class FloatShares(_Shares):
    """The same with floats and a list of ballot classes per item, for more than 64 items or 14 purchases."""

    def __init__(
        self,
        ballots: Ballots,
        costs: Sequence[int],
        weights: Sequence[int],
        priority: Sequence[int],
        longest: int | None = None,
    ) -> None:
        super().__init__(ballots, costs, weights, priority, longest)
        per_class = np.array([float(weight) for weight in weights])[ballots.group]
        self.total = float((per_class * ballots.count).sum())
        self.rows = [np.flatnonzero(ballots.supports[:, item]) for item in range(len(costs))]
        self.mass = [(per_class * ballots.count)[rows] for rows in self.rows]
        self.support = [float(mass.sum()) for mass in self.mass]

    def price(self, money: "np.ndarray[tuple[int], np.dtype[np.float64]]", item: int) -> float | None:
        """The smallest q with sum of weight * min(money, q) = cost (minutes per unit of weight), or None."""
        purse, mass = money[self.rows[item]], self.mass[item]
        cost = float(self.costs[item])
        if float((purse * mass).sum()) < cost * (1 - TOLERANCE):
            return None
        order = np.argsort(purse, kind="stable")
        purse, mass = purse[order], mass[order]
        before = np.concatenate(([0.0], np.cumsum(purse * mass)[:-1]))
        payers = np.cumsum(mass[::-1])[::-1]
        enough = np.flatnonzero(purse * payers >= (cost - before) * (1 - TOLERANCE))
        first = int(enough[0]) if len(enough) else len(purse) - 1
        return float((cost - before[first]) / payers[first])

    def run(self, endowment: int, explain: bool = True) -> Outcome:
        """Buy until nothing more can be bought."""
        each = endowment / self.total if self.total else 0.0
        money = np.full(len(self.ballots.count), each)
        worst = {item: 1.0 / self.support[item] for item in self.buyable()}
        purchases: list[Purchase] = []
        while True:
            best: float | None = None
            rhos: dict[int, float] = {}
            for item in sorted(worst, key=worst.__getitem__):
                if best is not None and worst[item] > best * (1 + 4 * TOLERANCE):
                    break
                found = self.price(money, item)
                if found is None:
                    del worst[item]
                    continue
                rhos[item] = worst[item] = found / self.costs[item]
                best = rhos[item] if best is None else min(best, rhos[item])
            if best is None:
                break
            tied = sorted(
                (item for item, rho in rhos.items() if rho <= best * (1 + TOLERANCE)),
                key=self.priority.__getitem__,
            )
            item = tied[0]
            q = rhos[item] * self.costs[item]
            rows = self.rows[item]
            share = np.minimum(money[rows], q)
            purchases.append(self._explain(item, q, share, tuple(tied)))
            left = money[rows] - share
            # What rounding leaves in a purse that paid everything is not money.
            money[rows] = np.where(left < each * TOLERANCE, 0.0, left)
            del worst[item]
        if not explain:
            return Outcome(endowment, tuple(purchases), (), False)
        left_over = tuple(self._left(money, item) for item in range(len(self.costs)))
        return Outcome(endowment, tuple(purchases), left_over, False)

    def _explain(
        self,
        item: int,
        q: float,
        share: "np.ndarray[tuple[int], np.dtype[np.float64]]",
        tied: tuple[int, ...],
    ) -> Purchase:
        group = self.ballots.group[self.rows[item]]
        paid = np.bincount(group, weights=share * self.mass[item], minlength=self.width)
        highest = [
            float(share[group == number].max() * weight) if bool((group == number).any()) else 0.0
            for number, weight in enumerate(self.weights)
        ]
        return Purchase(item, q, self.costs[item] / q, tuple(paid.tolist()), tuple(highest), tied)

    def _left(self, money: "np.ndarray[tuple[int], np.dtype[np.float64]]", item: int) -> float:
        return float((money[self.rows[item]] * self.mass[item]).sum())


def equal_shares(
    ballots: Ballots, costs: Sequence[int], weights: Sequence[int], priority: Sequence[int], endowment: int
) -> Outcome:
    """One run of equal shares with the given endowment, exact where that is possible."""
    if len(costs) <= EXACT_ITEMS:
        try:
            return ExactShares(ballots, costs, weights, priority).run(endowment)
        except TooManyPurchases:
            pass
    return FloatShares(ballots, costs, weights, priority).run(endowment)


def add_one(
    ballots: Ballots,
    costs: Sequence[int],
    weights: Sequence[int],
    priority: Sequence[int],
    budget: int,
    most_budgets: int | None = 3,
) -> Outcome:
    """Equal shares completed by Add1: give one minute more until the time is full.

    Stops and keeps the previous outcome when one costs more than the budget; stops and keeps the present one
    when nothing supported still fits or the endowment would pass `most_budgets` budgets (None: no limit). An
    item that costs more than the budget is never bought.
    """
    if len(costs) <= EXACT_ITEMS:
        try:
            return _add_one(ExactShares(ballots, costs, weights, priority, budget), budget, most_budgets)
        except TooManyPurchases:
            pass
    return _add_one(FloatShares(ballots, costs, weights, priority, budget), budget, most_budgets)


def _add_one(shares: ExactShares | FloatShares, budget: int, most_budgets: int | None) -> Outcome:
    costs, supported = shares.costs, shares.buyable()
    kept, endowment = budget, budget
    while True:
        items = set(shares.run(endowment, explain=False).items)
        spent = sum(costs[item] for item in items)
        if spent > budget:
            break
        kept = endowment
        fits = any(costs[item] <= budget - spent for item in supported if item not in items)
        if not fits or (most_budgets is not None and endowment + 1 > most_budgets * budget):
            break
        endowment += 1
    return shares.run(kept)


def purses(ballots: Ballots, weights: Sequence[int], outcome: Outcome) -> list[Fraction]:
    """What a unit of weight in every ballot class still holds after an exact outcome (minutes), shape
    (C,)."""
    total = sum(w * a for w, a in zip(weights, ballots.voters(), strict=True))
    left = []
    for supports in ballots.supports:
        purse = Fraction(outcome.endowment, total)
        for purchase in outcome.purchases:
            if supports[purchase.item]:
                purse -= min(purse, Fraction(purchase.price))
        left.append(purse)
    return left
