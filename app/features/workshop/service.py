"""What facilitators arrange: every verb asks the policy, writes one audit line and has the agenda drafted anew.

A verb that would change nothing (a form that was sent twice) does nothing and leaves no line.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.person import Person
from app.models.process import Theme
from app.models.workshop import AgendaBasis, AgendaItem, AgendaItemKind, Workshop
from app.policies.workshop import may_arrange
from app.records import agenda_drafts, agendas, standings, stands


class Overtaken(NotAllowed):
    """What the facilitator was looking at changed meanwhile; the decision says so."""


def set_minutes(facilitator: Person, workshop_id: int, minutes: int, now: datetime) -> None:
    """Give the workshop another length. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    if workshop.minutes == minutes:
        return
    before, workshop.minutes = workshop.minutes, minutes
    audit.record(
        facilitator,
        "workshop.set_minutes",
        workshop,
        now,
        before={"minutes": before},
        after={"minutes": minutes},
    )
    _finish(workshop, now)


def add_block(
    facilitator: Person, workshop_id: int, kind: AgendaItemKind, title: str, minutes: int, now: datetime
) -> None:
    """Add a block of time behind those of its kind. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    item = AgendaItem(
        workshop_id=workshop.id, kind=kind, title=title, minutes=minutes, position=_last(workshop) + 1
    )
    if any(_values(other) == _values(item) for other in _blocks(workshop)):
        return
    db.session.add(item)
    audit.record(facilitator, "workshop.add_block", workshop, now, after=_values(item))
    _finish(workshop, now)


def change_block(
    facilitator: Person, workshop_id: int, item_id: int, title: str, minutes: int, now: datetime
) -> None:
    """Give a block another title or other minutes. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    item = _item(workshop, item_id)
    if item is None or item.theme_id is not None:
        raise NotAllowed(Decision(N_("This part is no longer on the agenda.")))
    before = _values(item)
    if (item.title, item.minutes) == (title, minutes):
        return
    item.title, item.minutes = title, minutes
    audit.record(facilitator, "workshop.change_block", workshop, now, before=before, after=_values(item))
    _finish(workshop, now)


def place_theme(
    facilitator: Person,
    workshop_id: int,
    theme_id: int,
    kind: AgendaItemKind,
    minutes: int,
    reason: str,
    now: datetime,
) -> None:
    """Pin, skip or retime a theme, with the reason that everybody reads; what was fixed for it before goes.

    Raises NotAllowed, also for a theme of another process.
    """
    workshop = open_(facilitator, workshop_id, now)
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.process_id != workshop.call.process_id:
        raise NotAllowed(Decision(N_("This theme does not belong to the process of the workshop.")))
    earlier = db.session.scalars(
        select(AgendaItem).where(AgendaItem.workshop_id == workshop.id, AgendaItem.theme_id == theme_id)
    ).all()
    before = _values(earlier[0]) if earlier else {}
    if earlier and (earlier[0].kind, earlier[0].minutes, earlier[0].reason) == (kind, minutes, reason):
        return
    position = _last(workshop) + 1
    for item in earlier:
        db.session.delete(item)
    item = AgendaItem(
        workshop_id=workshop.id,
        theme_id=theme_id,
        kind=kind,
        minutes=minutes,
        position=position,
        reason=reason,
    )
    db.session.add(item)
    audit.record(
        facilitator, f"workshop.{_VERBS[kind]}", workshop, now, before=before, after=_values(item), why=reason
    )
    _finish(workshop, now)


def remove_item(facilitator: Person, workshop_id: int, item_id: int, now: datetime) -> None:
    """Take away a block, or let the votes decide on a theme again. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    item = _item(workshop, item_id)
    if item is None:
        return
    audit.record(facilitator, "workshop.remove_item", workshop, now, before=_values(item))
    db.session.delete(item)
    _finish(workshop, now)


_VERBS = {
    AgendaItemKind.PINNED: "pin_theme",
    AgendaItemKind.SKIPPED: "skip_theme",
    AgendaItemKind.RETIMED: "retime_theme",
}


def choose_basis(
    facilitator: Person, workshop_id: int, basis: AgendaBasis, number: int | None, now: datetime
) -> None:
    """Have the agenda follow from another standing: `number` of its call, for AgendaBasis.STAND. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    number = number if basis == AgendaBasis.STAND else None
    if basis == AgendaBasis.STAND and stands.numbered(workshop.call_id, number or 0) is None:
        raise NotAllowed(Decision(N_("This standing does not belong to the call of the workshop.")))
    if (workshop.basis, workshop.basis_number) == (basis, number):
        return
    before = {"basis": workshop.basis.value, "number": workshop.basis_number}
    workshop.basis, workshop.basis_number = basis, number
    after = {"basis": basis.value, "number": number}
    audit.record(facilitator, "workshop.choose_basis", workshop, now, before=before, after=after)
    _finish(workshop, now)


def open_(facilitator: Person, workshop_id: int, now: datetime) -> Workshop:
    """The workshop, kept from other facilitators until this one is ready."""
    workshop = db.session.get_one(Workshop, workshop_id, with_for_update={"key_share": True})
    row = agendas.workshop(workshop_id)
    assert row is not None
    may_arrange(facilitator, row, now).or_raise()
    return workshop


def _item(workshop: Workshop, item_id: int) -> AgendaItem | None:
    item = db.session.get(AgendaItem, item_id)
    return item if item is not None and item.workshop_id == workshop.id else None


def _blocks(workshop: Workshop) -> Sequence[AgendaItem]:
    return db.session.scalars(
        select(AgendaItem).where(AgendaItem.workshop_id == workshop.id, AgendaItem.theme_id.is_(None))
    ).all()


def _last(workshop: Workshop) -> int:
    last = db.session.scalar(
        select(func.max(AgendaItem.position)).where(AgendaItem.workshop_id == workshop.id)
    )
    return -1 if last is None else last


def _values(item: AgendaItem) -> dict[str, object]:
    known: dict[str, object] = {"kind": item.kind.value, "minutes": item.minutes}
    return known | ({"theme": item.theme_id} if item.theme_id else {"title": item.title})


def _finish(workshop: Workshop, now: datetime) -> None:
    """Keep the change, then draft the agenda from it; should that fail, the next turn of the job does it."""
    call_id, workshop_id = workshop.call_id, workshop.id
    standings.outdate(call_id)
    db.session.commit()
    standings.refresh(call_id, now)
    agenda_drafts.refresh(workshop_id, now)
