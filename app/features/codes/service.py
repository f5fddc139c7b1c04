"""Making voting codes with their letters, taking a batch back, and letting in whoever holds a code."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select

from app.db import db
from app.domain import voting_codes
from app.domain.decision import N_, Decision, NotAllowed
from app.features.codes import letters, queries
from app.features.codes.letters import Order
from app.kit import audit, tokens
from app.models.entry import CodeBatch, VotingCode
from app.models.person import Person
from app.models.process import Call
from app.policies.codes import may_make_codes
from app.records import people, sanctions

MOST_AT_ONCE = 1000
"""Letters that the site makes in one answer; the command line makes more."""
MOST = 20_000


class Overtaken(NotAllowed):
    """What the organiser was looking at changed meanwhile."""


class Problem(StrEnum):
    """Why a code that is written right lets nobody in."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    GONE = "gone"


SENTENCES = {
    Problem.UNKNOWN: N_("We do not know this code. Look at the letter again."),
    Problem.EXPIRED: N_("This code worked until %(until)s. You can no longer sign in with it."),
    Problem.REVOKED: N_(
        "The municipality has withdrawn this code. Perhaps you got a new letter; otherwise ask for one."
    ),
    Problem.GONE: N_("The account of this code has been deleted. The code does not work any more."),
}


class NoEntry(Exception):
    """A code that lets nobody in; nothing is wrong with the person."""

    def __init__(self, problem: Problem, until: datetime | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.until = until


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who may come in, and the call that the code is for."""

    person: Person
    is_new: bool
    call_slug: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Letters that are set but not yet worth anything: the codes in them are kept by `keep`."""

    order: Order
    hashes: tuple[str, ...]
    pdf: bytes


def print_letters(order: Order, step: Callable[[], None] = lambda: None) -> Printed:
    """Draw codes and set their letters. Touches no database, because it takes seconds."""
    codes: set[str] = set()
    while len(codes) < order.count:
        codes.add(voting_codes.make(secrets.randbelow))
    # Kept in the order of their hashes: where a letter lies on the pile tells nothing about its row.
    hashes = tuple(sorted(code_hash(code) for code in codes))
    return Printed(order, hashes, letters.write(order, list(codes), step))


def keep(
    printed: Printed, organiser: Person | None, now: datetime, *, seen: int | None = None, why: str = ""
) -> CodeBatch:
    """Let the codes of printed letters work from now on; `organiser` is None for the command line.

    `seen` is the newest batch that the organiser saw. Raises NotAllowed, and Overtaken when there is another by now.
    """
    order = printed.order
    may_make_codes(organiser, order.call, now).or_raise()
    db.session.execute(select(Call.id).where(Call.id == order.call.id).with_for_update(key_share=True))
    if seen is not None and seen != queries.last_batch():
        raise Overtaken(
            Decision(N_("Another batch of codes was made in the meantime. Look whether it is yours."))
        )
    batch = CodeBatch(
        call_id=order.call.id,
        name=order.name,
        count=order.count,
        created_at=now,
        expires_at=order.expires_at,
    )
    db.session.add(batch)
    db.session.flush()
    _insert(batch.id, printed.hashes)
    told = {
        "count": order.count,
        "name": order.name,
        "call": order.call.title,
        "until": _told(order.expires_at),
    }
    audit.record(organiser, "codes.make", batch, now, after=told, why=why)
    db.session.commit()
    return batch


def revoke(organiser: Person, batch_id: int, reason: str, now: datetime) -> None:
    """Take back a batch: nobody comes in with its codes any more. Who came in already stays who they are.

    Raises LookupError, and Overtaken for a batch that was taken back before.
    """
    batch = db.session.get(CodeBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise LookupError(batch_id)
    if batch.revoked_at is not None:
        raise Overtaken(Decision(N_("This batch was revoked already.")))
    batch.revoked_at = now
    audit.record(
        organiser, "codes.revoke", batch, now, before={"valid": True}, after={"valid": False}, why=reason
    )
    db.session.commit()


def forget(batch_id: int) -> None:
    """Undo `keep` for letters that turned out impossible to hand over: nothing of them stays."""
    batch = db.session.get(CodeBatch, batch_id)
    if batch is not None:
        audit.record(None, "codes.forget", batch, batch.created_at, before={"count": batch.count})
        db.session.delete(batch)
        db.session.commit()


def enter(code: str, language: str, now: datetime) -> Arrival:
    """Let in whoever holds a code; the first time makes the person. Two at once become the same one person.

    Raises NoEntry, and NotAllowed for a blocked person.
    """
    row = db.session.execute(
        select(VotingCode, CodeBatch.expires_at, CodeBatch.revoked_at, Call.slug)
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .join(Call, Call.id == CodeBatch.call_id)
        .where(VotingCode.code_hash == code_hash(code))
        .with_for_update(of=VotingCode)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NoEntry(Problem.UNKNOWN)
    found, expires_at, revoked_at, slug = row
    if revoked_at is not None:
        raise NoEntry(Problem.REVOKED)
    if expires_at <= now:
        raise NoEntry(Problem.EXPIRED, expires_at)
    person = db.session.get(Person, found.person_id) if found.person_id is not None else None
    is_new = found.used_at is None
    if is_new:
        person = people.add(language, now)
        found.person_id, found.used_at = person.id, now
    if person is None or person.erased_at is not None:
        raise NoEntry(Problem.GONE)
    sanctions.let_in(person, now)
    db.session.commit()
    return Arrival(person, is_new, slug)


def code_hash(code: str) -> str:
    """What the table keeps of a code."""
    return tokens.keyed_hash("voting-code", code)


def _insert(batch_id: int, hashes: Sequence[str]) -> None:
    for start in range(0, len(hashes), 1000):
        some = hashes[start : start + 1000]
        db.session.execute(insert(VotingCode), [{"batch_id": batch_id, "code_hash": each} for each in some])


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
