"""The site looks itself which ideas say the same, and brings back pairs whose authors had a week to object."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import begin_read, begin_write, db, is_postgresql
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.domain.likeness import likeness, shared_words
from app.features.duplicates import service
from app.features.duplicates.service import Likeness
from app.models.duplicate import DuplicateLook, DuplicateProposal, ProposalState
from app.models.idea import Idea
from app.models.process import Call, Process, ProcessState
from app.models.queue import QueueItem, QueueKind
from app.records import alike, queue

LIKELY = 0.35
"""From this likeness of titles and summaries on the site brings a pair up by itself."""
AT_ONCE = 20
"""So many ideas are looked at in one turn."""


def _unseen() -> Select[int, int]:
    """Published ideas of open processes that were not looked at since they changed."""
    return (
        select(Idea.id, Idea.version)
        .join(Call, Call.id == Idea.call_id)
        .join(Process, Process.id == Call.process_id)
        .outerjoin(DuplicateLook, DuplicateLook.idea_id == Idea.id)
        .where(
            Idea.state == IdeaState.PUBLISHED,
            Process.state == ProcessState.OPEN,
            or_(DuplicateLook.idea_id.is_(None), DuplicateLook.version < Idea.version),
        )
        .order_by(Idea.id)
    )


def _answered(now: datetime) -> ColumnElement[bool]:
    """Pairs whose authors had their week, and that do not wait for a moderator yet."""
    waits = exists().where(QueueItem.proposal_id == DuplicateProposal.id, QueueItem.closed_at.is_(None))
    return and_(
        DuplicateProposal.state == ProposalState.ASKING, DuplicateProposal.answer_until <= now, ~waits
    )


def is_due(now: datetime) -> bool:
    """Whether there is anything to do; asks for no write lock."""
    begin_read()
    try:
        late = select(DuplicateProposal.id).where(_answered(now)).limit(1)
        return bool(db.session.execute(_unseen().limit(1)).first() or db.session.scalar(late))
    finally:
        db.session.rollback()


def run(now: datetime) -> None:
    """One turn: look at a few ideas, and bring back what is due."""
    bring_back(now)
    look(now)


def bring_back(now: datetime) -> int:
    """Let pairs wait for a moderator again whose authors were silent for a week; how many."""
    begin_write()
    late = db.session.scalars(select(DuplicateProposal).where(_answered(now))).all()
    for proposal in late:
        queue.put(QueueKind.DUPLICATE, proposal, now)
    db.session.commit()
    return len(late)


def look(now: datetime, most: int = AT_ONCE) -> int:
    """Compare ideas that are new or changed with the others of their call; how many pairs were brought up.

    Each idea in a transaction of its own, so that nobody waits; a second look at the same text finds nothing new.
    """
    begin_read()
    waiting = db.session.execute(_unseen().limit(most)).all()
    db.session.rollback()
    return sum(_look_at(number, version, now) for number, version in waiting)


def _look_at(number: int, version: int, now: datetime) -> int:
    found = 0
    for other, reckoned in _pairs_of(number):
        begin_write()
        one, two = db.session.get(Idea, number), db.session.get(Idea, other)
        if one is None or two is None:
            continue
        try:
            found += service.propose(None, one, two, now, likeness=reckoned)
        except NotAllowed:  # kept apart before, or one of them left the site
            db.session.rollback()
    begin_write()
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = {"idea_id": number, "version": version, "looked_at": now}
    db.session.execute(
        insert(DuplicateLook)
        .values(row)
        .on_conflict_do_update(index_elements=["idea_id"], set_={"version": version, "looked_at": now})
    )
    db.session.commit()
    return found


def _pairs_of(number: int) -> list[tuple[int, Likeness]]:
    """The ideas that are likest to this one, with the words that explain it."""
    begin_read()
    idea = db.session.get(Idea, number)
    if idea is None:
        return []
    text = f"{idea.title} {idea.summary}"
    others = [
        (row.id, f"{row.title} {row.summary}")
        for row in alike.published(idea.title, idea.summary, [idea.call_id])
        if row.id != number
    ]
    db.session.rollback()
    # Not by the titles alone: short ones share a common word easily.
    reckoned = [(other, words, likeness(text, words)) for other, words in others]
    return [
        (other, Likeness(value, shared_words(text, words)))
        for other, words, value in reckoned
        if value >= LIKELY
    ]
