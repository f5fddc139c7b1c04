"""A real conversation as columns, and people who are added to it; figures only."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.integrity import Base, Columns, Finding, Thresholds, detect
from app.domain.integrity.columns import week_of
from app.domain.ranking import last_states
from tests.unit.domain.ranking.vectors import DATA, _rows

DAY, HOUR, MINUTE = 86400.0, 3600.0, 60.0
FIRST_ADDED = 100_000
"""The people of a conversation have lower numbers."""


@dataclass
class Talk:
    """Rows that can still be added to; `columns` makes arrays of them."""

    votes: list[tuple[int, int, int, float]] = field(default_factory=list)
    """(idea, person, value, moment)"""
    created: dict[int, float] = field(default_factory=dict)
    opened: dict[int, float] = field(default_factory=dict)
    elsewhere: dict[int, int] = field(default_factory=dict)
    """Votes that somebody cast in other calls."""
    traces: list[tuple[int, int, int]] = field(default_factory=list)
    """(person, week, network)"""
    muted: set[tuple[int, int]] = field(default_factory=set)
    last: int = FIRST_ADDED

    def person(self, created: float, network: int | None = None) -> int:
        """Somebody new."""
        self.last += 1
        number = self.last
        self.created[number] = created
        if network is not None:
            self.traces += [
                (number, int(week_of(np.array([created + n * 7 * DAY]))[0]), network) for n in range(9)
            ]
        return number

    def vote(self, idea: int, person: int, value: int, moment: float) -> None:
        """A vote; an idea that is new opens with its first vote."""
        self.votes.append((idea, person, value, moment))
        self.opened[idea] = min(moment, self.opened.get(idea, moment))

    def columns(self) -> Columns:
        """The columns, in the order of the rows."""
        rows = np.array(self.votes, dtype=np.float64).reshape(-1, 4)
        idea, person, value = (rows[:, column].astype(np.int64) for column in (0, 1, 2))
        people = np.array(sorted(self.created), dtype=np.int64)
        cast = np.bincount(np.searchsorted(people, person), minlength=len(people))
        ideas = np.array(sorted(self.opened), dtype=np.int64)
        traces = np.array(self.traces, dtype=np.int64).reshape(-1, 3)
        return Columns(
            idea=idea,
            person=person,
            value=value,
            moment=rows[:, 3].copy(),
            muted=np.array(
                [pair in self.muted for pair in zip(idea.tolist(), person.tolist(), strict=True)], bool
            ),
            people=people,
            created=np.array([self.created[number] for number in people.tolist()]),
            votes_cast=cast + np.array([self.elsewhere.get(number, 0) for number in people.tolist()]),
            ideas=ideas,
            opened=np.array([self.opened[number] for number in ideas.tolist()]),
            trace_person=traces[:, 0],
            trace_week=traces[:, 1],
            trace_network=traces[:, 2],
        )

    def base(self, thresholds: Thresholds) -> Base:
        """What is usual here."""
        columns = self.columns()
        new = columns.moment - columns.created[columns.who] < thresholds.new_hours * HOUR
        few = columns.votes_cast[columns.who] <= thresholds.one_off_most
        total = len(columns) + 2
        return Base((int(new.sum()) + 1) / total, (int(few.sum()) + 1) / total)

    def found(self, thresholds: Thresholds | None = None, base: Base | None = None) -> list[Finding]:
        """Everything that stands out."""
        chosen = thresholds or Thresholds()
        columns = self.columns()
        until = float(columns.moment.max()) if len(columns) else 0.0
        return detect(columns, chosen, base or self.base(chosen), until)


@cache
def _events(name: str) -> tuple[NDArray[Any], dict[int, float]]:
    folder = DATA / "polis" / name
    opened = {
        int(row["comment-id"]) + 1: int(row["timestamp"]) / 1000
        for row in _rows(folder / "comments.csv")
        if row["moderated"] != "-1"
    }
    events = [
        (int(row["comment-id"]) + 1, int(row["voter-id"]) + 1, int(row["vote"]), int(row["timestamp"]) / 1000)
        for row in _rows(folder / "votes.csv")
        if int(row["comment-id"]) + 1 in opened
    ]
    return np.array(events), opened


def conversation(name: str, *, known_before: float = 0.0) -> Talk:
    """A conversation as it went. Accounts are so many seconds (`known_before`) older than the first vote."""
    events, opened = _events(name)
    first: dict[int, float] = {}
    for _idea, person, _value, moment in events.tolist():
        first[int(person)] = min(moment, first.get(int(person), moment))
    talk = Talk(
        created={person: moment - known_before for person, moment in first.items()}, opened=dict(opened)
    )
    last = last_states(events[:, 1], events[:, 0], events[:, 3], np.arange(len(events)))
    for idea, person, value, moment in events[last].tolist():
        if value:
            talk.votes.append((int(idea), int(person), int(value), moment))
    return talk
