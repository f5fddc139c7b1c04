"""One line for every action of staff, written in the transaction of the action itself and chained to the line before.

Lines are put in when the transaction commits. Whoever adds one holds the head of the chain (one row, `AuditHead`) from
there to the end of the commit, so everything else has been locked by then: nobody who holds the head ever waits for
anything, and actions of staff cannot deadlock on it. Decision 0034.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Session, SessionTransaction

from app.db import Base, db, is_postgresql
from app.domain.audit_chain import GENESIS, REDACTION, Line, content_of, digest_of
from app.models.audit import AuditEntry, AuditHead
from app.models.person import Person

_WAITING = "audit:waiting"
"""Where a session keeps the lines that its transaction will put in."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A line to be put in, and the (savepoint's) transaction that it goes with."""

    transaction: SessionTransaction
    values: dict[str, Any]


def record(
    actor: Person | None,
    action: str,
    subject: Base,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    why: str = "",
) -> None:
    """Add a line to the audit log; the caller commits. Actor is None for a command on the server.

    `action` is room.verb, such as "moderation.publish"; before and after hold only what changed, as plain JSON values.
    """
    if getattr(subject, "id", None) is None:
        db.session.flush()
    number = getattr(subject, "id", None)
    _wait(actor, action, (subject.__tablename__, number), now, before or {}, after or {}, why)


def redact(numbers: Sequence[int], now: datetime, actor: Person | None = None) -> list[int]:
    """Take what lines say out of the log, because words of somebody have to go; the caller commits.

    Who did what to what and when stays, and so do the digests: the chain holds, and one new line names the lines. Lines
    that are empty already, and those that name others, stay as they are. Returns the numbers of the lines.
    """
    gone = sorted(
        db.session.scalars(
            update(AuditEntry)
            .where(
                AuditEntry.id.in_(numbers), AuditEntry.redacted_at.is_(None), AuditEntry.action != REDACTION
            )
            .values(before={}, after={}, why="", salt="", redacted_at=now)
            .returning(AuditEntry.id)
            .execution_options(synchronize_session=False)
        )
    )
    if gone:
        about = (AuditEntry.__tablename__, gone[0])
        _wait(actor, REDACTION, about, now, {}, {"lines": gone}, "")
    return gone


def _wait(
    actor: Person | None,
    action: str,
    about: tuple[str, int | None],
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    why: str,
) -> None:
    session = db.session()
    if not session.in_transaction():
        session.begin()
    transaction = session.get_nested_transaction() or session.get_transaction()
    assert transaction is not None
    values = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "action": action,
        "subject_type": about[0],
        "subject_id": about[1],
        # As the database gives them back, so that the digest can be made again.
        "before": json.loads(json.dumps(dict(before), allow_nan=False)),
        "after": json.loads(json.dumps(dict(after), allow_nan=False)),
        "why": why,
        "redacted_at": None,
    }
    session.info.setdefault(_WAITING, []).append(_Waiting(transaction, values))


@event.listens_for(db.session, "after_soft_rollback")
def _drop(session: Session, previous: SessionTransaction) -> None:
    """What was rolled back leaves no line, also when it was only up to a savepoint."""
    waiting = session.info.get(_WAITING)
    if waiting:
        waiting[:] = [line for line in waiting if not _is_within(line.transaction, previous)]


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """A session that is closed without a commit keeps no lines for the next one."""
    if transaction.parent is None:
        session.info.pop(_WAITING, None)


@event.listens_for(db.session, "before_commit")
def _put_in(session: Session) -> None:
    """Write the lines of this transaction, chained, as the last thing before it commits."""
    if session.in_nested_transaction():
        return  # only a savepoint ends here
    waiting: list[_Waiting] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()  # takes all other locks before the head
    rows = sorted((line.values for line in waiting), key=lambda row: row["at"])
    _hold_actors(session, rows)
    entry_id, previous, lines = _hold_head(session)
    for row in rows:
        row["salt"] = secrets.token_hex(16)
        row["content_digest"] = content_of(row["salt"], row["before"], row["after"], row["why"])
        row["digest"] = ""  # needs the number, which only the database gives out
    table: Any = AuditEntry.__table__
    numbers = session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows).all()
    digests = []
    for entry_id, row in sorted(zip(numbers, rows, strict=True), key=lambda pair: pair[0]):
        previous = digest_of(previous, Line(id=entry_id, **row))
        digests.append({"number": entry_id, "made": previous})
    session.connection().execute(
        update(table).where(table.c.id == bindparam("number")).values(digest=bindparam("made")), digests
    )
    session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(entry_id=entry_id, digest=previous, lines=lines + len(rows))
        .execution_options(synchronize_session=False)
    )


def _hold_actors(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lock the people whom the lines point at before the head, since putting in a line would do so after it."""
    actors = {row["actor_id"] for row in rows} - {None}
    if actors and is_postgresql():
        session.execute(
            select(Person.id)
            .where(Person.id.in_(actors))
            .order_by(Person.id)
            .with_for_update(read=True, key_share=True)
        )


def _hold_head(session: Session) -> tuple[int | None, str, int]:
    """Lock the head, and make it when there is none yet: its last line, its digest, and how many lines there are."""
    look = select(AuditHead.entry_id, AuditHead.digest, AuditHead.lines).where(AuditHead.id == 1)
    found = session.execute(look.with_for_update()).one_or_none()
    if found is None:
        put = insert_on_postgresql if is_postgresql() else insert_on_sqlite
        session.execute(
            put(AuditHead).values(id=1, entry_id=None, digest=GENESIS, lines=0).on_conflict_do_nothing()
        )
        found = session.execute(look.with_for_update()).one()
    return found.entry_id, found.digest, found.lines
