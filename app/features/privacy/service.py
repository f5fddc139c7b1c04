"""Removing an account because its person asks, or because nobody has used it for a long time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update

from app.db import db
from app.features.privacy import queries
from app.kit import audit, mail, signals
from app.models import (
    Activity,
    AgendaInvitation,
    AgendaTick,
    Argument,
    Attendee,
    Call,
    ContactMessage,
    Draft,
    Idea,
    MailMessage,
    News,
    Notice,
    Person,
    PersonRole,
    Process,
    Registration,
    Vote,
    Workshop,
)
from app.models.process import ProcessState
from app.policies.privacy import may_erase
from app.records import drafts, erasure, reports

LEAST_MONTHS = 24
"""How long an account that nobody uses stays, whatever its person took part in."""
WARNED_BEFORE = timedelta(days=30)
MAIL_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=365)
CONTACT_KEPT = timedelta(days=365)
NOTES_KEPT = timedelta(days=30)
"""What somebody told the organiser of an activity, such as a wheelchair, is gone so soon after it."""
MOST = 200
"""Accounts that one turn warns or erases: each is a transaction of its own, and others want to write too."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, or would do."""

    warned: int = 0
    erased: int = 0
    mails: int = 0
    notices: int = 0
    contacts: int = 0
    notes: int = 0
    drafts: int = 0

    def __bool__(self) -> bool:
        return any(
            (self.warned, self.erased, self.mails, self.notices, self.contacts, self.notes, self.drafts)
        )


def erase(person: Person, now: datetime) -> None:
    """Remove the account of somebody who asks for it. Raises NotAllowed.

    A last mail tells it to the address that was theirs; staff leave an audit line without a name.
    """
    may_erase(person, other_organisers=queries.has_other_organisers(person.id, now)).or_raise()
    email, language, was_staff, number = person.email, person.language, person.is_staff, person.id
    farewell = mail.compose(email, "account_erased", language, now) if email else None
    changed = erasure.erase(number, now)
    if was_staff:
        audit.record(person, "privacy.erase_own_account", person, now)
    if farewell:
        db.session.add(farewell)
    db.session.commit()
    signals.mail_queued.send()
    for idea_id in changed:
        signals.idea_changed.send(idea_id)


def sweep(now: datetime, *, dry: bool = False) -> Swept:
    """Warn whose account is idle, erase who was warned a month ago, and throw away what has served.

    `dry` counts and changes nothing. Safe to break off: whatever was done is done, the rest follows next time.
    """
    warned, erased = _idle(now), _due(now)
    done = Swept(
        warned=len(warned), erased=len(erased), **{name: _count(query) for name, query in _stale(now).items()}
    )
    if dry:
        db.session.rollback()
        return done
    for number in warned:
        _warn(number, now)
    for number in erased:
        # Each takes a while, in which the next ones may have come back.
        db.session.execute(select(Person.id).where(Person.id == number).with_for_update())
        if number not in _due(now, number):
            db.session.rollback()
            continue
        changed = erasure.erase(number, now)
        db.session.commit()
        for idea_id in changed:
            signals.idea_changed.send(idea_id)
    db.session.execute(delete(MailMessage).where(_old_mail(now)))
    db.session.execute(delete(Notice).where(_old_notice(now)))
    db.session.execute(delete(News).where(News.told_at < now - NOTICES_KEPT))
    db.session.execute(delete(Draft).where(Draft.created_at < now - drafts.LIFETIME))
    db.session.execute(update(ContactMessage).where(_old_contact(now)).values(name="", email=""))
    db.session.execute(update(Registration).where(_old_note(now)).values(note=""))
    db.session.execute(update(AgendaInvitation).where(_old_words(now)).values(note=""))
    db.session.execute(update(Attendee).where(_old_attendee(now)).values(name="", person_id=None))
    reports.forget_addresses(now)
    db.session.commit()
    if warned:
        signals.mail_queued.send()
    return done


def _warn(number: int, now: datetime) -> None:
    person = db.session.get_one(Person, number, with_for_update=True, populate_existing=True)
    if person.email:
        mail.queue(
            person.email,
            "account_idle",
            person.language,
            now,
            person_name=person.name,
            day=(now + WARNED_BEFORE),
            url=mail.address("accounts.sign_in", person.language),
        )
    # To the day, as visits are written down: whoever comes back on the day of the warning has been here since.
    person.warned_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    db.session.commit()


def _idle(now: datetime) -> list[int]:
    """Whom to warn: nobody of the staff, nobody of an open or recent process, and nobody who was here lately."""
    nobody_warned = or_(Person.warned_at.is_(None), Person.warned_at <= _last_here())
    return _numbers(_unused(now).where(nobody_warned))


