"""What facilitators do at the door: confirm badges, change or remove a phone, open and close, give another code.

Every verb asks the policy and leaves one line in the audit log, without names: who is in a room is nobody's business
afterwards. Doing something again changes nothing and leaves no line.
"""

import secrets
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain import join_codes
from app.domain.ballot import Group
from app.features.room import counting
from app.kit import audit
from app.models.person import Person
from app.models.room import Attendee
from app.models.workshop import Workshop
from app.policies.room import BY_HAND, may_lead
from app.records.rooms import RoomRow


def confirm(facilitator: Person, room: RoomRow, attendee_id: int, now: datetime) -> None:
    """Say that somebody wears the badge that they chose. Raises NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    _confirm(facilitator, room, [attendee_id], now)


def confirm_all(facilitator: Person, room: RoomRow, group: Group, now: datetime) -> int:
    """Say so of everybody who chose this badge and waits; of how many. Raises NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    waiting = db.session.scalars(
        select(Attendee.id)
        .where(
            Attendee.workshop_id == room.id,
            Attendee.group == group,
            Attendee.confirmed_at.is_(None),
            Attendee.removed_at.is_(None),
        )
        .order_by(Attendee.id)
    ).all()
    return _confirm(facilitator, room, list(waiting), now)


def change_group(facilitator: Person, room: RoomRow, attendee_id: int, group: Group, now: datetime) -> None:
    """Give somebody without an account the badge that they wear, confirmed at once. Raises NotAllowed.

    Who signed in has the group of the account.
    """
    may_lead(facilitator, room, now).or_raise()
    row = _held(room, attendee_id)
    if row is None or row.person_id is not None or (row.group == group and row.confirmed_at is not None):
        db.session.rollback()
        return
    before, row.group = row.group, group
    row.confirmed_at, row.confirmed_by = now, facilitator.id
    db.session.flush()
    counting.regroup([row.id])
    audit.record(
        facilitator,
        "hall.change_group",
        row,
        now,
        before={"group": before.value},
        after={"group": group.value},
    )
    db.session.commit()


def remove(facilitator: Person, room: RoomRow, attendee_id: int, now: datetime) -> None:
    """Take a phone out of the room; what it chose in the round that is open counts no more. Raises NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    row = _held(room, attendee_id)
    if row is None:
        db.session.rollback()
        return
    row.removed_at = now
    db.session.flush()
    counting.take_back([row.id])
    audit.record(facilitator, "hall.remove", row, now, before={"group": row.group.value})
    db.session.commit()


def remove_waiting(facilitator: Person, room: RoomRow, now: datetime) -> int:
    """Take everybody out whose badge nobody confirmed, such as a crowd that came in from afar; how many. Raises
    NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    rows = db.session.scalars(
        select(Attendee)
        .where(
            Attendee.workshop_id == room.id,
            Attendee.confirmed_at.is_(None),
            Attendee.removed_at.is_(None),
        )
        .order_by(Attendee.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        db.session.rollback()
        return 0
    for row in rows:
        row.removed_at = now
    db.session.flush()
    counting.take_back([row.id for row in rows])
    audit.record(facilitator, "hall.remove_waiting", rows[0], now, after={"count": len(rows)})
    db.session.commit()
    return len(rows)


def set_doors(facilitator: Person, room: RoomRow, wish: str, now: datetime) -> None:
    """`open` for some hours, `close` at once, or `clock`: by the times of the workshop. Raises NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    workshop = _workshop(room)
    until = {"open": now + BY_HAND, "close": now, "clock": None}[wish]
    was_open = workshop.doors_until is not None and workshop.doors_until > now
    was_closed = workshop.doors_until is not None and not was_open
    unchanged = {"open": was_open, "close": was_closed, "clock": workshop.doors_until is None}[wish]
    if unchanged:
        db.session.rollback()
        return
    workshop.doors_until = until
    audit.record(facilitator, "hall.set_doors", workshop, now, after={"doors": wish})
    db.session.commit()


def renew_code(facilitator: Person, room: RoomRow, now: datetime) -> str:
    """Give the workshop another code, which nobody outside the room knows. Raises NotAllowed."""
    may_lead(facilitator, room, now).or_raise()
    workshop = _workshop(room)
    while True:
        code = join_codes.make(secrets.randbelow)
        alike = select(Workshop.id).where(Workshop.join_code.in_(join_codes.readings(code)))
        if db.session.scalar(alike) is None:
            break
    workshop.join_code = code
    audit.record(facilitator, "hall.renew_code", workshop, now)
    db.session.commit()
    return code


def _confirm(facilitator: Person, room: RoomRow, numbers: list[int], now: datetime) -> int:
    rows = [row for number in numbers if (row := _held(room, number)) and row.confirmed_at is None]
    if not rows:
        db.session.rollback()
        return 0
    for row in rows:
        row.confirmed_at, row.confirmed_by = now, facilitator.id
    db.session.flush()
    counting.regroup([row.id for row in rows])
    audit.record(
        facilitator,
        "hall.confirm",
        rows[0],
        now,
        after={"group": rows[0].group.value, "count": len(rows)},
    )
    db.session.commit()
    return len(rows)


def _held(room: RoomRow, attendee_id: int) -> Attendee | None:
    """Somebody who is in this room, kept from voting until this is done."""
    row = db.session.get(Attendee, attendee_id, with_for_update={"key_share": True}, populate_existing=True)
    return row if row is not None and row.workshop_id == room.id and row.removed_at is None else None


def _workshop(room: RoomRow) -> Workshop:
    return db.session.get_one(Workshop, room.id, with_for_update={"key_share": True}, populate_existing=True)
