"""The order of a workshop: fixed blocks around the themes, breaks where they divide the work evenly."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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
