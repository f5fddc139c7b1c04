"""Compares the agenda with pabutools and with the definition on random elections: `python -m tests.oracle`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from random import Random

from app.domain.ranking.comparisons import most_votes, phragmen, support_weights
from app.domain.ranking.shares import FloatShares, Outcome, add_one, equal_shares, purses
from tests.oracle import drafts
from tests.oracle.elections import Election, draw
from tests.oracle.library import Library

HEAD = f"{'what is compared':<64} {'instances':>9} {'equal':>7} {'tie':>5} {'different':>9} {'seconds':>8}"
SMALL = ((1, 12), (1, 40), 5)
USUAL = ((13, 64), (20, 200), 8)
LARGE = ((65, 150), (50, 250), 30)
HUGE = ((300, 500), (50, 400), 60)
Bounds = tuple[tuple[int, int], tuple[int, int], int]
EQUAL, TIE, DIFFERENT = "equal", "tie", "different"


class Comparison:
    """The lines of the table and whether any of them holds a difference."""

    def __init__(self, seed: int) -> None:
        self.seed, self.wrong = seed, 0

    def row(self, what: str, times: int, verdict: Callable[[Random], str]) -> None:
        """Draw so many instances, each with its own luck, and print what came of them."""
        began, counts = time.monotonic(), dict.fromkeys((EQUAL, TIE, DIFFERENT), 0)
        for number in range(times):
            found = verdict(Random(f"{self.seed} {what} {number}"))
            counts[found] += 1
            if found == DIFFERENT:
                print(f"    differs: seed {self.seed}, instance {number} of: {what}")
        self.wrong += counts[DIFFERENT]
        took = time.monotonic() - began
        print(
            f"{what:<64} {times:>9} {counts[EQUAL]:>7} {counts[TIE]:>5} {counts[DIFFERENT]:>9} {took:>8.1f}",
            flush=True,
        )


def main() -> int:
    """Compare everything; ends 1 when anything differs."""
    arguments = argparse.ArgumentParser(prog="make oracle", description=__doc__)
    arguments.add_argument("--seed", type=int, default=2019)
    arguments.add_argument(
        "--times", type=float, default=1.0, help="how many times the usual number of instances"
    )
    given = arguments.parse_args()
    print(
        f"\npabutools {version('pabutools')} (exact, weights as multiplicities, ties broken alike), seed {given.seed}"
        f"\n\n{HEAD}"
    )
    table = Comparison(given.seed)

    def times(usual: int) -> int:
        return max(1, round(usual * given.times))

    for name, bounds, many, fewer in (
        ("up to 12 items", SMALL, 2000, 1000),
        ("13 to 64 items", USUAL, 600, 150),
    ):
        table.row(f"equal shares in fractions, {name}", times(many), _verdict(bounds, _shares, exact=True))
        table.row(
            f"  and what every purse holds afterwards, {name}",
            times(many),
            _verdict(bounds, _purses, exact=True),
        )
        table.row(
            f"equal shares with Add1 in fractions, {name}",
            times(fewer),
            _verdict(bounds, _add_one, exact=True),
        )
        table.row(f"sequential Phragmen, {name}", times(many), _verdict(bounds, _phragmen))
        table.row(f"most votes first, {name}", times(many), _verdict(bounds, _most_votes))
    table.row("equal shares in floats, 13 to 64 items as well", times(600), _verdict(USUAL, _floats))
    table.row("equal shares in floats, 65 to 150 items", times(300), _verdict(LARGE, _shares, exact=False))
    table.row(
        "equal shares with Add1 in floats, 65 to 150 items", times(15), _verdict(LARGE, _add_one, exact=False)
    )
    table.row("equal shares in floats, 300 to 500 items", times(60), _verdict(HUGE, _shares, exact=False))
    table.row("sequential Phragmen, 65 to 150 items", times(60), _verdict(LARGE, _phragmen))
    table.row("most votes first, 300 to 500 items", times(30), _verdict(HUGE, _most_votes))
    table.row("whole drafts, weights per group too, beside the definition", times(2000), _draft)
    print(f"\n{'Nothing differs.' if not table.wrong else f'{table.wrong} instances differ.'}")
    return 1 if table.wrong else 0


def _verdict(
    bounds: Bounds, compare: Callable[[Election, Library, bool | None], str], exact: bool | None = None
) -> Callable[[Random], str]:
    """Draw an election within the bounds and compare; `exact` asks for one that takes this path."""

    def verdict(luck: Random) -> str:
        while True:
            election = draw(luck, *bounds)
            found = compare(election, Library(election, election.priority), exact)
            if found:
                return found

    return verdict


def _of(outcome: Outcome, exact: bool | None, expected: Iterable[int]) -> str:
    if exact is not None and outcome.exact is not exact:
        return ""
    return EQUAL if list(outcome.items) == list(expected) else DIFFERENT


def _shares(election: Election, library: Library, exact: bool | None) -> str:
    outcome = equal_shares(
        election.ballots, election.costs, election.weights, election.priority, election.budget
    )
    return _of(outcome, exact, library.equal_shares())


def _floats(election: Election, library: Library, _exact: bool | None) -> str:
    outcome = FloatShares(election.ballots, election.costs, election.weights, election.priority)
    return _of(outcome.run(election.budget), False, library.equal_shares())


def _add_one(election: Election, library: Library, exact: bool | None) -> str:
    # The library gives minutes without end; the house stops at three budgets.
    outcome = add_one(
        election.ballots,
        election.costs,
        election.weights,
        election.priority,
        election.budget,
        most_budgets=None,
    )
    return _of(outcome, exact, library.equal_shares(add_one=True))


def _purses(election: Election, library: Library, exact: bool | None) -> str:
    ballots = election.ballots
    outcome = equal_shares(ballots, election.costs, election.weights, election.priority, election.budget)
    if outcome.exact is not exact or not library.total:
        return ""
    expected = library.purses()
    left = purses(ballots, election.weights, outcome)
    mine = [frozenset(set(row.nonzero()[0].tolist()) & set(library.projects)) for row in ballots.supports]
    return (
        EQUAL if all(expected[wish] == purse for wish, purse in zip(mine, left, strict=True)) else DIFFERENT
    )


def _phragmen(election: Election, library: Library, _exact: bool | None) -> str:
    loads = phragmen(
        election.ballots,
        election.costs,
        election.weights,
        election.priority,
        election.budget,
        stop_at_first=True,
    )
    mine, theirs = {load.item for load in loads}, library.phragmen()
    if mine == theirs:
        return EQUAL
    # The library stops when any of several equals does not fit; the house takes those that do, shortest first.
    last = loads[-1].time
    before = {load.item for load in loads if load.time < last}
    return TIE if before <= theirs < mine else DIFFERENT


def _most_votes(election: Election, library: Library, _exact: bool | None) -> str:
    support = support_weights(election.ballots, election.weights)
    mine = most_votes(election.ballots.items, election.costs, support, election.budget, election.seed)
    return EQUAL if mine == library.most_votes() else DIFFERENT


def _draft(luck: Random) -> str:
    return DIFFERENT if drafts.differences(*drafts.draw_case(luck)) else EQUAL


if __name__ == "__main__":
    sys.exit(main())
