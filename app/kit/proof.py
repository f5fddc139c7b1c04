"""A small piece of work for a browser that nobody knows, checked here: no puzzle, no pictures, no third party.

A challenge is a signed token. The browser looks for the first numbers n for which sha256("token:n") begins with so
many zero bits; eight easy ones in place of one hard one, so that nobody has bad luck. Without JavaScript time takes the
place of work: the token is good once it has grown old enough, and only so many people may come in that way.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from flask import request
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import db, is_postgresql
from app.kit import tokens
from app.models.pressure import SpentProof

TOKEN, ANSWER = "proof_token", "proof_answer"
"""The fields of a form that carry the challenge and what the browser found."""
ANSWERS = 8
ZEROS = {1: 15, 2: 17, 3: 18}
"""How many bits must be zero, by level: a quarter of a million, one and two million tries (decision 0031)."""
WAIT = {1: timedelta(seconds=15), 2: timedelta(seconds=30), 3: timedelta(seconds=60)}
"""How old a token must be without work, by level."""
LIFETIME = timedelta(hours=2)
"""How long a token is good: somebody may take an hour over a text."""
GRACE = timedelta(minutes=15)
"""So long a token is good at the level it was made for after more is asked; else a program gathers easy ones."""
LARGEST = 2**40
WAITED_WITHIN = timedelta(minutes=10)
WAITS_PER_ADDRESS = 40
"""So many people behind one address may wait in ten minutes: a room shares one."""
WAITS_PER_MINUTE = {1: 60, 2: 30, 3: 15}
"""So many people may come in by waiting, by level, whoever they are: waiting costs a program nothing."""
_SHAPE = re.compile(r"([a-z_]{1,20})\.([123])\.(\d{1,12})\.([\w-]{22,90})\.([0-9a-f]{64})", re.ASCII)
_BLOCK = 64


class Verdict(StrEnum):
    """What came of looking at a proof."""

    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"
    TOO_SOON = "too_soon"
    CROWDED = "crowded"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a form asks of the browser."""

    token: str
    zeros: int
    answers: int
    wait: int
    """Seconds that somebody without JavaScript waits, counted from the making of the token."""
    answer: str = ""
    """What the browser found already, when the form comes back for another reason."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a form, and from where."""

    token: str = ""
    answer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    purpose: str
    level: int
    issued_at: datetime


def sent() -> Sent:
    """The proof in the form of this request."""
    return Sent(
        request.form.get(TOKEN, "")[:300],
        request.form.get(ANSWER, "")[:300],
        request.remote_addr or "unknown",
    )


def challenge(purpose: str, level: int, now: datetime) -> Challenge:
    """A new challenge for one use of one kind of form.

    The nonce is so long that "token:" fills whole blocks of SHA-256: every try then costs the same.
    """
    start = f"{purpose}.{level}.{int(now.timestamp())}."
    rest = len(start) + len(".") + _BLOCK + len(":")
    length = 22 + -(rest + 22) % _BLOCK
    signed = start + secrets.token_hex(_BLOCK)[:length]
    return _described(f"{signed}.{tokens.keyed_hash('proof', signed)}", level)


def again(token: str, purpose: str, asked: int, now: datetime) -> Challenge | None:
    """The challenge that a form came back with, while it can still be answered: waiting goes on where it was."""
    read = _read(token)
    if read is None or read.purpose != purpose or _is_over(read, asked, now):
        return None
    is_spent = db.session.scalar(select(SpentProof.token_hash).where(SpentProof.token_hash == _hash(token)))
    return None if is_spent else _described(token, read.level)


def seconds_left(token: str, now: datetime) -> int:
    """How long somebody without JavaScript still waits."""
    read = _read(token)
    return (
        0 if read is None else max(0, int((read.issued_at + WAIT[read.level] - now).total_seconds() + 0.999))
    )


