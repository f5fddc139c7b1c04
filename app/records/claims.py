"""Who is at what in the queue: a moderator takes an item for a quarter of an hour, so that no other does the same."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from app.db import db
from app.domain.decision import N_, YES, Decision, NotAllowed
from app.models.person import Person
from app.models.queue import QueueItem
from app.policies.moderation import may_go_on
from app.records.queue import CLAIM


def is_free(person_id: int, now: datetime) -> ColumnElement[bool]:
    """Whether nobody else is at an item now."""
    return or_(
        QueueItem.claimed_by_id.is_(None),
        QueueItem.claimed_by_id == person_id,
        QueueItem.claimed_at <= now - CLAIM,
    )


def take(item_id: int, person: Person, now: datetime) -> None:
    """Take an item, or hold on to it; one statement decides between two. The caller commits.

    Raises NotAllowed, with the name of who is at it.
    """
    taken = db.session.scalar(
        update(QueueItem)
        .where(QueueItem.id == item_id, QueueItem.closed_at.is_(None), is_free(person.id, now))
        .values(claimed_by_id=person.id, claimed_at=now)
        .returning(QueueItem.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        return
    row = db.session.execute(
        select(QueueItem.claimed_by_id, Person.name)
        .join(Person, Person.id == QueueItem.claimed_by_id)
        .where(QueueItem.id == item_id, QueueItem.closed_at.is_(None))
    ).one_or_none()
    if row is not None:
        may_go_on(person, row[0], row[1]).or_raise()
    raise NotAllowed(Decision(N_("This does not wait any more: somebody has decided on it.")))


def may_go_on_with(key: str, person: Person, now: datetime) -> Decision:
    """Whether nobody else is at what waits under this key, for pages outside the queue's own room."""
    row = db.session.execute(
        select(QueueItem.claimed_by_id, Person.name)
        .join(Person, Person.id == QueueItem.claimed_by_id)
        .where(QueueItem.key == key, QueueItem.closed_at.is_(None), QueueItem.claimed_at > now - CLAIM)
    ).one_or_none()
    return YES if row is None else may_go_on(person, *row)


def let_go(item_ids: Sequence[int], person: Person) -> list[int]:
    """Leave items to others; which of them this person was at. The caller commits."""
    return list(
        db.session.scalars(
            update(QueueItem)
            .where(QueueItem.id.in_(item_ids), QueueItem.claimed_by_id == person.id)
            .values(claimed_by_id=None, claimed_at=None)
            .returning(QueueItem.id)
            .execution_options(synchronize_session=False)
        )
    )
