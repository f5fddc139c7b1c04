"""The devices on which somebody is signed in: read, ended one by one or all others at once, and forgotten in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from app.db import db
from app.kit.identity import LIFETIME
from app.models.entry import DeviceSession
from app.models.person import Person
from app.policies.accounts import may_end_session

ENDED_FOR = timedelta(days=1)
"""How long the row of a session that was ended stays."""


@dataclass(frozen=True, slots=True)
class Device:
    """One session, as its person sees it."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def of_person(person_id: int, this_device: str, now: datetime) -> list[Device]:
    """Where somebody is signed in: this device first, then the last seen."""
    rows = db.session.execute(
        select(
            DeviceSession.id,
            DeviceSession.device,
            DeviceSession.created_at,
            DeviceSession.seen_at,
            (DeviceSession.key_hash == this_device).label("is_this"),
        )
        .where(
            DeviceSession.person_id == person_id,
            DeviceSession.ended_at.is_(None),
            DeviceSession.seen_at > now - LIFETIME,
        )
        .order_by(DeviceSession.seen_at.desc(), DeviceSession.id.desc())
    )
    return sorted((Device(*row) for row in rows), key=lambda device: not device.is_this)


def end(person: Person, number: int, now: datetime) -> None:
    """Sign the person out on one device; one that was signed out before stays so. Raises NotAllowed."""
    whose = db.session.scalar(select(DeviceSession.person_id).where(DeviceSession.id == number))
    may_end_session(person, whose).or_raise()
    _end(now, DeviceSession.person_id == person.id, DeviceSession.id == number)
    db.session.commit()


def end_others(person: Person, this_device: str, now: datetime) -> int:
    """Sign the person out everywhere but here; on how many devices that was."""
    ended = _end(now, DeviceSession.person_id == person.id, DeviceSession.key_hash != this_device)
    db.session.commit()
    return ended


def end_all(person: Person, now: datetime) -> None:
    """Sign the person out on every device; the caller commits."""
    _end(now, DeviceSession.person_id == person.id)


def forget_old(now: datetime) -> None:
    """Delete sessions that let nobody in any more."""
    gone = or_(DeviceSession.seen_at <= now - LIFETIME, DeviceSession.ended_at <= now - ENDED_FOR)
    db.session.execute(delete(DeviceSession).where(gone))
    db.session.commit()


def _end(now: datetime, *which: ColumnElement[bool]) -> int:
    ended = db.session.execute(
        update(DeviceSession).where(DeviceSession.ended_at.is_(None), *which).values(ended_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]
