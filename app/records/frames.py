"""What a list of ideas stands in: a process with its calls, phases, themes and rules; one statement, kept a second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.ranking import Weighting
from app.kit import signals
from app.kit.kept import Kept
from app.models.audit import AuditEntry
from app.models.integrity import Exclusion, ExclusionState
from app.models.person import Person
from app.models.process import Call, CallKind, Process, ProcessState, Theme
from app.records import calls
from app.records.calls import CallRow
from app.records.ranking_rules import Rules, parameters_from

CHOOSING = "ranking.set_rules"
"""The action on the audit line of who chose the rules of a process."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who chose the rules of the ranking, when, and why. `by` is empty for somebody who is no longer here."""

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """A theme as cards, chips and filters show it."""

    id: int
    slug: str
    title: str
    icon: str
    accent: int
    position: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A process with what its lists of ideas need."""

    process_id: int
    calls: tuple[CallRow, ...]
    call: CallRow
    """The call that was asked for, or the main one."""
    themes: tuple[ThemeTag, ...]
    rules: Rules
    leaves_out: bool = False
    """Whether a vote of the process does not count, by the decision of two moderators."""
    chosen: Chosen | None = None
    """None while the rules are those that the process began with."""

    def theme(self, slug: str) -> ThemeTag | None:
        """The theme with this name in addresses."""
        return next((theme for theme in self.themes if theme.slug == slug), None)


_frames: Kept[Frame] = Kept("frames")


def of_call(slug: str = "") -> Frame | None:
    """The process of the call with this name; without a name that of the main call. None when there is none."""
    return _frames.get(slug, lambda _stale: read(slug))


def read(slug: str = "") -> Frame | None:
    """The same, from the database at this moment."""
    rows = db.session.execute(_statement(slug)).all()
    if not rows:
        return None
    width = len(calls.COLUMNS)
    end = width + 2 + len(_THEME)
    themes = {row[width + 2]: ThemeTag(*row[width + 2 : end]) for row in rows if row[width + 2] is not None}
    # Every phase comes once with every theme; the first theme is enough to gather the calls from.
    first = rows[0][width + 2]
    found = calls.gather(row for row in rows if row[width + 2] == first)
    call = next(
        (row for row in found if row.slug == slug),
        next((row for row in found if row.kind == CallKind.IDEAS), found[0]),
    )
    settings, seed = rows[0][width], rows[0][width + 1]
    at, by, why, leaves_out = rows[0][end:]
    return Frame(
        process_id=call.process_id,
        calls=tuple(found),
        call=call,
        themes=tuple(sorted(themes.values(), key=lambda theme: (theme.position, theme.id))),
        rules=Rules(
            parameters_from(settings), Weighting(settings.get("weighting", Weighting.PER_GROUP)), seed
        ),
        leaves_out=leaves_out,
        chosen=Chosen(at, by or "", why) if at is not None else None,
    )


_THEME = (Theme.id, Theme.slug, Theme.title, Theme.icon, Theme.accent, Theme.position)


def _statement(slug: str) -> Select[Any]:
    if slug:
        process = select(Call.process_id).where(Call.slug == slug)
    else:
        process = (
            select(Process.id)
            .join(Call, Call.process_id == Process.id)
            .order_by(Process.state != ProcessState.OPEN, Process.starts_at.desc(), Process.id.desc())
            .limit(1)
        )
    newest = (
        select(func.max(AuditEntry.id))
        .where(
            AuditEntry.subject_type == Process.__tablename__,
            AuditEntry.subject_id == Process.id,
            AuditEntry.action == CHOOSING,
        )
        .correlate(Process)
        .scalar_subquery()
    )
    of_process = aliased(Call)
    leaves_out = (
        exists()
        .where(
            Exclusion.call_id == of_process.id,
            of_process.process_id == Process.id,
            Exclusion.state == ExclusionState.IN_FORCE,
        )
        .correlate(Process)
    )
    return (
        calls.joined()
        .add_columns(
            Process.ranking_settings,
            Process.tie_seed,
            *_THEME,
            AuditEntry.at,
            Person.name,
            AuditEntry.why,
            leaves_out,
        )
        .outerjoin(Theme, Theme.process_id == Process.id)
        .outerjoin(AuditEntry, AuditEntry.id == newest)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(Call.process_id == process.scalar_subquery())
    )


def chosen_for(process_id: int) -> Chosen | None:
    """Who chose the rules of a process last."""
    row = db.session.execute(
        select(AuditEntry.at, Person.name, AuditEntry.why)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_type == Process.__tablename__,
            AuditEntry.subject_id == process_id,
            AuditEntry.action == CHOOSING,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return Chosen(row[0], row[1] or "", row[2]) if row else None


@signals.rules_changed.connect
def _forget(_sender: object, **_more: object) -> None:
    """Somebody changed the rules through this process: the next page follows them."""
    _frames.forget()
