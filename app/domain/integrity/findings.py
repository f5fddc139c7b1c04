"""What was found: the kind of signal, its numbers, and the votes that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from app.domain.integrity.columns import Bools, Columns, Floats, Ints


class Kind(StrEnum):
    """The signals S1 to S7, by the names that the tables keep."""

    NEW_ACCOUNTS = "new_accounts"
    ONE_OFF = "one_off"
    BURST = "burst"
    SAME_NETWORK = "same_network"
    RING = "ring"
    INFLUENCE = "influence"
    JUMP = "jump"


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Something that stands out.

    mark: tells findings of a kind apart when there are several about one idea, such as the minute that a burst began.
    idea: None for what is about several. direction: 1 for, -1 against, 0 both. figures: the numbers that the
    sentence of this kind names, plain values for JSON. ideas, people: ids of the votes, in pairs, shape (V,).
    """

    kind: Kind
    mark: str
    idea: int | None
    direction: int
    figures: Mapping[str, Any]
    ideas: Ints
    people: Ints

    @property
    def pairs(self) -> set[tuple[int, int]]:
        """The votes as (idea, person)."""
        return set(zip(self.ideas.tolist(), self.people.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.ideas)


def about(
    columns: Columns,
    votes: Ints,
    kind: Kind,
    mark: str,
    figures: Mapping[str, Any],
    target: int | None = None,
) -> Finding:
    """A finding about these votes (places in the columns), on one idea in one direction or across several."""
    idea: int | None
    if target is not None:
        idea, direction = columns.idea_of(target), columns.direction(target)
    else:
        ideas, values = np.unique(columns.idea[votes]), np.unique(columns.value[votes])
        idea = int(ideas[0]) if len(ideas) == 1 else None
        direction = int(values[0]) if len(values) == 1 else 0
    numbers = {**figures, "votes": len(votes), "people": len(np.unique(columns.person[votes]))}
    return Finding(kind, mark, idea, direction, numbers, columns.idea[votes], columns.person[votes])


def episodes(target: Ints, moment: Floats, hit: Bools, seconds: float) -> list[Ints]:
    """The windows that stand out (places in a sorted order), those that touch each other taken together."""
    found = np.flatnonzero(hit)
    if not len(found):
        return []
    apart = (np.diff(target[found]) != 0) | (np.diff(moment[found]) > seconds)
    return np.split(found, np.flatnonzero(apart) + 1)


def minute(moment: float) -> str:
    """A moment to the minute, in UTC, as marks write it."""
    return str(np.datetime64(int(moment // 60), "m"))
