"""What arranging activities and coming to them reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from app.db import db
from app.models.gathering import Registration, RegistrationState
from app.models.person import Organisation, Person
from app.models.process import Activity, Process, ProcessState

_COMING = func.count(case((Registration.state == RegistrationState.COMING, 1)))
_WAITING = func.count(case((Registration.state == RegistrationState.WAITING, 1)))


@dataclass(frozen=True, slots=True)
class Arranged:
    """A line of the list of activities."""

    id: int
    title: str
    starts_at: datetime | None
    date_text: str
    place: str
    capacity: int | None
    process: str
    is_open: bool
    coming: int
    waiting: int


def all_activities() -> list[Arranged]:
    """Activities of every process with how many come, open processes first."""
    rows: Iterable[Sequence[Any]] = db.session.execute(
        select(
            Activity.id,
            Activity.title,
            Activity.starts_at,
            Activity.date_text,
            Activity.place,
            Activity.capacity,
            Process.title,
            Process.state == ProcessState.OPEN,
            _COMING,
            _WAITING,
        )
        .join(Process, Process.id == Activity.process_id)
        .outerjoin(Registration, Registration.activity_id == Activity.id)
        .group_by(Activity.id, Process.id)
        .order_by(Process.state != ProcessState.OPEN, Process.id.desc(), Activity.position, Activity.id)
    )
    return [Arranged(*row) for row in rows]


def activity(activity_id: int) -> tuple[Activity, Process] | None:
    """One activity with its process."""
    row = db.session.execute(
        select(Activity, Process)
        .join(Process, Process.id == Activity.process_id)
        .where(Activity.id == activity_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def dated_activities(slug: str) -> tuple[Process, Sequence[Activity]] | None:
    """The activities of a process that have a date, in their order."""
    process = db.session.scalar(select(Process).where(Process.slug == slug))
    if process is None:
        return None
    found = db.session.scalars(
        select(Activity)
        .where(Activity.process_id == process.id, Activity.starts_at.is_not(None))
        .order_by(Activity.starts_at, Activity.id)
    )
    return process, found.all()


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody on the list. Without a name for who is known by a voting code alone."""

    name: str
    email: str | None
    group: str
    organisation: str | None
    state: RegistrationState
    note: str
    asked_at: datetime


def guests_of(activity_id: int) -> list[Guest]:
    """Who comes and who waits, in the order of asking."""
    rows = db.session.execute(
        select(
            Person.name,
            Person.email,
            Person.group,
            Organisation.name,
            Registration.state,
            Registration.note,
            Registration.asked_at,
        )
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Registration.activity_id == activity_id, Registration.state != RegistrationState.CANCELLED)
        .order_by(Registration.state != RegistrationState.COMING, Registration.asked_at, Registration.id)
    )
    return [Guest(*row) for row in rows]
