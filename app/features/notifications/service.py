"""What people do with what they hear: follow, stop, choose, read, unsubscribe."""

from datetime import datetime

from sqlalchemy import delete, select, update

from app.db import db
from app.features.notifications.queries import Thing
from app.models.following import Notice, NoticeChoice, NoticeKind
from app.models.person import Digest, Person
from app.policies.following import may_follow
from app.records import follows


def follow(person: Person, thing: Thing, now: datetime) -> None:
    """Follow something from now on. Raises NotAllowed."""
    may_follow(thing.state).or_raise()
    follows.begin(person.id, thing.subject, thing.number, now)
    db.session.commit()


def stop(person: Person, subject: follows.Subject, number: int) -> None:
    """Follow something no longer; also what cannot be read any more."""
    follows.end(person.id, subject, number)
    db.session.commit()


def wish(person: Person, wanted: bool, now: datetime) -> None:
    """Hear what becomes of the ideas one voted on, or no longer."""
    follows.wish(person.id, wanted, now)
    db.session.commit()


def choose(
    person: Person, digest: Digest, by_mail: dict[NoticeKind, bool], wanted: bool, now: datetime
) -> None:
    """How often to be mailed and about what. What is not wanted by mail any more stays in the inbox only."""
    person_id = person.id
    person.digest = digest
    db.session.execute(delete(NoticeChoice).where(NoticeChoice.person_id == person_id))
    db.session.add_all(
        NoticeChoice(person_id=person_id, kind=kind, by_mail=on) for kind, on in by_mail.items() if not on
    )
    follows.wish(person_id, wanted, now)
    unwanted = [kind for kind in NoticeKind if digest is Digest.OFF or not by_mail.get(kind, True)]
    _do_not_mail(person_id, unwanted)
    db.session.commit()


def unsubscribe(person_id: int) -> None:
    """No digests any more; a second time changes nothing."""
    db.session.execute(update(Person).where(Person.id == person_id).values(digest=Digest.OFF))
    _do_not_mail(person_id, list(NoticeKind))
    db.session.commit()


def read(person_id: int, notice_id: int, now: datetime) -> str | None:
    """Mark a message as read; the page that it is about, or None when this person has no such message."""
    path = db.session.scalar(select(Notice.path).where(Notice.id == notice_id, Notice.person_id == person_id))
    if path is not None:
        _mark_read(person_id, notice_id, now, only=True)
    return path


def read_all(person_id: int, up_to: int, now: datetime) -> None:
    """Mark everything as read up to the newest message that the person saw."""
    _mark_read(person_id, up_to, now, only=False)


def _mark_read(person_id: int, number: int, now: datetime, *, only: bool) -> None:
    """Who read a message here need not get it by mail as well."""
    these = Notice.id == number if only else Notice.id <= number
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None), these)
        .values(read_at=now, waits=False)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _do_not_mail(person_id: int, kinds: list[NoticeKind]) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.waits, Notice.kind.in_(kinds))
        .values(waits=False)
        .execution_options(synchronize_session=False)
    )
