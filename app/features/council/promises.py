"""Promised answers: made by an organiser, or by the votes an idea got; answered; and organisers reminded in time."""

from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import exists, func, select

from app.db import begin_read, begin_write, db
from app.domain.decision import N_, Decision
from app.domain.lifecycle import IdeaState
from app.domain.promises import REMINDERS, is_reminder_due
from app.features.council.holding import Overtaken, hold, who_follows
from app.kit import audit, mail, signals
from app.kit.i18n import DEFAULT_LANGUAGE, day_words, speaking
from app.kit.jobs import Job
from app.kit.moments import day_of
from app.models.council import AnswerClock, FocusElement
from app.models.following import NoticeKind
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.person import Person, PersonRole, Role
from app.models.process import Call, Process, ProcessState
from app.models.response import OfficialResponse
from app.models.vote import Tally
from app.policies.council import may_answer, may_arrange
from app.records import calls, clocks, notices
from app.records.clocks import ClockRow
from app.records.notices import page

PROMISED_BY = N_("The municipality")
_PROMISED = N_("An answer was promised on this already: %(who)s answers until %(day)s.")
AT_ONCE = 100
"""So many promises follow from votes in one turn of the job."""


def promise(
    organiser: Person,
    process_id: int,
    subject: FocusElement | Idea,
    promised_by: str,
    due_at: datetime,
    now: datetime,
) -> bool:
    """Promise an answer on a focus element or an idea; whether none was promised yet.

    Raises NotAllowed, and Overtaken when another one was promised already.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    about = AnswerClock.idea_id if isinstance(subject, Idea) else AnswerClock.focus_element_id
    known = db.session.execute(
        select(AnswerClock.promised_by, AnswerClock.due_at).where(about == subject.id)
    ).one_or_none()
    if known is not None:
        db.session.rollback()
        if (known.promised_by, day_of(known.due_at)) == (promised_by, day_of(due_at)):
            return False
        raise Overtaken(Decision(_PROMISED, {"who": known.promised_by, "day": day_words(known.due_at)}))
    clock = AnswerClock(
        process_id=process_id,
        **{about.key: subject.id},
        promised_by=promised_by,
        started_at=now,
        due_at=due_at,
    )
    db.session.add(clock)
    db.session.flush()
    audit.record(
        organiser,
        "council.promise",
        clock,
        now,
        after={"title": subject.title, "on_behalf_of": promised_by, "until": day_of(due_at).isoformat()},
    )
    if isinstance(subject, Idea):
        clocks.tell_of_ideas([(clock.id, subject.id, subject.title)], promised_by, due_at, now)
    db.session.commit()
    return True


def answer(organiser: Person, process_id: int, clock_id: int, text: str, now: datetime) -> bool:
    """Answer what was promised on a focus element; the same answer again changes nothing. On an idea one answers on
    the page of that idea. Raises NotAllowed, Overtaken and LookupError."""
    may_arrange(organiser).or_raise()
    hold(process_id)
    clock = db.session.get(AnswerClock, clock_id, populate_existing=True)
    if clock is None or clock.process_id != process_id or clock.focus_element_id is None:
        raise LookupError(clock_id)
    if clock.answered_at is not None and clock.answer != text:
        db.session.rollback()
        raise Overtaken(may_answer(organiser, is_answered=True))
    if clock.answered_at is not None:
        db.session.rollback()
        return False
    clock.answered_at, clock.answer = now, text
    element = db.session.get_one(FocusElement, clock.focus_element_id)
    notices.tell(
        who_follows(process_id, [element.theme_id]),
        NoticeKind.STATUS,
        f"promise:{clock.id}:answer",
        N_("The promised answer is there: %(title)s"),
        "%(sentence)s",
        page("council.show", slug=clock.process.slug, anchor="answers"),
        now,
        title=element.title,
        sentence=text if len(text) <= 280 else f"{text[:279].rstrip()}…",
    )
    audit.record(
        organiser,
        "council.answer",
        clock,
        now,
        before={"handled": False},
        after={"handled": True, "title": element.title},
    )
    db.session.commit()
    return True


def begin_by_votes(now: datetime) -> int:
    """Promise an answer on every idea that got so many votes that it is sure of one; how many.

    Not while nobody may see counts, for the promise tells them; and not on what was answered already.
    """
    begin_read()
    asked = [call for call in calls.every() if call.threshold is not None and not call.hides_counts(now)]
    if not asked or not _enough([call.id for call in asked]):
        db.session.rollback()
        return 0
    begin_write()
    made = 0
    for call in sorted(asked, key=lambda each: each.id):
        process = hold(call.process_id)
        if process.state != ProcessState.OPEN:
            continue
        due_at = clocks.end_of_day(now, process.answer_days)
        with speaking(DEFAULT_LANGUAGE):
            promised_by = str(gettext(PROMISED_BY))
        found = _enough([call.id])
        rows = [
            AnswerClock(
                process_id=process.id, idea_id=idea_id, promised_by=promised_by, started_at=now, due_at=due_at
            )
            for idea_id, _title in found
        ]
        db.session.add_all(rows)
        db.session.flush()
        titles = dict(found)
        clocks.tell_of_ideas(
            [(row.id, row.idea_id, titles[row.idea_id]) for row in rows if row.idea_id is not None],
            promised_by,
            due_at,
            now,
        )
        made += len(rows)
    db.session.commit()
    return made


def _enough(call_ids: list[int]) -> list[tuple[int, str]]:
    """Ideas of these calls with enough votes for, without a promise or an answer."""
    votes = select(func.sum(Tally.votes_for)).where(Tally.idea_id == Idea.id).scalar_subquery()
    rows = db.session.execute(
        select(Idea.id, Idea.title)
        .join(Call, Call.id == Idea.call_id)
        .join(Process, Process.id == Call.process_id)
        .where(
            Idea.call_id.in_(call_ids),
            Idea.state == IdeaState.PUBLISHED,
            Process.state == ProcessState.OPEN,
            votes >= Call.threshold,
            ~exists().where(AnswerClock.idea_id == Idea.id),
            ~exists().where(OfficialResponse.idea_id == Idea.id),
        )
        .order_by(Idea.id)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1]) for row in rows]


def remind(now: datetime) -> int:
    """Write one mail to every organiser about all promises that are nearly due or just became late; how many promises.

    Of two processes that do so at once one writes: a promise that was reminded of meanwhile is not due any more.
    """
    if not _due(clocks.waiting(now + max(REMINDERS)), now):
        db.session.rollback()
        return 0
    begin_write()
    held = select(AnswerClock.id).where(
        AnswerClock.answered_at.is_(None), AnswerClock.due_at <= now + max(REMINDERS)
    )
    db.session.execute(held.order_by(AnswerClock.id).with_for_update()).all()
    due = _due(clocks.waiting(now + max(REMINDERS)), now)
    if not due:
        db.session.rollback()
        return 0
    for row in due:
        db.session.get_one(AnswerClock, row.id).reminded_at = now
    letters = [_letter(*reader, due, now) for reader in _organisers(now)]
    db.session.add_all(letters)
    db.session.commit()
    if letters:
        signals.mail_queued.send()
    return len(due)


def _due(rows: list[ClockRow], now: datetime) -> list[ClockRow]:
    return [row for row in rows if is_reminder_due(row.started_at, row.due_at, row.reminded_at, now)]


def _organisers(now: datetime) -> list[tuple[str, str, str]]:
    rows = db.session.execute(
        select(Person.email, Person.language, Person.name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            PersonRole.role == Role.ORGANISER,
            Person.email.is_not(None),
            Person.not_blocked(now),
            Person.erased_at.is_(None),
            Person.mail_stopped_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [(str(row[0]), row[1], row[2]) for row in rows]


def _letter(email: str, language: str, name: str, due: list[ClockRow], now: datetime) -> MailMessage:
    with speaking(language):
        lines = [
            {
                "title": row.title,
                "who": row.promised_by,
                "day": day_words(row.due_at),
                "late": row.days_late(now),
                "url": mail.address("council_desk.answers", language, slug=row.process_slug),
            }
            for row in due
        ]
    return mail.compose(
        email,
        "answers_due",
        language,
        now,
        person_name=name,
        lines=lines,
        late=sum(bool(line["late"]) for line in lines),
    )


def _run(now: datetime) -> None:
    begin_by_votes(now)
    remind(now)


JOB = Job(name="answer-clocks", every=timedelta(minutes=5), run=_run)
