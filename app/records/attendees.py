"""Who is in the room of a workshop: by the secret of a phone, by person, and how many of each group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.kit import tokens
from app.models.room import Attendee


@dataclass(frozen=True, slots=True)
class AttendeeRow:
    """Somebody in the room. The name is for facilitators only."""

    id: int
    workshop_id: int
    person_id: int | None
    name: str
    group: Group
    confirmed_at: datetime | None
    arrived_at: datetime
    removed_at: datetime | None

    @property
    def counts_as(self) -> Group:
        """The group that the votes of this person count in."""
        return self.group if self.confirmed_at else Group.RESIDENT


@dataclass(frozen=True, slots=True)
class Heads:
    """How many people of a group are in the room, by whether their badge was confirmed."""

    confirmed: int
    waiting: int

    @property
    def all(self) -> int:
        return self.confirmed + self.waiting


_COLUMNS: tuple[Any, ...] = tuple(getattr(Attendee, name) for name in AttendeeRow.__dataclass_fields__)


# Every press of a phone asks for this, so it is put together once.
_BY_TOKEN = select(*_COLUMNS).where(
    Attendee.token_hash == bindparam("hash"), Attendee.workshop_id == bindparam("workshop")
)


def token_hash(token: str) -> str:
    """What the table keeps of the secret on a phone."""
    return tokens.keyed_hash("attendee", token)


def by_token(workshop_id: int, token: str) -> AttendeeRow | None:
    """Whose phone this is in this workshop, also when it was removed; a secret of another workshop opens nothing."""
    if not token:
        return None
    return _one(_BY_TOKEN, {"hash": token_hash(token), "workshop": workshop_id})


def of_person(workshop_id: int, person_id: int) -> AttendeeRow | None:
    """Somebody who signed in and checked in here."""
    return _one(select(*_COLUMNS).where(Attendee.workshop_id == workshop_id, Attendee.person_id == person_id))


def whose(workshop_id: int, token: str, person_id: int | None) -> AttendeeRow | None:
    """Who asks: the person who signed in, else the phone. Also when removed, so that a page can say so.

    The secret of a phone is for people without an account: one that was taken over by a person opens nothing more.
    """
    mine = of_person(workshop_id, person_id) if person_id is not None else None
    if mine is not None:
        return mine
    found = by_token(workshop_id, token)
    return found if found is not None and found.person_id is None else None


def everybody(workshop_id: int) -> list[AttendeeRow]:
    """Who is in the room, in the order of coming; for facilitators."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(Attendee.workshop_id == workshop_id, Attendee.removed_at.is_(None))
        .order_by(Attendee.arrived_at, Attendee.id)
    )
    return [AttendeeRow(*row) for row in rows]


def heads(workshop_id: int) -> Mapping[Group, Heads]:
    """How many are in the room per group of their badge, confirmed and not; every group is named."""
    rows = db.session.execute(
        select(Attendee.group, func.count(), func.count(Attendee.confirmed_at))
        .where(Attendee.workshop_id == workshop_id, Attendee.removed_at.is_(None))
        .group_by(Attendee.group)
    )
    found = {group: Heads(confirmed, every - confirmed) for group, every, confirmed in rows}
    return {group: found.get(group, Heads(0, 0)) for group in GROUPS}


def here(workshop_id: int) -> Mapping[Group, int]:
    """How many are in the room per group of their badge; every group is named."""
    return {group: number.all for group, number in heads(workshop_id).items()}


def _one(query: Select[Any], given: Mapping[str, object] | None = None) -> AttendeeRow | None:
    row = db.session.execute(query, given).one_or_none()
    return AttendeeRow(*row) if row else None
