"""The same elections in pabutools, an independent library for participatory budgeting, with exact fractions."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from pabutools.election import ApprovalMultiProfile, Cost_Sat, FrozenApprovalBallot, Instance, Project
from pabutools.fractions import frac
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pabutools.tiebreaking import TieBreakingRule

from tests.oracle.elections import Election


class Library:
    """One election as the library sees it: a weight is the number of equal ballots.

    Items that nobody wants or that are longer than the budget are left out: the house never buys them.
    """

    def __init__(self, election: Election, places: Sequence[int]) -> None:
        wanted = frozenset().union(*(wish for _, wish in election.voters))
        self.projects = {
            item: Project(f"{item:03}", cost)
            for item, cost in enumerate(election.costs)
            if item in wanted and cost <= election.budget
        }
        self.instance = Instance(self.projects.values(), budget_limit=election.budget)
        self.total = 0
        ballots: Counter[FrozenApprovalBallot] = Counter()
        for group, wish in election.voters:
            if wish:
                mine = [self.projects[item] for item in sorted(wish) if item in self.projects]
                ballots[FrozenApprovalBallot(mine)] += election.weights[group]
                self.total += election.weights[group]
        self.profile = ApprovalMultiProfile(instance=self.instance)
        for ballot, number in ballots.items():
            self.profile[ballot] = number
        self.rule = TieBreakingRule(lambda _instance, _profile, project: places[int(project.name)])

    def equal_shares(self, add_one: bool = False) -> list[int]:
        """The items in the order in which they are bought; with `add_one` until the time is full."""
        if not self.total:
            return []
        bought = method_of_equal_shares(
            self.instance,
            self.profile,
            sat_class=Cost_Sat,
            tie_breaking=self.rule,
            voter_budget_increment=frac(1, self.total) if add_one else None,
        )
        return [int(project.name) for project in bought]

    def purses(self) -> dict[frozenset[int], Fraction]:
        """What a unit of weight holds after equal shares, by ballot."""
        done = method_of_equal_shares(
            self.instance, self.profile, sat_class=Cost_Sat, tie_breaking=self.rule, analytics=True
        )
        left = done.details.iterations[-1].voters_budget
        return {
            frozenset(int(project.name) for project in ballot): Fraction(
                int(each.numerator), int(each.denominator)
            )
            for ballot, each in zip(self.profile, left, strict=True)
        }

    def phragmen(self) -> set[int]:
        """The items; it stops as soon as one of those that come first does not fit."""
        chosen = sequential_phragmen(self.instance, self.profile, tie_breaking=self.rule)
        return {int(project.name) for project in chosen}

    def most_votes(self) -> list[int]:
        """The items in the order of their weight."""
        chosen = greedy_utilitarian_welfare(
            self.instance, self.profile, sat_class=Cost_Sat, tie_breaking=self.rule
        )
        return [int(project.name) for project in chosen]
