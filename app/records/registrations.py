"""Places at activities: whoever asks first comes, the others wait, and who waits longest moves up.

Everything that hands out places locks the row of the activity first, so that of two people who ask for the last
place at once one comes and the other waits. Places that are kept for a group are for that group alone (`quotas`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.decision import N_
from app.models.following import NoticeKind
from app.models.gathering import Registration, RegistrationState
from app.models.person import Person
from app.models.process import Activity
from app.records import notices, quotas

_S = RegistrationState


@dataclass(frozen=True, slots=True)
class Places:
    """How full it is, and where somebody stands. capacity: None no registration, 0 no limit."""

    capacity: int | None
    coming: int
    waiting: int
    mine: RegistrationState | None
    note: str
    before_me: int
    """How many wait longer; only for who waits."""
    kept: int = 0
    """How many of the free places are kept for other groups than that of who asks."""

    @property
    def left(self) -> int | None:
        """Places that are free for who asks; None when there is no limit."""
        return max(0, self.capacity - self.coming - self.kept) if self.capacity else None


def places(
    activity_id: int, capacity: int | None, person_id: int | None, group: Group = Group.RESIDENT
) -> Places:
    """How full an activity is for somebody of a group, and where they stand, in one statement (two for who waits)."""
    if capacity is None:
        return Places(None, 0, 0, None, "", 0)
    mine = Registration.person_id == (person_id or 0)
    coming, waiting, state, note, asked, number, kept = db.session.execute(
        select(
            func.count(case((Registration.state == _S.COMING, 1))),
            func.count(case((Registration.state == _S.WAITING, 1))),
            func.max(case((mine, Registration.state))),
            func.max(case((mine, Registration.note))),
            func.max(case((mine, Registration.asked_at))),
            func.max(case((mine, Registration.id))),
            quotas.kept_from(activity_id, group),
        ).where(Registration.activity_id == activity_id)
    ).one()
    before = _waiting_before(activity_id, asked, number) if state == _S.WAITING else 0
    kept = max(0, min(kept, capacity - coming)) if capacity else 0
    return Places(capacity, coming, waiting, _S(state) if state else None, note or "", before, kept)


def register(activity_id: int, person_id: int, note: str, now: datetime) -> RegistrationState:
    """Take a place, or join those who wait; asking again keeps the place and takes over the note.

    The caller commits.
    """
    activity = _locked(activity_id)
    row = db.session.scalar(
        select(Registration)
        .where(Registration.activity_id == activity_id, Registration.person_id == person_id)
        .execution_options(populate_existing=True)
    )
    if row is not None and row.state != _S.CANCELLED:
        row.note = note
        return row.state
    group = db.session.scalars(select(Person.group).where(Person.id == person_id)).one()
    state = _S.COMING if group in _groups_with_room(activity) else _S.WAITING
    if row is None:
        row = Registration(activity_id=activity_id, person_id=person_id)
        db.session.add(row)
    row.state, row.note, row.asked_at, row.changed_at = state, note, now, now
    db.session.flush()
    return row.state


def cancel(activity_id: int, person_id: int, now: datetime) -> bool:
    """Give the place back and let who waits longest move up; whether there was one. The caller commits."""
    activity = _locked(activity_id)
    row = db.session.scalar(
        select(Registration)
        .where(Registration.activity_id == activity_id, Registration.person_id == person_id)
        .execution_options(populate_existing=True)
    )
    if row is None or row.state == _S.CANCELLED:
        return False
    row.state, row.note, row.changed_at = _S.CANCELLED, "", now
    db.session.flush()
    move_up(activity, now)
    return True


def leave_all(person_id: int, now: datetime) -> None:
    """Take somebody off every list, as if they had never asked; others move up. The caller commits."""
    rows: Iterable[Registration] = db.session.scalars(
        select(Registration).where(Registration.person_id == person_id).order_by(Registration.activity_id)
    ).all()
    for row in rows:
        activity = _locked(row.activity_id)
        db.session.delete(row)
        db.session.flush()
        if activity.starts_at is None or activity.starts_at > now:
            move_up(activity, now)


def move_up(activity: Activity, now: datetime) -> list[int]:
    """Give free places to those who wait longest, and tell them; who moved up. The row of the activity is locked."""
    db.session.flush()
    moved: list[int] = []
    while (groups := _groups_with_room(activity)) and (
        row := _first_waiting(activity.id, groups)
    ) is not None:
        row.state, row.changed_at = _S.COMING, now
        db.session.flush()
        moved.append(row.person_id)
        notices.tell(
            [row.person_id],
            NoticeKind.ACTIVITY,
            f"registration:{row.id}:{int(now.timestamp())}",
            N_("There is a place for you: %(title)s"),
            N_("You can come now. Can you not come after all? Then cancel, for others wait."),
            notices.page("processes.activity", activity_id=activity.id),
            now,
            title=activity.title,
        )
    return moved


def _locked(activity_id: int) -> Activity:
    return db.session.get_one(Activity, activity_id, with_for_update=True, populate_existing=True)


def _groups_with_room(activity: Activity) -> frozenset[Group]:
    """The groups of which somebody can have a place."""
    if not activity.capacity:
        return frozenset() if activity.capacity is None else frozenset(GROUPS)
    coming = select(func.count()).where(
        Registration.activity_id == activity.id, Registration.state == _S.COMING
    )
    number = db.session.scalar(coming) or 0
    if number >= activity.capacity:
        return frozenset()
    return quotas.groups_with_room(activity.id, activity.capacity, number)


def _first_waiting(activity_id: int, groups: frozenset[Group]) -> Registration | None:
    return db.session.scalar(
        select(Registration)
        .join(Person, Person.id == Registration.person_id)
        .where(
            Registration.activity_id == activity_id,
            Registration.state == _S.WAITING,
            Person.group.in_(groups),
        )
        .order_by(Registration.asked_at, Registration.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _waiting_before(activity_id: int, asked: datetime, number: int) -> int:
    earlier = (Registration.asked_at < asked) | (
        (Registration.asked_at == asked) & (Registration.id < number)
    )
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.activity_id == activity_id, Registration.state == _S.WAITING, earlier
            )
        )
        or 0
    )