def use(proof: Sent, purpose: str, asked: int, now: datetime) -> Verdict:
    """Check a proof and use it up, in the transaction of what it pays for. The caller commits.

    asked: the level that is asked now; a proof of less is good for a quarter of an hour.
    """
    read = _read(proof.token)
    if read is None or read.purpose != purpose:
        return Verdict.MISSING
    if _is_over(read, asked, now):
        return Verdict.EXPIRED
    waited_by = ""
    if proof.answer:
        if not is_answer(proof.token, proof.answer, ZEROS[read.level]):
            return Verdict.WRONG
    else:
        if now < read.issued_at + WAIT[read.level]:
            return Verdict.TOO_SOON
        waited_by = tokens.keyed_hash("proof-address", proof.address)
        if _is_crowded(waited_by, read.level, now):
            return Verdict.CROWDED
    return Verdict.GOOD if _spend(proof.token, waited_by, now, read.issued_at + LIFETIME) else Verdict.SPENT


def _is_over(read: _Read, asked: int, now: datetime) -> bool:
    return now >= read.issued_at + (LIFETIME if read.level >= asked else GRACE)


def is_answer(token: str, answer: str, zeros: int) -> bool:
    """Whether these are eight different numbers, from small to large, that all do what is asked."""
    if not re.fullmatch(rf"\d{{1,13}}(?:,\d{{1,13}}){{{ANSWERS - 1}}}", answer, re.ASCII):
        return False
    numbers = [int(number) for number in answer.split(",")]
    if any(one >= other for one, other in pairwise(numbers)) or numbers[-1] >= LARGEST:
        return False
    return all(is_hit(token, number, zeros) for number in numbers)


def is_hit(token: str, number: int, zeros: int) -> bool:
    """Whether sha256("token:number") begins with so many zero bits."""
    digest = hashlib.sha256(f"{token}:{number}".encode()).digest()
    return int.from_bytes(digest) >> (256 - zeros) == 0


def solve(token: str, zeros: int, answers: int = ANSWERS) -> str:
    """Do the work as a browser does it; for tests and for measuring."""
    found: list[int] = []
    number = 0
    while len(found) < answers:
        if is_hit(token, number, zeros):
            found.append(number)
        number += 1
    return ",".join(map(str, found))


def sweep(now: datetime) -> None:
    """Forget proofs that could not be used again anyway."""
    db.session.execute(delete(SpentProof).where(SpentProof.expires_at <= now))
    db.session.commit()


def _described(token: str, level: int) -> Challenge:
    return Challenge(token, ZEROS[level], ANSWERS, int(WAIT[level].total_seconds()))


def _read(token: str) -> _Read | None:
    """What a token of ours says; None for any other."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    signed, _, mac = token.rpartition(".")
    if not tokens.same(mac, tokens.keyed_hash("proof", signed)):
        return None
    return _Read(match[1], int(match[2]), datetime.fromtimestamp(int(match[3]), UTC))


def _is_crowded(waited_by: str, level: int, now: datetime) -> bool:
    """Whether enough people came in by waiting. Two who ask at once count each other."""
    if is_postgresql():
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("proof-waits"))))
    lately = select(func.count()).where(
        SpentProof.waited_by == waited_by, SpentProof.spent_at > now - WAITED_WITHIN
    )
    of_all = select(func.count()).where(
        SpentProof.waited_by != "", SpentProof.spent_at > now - timedelta(minutes=1)
    )
    return (db.session.scalar(lately) or 0) >= WAITS_PER_ADDRESS or (
        db.session.scalar(of_all) or 0
    ) >= WAITS_PER_MINUTE[level]


def _spend(token: str, waited_by: str, now: datetime, expires_at: datetime) -> bool:
    """Whether this use was the first; of two at once the primary key decides."""
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = {"token_hash": _hash(token), "spent_at": now, "waited_by": waited_by, "expires_at": expires_at}
    first = (
        insert(SpentProof)
        .values(row)
        .on_conflict_do_nothing(index_elements=["token_hash"])
        .returning(SpentProof.token_hash)
    )
    return db.session.scalar(first) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
