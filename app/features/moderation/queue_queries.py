"""The queue of the moderators: what waits for them, the oldest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, case, func, literal, literal_column, select, tuple_
from sqlalchemy.sql.selectable import Subquery

from app.db import UTCDateTime, db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import Report
from app.models.person import Person
from app.models.process import Call

PAGE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What waits: an idea that was sent in, or a published idea or argument that somebody reported."""

    IDEA = "idea"
    REPORTED = "reported"
    ARGUMENT = "argument"


class Filter(StrEnum):
    """Which part of the queue is shown."""

    ALL = "all"
    IDEAS = "ideas"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the queue; the next page begins after it."""

    at: datetime
    kind: str
    id: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.kind}-{self.id}"

    @classmethod
    def read(cls, given: str) -> "Place | None":
        """The place that an address names, or None when it names none."""
        found = re.fullmatch(r"(\d{1,17})-(idea|reported|argument)-(\d{1,9})", given)
        if found is None:
            return None
        return cls(EPOCH + timedelta(microseconds=int(found[1])), found[2], int(found[3]))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    place: Place
    title: str
    excerpt: str
    author: str
    group: Group
    call: str
    reports: int
    is_own: bool
    """Whether the moderator who looks wrote it or reported it, so that another one decides."""

    @property
    def kind(self) -> Kind:
        """What waits."""
        return Kind(self.place.kind)

    @property
    def id(self) -> int:
        """The number of the idea or argument."""
        return self.place.id


@dataclass(frozen=True, slots=True)
class Counts:
    """How many texts wait."""

    ideas: int
    reports: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.ideas + self.reports


def waiting(
    kind: Filter, moderator_id: int, after: Place | None = None
) -> tuple[list[Waiting], Place | None]:
    """A page of the queue, oldest first, and the place where the next page begins."""
    rows = [_line(row) for row in db.session.execute(_queue(kind, moderator_id, after, PAGE + 1))]
    return rows[:PAGE], rows[PAGE - 1].place if len(rows) > PAGE else None


def next_after(place: Place, moderator_id: int) -> Waiting | None:
    """The oldest text after this place that this moderator may decide on."""
    row = db.session.execute(_queue(Filter.ALL, moderator_id, place, 1, mine=False)).first()
    return _line(row) if row else None


def counts() -> Counts:
    """How many submitted ideas and how many reported texts wait."""
    ideas = select(func.count()).where(Idea.state == IdeaState.SUBMITTED).scalar_subquery()
    reports = (
        select(func.count(Report.idea_id.distinct()) + func.count(Report.argument_id.distinct()))
        .where(Report.handled_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(select(ideas, reports)).one()
    return Counts(row[0], row[1])


def place_of(subject: Idea | Argument, reports: Sequence[Report]) -> Place | None:
    """Where a text stands in the queue, or None when it does not wait."""
    if isinstance(subject, Idea) and subject.state == IdeaState.SUBMITTED:
        return Place(subject.submitted_at or subject.created_at, Kind.IDEA, subject.id)
    if reports:
        kind = Kind.REPORTED if isinstance(subject, Idea) else Kind.ARGUMENT
        return Place(min(report.created_at for report in reports), kind, subject.id)
    return None


def _waiting_texts(kind: Filter, moderator_id: int) -> Subquery:
    """Everything that waits, as one table; `mine` is 1 where this moderator wrote or reported the text."""
    new = _part(
        Kind.IDEA,
        Idea.id,
        func.coalesce(Idea.submitted_at, Idea.created_at),
        Idea.summary,
        Idea.author_id,
        reports=literal_column("0"),
        mine=case((Idea.author_id == moderator_id, 1), else_=0),
    ).where(Idea.state == IdeaState.SUBMITTED)
    since, number = func.min(Report.created_at), func.count()
    reported = func.max(case((Report.reporter_id == moderator_id, 1), else_=0))
    ideas = (
        _part(
            Kind.REPORTED,
            Idea.id,
            since,
            Idea.summary,
            Idea.author_id,
            reports=number,
            mine=case((Idea.author_id == moderator_id, 1), else_=reported),
        )
        .select_from(Report)
        .join(Idea, Report.idea_id == Idea.id)
        .where(Report.handled_at.is_(None))
        .group_by(Idea.id)
    )
    arguments = (
        _part(
            Kind.ARGUMENT,
            Argument.id,
            since,
            Argument.body,
            Argument.author_id,
            reports=number,
            mine=case((Argument.author_id == moderator_id, 1), else_=reported),
        )
        .select_from(Report)
        .join(Argument, Report.argument_id == Argument.id)
        .join(Idea, Argument.idea_id == Idea.id)
        .where(Report.handled_at.is_(None))
        .group_by(Argument.id, Idea.id)
    )
    if kind == Filter.IDEAS:
        return new.subquery("queue")
    if kind == Filter.REPORTS:
        return ideas.union_all(arguments).subquery("queue")
    return new.union_all(ideas, arguments).subquery("queue")


def _part(
    kind: Kind, number: Any, since: Any, excerpt: Any, author_id: Any, *, reports: Any, mine: Any
) -> Select[*tuple[Any, ...]]:
    """One kind of text, with the columns that all kinds have."""
    return select(
        literal_column(f"'{kind.value}'").label("kind"),
        number.label("id"),
        since.label("at"),
        Idea.title.label("title"),
        excerpt.label("excerpt"),
        author_id.label("author_id"),
        Idea.call_id.label("call_id"),
        reports.label("reports"),
        mine.label("mine"),
    )


def _queue(
    kind: Filter, moderator_id: int, after: Place | None, most: int, mine: bool = True
) -> Select[*tuple[Any, ...]]:
    queue = _waiting_texts(kind, moderator_id)
    key = tuple_(queue.c.at, queue.c.kind, queue.c.id)
    query = (
        select(
            queue.c.at,
            queue.c.kind,
            queue.c.id,
            queue.c.title,
            queue.c.excerpt,
            Person.name,
            Person.group,
            Call.title,
            queue.c.reports,
            queue.c.mine,
        )
        .join(Person, Person.id == queue.c.author_id)
        .join(Call, Call.id == queue.c.call_id)
        .order_by(queue.c.at, queue.c.kind, queue.c.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(key > tuple_(literal(after.at, UTCDateTime()), after.kind, after.id))
    if not mine:
        query = query.where(queue.c.mine == 0)
    return query


def _line(row: Row[*tuple[Any, ...]]) -> Waiting:
    at, kind, number, title, excerpt, name, group, call, reports, mine = row
    return Waiting(Place(at, kind, number), title, excerpt, name, group, call, reports, bool(mine))
