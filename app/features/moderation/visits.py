"""Who looked at the queue when; and one mail to a moderator when work waits, not one for every text."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.db import begin_read, begin_write, db, is_postgresql
from app.kit import mail, signals
from app.kit.i18n import TIME_ZONE, date_words, speaking
from app.kit.jobs import Job
from app.models.argument import Argument, ArgumentState
from app.models.following import NoticeChoice, NoticeKind
from app.models.moderation import ModerationDecision, ModerationVerb, Report
from app.models.person import Person, PersonRole, Role
from app.models.queue import DeskVisit, QueueItem
from app.records import integrity_waiting
from app.records.decisions import UNDO

NOTED_EVERY = timedelta(minutes=5)
"""How often it is written down that a moderator looked."""
AGAIN_AFTER = timedelta(days=1)
"""After so long we write once more, although nobody looked."""
OPENS, CLOSES = time(8), time(20)
"""Between these nobody is bothered; what comes at night is told in the morning."""


def note(person_id: int, now: datetime) -> None:
    """Write down that a moderator looked at the queue, unless that was noted just now. Begins and commits by itself."""
    last = db.session.scalar(select(DeskVisit.visited_at).where(DeskVisit.person_id == person_id))
    if last is not None and now - last < NOTED_EVERY:
        return
    begin_write()
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = insert(DeskVisit).values(person_id=person_id, visited_at=now)
    db.session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_={"visited_at": now}))
    db.session.commit()


def is_open(now: datetime) -> bool:
    """Whether it is a time of day to write to people who work here."""
    return OPENS <= now.astimezone(ZoneInfo(TIME_ZONE)).time() < CLOSES


def due(now: datetime) -> list[int]:
    """The moderators who hear now that work waits: texts, signals about votes, objections.

    There is something that they have not seen, or a day went by; and they looked since we wrote last, or a day went
    by. What only waits because of themselves, such as an own text, is no work for them.
    """
    begin_read()
    found = db.session.scalars(select(Person.id).where(*_hears(now)).order_by(Person.id)).all()
    db.session.rollback()
    return list(found)


def write(now: datetime) -> int:
    """Write to everybody who is due; how many. Of two processes that do so at once one writes."""
    if not is_open(now):
        return 0
    written = sum(_write_one(number, now) for number in due(now))
    if written:
        signals.mail_queued.send()
    return written


def tidy(now: datetime) -> None:
    """Words that their author took back, and that were kept for the moderators, go once these are done with them."""
    waits = exists().where(Report.argument_id == Argument.id, Report.handled_at.is_(None))
    undoable = exists().where(
        ModerationDecision.argument_id == Argument.id,
        ModerationDecision.verb == ModerationVerb.KEEP,
        ModerationDecision.undone_at.is_(None),
        ModerationDecision.decided_at > now - UNDO,
    )
    db.session.execute(
        update(Argument)
        .where(Argument.state == ArgumentState.DELETED, Argument.body != "", ~waits, ~undoable)
        .values(body="")
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _hears(now: datetime) -> tuple[ColumnElement[bool], ...]:
    mine = DeskVisit.person_id == Person.id
    visit = select(DeskVisit.visited_at).where(mine).correlate(Person).scalar_subquery()
    mailed = select(DeskVisit.mailed_at).where(mine).correlate(Person).scalar_subquery()
    long_ago = now - AGAIN_AFTER

    def is_new(since: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        return or_(visit.is_(None), visit <= long_ago, since > visit)

    switched_off = exists().where(
        NoticeChoice.person_id == Person.id,
        NoticeChoice.kind == NoticeKind.DESK,
        NoticeChoice.by_mail != true(),
    )
    return (
        exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.MODERATOR),
        Person.email.is_not(None),
        Person.not_blocked(now),
        Person.erased_at.is_(None),
        Person.mail_stopped_at.is_(None),
        ~switched_off,
        or_(mailed.is_(None), mailed <= long_ago, visit > mailed),
        or_(
            exists().where(
                QueueItem.closed_at.is_(None),
                or_(QueueItem.author_id.is_(None), QueueItem.author_id != Person.id),
                is_new(QueueItem.waits_since),
            ),
            integrity_waiting.has_news(is_new),
        ),
    )


def _write_one(person_id: int, now: datetime) -> bool:
    begin_read()
    person = db.session.get(Person, person_id)
    number, since = db.session.execute(
        select(func.count(), func.min(QueueItem.waits_since)).where(QueueItem.closed_at.is_(None))
    ).one()
    overdue = db.session.scalar(
        select(func.count()).where(QueueItem.closed_at.is_(None), QueueItem.due_at < now)
    )
    desk = integrity_waiting.at_the_desk(person_id, now)
    if person is None or not person.email or not (number or desk.all):
        db.session.rollback()
        return False
    language = person.language
    with speaking(language):
        said = date_words(min(moment for moment in (since, desk.since) if moment is not None))
    letter = mail.compose(
        person.email,
        "work_waits",
        language,
        now,
        person_name=person.name,
        number=number,
        overdue=overdue or 0,
        desk=desk,
        since=said,
        queue_url=mail.address("moderation.queue", language),
        settings_url=mail.address("notifications.settings", language),
    )
    db.session.rollback()
    begin_write()
    if (
        db.session.scalar(select(Person.id).where(Person.id == person_id, *_hears(now)).with_for_update())
        is None
    ):
        db.session.rollback()  # another process was first, or they looked meanwhile
        return False
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = insert(DeskVisit).values(person_id=person_id, mailed_at=now)
    db.session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_={"mailed_at": now}))
    db.session.add(letter)
    db.session.commit()
    return True


def _run(now: datetime) -> None:
    tidy(now)
    write(now)


JOB = Job(name="desk", every=timedelta(minutes=5), run=_run)
