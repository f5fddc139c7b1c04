"""Who hears of a sweep: each account once, and everybody who reported one of its texts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.decision import N_
from app.kit import mail
from app.models.argument import Argument
from app.models.following import NoticeKind
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import HeldMail, ModerationDecision, Report, ReportOutcome
from app.models.person import Person
from app.models.practice import PracticeSuggestion
from app.records import notices, reports
from app.records.decisions import UNDO, text_of
from app.records.news import AS_WRITTEN
from app.records.notices import Audience
from app.records.reports import Said

PART = 2000
"""So many numbers go into one statement: databases take a limited number of values."""


def parts(numbers: Iterable[Any]) -> Iterator[list[Any]]:
    """The numbers in order, in lists that fit into one statement."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), PART):
        yield ordered[start : start + PART]


def tell_reporters(texts: Sequence[tuple[str, int]], now: datetime, batch: str) -> int:
    """Everybody who reported one of these texts hears that they were right; how many mails."""
    closed: list[int] = []
    for table, column in (
        ("idea", Report.idea_id),
        ("argument", Report.argument_id),
        ("practice", Report.practice_id),
    ):
        for some in parts(number for name, number in texts if name == table):
            closed += db.session.scalars(
                update(Report)
                .where(column.in_(some), Report.handled_at.is_(None))
                .values(handled_at=now, outcome=ReportOutcome.RIGHT)
                .returning(Report.id)
                .execution_options(synchronize_session=False)
            )
    letters: list[tuple[int, MailMessage]] = []
    for some in parts(closed):
        mine = select(ModerationDecision).where(ModerationDecision.batch == batch)
        for report, decision in db.session.execute(
            select(Report, ModerationDecision)
            .join(ModerationDecision, same_text())
            .options(joinedload(Report.reporter))
            .where(
                Report.id.in_(some), ModerationDecision.id.in_(mine.with_only_columns(ModerationDecision.id))
            )
            .order_by(Report.id)
            .execution_options(populate_existing=True)
        ):
            text = text_of(decision)
            written = reports.letters(text, [report], Said.HIDDEN, "", now)
            told = reports.tell(text, [report], {report.id}, "", now, written)
            letters += [(decision.id, letter) for letter in told]
    hold(letters, now)
    return len(letters)


def same_text() -> ColumnElement[bool]:
    """The condition that a report and a decision are about the same text."""
    return or_(
        Report.idea_id == ModerationDecision.idea_id,
        Report.argument_id == ModerationDecision.argument_id,
        Report.practice_id == ModerationDecision.practice_id,
    )


def tell(people: Sequence[int], sentence: str, now: datetime, batch: str, *, by_mail: bool) -> int:
    """One message to each person, however many texts went; how many mails."""
    for place, some in enumerate(parts(people)):
        notices.tell(
            Audience(people=tuple(some)),
            NoticeKind.DECISION,
            f"{event_key(batch)}:{place}",
            N_("Your texts are no longer on the site"),
            AS_WRITTEN,
            notices.page("accounts.mine"),
            now,
            sentence=sentence,
        )
    if not by_mail:
        return 0
    first = first_decisions(batch, people)
    drafts: dict[str, MailMessage] = {}
    letters = []
    for some in parts(people):
        for person_id, email, language in db.session.execute(
            select(Person.id, Person.email, Person.language).where(
                Person.id.in_(some), Person.email.is_not(None), Person.erased_at.is_(None)
            )
        ):
            if email is None:
                continue
            if language not in drafts:
                drafts[language] = mail.compose(email, "texts_swept", language, now, sentence=sentence)
            letters.append((first[person_id], _copy(drafts[language], email)))
    hold(letters, now)
    return len(letters)


def first_decisions(batch: str, people: Iterable[int]) -> dict[int, int]:
    """Per person one decision of the batch, which the letter to them hangs on."""
    found: dict[int, int] = {}
    for table, author, own in (
        (Idea, Idea.author_id, ModerationDecision.idea_id == Idea.id),
        (Argument, Argument.author_id, ModerationDecision.argument_id == Argument.id),
        (
            PracticeSuggestion,
            PracticeSuggestion.person_id,
            ModerationDecision.practice_id == PracticeSuggestion.practice_id,
        ),
    ):
        for some in parts(people):
            for person_id, number in db.session.execute(
                select(author, ModerationDecision.id)
                .select_from(ModerationDecision)
                .join(table, own)
                .where(ModerationDecision.batch == batch, author.in_(some))
            ):
                found[person_id] = min(number, found.get(person_id, number))
    return found


def event_key(batch: str) -> str:
    """The beginning of the names of the messages that tell of the step."""
    return f"sweep:{batch}"


def hold(letters: Sequence[tuple[int, MailMessage]], now: datetime) -> None:
    """Put mails into the outbox that wait as long as the decision they hang on can be undone."""
    for _decision, letter in letters:
        letter.next_try_at = now + UNDO
    db.session.add_all([letter for _decision, letter in letters])
    db.session.flush()
    if letters:
        held = [{"message_id": letter.id, "decision_id": number} for number, letter in letters]
        db.session.execute(insert(HeldMail), held)


def _copy(letter: MailMessage, recipient: str) -> MailMessage:
    return MailMessage(
        recipient=recipient,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        kind=letter.kind,
        created_at=letter.created_at,
        next_try_at=letter.next_try_at,
        tries=0,
    )
