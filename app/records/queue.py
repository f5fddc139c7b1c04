"""What waits for the moderators: put in and taken out in the transaction of what makes it wait, one open row each.

queue.put(QueueKind.IDEA, idea, now)          # sent in; readers see it already: is_live=True
queue.put(QueueKind.REPORT, argument, now)    # a second report on the same text changes nothing
queue.take_out(QueueKind.IDEA, idea, now, moderator)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import db, is_postgresql
from app.domain.sameness import mark_of
from app.models.argument import Argument
from app.models.contribution import Amendment
from app.models.duplicate import DuplicateProposal, ProposalState
from app.models.idea import Idea
from app.models.moderation import Appeal
from app.models.person import Person
from app.models.practice import Practice, PracticeSuggestion
from app.models.process import Call, Process, ProcessState
from app.models.queue import QueueItem, QueueKind

Subject = Idea | Argument | Practice | Amendment | Appeal | DuplicateProposal
"""What an item is about. An image waits as its idea, with QueueKind.IMAGE."""
CLAIM = timedelta(minutes=15)
"""So long a moderator keeps others from an item after opening it."""


@dataclass(frozen=True, slots=True)
class _Where:
    """The columns that say what an item is about and whose it is."""

    process_id: int
    call_id: int | None
    author_id: int | None
    columns: dict[str, int | None]
    sameness: str = ""


def key_of(kind: QueueKind, subject: Subject) -> str:
    """What tells an item from all others that are open, such as `report:argument:12`."""
    return key_named(kind, type(subject), subject.id)


def key_named(kind: QueueKind, table: type[Subject], number: int) -> str:
    """The same for something that was not read from the database."""
    of = table.__tablename__
    return f"{kind}:{number}" if kind.value == of else f"{kind}:{of}:{number}"


def put(kind: QueueKind, subject: Subject, now: datetime, *, is_live: bool = False) -> None:
    """Let something wait for a moderator, unless it waits already; one statement decides. The caller commits.

    The promise is the one of the process at this moment: changing it later moves no deadline that somebody was told.
    """
    where = _where(subject)
    hours = db.session.scalar(select(Process.promised_hours).where(Process.id == where.process_id)) or 24
    due = subject.due_at if isinstance(subject, Appeal) else now + timedelta(hours=hours)
    row: dict[str, Any] = {
        "kind": kind,
        "key": key_of(kind, subject),
        "process_id": where.process_id,
        "call_id": where.call_id,
        "author_id": where.author_id,
        "is_live": is_live,
        "sameness": where.sameness,
        "waits_since": now,
        "due_at": due,
        **where.columns,
    }
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    db.session.execute(
        insert(QueueItem)
        .values(row)
        .on_conflict_do_nothing(index_elements=["key"], index_where=text("closed_at IS NULL"))
    )


def take_out(kind: QueueKind, subject: Subject, now: datetime, by: Person | None = None) -> int | None:
    """It does not wait any more; how many seconds it did, or None when it did not wait. The caller commits."""
    since = close([key_of(kind, subject)], now, by)
    return None if not since else int((now - since[0]).total_seconds())


def close(keys: Sequence[str], now: datetime, by: Person | None = None) -> list[datetime]:
    """Close the open items with these keys; since when each waited. The caller commits."""
    return list(closed(keys, now, by).values())


def closed(keys: Sequence[str], now: datetime, by: Person | None = None) -> dict[str, datetime]:
    """Close the open items with these keys, in one statement; by key since when each waited. The caller commits."""
    if not keys:
        return {}
    return _close(QueueItem.key.in_(keys), now, by)


def leave(
    idea_ids: Sequence[int], kinds: Sequence[QueueKind], now: datetime, by: Person | None = None
) -> dict[str, datetime]:
    """Close what waits about these ideas themselves, of these kinds; not what waits about texts below them."""
    about = (QueueItem.idea_id.in_(idea_ids), QueueItem.argument_id.is_(None), QueueItem.kind.in_(kinds))
    return _close(and_(*about), now, by)


def show(kind: QueueKind, subject: Subject) -> None:
    """Readers see from now on what still waits to be read. The caller commits."""
    db.session.execute(
        update(QueueItem)
        .where(QueueItem.key == key_of(kind, subject), QueueItem.closed_at.is_(None))
        .values(is_live=True)
        .execution_options(synchronize_session=False)
    )


def _close(which: ColumnElement[bool], now: datetime, by: Person | None) -> dict[str, datetime]:
    rows = db.session.execute(
        update(QueueItem)
        .where(which, QueueItem.closed_at.is_(None))
        .values(closed_at=now, closed_by_id=by.id if by else None)
        .returning(QueueItem.key, QueueItem.waits_since)
        .execution_options(synchronize_session=False)
    )
    return dict(rows.all())


def reopen(keys: Sequence[str], closed_at: datetime) -> None:
    """Let what was closed at that moment wait again, as long as before: the decision on it was undone.

    What waits again already, because somebody sent it in anew, stays as it is. The caller commits.
    """
    waits = select(QueueItem.key).where(QueueItem.key.in_(keys), QueueItem.closed_at.is_(None))
    db.session.execute(
        update(QueueItem)
        .where(QueueItem.key.in_(keys), QueueItem.closed_at == closed_at, QueueItem.key.not_in(waits))
        .values(closed_at=None, closed_by_id=None, claimed_by_id=None, claimed_at=None)
        .execution_options(synchronize_session=False)
    )


def come_back(idea_ids: Sequence[int], kinds: Sequence[QueueKind], closed_at: datetime) -> None:
    """What `leave` closed about these ideas at that moment waits again, as long as before. The caller commits."""
    about = (QueueItem.idea_id.in_(idea_ids), QueueItem.argument_id.is_(None), QueueItem.kind.in_(kinds))
    keys = db.session.scalars(select(QueueItem.key).where(*about, QueueItem.closed_at == closed_at)).all()
    if keys:
        reopen(keys, closed_at)


def put_pairs(idea_ids: Collection[int], now: datetime) -> None:
    """Let pairs with these ideas wait that nobody has dealt with: the ideas are back on the site. The caller commits.

    Pairs whose authors were asked come back by themselves, see `duplicates.finding`.
    """
    either = or_(DuplicateProposal.idea_id.in_(idea_ids), DuplicateProposal.into_id.in_(idea_ids))
    pairs = select(DuplicateProposal).where(either, DuplicateProposal.state == ProposalState.PROPOSED)
    for pair in db.session.scalars(pairs.order_by(DuplicateProposal.id)):
        put(QueueKind.DUPLICATE, pair, now)


def _where(subject: Subject) -> _Where:
    if isinstance(subject, Idea):
        mark = mark_of(subject.title, subject.body)
        return _of_idea(subject.id, subject.author_id, {}, mark)
    if isinstance(subject, Argument):
        mark = mark_of("", subject.body)
        return _of_idea(subject.idea_id, subject.author_id, {"argument_id": subject.id}, mark)
    if isinstance(subject, Amendment):
        author = db.session.scalar(select(Idea.author_id).where(Idea.id == subject.idea_id))
        return _of_idea(subject.idea_id, author, {"amendment_id": subject.id})
    if isinstance(subject, DuplicateProposal):
        return _of_idea(subject.idea_id, subject.proposed_by_id, {"proposal_id": subject.id})
    if isinstance(subject, Practice):
        author = db.session.scalar(
            select(PracticeSuggestion.person_id).where(PracticeSuggestion.practice_id == subject.id)
        )
        mark = mark_of(subject.title, subject.done)
        return _Where(subject.process_id, None, author, {"practice_id": subject.id}, mark)
    return _of_appeal(subject)


def _of_idea(
    idea_id: int, author_id: int | None, columns: dict[str, int | None], sameness: str = ""
) -> _Where:
    call_id, process_id = db.session.execute(
        select(Call.id, Call.process_id).join(Idea, Idea.call_id == Call.id).where(Idea.id == idea_id)
    ).one()
    return _Where(process_id, call_id, author_id, {"idea_id": idea_id, **columns}, sameness)


def _of_appeal(appeal: Appeal) -> _Where:
    """An appeal waits where the text is that it is about; one against a sanction, in the newest open process."""
    decision = appeal.decision
    columns: dict[str, int | None] = {"appeal_id": appeal.id}
    if decision is not None and decision.practice is not None:
        return _Where(decision.practice.process_id, None, appeal.author_id, columns)
    if decision is not None:
        idea_id = decision.idea_id or (decision.argument.idea_id if decision.argument else None)
        if idea_id is not None:
            if decision.argument_id is not None:
                columns["argument_id"] = decision.argument_id
            return _of_idea(idea_id, appeal.author_id, columns)
    newest = (
        select(Process.id).order_by((Process.state == ProcessState.OPEN).desc(), Process.id.desc()).limit(1)
    )
    return _Where(db.session.execute(newest).scalar_one(), None, appeal.author_id, columns)
