"""What organisers look at: the numbers, the audit log in words, messages, and ideas to answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.domain.ranking import Weighting
from app.kit.pagination import older_than
from app.models.argument import Argument, ArgumentState
from app.models.audit import AuditEntry
from app.models.entry import CodeBatch, Invitation, TrustedDomain
from app.models.idea import Idea, StatusChange
from app.models.message import ContactMessage, MailMessage
from app.models.moderation import Report
from app.models.person import Organisation, Person, Role
from app.models.practice import Practice
from app.models.process import Activity, Call, Process, ProcessState, Theme
from app.models.response import OfficialResponse
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.vote import Tally
from app.models.workshop import AgendaItemKind, Workshop

PAGE = 20
LINES = 30
UNDELIVERED_FOR = timedelta(days=30)
NOTHING: tuple[object, ...] = (None, False, "", [])
"""What is not worth a word on the line of something new."""
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
class Difference:
    """One thing that an action changed. Values are members of enums where they have names."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit log."""

    id: int
    at: datetime
    actor: str | None
    """None for a command on the server."""
    action: str
    subject_type: str
    subject_id: int | None
    subject: str
    """What the subject is called, or nothing."""
    idea_id: int | None
    """The idea that it is about, if it is about one."""
    differences: tuple[Difference, ...]
    why: str


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
            select(func.coalesce(func.sum(Tally.votes_for + Tally.votes_against), 0)).scalar_subquery(),
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


def log(
    action: str = "", actor_id: int | None = None, before: int | None = None, most: int = LINES
) -> tuple[list[Line], int | None]:
    """A page of the audit log, newest first, and the number before which the next page begins."""
    query = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            Person.name,
            AuditEntry.action,
            AuditEntry.subject_type,
            AuditEntry.subject_id,
            AuditEntry.before,
            AuditEntry.after,
            AuditEntry.why,
        )
        .outerjoin(Person, AuditEntry.actor_id == Person.id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(most + 1)
    )
    if action:
        query = query.where(AuditEntry.action == action)
    if actor_id is not None:
        query = query.where(AuditEntry.actor_id == actor_id)
    if before is not None:
        query = query.where(older_than(AuditEntry, AuditEntry.at, before))
    rows = db.session.execute(query).all()
    names = _subjects((row.subject_type, row.subject_id) for row in rows[:most])
    themes = _themes(change for row in rows[:most] for change in (row.before, row.after))
    lines = []
    for row in rows[:most]:
        subject, idea_id = names.get((row.subject_type, row.subject_id), ("", None))
        lines.append(
            Line(
                id=row.id,
                at=row.at,
                actor=row.name,
                action=row.action,
                subject_type=row.subject_type,
                subject_id=row.subject_id,
                subject=subject,
                idea_id=idea_id,
                differences=_differences(row.subject_type, row.before, row.after, themes),
                why=row.why,
            )
        )
    return lines, lines[-1].id if len(rows) > most else None


def known_actions() -> list[str]:
    """Every action that the audit log holds."""
    return sorted(db.session.scalars(select(AuditEntry.action).distinct()))


def known_actors() -> list[tuple[int, str]]:
    """Everybody whom the audit log names."""
    actors = select(AuditEntry.actor_id).distinct()
    rows = db.session.execute(
        select(Person.id, Person.name).where(Person.id.in_(actors)).order_by(Person.name, Person.id)
    )
    return [(number, name) for number, name in rows]


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


def _subjects(
    wanted: Iterable[tuple[str, int | None]],
) -> dict[tuple[str, int | None], tuple[str, int | None]]:
    """What the subjects of audit lines are called, and the idea they are about: one statement for each kind."""
    numbers: dict[str, set[int]] = {}
    for kind, number in wanted:
        if number is not None:
            numbers.setdefault(kind, set()).add(number)
    found: dict[tuple[str, int | None], tuple[str, int | None]] = {}
    texts = numbers.get("idea", set()), numbers.get("argument", set())
    if any(texts):
        rows = db.session.execute(
            select(Idea.id, Idea.title, Argument.id)
            .outerjoin(Argument, and_(Argument.idea_id == Idea.id, Argument.id.in_(texts[1])))
            .where(or_(Idea.id.in_(texts[0]), Argument.id.in_(texts[1])))
        )
        for idea_id, title, argument_id in rows:
            found["idea", idea_id] = (title, idea_id)
            if argument_id is not None:
                found["argument", argument_id] = (title, idea_id)
    named: dict[str, Select[int, str]] = {
        "person": select(Person.id, Person.name),
        "call": select(Call.id, Call.title),
        "process": select(Process.id, Process.title),
        "seal_plan": select(SealPlan.id, Call.title).join(Call, SealPlan.call_id == Call.id),
        "snapshot": select(Snapshot.id, Call.title).join(Call, Snapshot.call_id == Call.id),
        "workshop": select(Workshop.id, Activity.title).join(Activity, Workshop.activity_id == Activity.id),
        "practice": select(Practice.id, Practice.title),
        "organisation": select(Organisation.id, Organisation.name),
        "code_batch": select(CodeBatch.id, CodeBatch.name),
        "invitation": select(Invitation.id, Invitation.email),
        "trusted_domain": select(TrustedDomain.id, TrustedDomain.domain),
    }
    for kind, query in named.items():
        if numbers.get(kind):
            column: Any = query.selected_columns[0]
            titles = db.session.execute(query.where(column.in_(numbers[kind])))
            found.update({(kind, subject_id): (name, None) for subject_id, name in titles})
    return found


def _themes(changes: Iterable[Mapping[str, object]]) -> dict[object, str]:
    """The titles of the themes that actions name by number; no statement when none does."""
    numbers = {change["theme"] for change in changes if isinstance(change.get("theme"), int)}
    if not numbers:
        return {}
    rows = db.session.execute(select(Theme.id, Theme.title).where(Theme.id.in_(numbers)))
    found: dict[object, str] = {}
    found.update(rows.all())
    return found


def _differences(
    subject_type: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    themes: Mapping[object, str],
) -> tuple[Difference, ...]:
    kinds: dict[str, type[StrEnum]] = {
        "state": ArgumentState if subject_type == "argument" else IdeaState,
        "public_status": PublicStatus,
        "reason": SealReason if subject_type == "seal_plan" else RefusalReason,
        "group": Group,
        "roles": Role,
        "kind": AgendaItemKind,
        "weighting": Weighting,
    }

    def told(name: str, given: Mapping[str, object]) -> object:
        value = given.get(name)
        if name == "at" and isinstance(value, str):
            return datetime.fromisoformat(value)
        return themes.get(value, value) if name == "theme" else _named(kinds.get(name), value)

    return tuple(
        Difference(name, told(name, before), told(name, after))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name) and (name in before or after[name] not in NOTHING)
    )


def _named(kind: type[StrEnum] | None, value: object) -> object:
    """The member of the enum that a stored value stands for, so that the page can say its name."""
    if kind is not None and isinstance(value, list):
        return [_named(kind, part) for part in value]
    if kind is not None and isinstance(value, str) and value in list(kind):
        return kind(value)
    return value
