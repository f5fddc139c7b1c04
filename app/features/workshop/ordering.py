"""Putting the parts of an agenda in another order: one of them straight to a place."""

from collections.abc import Sequence
from datetime import datetime

from app.db import db
from app.domain import places
from app.domain.decision import N_, Decision
from app.domain.ranking.canonical import sha256
from app.features.workshop.service import Overtaken, open_
from app.kit import audit
from app.models.person import Person
from app.models.workshop import Workshop
from app.policies.workshop import may_publish
from app.records import agenda_drafts, agendas, frames

MOVED_MEANWHILE = Decision(
    N_(
        "The agenda was changed in the meantime. Look how it stands now, and move the part again if you still want to."
    )
)


def mark(keys: Sequence[str]) -> str:
    """A short name of an order, by which a form tells what its sender saw."""
    return sha256("\n".join(keys))[:16]


def keys_of(workshop: agendas.WorkshopRow, now: datetime) -> tuple[str, ...]:
    """The parts of the draft in order, as far as it was computed."""
    frame = frames.read(workshop.call_slug)
    plans = agenda_drafts.plans(workshop, now, compute=False)
    if frame is None or plans is None:
        return ()
    return tuple(part.key for part in plans.by[plans.usual or frame.rules.weighting].parts)


def move_part(
    facilitator: Person,
    workshop_id: int,
    key: str,
    to: int,
    reason: str,
    seen: str,
    now: datetime,
) -> None:
    """Put a part at a place, counted from 0, for a reason that everybody reads; where it stands already it stays.

    Raises NotAllowed; Overtaken when the order is not the one that was seen, for places mean something else in it.
    """
    agenda_drafts.refresh(workshop_id, now)
    workshop, keys = _keys(facilitator, workshop_id, now)
    wanted = places.moved(keys, key, to)
    if key not in keys or (wanted != keys and mark(keys) != seen):
        raise Overtaken(MOVED_MEANWHILE)
    _keep(facilitator, workshop, keys, wanted, reason, now)


def give_reason(facilitator: Person, workshop_id: int, reason: str, now: datetime) -> None:
    """Say anew why the parts stand in this order. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    if not workshop.order or workshop.order_reason == reason:
        return
    workshop.order_reason = reason
    audit.record(facilitator, "workshop.reorder", workshop, now, why=reason)
    db.session.commit()


def restore_order(facilitator: Person, workshop_id: int, now: datetime) -> None:
    """Let the parts stand in the order that follows from the votes again. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    if not workshop.order:
        return
    before = {"order": list(workshop.order)}
    workshop.order, workshop.order_reason = [], ""
    audit.record(facilitator, "workshop.restore_order", workshop, now, before=before, after={"order": []})
    db.session.commit()


def _keys(facilitator: Person, workshop_id: int, now: datetime) -> tuple[Workshop, tuple[str, ...]]:
    workshop = open_(facilitator, workshop_id, now)
    row = agendas.workshop(workshop_id)
    assert row is not None
    frame = frames.read(row.call_slug)
    hidden = frame is not None and frame.call.hides_counts(now)
    may_publish(facilitator, row, now, hidden=hidden).or_raise()
    return workshop, keys_of(row, now)


def _keep(
    facilitator: Person,
    workshop: Workshop,
    before: Sequence[str],
    after: Sequence[str],
    reason: str,
    now: datetime,
) -> None:
    if tuple(before) == tuple(after):
        return
    workshop.order, workshop.order_reason = list(after), reason
    audit.record(
        facilitator,
        "workshop.reorder",
        workshop,
        now,
        before={"order": list(before)},
        after={"order": list(after)},
        why=reason,
    )
    db.session.commit()
