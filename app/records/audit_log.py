"""The audit log as its chain: read in batches, computed anew, checked once a night."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, func, insert, select

from app.db import begin_read, begin_snapshot, begin_write, db
from app.domain import audit_chain
from app.domain.audit_chain import Break, Fault, Head, Line, Verdict
from app.models.audit import AuditCheck, AuditEntry, AuditHead
from app.models.standing import JobLease
from app.records.recounts import due_since

BATCH = 2000
"""Lines that are in memory at a time."""
_COLUMNS = tuple(getattr(AuditEntry, name) for name in Line.__slots__)


def lines(
    after: int | None = None, until: int | None = None, only: Sequence[ColumnElement[bool]] = ()
) -> Iterator[Line]:
    """The lines after a number, or all, oldest first; the caller opens the transaction and keeps it open meanwhile."""
    while rows := batch(after, until, only):
        yield from rows
        after = rows[-1].id


def batch(
    after: int | None = None,
    until: int | None = None,
    only: Sequence[ColumnElement[bool]] = (),
    most: int | None = None,
) -> list[Line]:
    """The next lines after a number, oldest first."""
    query = select(*_COLUMNS).where(*only).order_by(AuditEntry.id).limit(most or BATCH)
    if after is not None:
        query = query.where(AuditEntry.id > after)
    if until is not None:
        query = query.where(AuditEntry.id <= until)
    return [Line(*row) for row in db.session.execute(query)]


def heads() -> list[Head]:
    """The head of the chain: one, or none as long as there are no lines; none as well when there are several."""
    rows = db.session.execute(
        select(AuditHead.id, AuditHead.entry_id, AuditHead.digest, AuditHead.lines)
    ).all()
    return [Head(*row[1:]) for row in rows] if [row.id for row in rows] == [1] else []


def head() -> Head:
    """The head of the chain; that of an empty log when there are no lines yet."""
    found = heads()
    return found[0] if found else Head(None, audit_chain.GENESIS, 0)


def verify(noted: str | None = None, step: Callable[[int], None] = lambda _seen: None) -> Verdict:
    """Compute the whole chain anew, as it stood at one moment. Writes nothing, keeps nothing locked."""
    begin_snapshot()
    try:
        return audit_chain.verify(
            lines(), heads(), lambda number, seen: lines(number if seen else None), noted=noted, step=step
        )
    finally:
        db.session.rollback()


def verify_file(
    read: Callable[[], Iterator[Line]],
    found: Sequence[Head],
    noted: str | None = None,
    step: Callable[[int], None] = lambda _seen: None,
) -> Verdict:
    """The same for lines that were exported; `read` begins anew at the first line each time."""
    return audit_chain.verify(
        read(), found, lambda _number, seen: islice(read(), seen, None), noted=noted, step=step
    )


def as_json(line: Line) -> str:
    """A line as one JSON object, with all that its digests are made from."""
    record = {name: getattr(line, name) for name in Line.__slots__}
    record["at"] = audit_chain.moment(line.at)
    record["redacted_at"] = audit_chain.moment(line.redacted_at) if line.redacted_at else None
    return json.dumps(record, ensure_ascii=False)


def head_as_json(head: Head) -> str:
    """The last object of a file that holds the whole log."""
    return json.dumps({"head": {"entry_id": head.entry_id, "digest": head.digest, "lines": head.lines}})


def is_due(now: datetime) -> bool:
    """Whether nobody checked the chain since a check became due, also when the server was down at that moment."""
    last = db.session.scalar(select(func.max(AuditCheck.checked_at)))
    return last is None or last < due_since(now)


def last_check() -> AuditCheck | None:
    """The newest check of the chain."""
    return db.session.scalar(
        select(AuditCheck).order_by(AuditCheck.checked_at.desc(), AuditCheck.id.desc()).limit(1)
    )


def broken_in(check: AuditCheck | None) -> Break | None:
    """The break that a check found; None when all was well."""
    if check is None or not check.broken:
        return None
    numbers = {name: int(check.broken.get(name, 0)) for name in ("line", "other", "lines", "should")}
    return Break(Fault(check.broken["fault"]), **numbers)


def nightly() -> Verdict:
    """Compute the chain anew and look whether the head of the last good check is still in it. Writes nothing."""
    begin_read()
    checks = db.session.execute(
        select(AuditCheck.digest, AuditCheck.broken).order_by(AuditCheck.checked_at.desc()).limit(60)
    ).all()
    return verify(next((digest for digest, broken in checks if not broken), None))


def write_check(verdict: Verdict, now: datetime, lease: str) -> bool:
    """Write down what came out, unless somebody did since it became due; whether it was. The caller commits.

    `lease` names the lease of the job: its row is what two that checked at once wait for.
    """
    begin_write()
    db.session.execute(select(JobLease.name).where(JobLease.name == lease).with_for_update())
    if not is_due(now):
        return False
    db.session.execute(
        insert(AuditCheck).values(
            checked_at=now,
            lines=verdict.lines,
            redacted=verdict.redacted,
            digest=verdict.digest,
            broken=verdict.broken.values if verdict.broken else {},
        )
    )
    return True
