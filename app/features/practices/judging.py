"""Deciding on a reported example: it stays in the library or goes, and everybody hears of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import RefusalReason
from app.kit import audit, mail, signals
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb, ReportOutcome
from app.models.person import Person
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.queue import QueueKind
from app.records import decisions, news, notices, queue, reports
from app.records.appeal_words import cited, last_day
from app.records.reports import Said


class NewReport(NotAllowed):
    """Somebody reported the example while the moderator was looking at it."""


def close(
    moderator: Person,
    practice: Practice,
    verb: ModerationVerb,
    reason: RefusalReason | None,
    sentence: str,
    now: datetime,
    seen: Collection[int] | None = None,
) -> None:
    """Decide on the reports of an example: on those that were `seen`, when it stays.

    Raises NotAllowed, also when somebody else was first, and NewReport when one came that the moderator has not read.
    """
    hides = verb == ModerationVerb.HIDE
    db.session.refresh(practice, with_for_update={"key_share": True})  # nobody reports it until the commit
    found, author = reports.open_reports(practice), author_of(practice)
    if not hides and seen is not None and any(report.id not in seen for report in found):
        raise NewReport(
            Decision(
                N_(
                    "Somebody reported this text while you were looking at it. Read the report before you decide."
                )
            )
        )
    said = Said.HIDDEN if hides else Said.KEPT
    letters = reports.letters(practice, found, said, "" if hides else sentence, now)
    about_author = _letter(author, practice, reason, sentence, now) if hides else []
    still = update(Practice).where(Practice.id == practice.id, Practice.state == PracticeState.PUBLISHED)
    moved = db.session.execute(
        still.values(state=PracticeState.REFUSED if hides else PracticeState.PUBLISHED)
        .returning(Practice.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    closed = reports.close(found, ReportOutcome.RIGHT if hides else ReportOutcome.KEPT, now)
    if moved is None or not (hides or closed):
        raise NotAllowed(Decision(N_("Somebody has decided on this example in the meantime.")))
    waited = queue.take_out(QueueKind.REPORT, practice, now, moderator)
    decision = decisions.write(
        practice,
        verb,
        moderator,
        now,
        sentence=sentence,
        reason=reason,
        before={
            "state": PracticeState.PUBLISHED,
            "to": PracticeState.REFUSED if hides else PracticeState.PUBLISHED,
            "keys": [queue.key_of(QueueKind.REPORT, practice)] if waited is not None else [],
            "reports": sorted(closed),
        },
        waited=waited,
    )
    if hides and author is not None:
        _notify(author, practice, decision, sentence, now)
    told = reports.tell(practice, found, closed, "" if hides else sentence, now, letters)
    decisions.hold(decision, [*about_author, *told])
    audit.record(
        moderator,
        f"practices.{'take_out' if hides else 'keep'}",
        practice,
        now,
        after={"reports": len(closed), **({"reason": reason} if reason else {})},
        why=sentence,
    )
    db.session.commit()
    signals.mail_queued.send()


def _letter(
    author: Person | None, practice: Practice, reason: RefusalReason | None, sentence: str, now: datetime
) -> list[MailMessage]:
    """The mail to who suggested it, written before the row is locked; none without an address."""
    if author is None or not author.email:
        return []
    return [
        mail.compose(
            author.email,
            "practice_taken_out",
            author.language,
            now,
            person_name=author.name,
            practice_title=practice.title,
            reason=cited(reason, author.language),
            sentence=sentence,
            appeal_until=last_day(practice, now),
        )
    ]


def _notify(
    author: Person, practice: Practice, decision: ModerationDecision, sentence: str, now: datetime
) -> None:
    news.decided(
        [author.id],
        decisions.event_key(decision),
        N_("Your example is no longer in the library: %(title)s"),
        notices.page("practices.index"),
        now,
        sentence,
        title=practice.title,
    )


def author_of(practice: Practice) -> Person | None:
    """Who suggested it; nobody for what organisers put into the library."""
    return db.session.scalar(
        select(Person)
        .join(PracticeSuggestion, PracticeSuggestion.person_id == Person.id)
        .where(PracticeSuggestion.practice_id == practice.id)
    )
