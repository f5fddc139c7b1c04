"""Calls with their phases, as the policies and pages need them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.db import db
from app.domain import phases
from app.domain.phases import Action
from app.models.process import Audience, Call, CallKind, Phase, Process, ProcessState


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
        """Whether nobody may see counts now."""
        phase = self.phase(now)
        return phase is not None and phase.hides_counts


def _read(condition: Select[Call, Process, Phase]) -> list[CallRow]:
    found: dict[int, tuple[Call, Process, list[PhaseRow]]] = {}
    for call, process, phase in db.session.execute(condition):
        entry = found.setdefault(call.id, (call, process, []))
        if phase is not None:
            entry[2].append(
                PhaseRow(
                    name=phase.name,
                    starts_at=phase.starts_at,
                    ends_at=phase.ends_at,
                    may_submit=phase.may_submit,
                    may_argue=phase.may_argue,
                    may_vote=phase.may_vote,
                    hides_counts=phase.hides_counts,
                    default_sort=phase.default_sort,
                )
            )
    return [
        CallRow(
            id=call.id,
            slug=call.slug,
            title=call.title,
            question=call.question,
            kind=call.kind,
            audience=call.audience,
            process_id=process.id,
            process_slug=process.slug,
            process_title=process.title,
            process_state=process.state,
            phases=tuple(rows),
        )
        for call, process, rows in found.values()
    ]


def _all() -> Select[Call, Process, Phase]:
    return (
        select(Call, Process, Phase)
        .join(Process, Call.process_id == Process.id)
        .outerjoin(Phase, Phase.call_id == Call.id)
        .order_by(Call.position, Call.id, Phase.starts_at, Phase.id)
    )


def get(call_id: int) -> CallRow | None:
    """One call, in one statement."""
    return next(iter(_read(_all().where(Call.id == call_id))), None)


def by_slug(slug: str) -> CallRow | None:
    """One call by the name in its address."""
    return next(iter(_read(_all().where(Call.slug == slug))), None)


def of_process(process_id: int) -> list[CallRow]:
    """The calls of a process, in order."""
    return _read(_all().where(Call.process_id == process_id))


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
    return next(iter(_read(_all().where(Call.id == newest))), None)
