"""Phases as data: what a call allows at a moment, and when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar


class Action(StrEnum):
    """What a phase may give the right to."""

    SUBMIT = "submit"
    ARGUE = "argue"
    VOTE = "vote"


class PhaseLike(Protocol):
    """What this file needs to know of a phase."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    def gives(self, action: Action) -> bool:
        """Whether the phase gives the right to the action."""
        ...


P = TypeVar("P", bound=PhaseLike)


def running(phases: Iterable[P], now: datetime) -> Iterator[P]:
    """The phases that run at the moment, in order: each starts at its first second and ends before its last."""
    return (phase for phase in phases if phase.starts_at <= now < phase.ends_at)


def phase_at(phases: Iterable[P], now: datetime) -> P | None:
    """The phase that runs at the moment; of several the first."""
    return next(running(phases, now), None)


def allows(phases: Iterable[PhaseLike], action: Action, now: datetime) -> bool:
    """Whether any phase that runs now gives the right to the action."""
    return any(phase.gives(action) for phase in running(phases, now))


def next_start(phases: Iterable[PhaseLike], action: Action, now: datetime) -> datetime | None:
    """When the action becomes possible next, or None."""
    return min((p.starts_at for p in phases if p.starts_at > now and p.gives(action)), default=None)


def last_end(phases: Iterable[PhaseLike], action: Action) -> datetime | None:
    """When the last phase that gives the right ends, or None when none does."""
    return max((p.ends_at for p in phases if p.gives(action)), default=None)