def _due(now: datetime, only: int | None = None) -> list[int]:
    """Whom to erase: warned a month ago, and not here since. `only` asks about one person."""
    due = _unused(now).where(Person.warned_at <= now - WARNED_BEFORE, Person.warned_at > _last_here())
    return _numbers(due if only is None else due.where(Person.id == only))


def _last_here() -> ColumnElement[datetime]:
    return func.coalesce(Person.last_seen_at, Person.created_at)


def _unused(now: datetime) -> Select[int]:
    live = _live_processes(now)
    took_part = or_(
        exists()
        .where(Vote.person_id == Person.id, Vote.idea_id == Idea.id, Idea.call_id == Call.id)
        .where(Call.process_id.in_(live)),
        exists().where(Idea.author_id == Person.id, Idea.call_id == Call.id, Call.process_id.in_(live)),
        exists()
        .where(Argument.author_id == Person.id, Argument.idea_id == Idea.id, Idea.call_id == Call.id)
        .where(Call.process_id.in_(live)),
        exists().where(
            AgendaTick.person_id == Person.id, AgendaTick.call_id == Call.id, Call.process_id.in_(live)
        ),
    )
    return (
        select(Person.id)
        .where(
            Person.erased_at.is_(None),
            Person.demo_order.is_(None),
            Person.import_key.is_(None),
            _last_here() < _months_before(now, LEAST_MONTHS),
            ~exists().where(PersonRole.person_id == Person.id),
            ~took_part,
        )
        .order_by(Person.id)
        .limit(MOST)
    )


def _live_processes(now: datetime) -> list[int]:
    """Processes that are open, or ended so short ago that names still stand with what people wrote."""
    rows = db.session.execute(
        select(Process.id, Process.state, Process.ends_at, Process.retention_months)
    ).all()
    return [
        number
        for number, state, ends_at, months in rows
        if state == ProcessState.OPEN or ends_at is None or ends_at > _months_before(now, months)
    ]


def _months_before(now: datetime, months: int) -> datetime:
    years, rest = divmod(now.month - 1 - months, 12)
    return now.replace(year=now.year + years, month=rest + 1, day=min(now.day, 28))


def _numbers(query: Select[int]) -> list[int]:
    return list(db.session.scalars(query))


def _old_mail(now: datetime) -> ColumnElement[bool]:
    over = or_(MailMessage.sent_at < now - MAIL_KEPT, MailMessage.given_up_at < now - MAIL_KEPT)
    return and_(over, MailMessage.created_at < now - MAIL_KEPT)


def _old_notice(now: datetime) -> ColumnElement[bool]:
    return and_(Notice.created_at < now - NOTICES_KEPT, ~Notice.waits)


def _old_contact(now: datetime) -> ColumnElement[bool]:
    return and_(
        ContactMessage.handled_at < now - CONTACT_KEPT,
        or_(ContactMessage.email != "", ContactMessage.name != ""),
    )


def _over(now: datetime) -> Select[int]:
    """The activities that ended so long ago that nobody needs to know any more what people told beforehand."""
    return select(Activity.id).where(func.coalesce(Activity.ends_at, Activity.starts_at) < now - NOTES_KEPT)


def _old_note(now: datetime) -> ColumnElement[bool]:
    return and_(Registration.note != "", Registration.activity_id.in_(_over(now)))


def _old_words(now: datetime) -> ColumnElement[bool]:
    """What people told with their answer whether they come and talk about an item of the agenda."""
    over = select(Workshop.id).where(Workshop.activity_id.in_(_over(now)))
    return and_(AgendaInvitation.note != "", AgendaInvitation.workshop_id.in_(over))


def _old_attendee(now: datetime) -> ColumnElement[bool]:
    """Who was in a room a month ago; what they chose stays counted, without anybody to it."""
    return and_(
        Attendee.arrived_at < now - NOTES_KEPT, or_(Attendee.name != "", Attendee.person_id.is_not(None))
    )


def _stale(now: datetime) -> dict[str, Select[int]]:
    return {
        "mails": select(func.count()).select_from(MailMessage).where(_old_mail(now)),
        "notices": select(func.count()).select_from(Notice).where(_old_notice(now)),
        "contacts": select(func.count()).select_from(ContactMessage).where(_old_contact(now)),
        "notes": select(func.count()).select_from(Registration).where(_old_note(now)),
        "drafts": select(func.count()).select_from(Draft).where(Draft.created_at < now - drafts.LIFETIME),
    }


def _count(query: Select[int]) -> int:
    return db.session.scalar(query) or 0
