"""Reports that making words unreadable answers: whoever pointed at personal details was right."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb, Report, ReportOutcome, ReportReason
from app.models.person import Person
from app.models.queue import QueueKind
from app.records import queue, reports
from app.records.reports import Said

Text = Idea | Argument


def close(text: Text, moderator: Person, now: datetime) -> tuple[list[Report], set[int], list[str]]:
    """Close the reports of personal data on a text that was masked: these, the numbers of those closed, what waited.

    Other reports still wait for an answer of their own. The text is locked, so that none arrives in between.
    """
    found = reports.open_reports(text)
    about = [report for report in found if is_about_personal_data(report)]
    closed = reports.close(about, ReportOutcome.RIGHT, now)
    keys = [queue.key_of(QueueKind.REPORT, text)] if about and len(about) == len(found) else []
    return about, closed, list(queue.closed(keys, now, moderator))


def tell(text: Text, found: Sequence[Report], closed: Collection[int], now: datetime) -> list[MailMessage]:
    """Their letters, and the same in their inbox. Written after the words are gone from every text."""
    return reports.tell(text, found, closed, "", now, reports.letters(text, found, Said.MASKED, "", now))


def is_about_personal_data(report: Report) -> bool:
    """Whether masking is what the report asked for."""
    return report.reason == ReportReason.PERSONAL_DATA


def masked_at(texts: Sequence[Text]) -> Mapping[tuple[type, int], datetime]:
    """When something was last taken out of these texts, words or an image, where that stands."""
    found: dict[tuple[type, int], datetime] = {}
    for table, column in ((Idea, ModerationDecision.idea_id), (Argument, ModerationDecision.argument_id)):
        numbers = [text.id for text in texts if isinstance(text, table)]
        if not numbers:
            continue
        rows = db.session.execute(
            select(column, func.max(ModerationDecision.decided_at))
            .where(
                column.in_(numbers),
                ModerationDecision.verb.in_((ModerationVerb.MASK, ModerationVerb.TAKE_IMAGE)),
                ModerationDecision.undone_at.is_(None),
            )
            .group_by(column)
        )
        found.update({(table, number): at for number, at in rows if number is not None})
    return found
