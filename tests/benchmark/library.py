"""The library that `make oracle` installs, on the same ballots; run by its own Python, prints one line of JSON.

`python -m tests.benchmark.library multi|add_one|list PEOPLE KINDS`: multi takes equal ballots together, list does not;
PEOPLE is how many of the million it is given, because all of them would take minutes; KINDS is 0 for all different.
"""

import json
import resource
import sys
import time

import numpy as np
from pabutools.election import (
    ApprovalBallot,
    ApprovalMultiProfile,
    ApprovalProfile,
    Cost_Sat,
    FrozenApprovalBallot,
    Instance,
    Project,
)
from pabutools.fractions import frac
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from app.domain.ranking.ballots import fold
from tests.benchmark.arithmetic import PEOPLE
from tests.benchmark.crowds import COSTS, ITEMS, MINUTES, ballots


def main(what: str, people: int, kinds: int) -> dict[str, float]:
    """Measure once. Profiles of equal ballots stand ready, as ours do; a list is made from the people's wishes."""
    wants = ballots(PEOPLE, kinds or None)[0][:people]
    projects = [Project(f"{item:02}", cost) for item, cost in enumerate(COSTS)]
    instance = Instance(projects, budget_limit=MINUTES)
    rule = TieBreakingRule(lambda _instance, _profile, project: int(project.name))
    profile: ApprovalProfile | ApprovalMultiProfile
    if what == "list":
        began = time.perf_counter()
        profile = ApprovalProfile(
            [ApprovalBallot([projects[item] for item in np.flatnonzero(row)]) for row in wants],
            instance=instance,
        )
    else:
        folded = fold(range(ITEMS), ("all",), wants, np.zeros(len(wants), dtype=np.int64))
        profile = ApprovalMultiProfile(instance=instance)
        for row, count in zip(folded.supports, folded.count.tolist(), strict=True):
            profile[FrozenApprovalBallot([projects[item] for item in np.flatnonzero(row)])] = count
        began = time.perf_counter()
    method_of_equal_shares(
        instance,
        profile,
        sat_class=Cost_Sat,
        tie_breaking=rule,
        voter_budget_increment=frac(1, len(wants)) if what == "add_one" else None,
    )
    took = time.perf_counter() - began
    return {"seconds": took, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
