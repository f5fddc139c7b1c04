"""What moderators look at: the queue, a text with what is known about it, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Float, Integer, Select, and_, func, literal_column, or_, select, text
from sqlalchemy.orm import aliased

from app.db import db, is_postgresql
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState, RefusalReason
from app.domain.likeness import likeness, stems
from app.kit import html
from app.kit.pagination import older_than
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb, Report, ReportReason
from app.models.person import Organisation, Person

PAGE = 20
ALIKE = 0.35
"""From this likeness on, two titles or two titles with their summaries may be the same idea."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a text, and what became of their other texts."""

    name: str
    group: Group
    organisation: str
    since: datetime
    published: int
    decisions: tuple["Decided", ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision."""

    id: int
    verb: ModerationVerb
    reason: RefusalReason | None
    sentence: str
    at: datetime
    moderator: str
    title: str
    idea_id: int
    argument_id: int | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Another idea in the same call that may be the same."""

    id: int
    title: str
    summary: str
    state: IdeaState
    likeness: float


@dataclass(frozen=True, slots=True)
class Said:
    """One argument, question or reply under an idea."""

    id: int
    side: Side
    body: str
    state: ArgumentState
    author: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One open report."""

    id: int
    reason: ReportReason
    explanation: str
    at: datetime
    reporter: str


def author(person_id: int, subject: Idea | Argument) -> Author:
    """Who wrote a text, with the last decisions on their other texts."""
    published = (
        select(func.count())
        .where(Idea.author_id == person_id, Idea.state == IdeaState.PUBLISHED)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Person.name, Person.group, func.coalesce(Organisation.name, ""), Person.created_at, published)
        .outerjoin(Organisation, Person.organisation_id == Organisation.id)
        .where(Person.id == person_id)
    ).one()
    mine = or_(Idea.author_id == person_id, Argument.author_id == person_id)
    other = (
        or_(ModerationDecision.idea_id.is_(None), ModerationDecision.idea_id != subject.id)
        if isinstance(subject, Idea)
        else or_(ModerationDecision.argument_id.is_(None), ModerationDecision.argument_id != subject.id)
    )
    name, group, organisation, since, ideas = row
    decided = _decided(_decisions().where(mine, other).limit(5))
    return Author(name, group, organisation, since, ideas, tuple(decided))


def decisions_on(subject: Idea | Argument) -> list[Decided]:
    """What was decided on this text, newest first."""
    column = ModerationDecision.idea_id if isinstance(subject, Idea) else ModerationDecision.argument_id
    return _decided(_decisions().where(column == subject.id))


def decisions(before: int | None = None) -> tuple[list[Decided], int | None]:
    """A page of all decisions, newest first, and the number before which the next page begins."""
    query = _decisions().limit(PAGE + 1)
    if before is not None:
        query = query.where(older_than(ModerationDecision, ModerationDecision.decided_at, before))
    rows = _decided(query)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def report_lines(reports: Sequence[Report]) -> list[ReportLine]:
    """Open reports as the page shows them."""
    return [
        ReportLine(report.id, report.reason, report.explanation, report.created_at, report.reporter.name)
        for report in reports
    ]


def said_on(idea: Idea) -> list[Said]:
    """The last hundred arguments, questions and replies under an idea, newest first."""
    rows = db.session.execute(
        select(Argument.id, Argument.side, Argument.body, Argument.state, Person.name)
        .join(Person, Argument.author_id == Person.id)
        .where(Argument.idea_id == idea.id, Argument.state != ArgumentState.DELETED)
        .order_by(Argument.created_at.desc(), Argument.id.desc())
        .limit(100)
    )
    return [Said(*row) for row in rows]


def alike(idea: Idea) -> list[Alike]:
    """At most three ideas of the same call that share enough words with this one, the likest first."""
    words = sorted(stems(idea.title) | stems(idea.summary))
    if not words:
        return []
    query = select(Idea.id, Idea.title, Idea.summary, Idea.state).where(
        Idea.call_id == idea.call_id,
        Idea.id != idea.id,
        Idea.state.in_([IdeaState.SUBMITTED, IdeaState.PUBLISHED]),
    )
    rows = [
        Alike(
            number,
            title,
            summary,
            state,
            max(
                likeness(idea.title, title),
                likeness(f"{idea.title} {idea.summary}", f"{title} {summary}"),
            ),
        )
        for number, title, summary, state in db.session.execute(_with_any(query, words).limit(30))
    ]
    return sorted((row for row in rows if row.likeness >= ALIKE), key=lambda row: (-row.likeness, row.id))[:3]


def _with_any(query: Select[*tuple[Any, ...]], words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Only ideas with a word that begins like one of these, the best match first, by the index of the search."""
    if is_postgresql():
        given = func.to_tsquery("dutch", " | ".join(f"{word}:*" for word in words))
        document: ColumnElement[Any] = literal_column(
            "to_tsvector('dutch', title || ' ' || summary || ' ' || body)"
        )
        heading: ColumnElement[Any] = literal_column("to_tsvector('dutch', title || ' ' || summary)")
        return query.where(document.op("@@")(given)).order_by(func.ts_rank(heading, given).desc(), Idea.id)
    search = "{title summary} : (" + " OR ".join(f'"{word}"*' for word in words) + ")"
    found = (
        text("SELECT rowid AS id, rank FROM idea_search WHERE idea_search MATCH :search")
        .bindparams(search=search)
        .columns(id=Integer, rank=Float)
        .subquery()
    )
    return query.join(found, found.c.id == Idea.id).order_by(found.c.rank, Idea.id)


def body_of(subject: Idea | Argument) -> Markup:
    """The text as readers see it."""
    return html.from_plain(subject.body)


def _decisions() -> Select[*tuple[Any, ...]]:
    """Decisions with the idea they are about, newest first."""
    moderator = aliased(Person)
    return (
        select(
            ModerationDecision.id,
            ModerationDecision.verb,
            ModerationDecision.reason,
            ModerationDecision.sentence,
            ModerationDecision.decided_at,
            moderator.name,
            Idea.title,
            Idea.id,
            ModerationDecision.argument_id,
        )
        .outerjoin(Argument, ModerationDecision.argument_id == Argument.id)
        .join(
            Idea,
            or_(
                ModerationDecision.idea_id == Idea.id,
                and_(ModerationDecision.argument_id == Argument.id, Argument.idea_id == Idea.id),
            ),
        )
        .join(moderator, ModerationDecision.moderator_id == moderator.id)
        .order_by(ModerationDecision.decided_at.desc(), ModerationDecision.id.desc())
    )


def _decided(query: Select[*tuple[Any, ...]]) -> list[Decided]:
    return [Decided(*row) for row in db.session.execute(query)]
