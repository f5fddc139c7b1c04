"""What is different between two agendas, as plain statements about their documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Record = Mapping[str, Any]
Value = str | int | None


class ChangeKind(StrEnum):
    """What changed."""

    TITLE = "title"
    START = "start"
    PLACE = "place"
    LENGTH = "length"
    STAND = "stand"
    ADDED = "added"
    DROPPED = "dropped"
    RENAMED = "renamed"
    RETIMED = "retimed"
    MOVED = "moved"
    IDEAS = "ideas"
    DEVIATION = "deviation"
    NO_DEVIATION = "no_deviation"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of the workshop, or of the part or theme with this title. before and after: what it was and is.

    For a part that moved they are its places in the programme, from 1; for a deviation `before` is its kind and
    `after` its reason; a stand is its number.
    """

    kind: ChangeKind
    title: str = ""
    before: Value = None
    after: Value = None
    part: str = ""
    """The kind of the part, which names one that has no title of its own."""


def changes(before: Record, after: Record) -> tuple[Change, ...]:
    """All changes from one document to another, of the workshop first, then of parts, then of deviations."""
    return (*_of_workshop(before, after), *_of_parts(before, after), *_of_deviations(before, after))


def _of_workshop(before: Record, after: Record) -> list[Change]:
    names = (
        (ChangeKind.TITLE, "title"),
        (ChangeKind.START, "startsAt"),
        (ChangeKind.PLACE, "place"),
        (ChangeKind.LENGTH, "minutes"),
    )
    found = [
        Change(kind, "", before[name], after[name]) for kind, name in names if before[name] != after[name]
    ]
    stands = [document["stand"] or {} for document in (before, after)]
    if stands[0].get("digest") != stands[1].get("digest"):
        found.append(Change(ChangeKind.STAND, "", stands[0].get("number"), stands[1].get("number")))
    return found


def _of_parts(before: Record, after: Record) -> list[Change]:
    old = {part["key"]: part for part in before["parts"]}
    new = {part["key"]: part for part in after["parts"]}
    found = [
        Change(ChangeKind.DROPPED, part["title"], part["minutes"], None, part["kind"])
        for key, part in old.items()
        if key not in new
    ]
    stayed = moved_keys([key for key in old if key in new], [key for key in new if key in old])
    places = {key: place for place, key in enumerate(old, start=1)}
    for place, (key, part) in enumerate(new.items(), start=1):
        was = old.get(key)
        if was is None:
            found.append(Change(ChangeKind.ADDED, part["title"], None, part["minutes"], part["kind"]))
            continue
        if was["title"] != part["title"]:
            found.append(Change(ChangeKind.RENAMED, part["title"], was["title"], part["title"], part["kind"]))
        if was["minutes"] != part["minutes"]:
            found.append(
                Change(ChangeKind.RETIMED, part["title"], was["minutes"], part["minutes"], part["kind"])
            )
        if key in stayed:
            found.append(Change(ChangeKind.MOVED, part["title"], places[key], place, part["kind"]))
        if _ids(was) != _ids(part):
            found.append(Change(ChangeKind.IDEAS, part["title"], None, None, part["kind"]))
    return found


def _ids(part: Record) -> list[Any]:
    """The numbers of the ideas of a part, whether their titles were filled in or not."""
    return [idea["id"] if isinstance(idea, Mapping) else idea for idea in part["ideas"]]


def moved_keys(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest keys whose moving turns one order of the same keys into the other."""
    place = {key: number for number, key in enumerate(before)}
    best: list[tuple[str, ...]] = []
    for key in after:
        before_it = [chain for chain in best if place[chain[-1]] < place[key]]
        best.append((*_longest(before_it), key))
    return frozenset(after) - frozenset(_longest(best))


def _longest(chains: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The first of the longest; an empty one when there is none."""
    return max(chains, key=lambda chain: len(chain), default=())


def _of_deviations(before: Record, after: Record) -> list[Change]:
    def told(document: Record) -> dict[tuple[Any, ...], Record]:
        return {
            (row["kind"], row["themeId"], row["minutes"], row["reason"]): row
            for row in document["deviations"]
        }

    old, new = told(before), told(after)
    return [
        *(
            Change(ChangeKind.NO_DEVIATION, row["title"], row["kind"], row["reason"])
            for key, row in old.items()
            if key not in new
        ),
        *(
            Change(ChangeKind.DEVIATION, row["title"], row["kind"], row["reason"])
            for key, row in new.items()
            if key not in old
        ),
    ]
