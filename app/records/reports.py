"""Reports on texts: which are open, how they are closed, and how those who made them hear what came of it.

    reports = reports.open_reports(text)
    letters = reports.letters(text, reports, Said.HIDDEN, "", now)     # before rows are locked
    closed = reports.close(reports, ReportOutcome.RIGHT, now)
    mails = reports.tell(text, reports, closed, "", now, letters)      # give these to decisions.hold

All in the transaction of the decision, which the caller commits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, false, or_, select, update
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.decision import N_
from app.kit import mail
from app.models.argument import Argument
from app.models.following import News, Notice, NoticeKind
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import Report, ReportOutcome
from app.models.practice import Practice
from app.records import notices
from app.records.decisions import UNDO, Text
from app.records.news import AS_WRITTEN
from app.records.notices import Audience, Telling

Letters = list[tuple[int, MailMessage]]
"""Mails, each with the number of the report that it answers."""


class Said(StrEnum):
    """What the letter to a reporter says of the text."""

    HIDDEN = "hidden"
    KEPT = "kept"
    GONE = "gone"
    """It was off the site already, because its author took it back."""
    MASKED = "masked"
    """Personal details in it were made unreadable, and the rest stays."""


def open_reports(text: Text) -> list[Report]:
    """The reports on a text that nobody has handled, oldest first, with who made them."""
    return open_on([text])


def others_on(texts: Sequence[Text], known: Collection[int]) -> set[tuple[type[Text], int]]:
    """The texts with open reports that are not among these, each by its table and number; one statement."""
    about = _on(texts)
    rows = db.session.execute(
        select(Report.idea_id, Report.argument_id, Report.practice_id).where(
            about, Report.handled_at.is_(None), Report.id.not_in(known)
        )
    )
    tables: tuple[type[Text], ...] = (Idea, Argument, Practice)
    return {
        (table, number)
        for row in rows
        for table, number in zip(tables, row, strict=True)
        if number is not None
    }


def _on(texts: Sequence[Text]) -> ColumnElement[bool]:
    columns = ((Report.idea_id, Idea), (Report.argument_id, Argument), (Report.practice_id, Practice))
    numbers = [(column, [text.id for text in texts if isinstance(text, table)]) for column, table in columns]
    return or_(false(), *(column.in_(some) for column, some in numbers if some))


def open_on(texts: Sequence[Text]) -> list[Report]:
    """The same for many texts, in one statement; as they are now, whatever was read before."""
    return list(
        db.session.scalars(
            select(Report)
            .options(joinedload(Report.reporter))
            .where(_on(texts), Report.handled_at.is_(None))
            .order_by(Report.created_at, Report.id)
            .execution_options(populate_existing=True)
        )
    )


def about(text: Text) -> ColumnElement[bool]:
    """The condition on Report that it is about this text."""
    if isinstance(text, Idea):
        return Report.idea_id == text.id
    if isinstance(text, Argument):
        return Report.argument_id == text.id
    return Report.practice_id == text.id


def reporters(reports: Sequence[Report]) -> set[int]:
    """Who of the people with an account made them."""
    return {report.reporter_id for report in reports if report.reporter_id is not None}


def letters(text: Text, reports: Sequence[Report], said: Said, sentence: str, now: datetime) -> Letters:
    """The mails to those who reported the text and have an address with us. Written before rows are locked."""
    return [
        (
            report.id,
            mail.compose(
                recipient,
                "report_handled",
                language,
                now,
                person_name=name,
                idea_title=title_of(text),
                idea_url=_address(text, language),
                about_argument=isinstance(text, Argument),
                about_practice=isinstance(text, Practice),
                outcome=said.value,
                sentence=sentence,
            ),
        )
        for report in reports
        for recipient, name, language in [_reader(report)]
        if recipient
    ]


def close(reports: Sequence[Report], outcome: ReportOutcome | None, now: datetime) -> set[int]:
    """Mark these reports handled; those that were still open. Of two who close the same one only one does.

    Without an outcome they count neither as right nor as unfounded: the author took the text back before anybody
    judged it.
    """
    if not reports:
        return set()
    closed = set(
        db.session.scalars(
            update(Report)
            .where(Report.id.in_([report.id for report in reports]), Report.handled_at.is_(None))
            .values(handled_at=now, outcome=outcome)
            .returning(Report.id)
            .execution_options(synchronize_session=False)
        )
    )
    for report in reports:
        db.session.expire(report, ["handled_at", "outcome"])
    forget_addresses(now)
    return closed


def tell(
    text: Text,
    reports: Sequence[Report],
    closed: Collection[int],
    sentence: str,
    now: datetime,
    written: Sequence[tuple[int, MailMessage]] = (),
) -> list[MailMessage]:
    """Put the outcome into the inbox of everybody who reported the text; the mails that may go out.

    Somebody without account only gets the mail; their address goes once the decision can no longer be undone.
    """
    notices.tell_each(NoticeKind.DECISION, tellings(text, reports, closed, sentence), now)
    return [letter for number, letter in written if number in closed]


def tellings(text: Text, reports: Sequence[Report], closed: Collection[int], sentence: str) -> list[Telling]:
    """What the inbox of everybody who reported the text says, for those reports that were closed."""
    return [
        Telling(
            Audience(people=(report.reporter_id,)),
            event_key(report.id),
            N_("We looked at your report: %(title)s"),
            AS_WRITTEN if sentence else "",
            path_of(text),
            {"title": title_of(text), "sentence": sentence},
        )
        for report in reports
        if report.id in closed and report.reporter_id is not None
    ]


def reopen(which: ColumnElement[bool], handled_at: datetime) -> list[int]:
    """Open those of these reports again that were closed at that moment: the decision was undone. The caller commits.

    What was told on the site about their outcome is taken back.
    """
    opened = list(
        db.session.scalars(
            update(Report)
            .where(which, Report.handled_at == handled_at)
            .values(handled_at=None, outcome=None)
            .returning(Report.id)
            .execution_options(synchronize_session=False)
        )
    )
    _untell(opened)
    return opened


def _untell(numbers: Sequence[int]) -> None:
    keys = [event_key(number) for number in numbers]
    for table in (News, Notice):
        db.session.execute(
            delete(table).where(table.event_key.in_(keys)).execution_options(synchronize_session=False)
        )


def forget_addresses(now: datetime) -> int:
    """Empty the addresses of people without account who have heard what came of it; how many."""
    emptied = db.session.execute(
        update(Report)
        .where(Report.email != "", Report.handled_at <= now - UNDO)
        .values(email="")
        .execution_options(synchronize_session=False)
    )
    return int(emptied.rowcount)  # type: ignore[attr-defined]


def event_key(number: int) -> str:
    """The name of the message that tells the outcome of a report."""
    return f"report:{number}"


def title_of(text: Text) -> str:
    """What the text is called, or the idea that it belongs to."""
    return text.idea.title if isinstance(text, Argument) else text.title


def path_of(text: Text) -> str:
    """The page that readers find it on, without site and language."""
    if isinstance(text, Practice):
        return notices.page("practices.show", slug=text.slug)
    return notices.page("ideas.show", idea_id=text.idea_id if isinstance(text, Argument) else text.id)


def _address(text: Text, language: str) -> str:
    return mail.whole(path_of(text), language)


def _reader(report: Report) -> tuple[str, str, str]:
    """Address, name and language of who reported; no address for who does not want to hear."""
    if report.reporter is not None:
        return report.reporter.email or "", report.reporter.name, report.reporter.language
    return report.email, "", report.language
