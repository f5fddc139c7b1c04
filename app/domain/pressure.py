"""How hard strangers press the site: what came in during ten minutes against what usually does, as a level 0 to 3."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

WINDOW = timedelta(minutes=10)
DAYS = 14
"""The past days that say what is usual; the median, so that an old attack does not make a new one usual."""
WAKING_WINDOWS = 90
"""Ten-minute windows in which a city is awake: 15 hours. A night without anybody makes no day unusual."""
ROOM = 4
"""A good evening has four times what is usual, and nobody is asked anything."""
FLOORS = {"sign_ins": 60, "submissions": 20}
"""What may always come in during ten minutes: a room of forty people who all make an account, half of them with an
idea."""
STEPS = (1, 3, 10)
"""How many times that (or the good evening) makes level 1, 2 and 3."""
HIGHEST = 3
LASTS = {1: timedelta(minutes=45), 2: timedelta(minutes=30), 3: timedelta(minutes=15)}
"""How long each level goes on after it was last reached: the site calms down a step every quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of thing that strangers do: how often in the last ten minutes, and on each of the past days."""

    name: str
    count: int
    days: Sequence[int]

    @property
    def calm(self) -> float:
        """As much as comes in on a good evening, or the floor if that is more."""
        usual = median(self.days) / WAKING_WINDOWS if self.days else 0.0
        return max(float(FLOORS[self.name]), ROOM * usual)

    @property
    def level(self) -> int:
        """How hard this alone presses: 0 to 3."""
        return sum(self.count >= step * self.calm for step in STEPS)


def level_of(flows: Sequence[Flow]) -> int:
    """The level that the hardest pressing flow gives."""
    return max((flow.level for flow in flows), default=0)
