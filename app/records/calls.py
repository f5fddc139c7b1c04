"""Calls with their phases, as the policies and pages need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.domain import phases
from app.domain.phases import Action
from app.models.process import Audience, Call, CallKind, Curation, Phase, Process, ProcessState


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A period of a call with its rights."""

    name: str
    starts_at: datetime
    ends_at: datetime
    may_submit: bool
    may_argue: bool
    may_vote: bool
    hides_counts: bool
    default_sort: str

    def gives(self, action: Action) -> bool:
        """Whether this phase gives the right to the action."""
        return {
            Action.SUBMIT: self.may_submit,
            Action.ARGUE: self.may_argue,
            Action.VOTE: self.may_vote,
        }[action]


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its phases in order: everything that says what is possible now."""

    id: int
    slug: str
    title: str
    question: str
    kind: CallKind
    audience: Audience
    process_id: int
    process_slug: str
    process_title: str
    process_state: ProcessState
    phases: tuple[PhaseRow, ...]
    agenda_ballot: bool = False
    """Whether people tick the themes of the agenda themselves."""
    threshold: int | None = None
    """How many votes for an idea asks for, to be sure of an answer of the municipality."""
    idea_curation: Curation = Curation.BEFORE
    argument_curation: Curation = Curation.REPORTED
    """When moderators read what people send in."""
    trust_after: int = 3
    """After how many accepted texts in a row an author is trusted."""
    promised_hours: int = 24
    """Within how many hours moderators promise to look."""

    def allows(self, action: Action, now: datetime) -> bool:
        """Whether the process is open and a running phase gives the right."""
        return self.process_state == ProcessState.OPEN and phases.allows(self.phases, action, now)

    def phase(self, now: datetime) -> PhaseRow | None:
        """The phase that runs now."""
        return phases.phase_at(self.phases, now)

    def opens(self, action: Action, now: datetime) -> datetime | None:
        """When the action becomes possible next."""
        return phases.next_start(self.phases, action, now)

    def closes(self, action: Action) -> datetime | None:
        """When the action ends for good."""
        return phases.last_end(self.phases, action)

    def hides_counts(self, now: datetime) -> bool:
        """Whether nobody may see counts now: where phases overlap, one that hides them is enough."""
        return any(phase.hides_counts for phase in phases.running(self.phases, now))


COLUMNS: tuple[Any, ...] = (
    Call.id,
    Call.slug,
    Call.title,
    Call.question,
    Call.kind,
    Call.audience,
    Process.id,
    Process.slug,
    Process.title,
    Process.state,
    Call.agenda_ballot,
    Call.threshold,
    Call.idea_curation,
    Call.argument_curation,
    Call.trust_after,
    Process.promised_hours,
    Phase.name,
    Phase.starts_at,
    Phase.ends_at,
    Phase.may_submit,
    Phase.may_argue,
    Phase.may_vote,
    Phase.hides_counts,
    Phase.default_sort,
)
"""What a call with its phases is read from: sixteen columns of the call, then those of one phase (or nothing)."""

_OF_THE_CALL = 16
_BEFORE_PHASES = 10


def gather(rows: Iterable[Sequence[Any]]) -> list[CallRow]:
    """The calls in rows that begin with COLUMNS, one row a phase; whatever stands behind is ignored."""
    heads: dict[int, Sequence[Any]] = {}
    phase_rows: dict[int, list[PhaseRow]] = {}
    for row in rows:
        heads.setdefault(row[0], row[:_OF_THE_CALL])
        found = phase_rows.setdefault(row[0], [])
        if row[_OF_THE_CALL] is not None:
            found.append(PhaseRow(*row[_OF_THE_CALL : len(COLUMNS)]))
    return [
        CallRow(*(*head[:_BEFORE_PHASES], tuple(phase_rows[number]), *head[_BEFORE_PHASES:]))
        for number, head in heads.items()
    ]


def joined() -> Select[Any]:
    """Calls with their process and phases, in order; add conditions, or columns behind these."""
    return (
        select(*COLUMNS)
        .join(Process, Call.process_id == Process.id)
        .outerjoin(Phase, Phase.call_id == Call.id)
        .order_by(Call.position, Call.id, Phase.starts_at, Phase.id)
    )


def _read(statement: Select[Any]) -> list[CallRow]:
    return gather(db.session.execute(statement))


def get(call_id: int) -> CallRow | None:
    """One call, in one statement."""
    return next(iter(_read(joined().where(Call.id == call_id))), None)


def by_slug(slug: str) -> CallRow | None:
    """One call by the name in its address."""
    return next(iter(_read(joined().where(Call.slug == slug))), None)


def of_process(process_id: int) -> list[CallRow]:
    """The calls of a process, in order."""
    return _read(joined().where(Call.process_id == process_id))


def every() -> list[CallRow]:
    """All calls: those of open processes first, then the newest processes, each in order."""
    return _read(
        joined()
        .order_by(None)
        .order_by(
            Process.state != ProcessState.OPEN,
            Process.starts_at.desc(),
            Process.id.desc(),
            Call.position,
            Call.id,
            Phase.starts_at,
            Phase.id,
        )
    )


def main_call() -> CallRow | None:
    """The call that pages show when the address names none: the ideas call of the newest open process.

    Without an open process, that of the newest process at all.
    """
    newest = (
        select(Call.id)
        .join(Process, Call.process_id == Process.id)
        .order_by(
            (Process.state != ProcessState.OPEN),
            Process.starts_at.desc(),
            Process.id.desc(),
            (Call.kind != CallKind.IDEAS),
            Call.position,
            Call.id,
        )
        .limit(1)
        .scalar_subquery()
    )
    return next(iter(_read(joined().where(Call.id == newest))), None)
