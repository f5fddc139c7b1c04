"""Places of an activity that are kept for a group: as long as it has not filled them, nobody else takes them.

Kept places stay kept until an organiser asks for fewer; then whoever waits longest moves up. A group that fills its
places goes on with those that are free for everybody.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ScalarSelect, case, delete, func, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.models.gathering import Registration, RegistrationState
from app.models.person import Person
from app.models.room import ActivityQuota

_CAME = (
    select(func.count())
    .select_from(Registration)
    .join(Person, Person.id == Registration.person_id)
    .where(
        Registration.activity_id == ActivityQuota.activity_id,
        Registration.state == RegistrationState.COMING,
        Person.group == ActivityQuota.group,
    )
    .correlate(ActivityQuota)
    .scalar_subquery()
)
_UNUSED: Any = case((ActivityQuota.places > _CAME, ActivityQuota.places - _CAME), else_=0)


def of_activity(activity_id: int) -> dict[Group, int]:
    """How many places are kept per group; every group is named."""
    rows = db.session.execute(
        select(ActivityQuota.group, ActivityQuota.places).where(ActivityQuota.activity_id == activity_id)
    )
    return dict.fromkeys(GROUPS, 0) | {row[0]: row[1] for row in rows}


def unused(activity_id: int) -> dict[Group, int]:
    """How many kept places are still free, per group that has any."""
    rows = db.session.execute(
        select(ActivityQuota.group, _UNUSED).where(ActivityQuota.activity_id == activity_id)
    )
    return {row[0]: row[1] for row in rows if row[1]}


def kept_from(activity_id: int, group: Group) -> ScalarSelect[Any]:
    """How many free places somebody of this group cannot have, as a part of another statement."""
    return (
        select(func.coalesce(func.sum(_UNUSED), 0))
        .where(ActivityQuota.activity_id == activity_id, ActivityQuota.group != group)
        .scalar_subquery()
    )


def groups_with_room(activity_id: int, capacity: int, coming: int) -> frozenset[Group]:
    """The groups of which one more person can come. The caller holds the activity."""
    kept = unused(activity_id)
    return frozenset(
        group
        for group in GROUPS
        if coming + sum(places for other, places in kept.items() if other != group) < capacity
    )


def put(activity_id: int, places: Mapping[Group, int]) -> None:
    """Keep so many places per group. The caller holds the activity, lets people move up, and commits."""
    db.session.execute(delete(ActivityQuota).where(ActivityQuota.activity_id == activity_id))
    db.session.add_all(
        ActivityQuota(activity_id=activity_id, group=group, places=number)
        for group, number in places.items()
        if number
    )
    db.session.flush()
