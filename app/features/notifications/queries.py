"""What somebody hears and follows: reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import String, cast, func, literal, select, union_all

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit.pagination import older_than
from app.models.following import Follow, Notice, NoticeChoice, NoticeKind, VotedWish
from app.models.idea import Idea
from app.models.process import Call, Process, Theme
from app.records.follows import Subject

PAGE = 25


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be followed."""

    subject: Subject
    number: int
    title: str
    state: IdeaState | None
    """Of an idea; None for everything else."""
    slug: str = ""
    """Of a process, or the process of a call."""

    @property
    def url(self) -> str:
        """Its page."""
        if self.subject is Subject.IDEA:
            return url_for("ideas.show", idea_id=self.number)
        if self.subject is Subject.THEME:
            return url_for("processes.theme", theme_id=self.number)
        return url_for("processes.show", slug=self.slug)


@dataclass(frozen=True, slots=True)
class Message:
    """One message in the inbox."""

    id: int
    kind: NoticeKind
    title: str
    text: str
    path: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose to hear by mail."""

    switched_off: frozenset[NoticeKind]
    hears_of_votes: bool


_THINGS: dict[Subject, Any] = {
    Subject.IDEA: lambda: select(Idea.id, Idea.title, Idea.state, literal("")),
    Subject.THEME: lambda: select(Theme.id, Theme.title, literal(None), literal("")),
    Subject.CALL: lambda: select(Call.id, Call.title, literal(None), Process.slug).join(
        Process, Process.id == Call.process_id
    ),
    Subject.PROCESS: lambda: select(Process.id, Process.title, literal(None), Process.slug),
}
_TABLES: dict[Subject, Any] = {
    Subject.IDEA: Idea,
    Subject.THEME: Theme,
    Subject.CALL: Call,
    Subject.PROCESS: Process,
}


def thing(subject: Subject, number: int) -> Thing | None:
    """What an address names, or None."""
    row = db.session.execute(_THINGS[subject]().where(_TABLES[subject].id == number)).one_or_none()
    return None if row is None else Thing(subject, *row)


def followed(person_id: int) -> list[Thing]:
    """Everything that somebody follows, in one statement; by kind, newest first."""
    columns = {
        Subject.IDEA: Follow.idea_id,
        Subject.THEME: Follow.theme_id,
        Subject.CALL: Follow.call_id,
        Subject.PROCESS: Follow.process_id,
    }
    parts = [
        _THINGS[subject]()
        .add_columns(literal(subject.value), Follow.id)
        .join(Follow, columns[subject] == _TABLES[subject].id)
        .where(Follow.person_id == person_id)
        for subject in Subject
    ]
    # Who followed an idea follows the one that it became one with; the first waits in case they part again.
    parts = [
        part.where(Idea.merged_into_id.is_(None)) if subject is Subject.IDEA else part
        for subject, part in zip(Subject, parts, strict=True)
    ]
    rows = db.session.execute(union_all(*parts)).all()
    order = list(Subject)
    things = [
        (-row[5], Thing(Subject(row[4]), row[0], row[1], IdeaState(row[2]) if row[2] else None, row[3]))
        for row in rows
    ]
    return [
        found for _newest, found in sorted(things, key=lambda pair: (order.index(pair[1].subject), pair[0]))
    ]


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of messages, newest first."""

    messages: Sequence[Message]
    following: int | None
    """The number before which the next page begins."""
    last: int
    """The highest number of all, so that what comes while the page stands open stays unread."""


def inbox(person_id: int, before: int | None = None) -> Inbox:
    """A page of messages in one statement."""
    last = select(func.max(Notice.id)).where(Notice.person_id == person_id).scalar_subquery()
    query = select(
        Notice.id,
        Notice.kind,
        Notice.title,
        Notice.text,
        Notice.path,
        Notice.created_at,
        Notice.read_at,
        last,
    ).where(Notice.person_id == person_id)
    if before is not None:
        mine = select(Notice.id).where(Notice.id == before, Notice.person_id == person_id).exists()
        query = query.where(mine, older_than(Notice, Notice.created_at, before))
    rows = db.session.execute(
        query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(PAGE + 1)
    ).all()
    messages = [Message(*row[:-1]) for row in rows[:PAGE]]
    following = messages[-1].id if len(rows) > PAGE else None
    return Inbox(messages, following, rows[0][-1] if rows else 0)


def choices(person_id: int) -> Choices:
    """What somebody chose, in one statement."""
    rows = db.session.execute(
        union_all(
            select(cast(NoticeChoice.kind, String)).where(
                NoticeChoice.person_id == person_id, ~NoticeChoice.by_mail
            ),
            select(literal("")).where(select(VotedWish).where(VotedWish.person_id == person_id).exists()),
        )
    ).scalars()
    found = {str(row) for row in rows}
    return Choices(frozenset(NoticeKind(kind) for kind in found if kind), "" in found)
