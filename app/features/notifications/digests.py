"""Digests: the messages that could wait, in one mail a day or a week, at half past seven.

A digest is read and composed first. Then one transaction claims the person, marks the messages and queues the mail: of
two processes that write it at once one has it, and a crash between the steps leaves everything as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select, text, update

from app.db import begin_read, db
from app.features.notifications import unsubscribing
from app.kit import mail, signals
from app.kit.moments import CITY, day_of
from app.models.following import Notice
from app.models.message import MailMessage
from app.models.person import Digest, Person

log = structlog.get_logger()
AT = time(7, 30)
MOST_SHOWN = 30
"""A mail shows so many messages; the others are a number and stand in the inbox."""
ROUND = 200


@dataclass(frozen=True, slots=True)
class Round:
    """What a round is about: messages up to `until`, for those who had no digest since `since`."""

    kind: Digest
    until: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One message as the mail shows it."""

    title: str
    text: str
    url: str


def due(kind: Digest, now: datetime) -> Round:
    """The last round of this kind: this morning's or yesterday's, or a Monday's. A server that was down catches up."""
    today = day_of(now)
    day = today if now >= _morning(today) else today - timedelta(days=1)
    if kind is Digest.WEEKLY:
        day -= timedelta(days=day.weekday())
    return Round(kind, _morning(day), min(_midnight(today), _morning(day)))


def at_once(kind: Digest, now: datetime) -> Round:
    """A round on demand, before its time: everything up to now, and still no second digest in a day or a week."""
    today = day_of(now)
    first = today - timedelta(days=today.weekday()) if kind is Digest.WEEKLY else today
    return Round(kind, now, _midnight(first))


def waiting(round_: Round, after: int = 0, most: int = ROUND) -> Sequence[int]:
    """The numbers of people for whom a digest is to be written, by number, after the given one."""
    return db.session.scalars(
        select(Person.id)
        .where(
            Person.id.in_(select(Notice.person_id).where(text("waits"), Notice.created_at <= round_.until)),
            Person.id > after,
            *_may_have(round_),
        )
        .order_by(Person.id)
        .limit(most)
    ).all()


def write(round_: Round, now: datetime) -> int:
    """Write the digests of a round and queue them; how many."""
    written, last = 0, 0
    while True:
        begin_read()
        people = waiting(round_, last)
        db.session.rollback()
        if not people:
            break
        last = people[-1]
        written += sum(write_one(number, round_, now) for number in people)
    if written:
        log.info("digests_written", kind=round_.kind.value, number=written)
        signals.mail_queued.send()
    return written


def write_one(person_id: int, round_: Round, now: datetime) -> bool:
    """Write the digest of one person and queue it; False when there is nothing to tell or another was first."""
    begin_read()
    letter, numbers = _compose(person_id, round_, now)
    db.session.rollback()
    if letter is None:
        return False
    claimed = db.session.execute(
        update(Person)
        .where(Person.id == person_id, *_may_have(round_))
        .values(digested_at=now)
        .returning(Person.id)
    ).one_or_none()
    if claimed is None:
        db.session.rollback()
        return False
    marked = db.session.execute(
        update(Notice)
        .where(Notice.id.in_(numbers), Notice.waits)
        .values(waits=False)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(marked) != len(numbers):  # read or switched off meanwhile: the next round writes it anew
        db.session.rollback()
        return False
    db.session.add(letter)
    db.session.commit()
    return True


def _compose(person_id: int, round_: Round, now: datetime) -> tuple[MailMessage | None, list[int]]:
    person = db.session.get(Person, person_id)
    rows = db.session.execute(
        select(Notice.id, Notice.title, Notice.text, Notice.path)
        .where(Notice.person_id == person_id, Notice.waits, Notice.created_at <= round_.until)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    ).all()
    if person is None or not person.email or not rows:
        return None, []
    language = person.language
    items = [
        Item(title, words, mail.whole(path or "/", language)) for _id, title, words, path in rows[:MOST_SHOWN]
    ]
    letter = mail.compose(
        person.email,
        mail.DIGEST,
        language,
        now,
        person_name=person.name,
        items=items,
        number=len(rows),
        more=len(rows) - len(items),
        is_weekly=round_.kind is Digest.WEEKLY,
        inbox_url=mail.address("notifications.inbox", language),
        settings_url=mail.address("notifications.settings", language),
        unsubscribe_url=unsubscribing.address(person_id, language),
    )
    return letter, [row[0] for row in rows]


def _may_have(round_: Round) -> tuple[ColumnElement[bool], ...]:
    return (
        Person.digest == round_.kind,
        Person.email.is_not(None),
        Person.not_blocked(round_.since),
        Person.erased_at.is_(None),
        Person.mail_stopped_at.is_(None),
        or_(Person.digested_at.is_(None), Person.digested_at < round_.since),
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, AT, CITY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY)


def is_due(now: datetime) -> bool:
    """Whether anybody waits for a digest."""
    begin_read()
    try:
        return any(waiting(due(kind, now), most=1) for kind in (Digest.DAILY, Digest.WEEKLY))
    finally:
        db.session.rollback()


def run(now: datetime) -> None:
    """Write every digest whose time has come."""
    for kind in (Digest.DAILY, Digest.WEEKLY):
        write(due(kind, now), now)
