"""What organisers and facilitators do with standings; every verb asks the policy and leaves one audit line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.kit import audit
from app.models.person import Person
from app.models.seal import SealReason, Snapshot
from app.policies.seals import may_seal
from app.records import agendas, seals, stands
from app.records.agendas import WorkshopRow


class Overtaken(NotAllowed):
    """Somebody did it in the meantime; nothing was changed."""


@contextmanager
def _telling(decision: Decision) -> Iterator[None]:
    """Tell a no that only says that somebody was faster from any other no."""
    try:
        yield
    except NotAllowed as error:
        raise (Overtaken(decision) if error.decision is decision else error) from None


def seal(
    organiser: Person,
    call_id: int,
    reason: SealReason,
    workshop_id: int | None,
    why: str,
    now: datetime,
) -> int:
    """Seal the standing of a call now; the number (id) of what was sealed. Raises NotAllowed, and Overtaken."""
    workshop = agendas.workshop(workshop_id) if workshop_id else None
    return _seal(organiser, call_id, reason, workshop, why, now)


def seal_workshop(facilitator: Person, workshop: WorkshopRow, now: datetime) -> int:
    """Seal the standing that the agenda of a workshop follows from. Raises NotAllowed, and Overtaken."""
    return _seal(facilitator, workshop.call_id, SealReason.WORKSHOP, workshop, "", now)


def _seal(
    actor: Person, call_id: int, reason: SealReason, workshop: WorkshopRow | None, why: str, now: datetime
) -> int:
    may_seal(actor, workshop, now).or_raise()
    last = stands.newest(call_id)
    with _telling(seals.SEALED_MEANWHILE):
        snapshot = seals.seal(
            call_id,
            reason,
            now,
            workshop_id=workshop.id if workshop else None,
            after=last.number if last else 0,
            actor=actor,
            why=why,
        )
    return snapshot.id


def plan(
    organiser: Person,
    call_id: int,
    reason: SealReason,
    workshop_id: int | None,
    at: datetime,
    why: str,
    now: datetime,
) -> None:
    """Have the standing of a call sealed at a moment to come. Raises NotAllowed, and Overtaken for a second time."""
    may_seal(organiser, agendas.workshop(workshop_id) if workshop_id else None, at).or_raise()
    with _telling(seals.PLANNED):
        seals.plan(call_id, at, now, reason=reason, workshop_id=workshop_id, actor=organiser, why=why)


def cancel_plan(organiser: Person, plan_id: int, now: datetime) -> None:
    """Call a planned standing off. Raises LookupError without such a plan, Overtaken when it is done already."""
    may_seal(organiser, None, now).or_raise()
    with _telling(seals.DONE):
        seals.cancel_plan(plan_id, now, actor=organiser)


def take_audit_file(organiser: Person, snapshot_id: int, why: str, now: datetime) -> str:
    """The auditor's document to the letter; that it was taken stands in the audit log. The route asked the policy."""
    snapshot = db.session.get_one(Snapshot, snapshot_id)
    audit.record(
        organiser, "stands.take_audit_file", snapshot, now, after={"number": snapshot.number}, why=why
    )
    text = snapshot.audit
    db.session.commit()
    return text
