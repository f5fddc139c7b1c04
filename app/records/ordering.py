"""One order of ideas, and places in it by key: nothing is lost or shown twice while ideas come and go."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_CURSOR = re.compile(r"(-?\d{1,18})\.(-?\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """Ideas in one order. `first` and `second` rise along the order; equals stand in the order of `tie`.

    place: row of each idea in the sheet, best first. ids, first, second: the same length.
    """

    place: Ints
    ids: Ints
    first: Ints
    second: Ints
    tie: Callable[[int], int | str]
    tells_rank: bool = False
    """Whether `first` is the rank: the exact score could tell what the few people of a small group voted."""

    def cursor(self, position: int) -> str:
        """What an address carries to say "from here on"."""
        return f"{self.first[position]}.{self.second[position]}.{self.ids[position]}"

    def find(self, cursor: str) -> tuple[int, int] | None:
        """Where the cursor points: how many stand before it, and how many up to and with it. None for nonsense."""
        match = _CURSOR.fullmatch(cursor)
        if match is None:
            return None
        first, second, number = (int(part) for part in match.groups())
        low, high = _run(self.first, first, 0, len(self.ids))
        low, high = _run(self.second, second, low, high)
        here = np.flatnonzero(self.ids == number)
        if self.tells_rank and len(
            here
        ):  # ranks shift when ideas come and go; the idea itself knows better where it stands
            return int(here[0]), int(here[0]) + 1
        mine = self.tie(number)
        for position in range(low, high):
            other = int(self.ids[position])
            if other == number:
                return position, position + 1
            if self.tie(other) > mine:  # type: ignore[operator]
                return position, position
        return high, high


def _run(column: Ints, value: int, low: int, high: int) -> tuple[int, int]:
    part = column[low:high]
    return (
        low + int(np.searchsorted(part, value, side="left")),
        low + int(np.searchsorted(part, value, side="right")),
    )
