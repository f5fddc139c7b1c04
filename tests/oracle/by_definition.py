"""The agenda as the definition tells it: slow, person by person, in fractions, sharing no step with the program.

It covers what the library does not: weights per group with damping, the limits of Add1, the filling of the minutes
that are left, who paid what, sequential Phragmen that passes over what does not fit, and the certificate.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Person:
    """A voter: the group, the items that are wanted, the weight and the minutes that are left to spend."""

    group: int
    wants: frozenset[int]
    weight: Fraction = Fraction(1)
    purse: Fraction = Fraction(0)


@dataclass
class Bought:
    """An item and what every group paid for it; `most` is the highest payment of one person of each group."""

    item: int
    paid: list[Fraction]
    most: list[Fraction]


@dataclass
class Agenda:
    """What equal shares buy, what fills the rest, and what the others choose."""

    endowment: int
    bought: list[Bought]
    filled: list[int]
    behind: dict[int, Fraction]
    phragmen: list[int]
    most_votes: list[int]
    broken: list[tuple[int, int]] = field(default_factory=list)
    """Pairs of an item and a level for which the promise of the certificate fails."""

    @property
    def items(self) -> list[int]:
        """The whole agenda in order."""
        return [*(each.item for each in self.bought), *self.filled]


class Race:
    """Items with costs, people with wishes, and a budget in minutes."""

    def __init__(
        self,
        costs: Mapping[int, int],
        people: Iterable[Person],
        budget: int,
        seed: str,
        group_weights: Sequence[Fraction],
        damping: int | None,
    ) -> None:
        """`damping`: the number k in w / (A + k); None lets every person weigh the same."""
        self.costs, self.budget, self.seed, self.groups = dict(costs), budget, seed, len(group_weights)
        self.people = [
            Person(person.group, person.wants & set(costs)) for person in people if person.wants & set(costs)
        ]
        for person in self.people:
            if damping is not None:
                alike = sum(1 for other in self.people if other.group == person.group)
                person.weight = group_weights[person.group] / (alike + damping)
        self.total = sum((person.weight for person in self.people), Fraction(0))

    def fans(self, item: int) -> list[Person]:
        """Who wants it."""
        return [person for person in self.people if item in person.wants]

    def weight(self, item: int) -> Fraction:
        """How much those who want it weigh together."""
        return sum((person.weight for person in self.fans(item)), Fraction(0))

    def lot(self, item: int) -> str:
        """The lot of an item."""
        return hashlib.sha256(f"{self.seed}:{item}".encode()).hexdigest()

    def place(self, item: int) -> tuple[int, Fraction, str]:
        """Who goes first among equals: the shorter, the heavier, the lot."""
        return self.costs[item], -self.weight(item), self.lot(item)

    def price(self, item: int) -> Fraction | None:
        """The smallest q for which everybody paying min(purse, weight times q) makes the cost; None without it."""
        fans, cost = self.fans(item), self.costs[item]
        if sum(person.purse for person in fans) < cost or not self.weight(item):
            return None
        rich, poor = fans, list[Person]()
        while True:
            lacking = cost - sum((person.purse for person in poor), Fraction(0))
            q = lacking / sum((person.weight for person in rich), Fraction(0))
            broke = [person for person in rich if person.purse < person.weight * q]
            if not broke:
                return q
            rich = [person for person in rich if person.purse >= person.weight * q]
            poor += broke

    def equal_shares(self, endowment: int) -> list[Bought]:
        """One run: everybody begins with the same minutes per weight."""
        for person in self.people:
            person.purse = endowment * person.weight / self.total
        bought: list[Bought] = []
        while True:
            prices = {
                item: price
                for item, cost in self.costs.items()
                if cost <= self.budget
                and item not in {each.item for each in bought}
                and (price := self.price(item)) is not None
            }
            if not prices:
                return bought
            item = min(prices, key=lambda item: (prices[item] / self.costs[item], self.place(item)))
            paid, most = [Fraction(0)] * self.groups, [Fraction(0)] * self.groups
            for person in self.fans(item):
                share = min(person.purse, person.weight * prices[item])
                person.purse -= share
                paid[person.group] += share
                most[person.group] = max(most[person.group], share)
            bought.append(Bought(item, paid, most))

    def add_one(self) -> tuple[int, list[Bought]]:
        """One minute more until it no longer fits, nothing more fits, or three budgets are given away."""
        endowment, kept = self.budget, self.equal_shares(self.budget)
        while True:
            items = {each.item for each in kept}
            left = self.budget - sum(self.costs[item] for item in items)
            waiting = any(
                cost <= left and item not in items and self.weight(item) for item, cost in self.costs.items()
            )
            if not waiting or endowment + 1 > 3 * self.budget:
                return endowment, kept
            more = self.equal_shares(endowment + 1)
            if sum(self.costs[each.item] for each in more) > self.budget:
                return endowment, kept
            endowment, kept = endowment + 1, more

    def most_votes(self, without: Iterable[int] = (), left: int | None = None) -> list[int]:
        """The heaviest first, then the shorter, then the lot; what does not fit is passed over."""
        minutes, chosen = self.budget if left is None else left, list[int]()
        rest = [item for item in self.costs if self.weight(item) and item not in set(without)]
        for item in sorted(rest, key=lambda item: (-self.weight(item), self.costs[item], self.lot(item))):
            if self.costs[item] <= minutes:
                chosen.append(item)
                minutes -= self.costs[item]
        return chosen

    def phragmen(self, stop_at_first: bool = False) -> list[int]:
        """Money flows to everybody at one pace; whoever wants an item pays all they have when it suffices."""
        for person in self.people:
            person.purse = Fraction(0)
        waiting, minutes, chosen = (
            [item for item in self.costs if self.weight(item)],
            self.budget,
            list[int](),
        )
        while waiting:
            lacking = {
                item: (self.costs[item] - sum(person.purse for person in self.fans(item))) / self.weight(item)
                for item in waiting
            }
            item = min(waiting, key=lambda item: (lacking[item], self.place(item)))
            for person in self.people:
                person.purse += lacking[item] * person.weight
            waiting.remove(item)
            if self.costs[item] <= minutes:
                for person in self.fans(item):
                    person.purse = Fraction(0)
                chosen.append(item)
                minutes -= self.costs[item]
            elif stop_at_first:
                break
        return chosen

    def broken(self, items: Iterable[int]) -> list[tuple[int, int]]:
        """Where a group that agrees on an item outside has too little, against the promise."""
        on, found = set(items), list[tuple[int, int]]()
        if not self.total:
            return found
        for item in self.costs.keys() - on:
            held = {id(p): sum(self.costs[other] for other in p.wants & on) for p in self.fans(item)}
            for level in sorted(set(held.values())):
                heavy = sum((p.weight for p in self.fans(item) if held[id(p)] <= level), Fraction(0))
                if heavy * self.budget >= (level + self.costs[item]) * self.total:
                    found.append((item, level))
        return sorted(found)

    def agenda(self) -> Agenda:
        """All of it."""
        if not self.people or not self.total:
            return Agenda(self.budget, [], [], dict.fromkeys(self.costs, Fraction(0)), [], [])
        endowment, bought = self.add_one()
        # Once more: the last try of Add1 may have left other purses behind.
        bought = self.equal_shares(endowment)
        behind = {item: sum((p.purse for p in self.fans(item)), Fraction(0)) for item in self.costs}
        chosen = [each.item for each in bought]
        filled = self.most_votes(chosen, self.budget - sum(self.costs[item] for item in chosen))
        return Agenda(
            endowment,
            bought,
            filled,
            behind,
            self.phragmen(),
            self.most_votes(),
            self.broken([*chosen, *filled]),
        )
