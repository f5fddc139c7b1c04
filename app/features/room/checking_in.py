"""Coming in: one row per phone, or per person who signed in; doing so again changes nothing."""

from datetime import datetime

from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.rounds import MOST_PEOPLE
from app.features.room import counting
from app.kit import tokens
from app.kit.proof import Sent
from app.models.gathering import Registration
from app.models.person import Person
from app.models.room import Attendee
from app.models.workshop import Workshop
from app.policies.friction import ROOM_CODE
from app.policies.room import may_check_in
from app.records import attendees, friction, groups
from app.records.rooms import RoomRow

FULL = Decision(N_("Too many phones are checked in here already. Ask the facilitator."))


def spend_proof(sent: Sent, person: Person | None, now: datetime) -> Decision:
    """Use up the proof that a try of a code costs; whether it was good. It is gone, whatever comes of the try."""
    decision = friction.refusal(ROOM_CODE, sent, person, now)
    db.session.commit()
    return decision


def by_phone(room: RoomRow, token: str, group: Group, name: str, now: datetime) -> str:
    """Let in somebody without an account, and return the secret for the phone. Raises NotAllowed.

    A phone that is in already keeps its row: who presses twice is one person.
    """
    may_check_in(room, now).or_raise()
    _hold(room)
    known = attendees.by_token(room.id, token)
    if known is not None and known.removed_at is None and known.person_id is None:
        db.session.rollback()
        return token
    secret = tokens.new_token()
    _add(room, Attendee(token_hash=attendees.token_hash(secret), group=group, name=name), now)
    db.session.commit()
    return secret


def as_person(person: Person, room: RoomRow, token: str, now: datetime) -> None:
    """Let in somebody who signed in: their own group, confirmed at once, on whichever device. Raises NotAllowed.

    Who came in without an account before, on this phone, stays the same one: nobody votes twice by signing in.
    The person is held before the rows of the room, as the end of an account does: so of the two one waits for the
    other, and whose account has ended is nobody in the room.
    """
    may_check_in(room, now).or_raise()
    groups.hold(person)
    number, group = person.id, person.group
    _hold(room)
    mine = db.session.scalar(
        select(Attendee).where(Attendee.workshop_id == room.id, Attendee.person_id == number)
    )
    phone = _phone(room, token)
    if mine is None and phone is not None:
        mine, phone = phone, None
        mine.person_id, mine.name = number, ""
    elif mine is None:
        mine = Attendee(person_id=number, token_hash="", group=group)
        _add(room, mine, now)
    mine.token_hash = attendees.token_hash(tokens.new_token())
    if mine.removed_at is not None:
        mine.removed_at, mine.arrived_at = None, now
    mine.group, mine.confirmed_at = group, mine.confirmed_at or now
    db.session.flush()
    counting.regroup([mine.id])
    if phone is not None:
        phone.removed_at = now
        db.session.flush()
        counting.take_back([phone.id])
    db.session.execute(
        update(Registration)
        .where(
            Registration.activity_id == room.activity_id,
            Registration.person_id == number,
            Registration.checked_in_at.is_(None),
        )
        .values(checked_in_at=now)
    )
    db.session.commit()


def _hold(room: RoomRow) -> None:
    """One after another: of two phones of one person the second finds the first."""
    db.session.get_one(Workshop, room.id, with_for_update={"key_share": True}, populate_existing=True)


def _phone(room: RoomRow, token: str) -> Attendee | None:
    known = attendees.by_token(room.id, token)
    if known is None or known.removed_at is not None or known.person_id is not None:
        return None
    return db.session.get(Attendee, known.id, with_for_update={"key_share": True}, populate_existing=True)


def _add(room: RoomRow, row: Attendee, now: datetime) -> None:
    inside = select(func.count()).where(Attendee.workshop_id == room.id, Attendee.removed_at.is_(None))
    if (db.session.scalar(inside) or 0) >= MOST_PEOPLE:
        raise NotAllowed(FULL)
    row.workshop_id, row.arrived_at = room.id, now
    db.session.add(row)
    db.session.flush()
