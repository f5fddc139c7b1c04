"""The timer of the room: set, started, paused and stopped; in its last minute, and over without an alarm."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

LAST = 60
"""Seconds before the end in which the room is told that it comes."""
LONGEST = 180
"""Minutes that a timer can be set for."""


class Mood(StrEnum):
    """What a timer says."""

    NONE = "none"
    RUNNING = "running"
    LAST = "last"
    """The last minute."""
    OVER = "over"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Timer:
    """seconds: what it was set for, 0 when there is none. It runs until `ends_at`, or stands still with `left`."""

    seconds: int = 0
    ends_at: datetime | None = None
    left: int | None = None

    def remaining(self, now: datetime) -> int:
        """Whole seconds left, never below zero."""
        if self.ends_at is not None:
            return max(0, ceil((self.ends_at - now).total_seconds()))
        return max(0, self.left or 0)

    def mood(self, now: datetime) -> Mood:
        """What it says at this moment."""
        if not self.seconds:
            return Mood.NONE
        if self.ends_at is None:
            return Mood.PAUSED
        left = self.remaining(now)
        return Mood.OVER if left == 0 else Mood.LAST if left <= LAST else Mood.RUNNING

    def started(self, minutes: int, now: datetime) -> "Timer":
        """Set for this long from now on; raises ValueError outside 1 to LONGEST."""
        if not 1 <= minutes <= LONGEST:
            raise ValueError("A timer runs for 1 to 180 minutes.")
        return Timer(60 * minutes, now + timedelta(minutes=minutes), None)

    def paused(self, now: datetime) -> "Timer":
        """Standing still with what is left; a timer that does not run stays as it is."""
        if self.ends_at is None:
            return self
        return replace(self, ends_at=None, left=self.remaining(now))

    def resumed(self, now: datetime) -> "Timer":
        """Running on with what was left; a timer that runs, or that is not there, stays as it is."""
        if self.ends_at is not None or not self.seconds:
            return self
        return replace(self, ends_at=now + timedelta(seconds=self.left or 0), left=None)

    def longer(self, minutes: int, now: datetime) -> "Timer":
        """With more minutes, counted from now when it is over; never longer than LONGEST from now."""
        if not self.seconds:
            return self
        more = min(self.remaining(now) + 60 * minutes, 60 * LONGEST)
        seconds = max(self.seconds, more)
        if self.ends_at is None:
            return replace(self, seconds=seconds, left=more)
        return replace(self, seconds=seconds, ends_at=now + timedelta(seconds=more))


NO_TIMER = Timer()
