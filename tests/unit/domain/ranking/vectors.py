"""The expected outcomes, and the real conversations they were computed from, as the package wants them."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.ranking import Ballots, Parameters, Votes, last_states
from app.domain.ranking.ballots import fold

DATA = Path(__file__).parents[3] / "data"
VECTORS: dict[str, Any] = json.loads((DATA / "ranking_vectors.json").read_text())
TEN = 6e-11
"""The expected numbers are rounded to ten places."""


@dataclass(frozen=True)
class Conversation:
    """A conversation: accepted comments as ideas, opinion groups g0, g1 and none; vote_rows before
    folding."""

    ids: tuple[int, ...]
    votes: Votes
    vote_rows: int
    revisions: int


@cache
def conversation(name: str) -> Conversation:
    """Read one of the conversations; ideas in the order of their numbers."""
    folder = DATA / "polis" / name
    ids = tuple(
        sorted(int(row["comment-id"]) for row in _rows(folder / "comments.csv") if row["moderated"] != "-1")
    )
    place = {idea: number for number, idea in enumerate(ids)}
    events = [
        tuple(int(row[key]) for key in ("timestamp", "voter-id", "comment-id", "vote"))
        for row in _rows(folder / "votes.csv")
    ]
    distinct = len({(voter, idea) for _, voter, idea, _ in events})
    known = [event for event in events if event[2] in place]
    names = sorted({voter for _, voter, _, _ in known})
    index = {voter: number for number, voter in enumerate(names)}
    voter = np.array([index[event[1]] for event in known])
    idea = np.array([place[event[2]] for event in known])
    value = np.array([event[3] for event in known])
    last = last_states(voter, idea, [event[0] for event in known], np.arange(len(known)))
    group = {row["participant"]: row["group-id"] for row in _rows(folder / "participants.csv")}
    groups = [{"0": 0, "1": 1}.get(group.get(str(name), ""), 2) for name in names]
    votes = Votes.of(voter[last], idea[last], value[last], groups, len(ids))
    return Conversation(ids, votes, len(events), len(events) - distinct)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def all_in(groups: Sequence[str], **settings: int) -> Parameters:
    """Parameters without thresholds: everything is ranked and every ballot counts, as in the expected
    outcomes.
    """
    return Parameters.equal(groups, **{"n_min": 0, "min_supporters": 0, "min_votes": 0, **settings})


def ballots(
    items: Sequence[Any], rows: Iterable[Iterable[Any]], weights: Sequence[int] | None = None
) -> tuple[Ballots, list[int]]:
    """Ballots as lists of items, one voter each, and the weight per group; voters of equal weight form a
    group.
    """
    place = {item: number for number, item in enumerate(items)}
    lists = [list(row) for row in rows]
    supports = np.zeros((len(lists), len(items)), dtype=np.bool_)
    for number, row in enumerate(lists):
        supports[number, [place[item] for item in row]] = True
    each = list(weights or [1] * len(lists))
    kinds = sorted(set(each)) or [1]
    group = [kinds.index(weight) for weight in each]
    return fold(tuple(items), tuple(f"weight {kind}" for kind in kinds), supports, group), kinds
