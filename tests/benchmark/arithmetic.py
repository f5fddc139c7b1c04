"""A process of its own for one piece of arithmetic: `python -m tests.benchmark.arithmetic agenda|different|alike`.

It prints one line of JSON: seconds (the shortest of several), seconds of a bare count, and megabytes at the most.
"""

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from app.domain.ranking import (
    FixedBlock,
    Item,
    Parameters,
    Votes,
    Weighting,
    agenda_record,
    draft_agenda,
    infer_ballots,
    rank_themes,
    withhold,
)
from app.domain.ranking.ballots import fold
from app.domain.ranking.shares import add_one, equal_shares
from tests.benchmark.crowds import COSTS, ITEMS, MINUTES, ballots, crowd
from tests.benchmark.sizes import RANKED

PEOPLE = 1_000_000
KINDS = 10_000


def agenda() -> dict[str, float]:
    """From arrays of votes to a finished agenda with all that explains it; beside a bare count of the votes."""
    given, parameters = crowd(RANKED), Parameters()
    themes_of = given.pairs

    def whole() -> None:
        votes = Votes.of(given.voter, given.idea, given.value, given.group, RANKED.ideas)
        themes = rank_themes(votes, range(RANKED.ideas), themes_of, range(ITEMS), parameters, "seed")
        items = [Item(row.id, COSTS[int(row.id)]) for row in themes.rows]
        found = infer_ballots(themes.positions, [item.id for item in items], parameters.min_votes)
        blocks = [FixedBlock("opening", 15)]
        draft = draft_agenda(found, items, MINUTES, parameters, Weighting.PER_GROUP, "seed", blocks)
        agenda_record(withhold(draft))

    def bare() -> None:
        np.bincount(given.idea[given.value > 0], minlength=RANKED.ideas)
        np.bincount(given.idea[given.value < 0], minlength=RANKED.ideas)

    return {"seconds": best(whole, 7), "bare": best(bare, 7)}


def shares(kinds: int | None) -> dict[str, float]:
    """Equal shares over ballots that stand folded, with Add1 too, and the folding of all the people's ballots."""
    wants, group = ballots(PEOPLE, kinds)
    folded = fold(range(ITEMS), ("resident", "council", "partner"), wants, group)
    given = (folded, COSTS, (1, 1, 1), range(ITEMS), MINUTES)
    return {
        "seconds": best(lambda: equal_shares(*given), 5),
        "add_one": best(lambda: add_one(*given), 2),
        "fold": best(lambda: fold(range(ITEMS), folded.groups, wants, group), 3),
        "classes": len(folded.count),
    }


def best(work: Callable[[], object], times: int) -> float:
    """The shortest time in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


WORK: dict[str, Callable[[], dict[str, float]]] = {
    "agenda": agenda,
    "different": lambda: shares(None),
    "alike": lambda: shares(KINDS),
}

if __name__ == "__main__":
    figures = WORK[sys.argv[1]]()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**figures, "megabytes": most}))
