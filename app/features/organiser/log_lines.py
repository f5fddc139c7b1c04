"""The audit log in words: its lines with what each one is about and what it changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.domain.ranking import Weighting
from app.kit.pagination import older_than
from app.models.argument import Argument, ArgumentState
from app.models.audit import AuditEntry
from app.models.entry import CodeBatch, Invitation, TrustedDomain
from app.models.idea import Idea
from app.models.integrity import ExclusionReason, ExclusionState, SignalState
from app.models.moderation import AppealOutcome
from app.models.person import Organisation, Person, Role
from app.models.practice import Practice, PracticeState
from app.models.process import Activity, Call, Curation, Process, Theme
from app.models.room import RoundKind, RoundState
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.workshop import AgendaBasis, AgendaItemKind, Workshop

LINES = 30
NOTHING: tuple[object, ...] = (None, False, "", [])
"""What is not worth a word on the line of something new."""
STATES_OF: Mapping[str, type[StrEnum]] = {
    "argument": ArgumentState,
    "practice": PracticeState,
    "integrity_signal": SignalState,
    "exclusion": ExclusionState,
    "round": RoundState,
}
"""What a state means in a line of the log, by what the line is about; else it is one of an idea."""
REASONS_OF: Mapping[str, type[StrEnum]] = {
    "seal_plan": SealReason,
    "exclusion": ExclusionReason,
}
MOMENTS = {"at", "from"}
"""What is kept as a moment in ISO 8601."""


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
    redacted_at: datetime | None
    """When its words went."""


def log(
    only: Sequence[ColumnElement[bool]] = (), before: int | None = None, most: int = LINES
) -> tuple[list[Line], int | None]:
    """A page of the audit log, newest first, and the number before which the next page begins.

    `only`: what holds for the lines, see LogFilter.
    """
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
            AuditEntry.redacted_at,
        )
        .outerjoin(Person, AuditEntry.actor_id == Person.id)
        .where(*only)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(most + 1)
    )
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
                redacted_at=row.redacted_at,
            )
        )
    return lines, lines[-1].id if len(rows) > most else None


def known_actions() -> list[str]:
    """Every action that the audit log holds."""
    return sorted(db.session.scalars(_values(AuditEntry.action)))


def known_actors() -> list[tuple[int, str]]:
    """Everybody whom the audit log names."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(_values(AuditEntry.actor_id)))
        .order_by(Person.name, Person.id)
    )
    return [(number, name) for number, name in rows]


def _values(column: InstrumentedAttribute[Any]) -> Select[Any]:
    """Every value of a column that has an index: one look into it for each, instead of a walk over a long log."""
    step = select(func.min(column).label("value")).cte("step", recursive=True)
    following = select(func.min(column)).where(column > step.c.value).scalar_subquery()
    every = step.union_all(select(following).where(step.c.value.is_not(None)))
    return select(every.c.value).where(every.c.value.is_not(None))


def count_lines(only: Sequence[ColumnElement[bool]]) -> int:
    """How many lines of the audit log there are for which this holds."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(*only)) or 0


def names_of(people: Iterable[int | None]) -> dict[int | None, str]:
    """What people are called."""
    wanted = {number for number in people if number is not None}
    found: dict[int | None, str] = {}
    found.update(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all())
    return found


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
        "state": STATES_OF.get(subject_type, IdeaState),
        "public_status": PublicStatus,
        "reason": REASONS_OF.get(subject_type, RefusalReason),
        "outcome": AppealOutcome,
        "group": Group,
        "roles": Role,
        "kind": RoundKind if subject_type == "round" else AgendaItemKind,
        "basis": AgendaBasis,
        "weighting": Weighting,
        "idea_curation": Curation,
        "argument_curation": Curation,
    }

    def told(name: str, given: Mapping[str, object]) -> object:
        value = given.get(name)
        if name in MOMENTS and isinstance(value, str):
            return datetime.fromisoformat(value)
        return (
            themes.get(value, value) if name == "theme" else _named(kinds.get(name.partition("@")[0]), value)
        )

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
