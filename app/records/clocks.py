"""Promised answers: on which ideas and focus elements, by whom, until when, and what was answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update

from app.db import db
from app.domain import promises
from app.domain.decision import N_
from app.domain.lifecycle import READABLE_STATES
from app.kit import moments
from app.kit.moments import day_of
from app.models.council import AnswerClock, FocusElement
from app.models.following import NoticeKind
from app.models.idea import Idea
from app.models.process import Process
from app.records import merges, notices
from app.records.merges import End
from app.records.notices import Audience, page

LAST_MINUTE = time(23, 59)
"""A promise holds until the end of its day, by the clocks of the city."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A promised answer. An idea that is not on the site has no title here, nor one that went on in such an idea."""

    id: int
    process_id: int
    process_slug: str
    element_id: int | None
    element_title: str
    idea_id: int | None
    idea_title: str
    promised_by: str
    started_at: datetime
    due_at: datetime
    reminded_at: datetime | None
    answered_at: datetime | None
    answer: str
    stays_id: int | None = None
    """The idea on which it is answered: the same one, or the one that it became one with."""

    @property
    def title(self) -> str:
        return self.element_title or self.idea_title

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    def days_late(self, now: datetime) -> int:
        """Since how many days it is late, or by how many days the answer was; 0 for in time."""
        return promises.days_late(self.due_at, self.answered_at or now)

    def days_left(self, now: datetime) -> int:
        return promises.days_left(self.due_at, now)


_COLUMNS: tuple[Any, ...] = (
    AnswerClock.id,
    AnswerClock.process_id,
    Process.slug,
    AnswerClock.focus_element_id,
    FocusElement.title,
    AnswerClock.idea_id,
    Idea.title,
    AnswerClock.promised_by,
    AnswerClock.started_at,
    AnswerClock.due_at,
    AnswerClock.reminded_at,
    AnswerClock.answered_at,
    AnswerClock.answer,
)


def _rows(statement: Select[Any]) -> list[ClockRow]:
    found: Iterable[Sequence[Any]] = db.session.execute(
        statement.join(Process, Process.id == AnswerClock.process_id)
        .outerjoin(FocusElement, FocusElement.id == AnswerClock.focus_element_id)
        .outerjoin(Idea, (Idea.id == AnswerClock.idea_id) & Idea.state.in_(READABLE_STATES))
        .order_by(AnswerClock.answered_at.is_not(None), AnswerClock.due_at, AnswerClock.id)
    )
    rows = [_row(*row) for row in found]
    ends = merges.ends({row.idea_id for row in rows if row.idea_id is not None})
    return [row if row.idea_id is None else _ended(row, ends.get(row.idea_id)) for row in rows]


def _ended(row: ClockRow, end: End | None) -> ClockRow:
    """An idea that was merged is answered where it went on, as long as that is on the site."""
    if end is None or end.id == row.idea_id:
        return replace(row, stays_id=row.idea_id)
    is_there = end.state in READABLE_STATES
    return replace(row, stays_id=end.id, idea_title=row.idea_title if is_there else "")


def _row(*cells: Any) -> ClockRow:
    """A row as the statement reads it; what has no title there has an empty one."""
    filled = list(cells)
    filled[4], filled[6] = filled[4] or "", filled[6] or ""
    return ClockRow(*filled)


def of_process(process_id: int) -> list[ClockRow]:
    """The promises of a process whose subject is on the site: open ones first, by the day they are due."""
    rows = _rows(select(*_COLUMNS).where(AnswerClock.process_id == process_id))
    return [row for row in rows if row.title]


def waiting(until: datetime) -> list[ClockRow]:
    """What has not been answered and is due until then, in every process."""
    rows = _rows(select(*_COLUMNS).where(AnswerClock.answered_at.is_(None), AnswerClock.due_at <= until))
    return [row for row in rows if row.title]


def get(clock_id: int) -> ClockRow | None:
    """One promise."""
    return next(iter(_rows(select(*_COLUMNS).where(AnswerClock.id == clock_id))), None)


def end_of_day(now: datetime, days: int) -> datetime:
    """The last minute of the day that lies so many days ahead, by the clocks of the city."""
    day = day_of(now) + timedelta(days=days)
    found = moments.moment(day, LAST_MINUTE)
    assert found is not None  # no clock skips this minute
    return found


def close_for_idea(idea_id: int, now: datetime) -> bool:
    """An answer on the idea is what was promised on it, and on every idea that became one with it.

    Whether anything was. The caller commits.
    """
    taken = merges.taken_by(idea_id)
    closed = db.session.execute(
        update(AnswerClock)
        .where(
            or_(AnswerClock.idea_id == idea_id, AnswerClock.idea_id.in_(select(taken.c.id))),
            AnswerClock.answered_at.is_(None),
        )
        .values(answered_at=now)
        .returning(AnswerClock.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(closed)


def tell_of_ideas(
    clocks: Sequence[tuple[int, int, str]], promised_by: str, due_at: datetime, now: datetime
) -> None:
    """Followers, and voters who wish so, hear that an answer was promised on these ideas: (promise, idea, title).

    The caller commits.
    """
    notices.announce(
        NoticeKind.STATUS,
        [
            notices.Telling(
                Audience(ideas=(idea_id,), voters_of=idea_id),
                f"promise:{clock_id}",
                N_("An answer was promised on the idea “%(title)s”"),
                N_("%(who)s answers until %(day)s."),
                page("ideas.show", idea_id=idea_id),
                {"title": title, "who": promised_by, "day": due_at},
            )
            for clock_id, idea_id, title in clocks
        ],
        now,
    )
