"""Who is at what in the queue: a moderator takes an item for a quarter of an hour, so that no other does the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.db import db
from app.domain.decision import N_, YES, Decision, NotAllowed
from app.models.contribution import IdeaOrigin
from app.models.duplicate import DuplicateProposal
from app.models.idea import Idea
from app.models.moderation import Appeal, ModerationDecision, Report, Sanction
from app.models.person import Person
from app.models.queue import QueueItem
from app.policies.moderation import may_claim, may_go_on
from app.records.queue import CLAIM


def is_free(person_id: int, now: datetime) -> ColumnElement[bool]:
    """Whether nobody else is at an item now."""
    return or_(
        QueueItem.claimed_by_id.is_(None),
        QueueItem.claimed_by_id == person_id,
        QueueItem.claimed_at <= now - CLAIM,
    )


def is_own(moderator_id: int) -> ColumnElement[bool]:
    """Whether another one has to decide on an item. Lists that are read once, not a look-up for every item."""

    def reported(column: Any) -> ColumnElement[bool]:
        mine = select(column).where(
            Report.reporter_id == moderator_id, Report.handled_at.is_(None), column.is_not(None)
        )
        return {
            "idea_id": QueueItem.idea_id,
            "argument_id": QueueItem.argument_id,
            "practice_id": QueueItem.practice_id,
        }[column.key].in_(mine)

    posted = select(IdeaOrigin.idea_id).where(IdeaOrigin.posted_by_id == moderator_id)
    theirs = select(Idea.id).where(or_(Idea.author_id == moderator_id, Idea.id.in_(posted)))
    pairs = select(DuplicateProposal.id).where(
        or_(DuplicateProposal.idea_id.in_(theirs), DuplicateProposal.into_id.in_(theirs))
    )
    judged = (
        select(Appeal.id)
        .outerjoin(ModerationDecision, ModerationDecision.id == Appeal.decision_id)
        .outerjoin(Sanction, Sanction.id == Appeal.sanction_id)
        .where(or_(ModerationDecision.moderator_id == moderator_id, Sanction.by_id == moderator_id))
    )
    # Each is true or false, never unknown: an item that is about no argument is not told by one.
    return or_(
        and_(QueueItem.author_id.is_not(None), QueueItem.author_id == moderator_id),
        and_(QueueItem.argument_id.is_not(None), reported(Report.argument_id)),
        and_(QueueItem.practice_id.is_not(None), reported(Report.practice_id)),
        and_(
            QueueItem.argument_id.is_(None),
            QueueItem.idea_id.is_not(None),
            or_(reported(Report.idea_id), QueueItem.idea_id.in_(posted)),
        ),
        and_(QueueItem.proposal_id.is_not(None), QueueItem.proposal_id.in_(pairs)),
        and_(QueueItem.appeal_id.is_not(None), QueueItem.appeal_id.in_(judged)),
    )


def take(item_id: int, person: Person, now: datetime) -> None:
    """Take an item, or hold on to it; one statement decides between two. The caller commits.

    Raises NotAllowed, with the name of who is at it, and for what another one has to decide on.
    """
    taken = db.session.scalar(
        update(QueueItem)
        .where(
            QueueItem.id == item_id,
            QueueItem.closed_at.is_(None),
            is_free(person.id, now),
            ~is_own(person.id),
        )
        .values(claimed_by_id=person.id, claimed_at=now)
        .returning(QueueItem.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        return
    row = db.session.execute(
        select(QueueItem.claimed_by_id, func.coalesce(Person.name, ""), is_own(person.id))
        .outerjoin(Person, Person.id == QueueItem.claimed_by_id)
        .where(QueueItem.id == item_id, QueueItem.closed_at.is_(None))
    ).one_or_none()
    if row is not None:
        may_claim(is_own=bool(row[2])).or_raise()
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
