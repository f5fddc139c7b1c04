"""What a vote can be, whose voice it is, and what one change does to a count."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Group(StrEnum):
    """Whose voice a vote is. A person has exactly one group."""

    RESIDENT = "resident"
    COUNCIL = "council"
    PARTNER = "partner"


GROUPS: tuple[Group, ...] = (Group.RESIDENT, Group.COUNCIL, Group.PARTNER)

SMALLEST_SHOWN_GROUP = 3
"""Totals of a group are withheld where fewer people of it voted than this."""


MOST_TICKS = 5
"""How many themes one person may tick in a direct agenda vote."""


class VoteValue(IntEnum):
    """The state of one person's vote on one idea; withdrawn is a state too: every request can be repeated."""

    FOR = 1
    AGAINST = -1
    WITHDRAWN = 0


class Side(StrEnum):
    """What an argument does: speak for, speak against, or ask."""

    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Change:
    """What one vote did to a tally: the difference in for-votes and in against-votes, each -1, 0 or +1."""

    for_: int
    against: int

    def __bool__(self) -> bool:
        return bool(self.for_ or self.against)


def change_between(before: VoteValue | int, after: VoteValue | int) -> Change:
    """The difference that going from one state to another makes to the tally of an idea and group."""
    return Change(
        for_=int(after == VoteValue.FOR) - int(before == VoteValue.FOR),
        against=int(after == VoteValue.AGAINST) - int(before == VoteValue.AGAINST),
    )


def groups_to_show(totals: Mapping[Group, tuple[int, int]]) -> frozenset[Group]:
    """The groups whose (for, against) totals may stand beside the total of all.

    A group with fewer votes than SMALLEST_SHOWN_GROUP is withheld. But whoever subtracts the shown groups from the
    total of all learns the sum of the withheld ones; while that sum would be one or two votes, the smallest shown
    group is withheld as well. A sum of nought tells nothing about anybody's vote.
    """
    sizes = {group: sum(totals.get(group, (0, 0))) for group in GROUPS}
    withheld = {group for group in GROUPS if sizes[group] < SMALLEST_SHOWN_GROUP}
    rest = sorted((group for group in GROUPS if group not in withheld), key=lambda group: sizes[group])
    while rest and 0 < sum(sizes[group] for group in withheld) < SMALLEST_SHOWN_GROUP:
        withheld.add(rest.pop(0))
    return frozenset(GROUPS) - withheld


def sizes_to_show(sizes: Mapping[str, int]) -> frozenset[str]:
    """The same for groups of people that are only counted, such as neighbourhoods: those whose number may be shown.

    Numbers below SMALLEST_SHOWN_GROUP are withheld; while all withheld ones together are one or two people, the
    smallest shown number is withheld as well.
    """
    withheld = {name for name, size in sizes.items() if 0 < size < SMALLEST_SHOWN_GROUP}
    rest = sorted(
        (name for name in sizes if name not in withheld and sizes[name]), key=lambda name: (sizes[name], name)
    )
    while rest and 0 < sum(sizes[name] for name in withheld) < SMALLEST_SHOWN_GROUP:
        withheld.add(rest.pop(0))
    return frozenset(sizes) - withheld
