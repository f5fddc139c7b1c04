"""The order of a workshop: fixed blocks around the themes, breaks in between; or as somebody put them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

FREE_KEY, BLOCK = "free", "block:"


class PartKind(StrEnum):
    """What a part of the programme is."""

    OPENING = "opening"
    THEME = "theme"
    BREAK = "break"
    FREE = "free"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that takes time: the number of its block or theme, and its minutes."""

    id: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Part:
    """A slot in its place. begins: minutes after the start; number: which theme it is, from 1 (themes only)."""

    kind: PartKind
    id: int
    minutes: int
    begins: int
    number: int | None = None

    @property
    def key(self) -> str:
        """What the part is called where its place is kept: "theme:3", "block:12", or "free"."""
        if self.kind is PartKind.FREE:
            return FREE_KEY
        return f"theme:{self.id}" if self.kind is PartKind.THEME else f"{BLOCK}{self.id}"

    @property
    def ends(self) -> int:
        """Minutes after the start at which the next part begins."""
        return self.begins + self.minutes


def compose(
    openings: Sequence[Slot],
    themes: Sequence[Slot],
    breaks: Sequence[Slot],
    closings: Sequence[Slot],
    free: int = 0,
) -> tuple[Part, ...]:
    """The whole programme in order: openings, themes with the breaks between them, minutes to spare, closings.

    The k-th of n breaks stands between the two themes where closest to k/(n+1) of the themes' minutes are over;
    of two such places the earlier. A break never comes before the first theme or after the last, unless there is
    at most one theme: then the breaks follow it. free: minutes that nobody claimed; 0 leaves the part out.
    """
    parts: list[Part] = []

    def add(kind: PartKind, slot: Slot, number: int | None = None) -> None:
        begins = parts[-1].ends if parts else 0
        parts.append(Part(kind, slot.id, slot.minutes, begins, number))

    pauses = _places(themes, len(breaks))
    for slot in openings:
        add(PartKind.OPENING, slot)
    for number, theme in enumerate(themes, start=1):
        add(PartKind.THEME, theme, number)
        for pause, after in zip(breaks, pauses, strict=True):
            if after == number:
                add(PartKind.BREAK, pause)
    if not themes:
        for pause in breaks:
            add(PartKind.BREAK, pause)
    if free > 0:
        add(PartKind.FREE, Slot(0, free))
    for slot in closings:
        add(PartKind.CLOSING, slot)
    return tuple(parts)


def _places(themes: Sequence[Slot], breaks: int) -> list[int]:
    """After which theme each break comes."""
    if len(themes) < 2:
        return [len(themes)] * breaks
    total = sum(theme.minutes for theme in themes)
    over = 0
    gaps = []
    for number, theme in enumerate(themes[:-1], start=1):
        over += theme.minutes
        gaps.append((number, over))
    # Whole numbers: |over - total * k / (n + 1)|, times n + 1.
    return [
        min(gaps, key=lambda gap: (abs(gap[1] * (breaks + 1) - total * k), gap[0]))[0]
        for k in range(1, breaks + 1)
    ]


def in_order(keys: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    """The keys in the order that somebody gave them.

    A key that the order does not name stands right behind the one it stands behind otherwise, or first when it is
    the first. Names in the order that are not among the keys, or that come again, are nothing.
    """
    placed = [key for key in dict.fromkeys(order) if key in keys]
    for place, key in enumerate(keys):
        if key not in placed:
            placed.insert(placed.index(keys[place - 1]) + 1 if place else 0, key)
    return tuple(placed)


def arranged(parts: Sequence[Part], order: Sequence[str]) -> tuple[Part, ...]:
    """The parts in the order that somebody gave them, see `in_order`; each begins where the one before it ends.

    Themes are numbered anew, in the order in which they come.
    """
    by = {part.key: part for part in parts}
    found: list[Part] = []
    number = 0
    for key in in_order([part.key for part in parts], order):
        part = by[key]
        number += part.kind is PartKind.THEME
        begins = found[-1].ends if found else 0
        found.append(replace(part, begins=begins, number=number if part.kind is PartKind.THEME else None))
    return tuple(found)


def known_places(order: Sequence[str], blocks: Collection[int]) -> list[str]:
    """An order in which blocks go by their place among the blocks, from 1: their numbers say nothing elsewhere."""
    names: Mapping[str, str] = {f"{BLOCK}{block}": f"{BLOCK}{place}" for place, block in enumerate(blocks, 1)}
    return [names.get(key, key) for key in order if not key.startswith(BLOCK) or key in names]
