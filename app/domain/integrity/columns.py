"""The votes of a call as columns, sorted the way that every signal reads them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WEEK = 7 * 86400.0
MONDAY = 4 * 86400.0
"""1 January 1970 was a Thursday: weeks begin four days later."""


def nothing() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Base:
    """What is usual on the platform: the share of votes from new accounts, and from people with few votes."""

    new: float
    one_off: float


@dataclass(frozen=True, eq=False)
class Columns:
    """The votes of a call that count, in any order, with what is known of their voters.

    Of every vote, shape (N,): idea and person (ids), value (+1 or -1), moment (seconds since 1970, UTC), muted
    (cast by somebody who was checked in at a workshop). Of every person, in the order of the ids `people`, shape
    (P,): created (seconds), votes_cast (on the whole platform). Of every idea, in the order of the ids `ideas`:
    opened (seconds, from when people could vote on it). Of every trace, shape (T,): trace_person (id), trace_week
    (number of the week) and trace_network (a number per hash).
    """

    idea: Ints
    person: Ints
    value: Ints
    moment: Floats
    muted: Bools
    people: Ints
    created: Floats
    votes_cast: Ints
    ideas: Ints
    opened: Floats
    trace_person: Ints = field(default_factory=nothing)
    trace_week: Ints = field(default_factory=nothing)
    trace_network: Ints = field(default_factory=nothing)

    def __len__(self) -> int:
        return len(self.idea)

    @cached_property
    def who(self) -> Ints:
        """The place of every voter in `people`."""
        return np.searchsorted(self.people, self.person)

    @cached_property
    def target(self) -> Ints:
        """What a vote is for: twice the place of the idea, and one more for votes for it."""
        return np.searchsorted(self.ideas, self.idea) * 2 + (self.value > 0)

    @cached_property
    def week(self) -> Ints:
        """The number of the week that a vote was cast in."""
        return week_of(self.moment)

    def direction(self, target: int) -> int:
        return 1 if target % 2 else -1

    def idea_of(self, target: int) -> int:
        return int(self.ideas[target // 2])


def week_of(moment: Floats) -> Ints:
    """The number of the week, which begins on Monday at midnight UTC."""
    weeks: Ints = np.floor((moment - MONDAY) / WEEK).astype(np.int64)
    return weeks


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """For every vote how many votes for the same target came in the seconds up to and with it.

    order: places of the votes in `Columns`, sorted by target and moment, shape (M,). start: where in this order the
    window of each begins; it ends with the vote itself.
    """

    order: Ints
    start: Ints
    target: Ints
    moment: Floats

    @property
    def size(self) -> Ints:
        sizes: Ints = np.arange(1, len(self.order) + 1) - self.start
        return sizes

    def sum_of(self, amount: Ints | Bools) -> Ints:
        """The sum of an amount per vote (in `order`) over every window."""
        total = np.concatenate([[0], np.cumsum(amount)])
        sums: Ints = total[1:] - total[self.start]
        return sums


def windows(columns: Columns, chosen: Ints, seconds: float) -> Windows:
    """The windows of so many seconds that end with each of the chosen votes."""
    target, moment = columns.target[chosen], columns.moment[chosen]
    order = np.lexsort((moment, target))
    target, moment = target[order], moment[order]
    return Windows(chosen[order], starts(target, moment, seconds), target, moment)


def starts(target: Ints, moment: Floats, seconds: float) -> Ints:
    """For sorted targets and moments: where the window of so many seconds begins that ends with each."""
    if not len(target):
        return nothing()
    # Targets are laid out one after the other in time, too far apart for a window to reach the one before.
    since = moment - moment.min()
    length = float(since.max()) + 2 * seconds + 1
    line = target * length + since
    return np.searchsorted(line, line - seconds, side="left")
