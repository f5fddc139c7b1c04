"""How people of the demo behave: one is paused, one reports without ground, and strangers report as well."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.processes import Stage
from app.db import db
from app.kit import audit
from app.models import Argument, Call, Idea, Person, Practice, Report
from app.models.argument import ArgumentState
from app.models.moderation import (
    ModerationNote,
    ReportOutcome,
    ReportReason,
    Sanction,
    SanctionKind,
    SanctionReason,
)
from app.models.person import Role
from app.models.practice import PracticeState
from app.models.queue import QueueKind
from app.records import queue
from app.records.decisions import Text

WARNED = (
    "Je noemde iemand die het niet met je eens is een sukkel. Dat mag hier niet. Reageer op wat iemand zegt."
)
PAUSED = "Na onze waarschuwing schold je opnieuw iemand uit. Daarom kun je twee weken niets plaatsen."
NOTE = "Reageert vaak laat op de avond. Overdag gaat het goed: eerst bellen als het weer misgaat."
UNFOUNDED = (
    "Ik ben het hier niet mee eens.",
    "Dit is onzin.",
    "Dit willen wij niet in onze straat.",
    "Weer zo’n plan dat geld kost.",
    "Dit klopt niet volgens mij.",
    "Weg ermee.",
    "Dat kan nooit.",
    "Niemand zit hierop te wachten.",
)
RIGHT = "Hier staat het telefoonnummer van een buurman in."
STRANGER = "Ik heb geen account, maar dit gaat over mijn moeder. Wil iemand ernaar kijken?"
OF_PRACTICE = "De link gaat naar een winkel, niet naar de gemeente."


def build_conduct(calendar: Calendar, casting: Casting, stage: Stage) -> int:
    """Make the measures and reports; the number of reports."""
    casting.turn_to("conduct")
    _judge_earlier_reports()
    moderator = casting.staff(Role.MODERATOR)
    _pause(calendar, moderator)
    return _reports(calendar, casting, stage)


def _judge_earlier_reports() -> None:
    """What moderators said to the reports that they handled follows from where the text stands now."""
    for report in db.session.scalars(select(Report).where(Report.handled_at.is_not(None))):
        text = report.idea or report.argument
        stands = text is not None and text.state.value == "published"
        report.outcome = ReportOutcome.KEPT if stands else ReportOutcome.RIGHT


def _pause(calendar: Calendar, moderator: Person) -> None:
    """Somebody who argued, was warned, and did it again."""
    hidden = (
        select(Argument)
        .join(Person, Person.id == Argument.author_id)
        .where(Argument.state == ArgumentState.HIDDEN, Person.demo_order.is_(None), ~Person.role_rows.any())
        .order_by(Argument.id)
        .limit(1)
    )
    argument = db.session.scalar(hidden)
    if argument is None:
        return
    person = argument.author
    for kind, hours, sentence, days in (
        (SanctionKind.WARN, 400, WARNED, None),
        (SanctionKind.PAUSE, 50, PAUSED, 14),
    ):
        moment = calendar.hours_ago(hours)
        ends_at = moment + timedelta(days=days) if days else None
        db.session.add(
            Sanction(
                person_id=person.id,
                kind=kind,
                reason=SanctionReason.INSULTS,
                sentence=sentence,
                by_id=moderator.id,
                started_at=moment,
                ends_at=ends_at,
            )
        )
        after = {"reason": SanctionReason.INSULTS.value}
        if ends_at is not None:
            after["until"] = ends_at.isoformat(timespec="minutes")
        audit.record(moderator, f"conduct.{kind}", person, moment, after=after, why=sentence)
        if ends_at is not None:
            person.paused_until = ends_at
    db.session.add(
        ModerationNote(
            person_id=person.id, author_id=moderator.id, text=NOTE, created_at=calendar.hours_ago(49)
        )
    )


def _reports(calendar: Calendar, casting: Casting, stage: Stage) -> int:
    """One person's nine reports of which eight were unfounded and a tenth that waits, and two that strangers made."""
    now = select(Idea.id).join(Call, Call.id == Idea.call_id).where(Call.process_id == stage.current.id)
    shown = select(Idea).where(Idea.state == "published", Idea.id.in_(now)).order_by(Idea.id.desc())
    ideas = list(db.session.scalars(shown.limit(9)))
    arguments = list(
        db.session.scalars(
            select(Argument)
            .where(
                Argument.state == ArgumentState.PUBLISHED,
                Argument.parent_id.is_(None),
                Argument.idea_id.in_(now),
            )
            .order_by(Argument.id.desc())
            .limit(2)
        )
    )
    reporter = casting.crowd.residents[-1]
    made = 0
    for place, idea in enumerate(ideas):
        if idea.author_id == reporter.id:
            continue
        made += 1
        created_at = calendar.hours_ago(300 - 20 * place)
        is_right = place == 0
        db.session.add(
            Report(
                idea_id=idea.id,
                reporter_id=reporter.id,
                reason=ReportReason.PERSONAL_DATA if is_right else ReportReason.OTHER,
                explanation=RIGHT if is_right else UNFOUNDED[place - 1],
                created_at=created_at,
                handled_at=created_at + timedelta(hours=5),
                outcome=ReportOutcome.RIGHT if is_right else ReportOutcome.KEPT,
            )
        )
    if len(arguments) == 2:
        first, second = arguments
        _open(first, reporter, ReportReason.OTHER, "Alweer zo’n mening.", calendar.hours_ago(3))
        _open(second, None, ReportReason.PERSONAL_DATA, STRANGER, calendar.hours_ago(2))
        made += 2
    practice = db.session.scalar(
        select(Practice).where(Practice.state == PracticeState.PUBLISHED).order_by(Practice.id).limit(1)
    )
    if practice is not None:
        _open(practice, None, ReportReason.ADVERTISING, OF_PRACTICE, calendar.hours_ago(1))
        made += 1
    return made


def _open(text: Text, reporter: Person | None, reason: ReportReason, words: str, at: datetime) -> None:
    db.session.add(
        Report(
            argument_id=text.id if isinstance(text, Argument) else None,
            practice_id=text.id if isinstance(text, Practice) else None,
            reporter_id=reporter.id if reporter else None,
            email="" if reporter else "buurvrouw@voorbeeld.example",
            reason=reason,
            explanation=words,
            created_at=at,
        )
    )
    db.session.flush()
    queue.put(QueueKind.REPORT, text, at, is_live=True)
