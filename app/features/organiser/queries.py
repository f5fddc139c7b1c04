"""What organisers look at: the numbers, messages, and ideas to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.lifecycle import IdeaState, PublicStatus
from app.kit.pagination import older_than
from app.models.idea import Idea, StatusChange
from app.models.message import ContactMessage, MailMessage
from app.models.moderation import Report
from app.models.person import Person
from app.models.process import Call, Process, ProcessState
from app.models.response import OfficialResponse
from app.models.vote import Tally

PAGE = 20
UNDELIVERED_FOR = timedelta(days=30)
STATES = tuple(state for state in IdeaState if state != IdeaState.DRAFT)
"""Drafts are their authors' own and not counted."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The site in numbers."""

    people: Mapping[Group, int]
    ideas: Mapping[IdeaState, int]
    votes: int
    arguments: int
    waiting: int
    messages: int
    undelivered: int
    """How many addresses did not take our mail in the last thirty days."""
    oldest: datetime | None
    """Since when the oldest text waits for a moderator."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a visitor wrote."""

    id: int
    name: str
    email: str
    body: str
    created_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """One idea in the list of the organisers."""

    id: int
    title: str
    call: str
    public_status: PublicStatus
    published_at: datetime | None
    answers: int


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of the public status."""

    status: PublicStatus
    reason: str
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One dated answer of the municipality."""

    id: int
    on_behalf_of: str
    body: str
    at: datetime


def overview(now: datetime) -> Overview:
    """The numbers of the whole site."""
    people = db.session.execute(select(Person.group, func.count()).group_by(Person.group)).all()
    ideas = db.session.execute(select(Idea.state, func.count()).group_by(Idea.state)).all()
    submitted = Idea.state == IdeaState.SUBMITTED
    opened = Report.handled_at.is_(None)
    row = db.session.execute(
        select(
            select(func.coalesce(func.sum(Tally.votes_for + Tally.votes_against), 0))
            .join(Idea, Idea.id == Tally.idea_id)
            .where(Idea.merged_into_id.is_(None))  # their votes count in the idea that stays
            .scalar_subquery(),
            select(func.coalesce(func.sum(Idea.argument_count), 0)).scalar_subquery(),
            select(func.count()).where(submitted).scalar_subquery(),
            select(func.count(Report.idea_id.distinct()) + func.count(Report.argument_id.distinct()))
            .where(opened)
            .scalar_subquery(),
            select(func.count()).where(ContactMessage.handled_at.is_(None)).scalar_subquery(),
            select(func.count(MailMessage.recipient.distinct()))
            .where(MailMessage.given_up_at > now - UNDELIVERED_FOR)
            .scalar_subquery(),
            select(func.min(Idea.submitted_at)).where(submitted).scalar_subquery(),
            select(func.min(Report.created_at)).where(opened).scalar_subquery(),
        )
    ).one()
    votes, arguments, new, reported, messages, undelivered, oldest_idea, oldest_report = row
    counted, states = dict(people), dict(ideas)
    return Overview(
        people={group: counted.get(group, 0) for group in GROUPS},
        ideas={state: states.get(state, 0) for state in STATES},
        votes=votes,
        arguments=arguments,
        waiting=new + reported,
        messages=messages,
        undelivered=undelivered,
        oldest=min((at for at in (oldest_idea, oldest_report) if at), default=None),
    )


def messages(handled: bool, before: int | None = None) -> tuple[list[Message], int | None]:
    """A page of messages, newest first, and the number before which the next page begins."""
    query = (
        select(
            ContactMessage.id,
            ContactMessage.name,
            ContactMessage.email,
            ContactMessage.body,
            ContactMessage.created_at,
            ContactMessage.handled_at,
        )
        .where(ContactMessage.handled_at.is_not(None) if handled else ContactMessage.handled_at.is_(None))
        .order_by(ContactMessage.created_at.desc(), ContactMessage.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(older_than(ContactMessage, ContactMessage.created_at, before))
    rows = [Message(*row) for row in db.session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def ideas(
    words: str = "", status: PublicStatus | None = None, before: int | None = None
) -> tuple[list[IdeaLine], int | None]:
    """A page of published ideas, newest first, and the number before which the next page begins."""
    answers = (
        select(func.count()).where(OfficialResponse.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    )
    query = (
        select(Idea.id, Idea.title, Call.title, Idea.public_status, Idea.published_at, answers)
        .join(Call, Idea.call_id == Call.id)
        .where(Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(PAGE + 1)
    )
    for part in words.split()[:5]:
        query = query.where(Idea.title.icontains(part, autoescape=True))
    if status is not None:
        query = query.where(Idea.public_status == status)
    if before is not None:
        query = query.where(older_than(Idea, Idea.published_at, before))
    rows = [IdeaLine(*row) for row in db.session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def processes() -> list[tuple[str, str, bool]]:
    """Every process: its name in addresses, its title, and whether it is open; open ones first, then the newest."""
    rows = db.session.execute(
        select(Process.slug, Process.title, Process.state).order_by(
            Process.state != ProcessState.OPEN, Process.starts_at.desc(), Process.id.desc()
        )
    )
    return [(slug, title, state == ProcessState.OPEN) for slug, title, state in rows]


def steps(idea_id: int) -> list[Step]:
    """The steps of an idea's public status, newest first."""
    rows = db.session.execute(
        select(StatusChange.status, StatusChange.reason, StatusChange.changed_at, Person.name)
        .outerjoin(Person, StatusChange.actor_id == Person.id)
        .where(StatusChange.idea_id == idea_id)
        .order_by(StatusChange.changed_at.desc(), StatusChange.id.desc())
    )
    return [Step(*row) for row in rows]


def answers(idea_id: int) -> list[Answer]:
    """The answers on an idea, newest first."""
    rows = db.session.execute(
        select(
            OfficialResponse.id,
            OfficialResponse.on_behalf_of,
            OfficialResponse.body,
            OfficialResponse.answered_at,
        )
        .where(OfficialResponse.idea_id == idea_id)
        .order_by(OfficialResponse.answered_at.desc(), OfficialResponse.id.desc())
    )
    return [Answer(*row) for row in rows]
