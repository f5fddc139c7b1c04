"""How an author hears of a decision: by a mail that waits ten minutes, and in the inbox at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db import db
from app.kit import mail, signals
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision
from app.records import decisions, news, notices
from app.records.appeal_words import last_day


@dataclass(frozen=True, slots=True)
class Told:
    """What the author hears: the mail, its subject as the inbox says it, and the words of the moderator."""

    template: str
    title: str
    sentence: str


def letter(text: Idea | Argument, told: Told, now: datetime, **context: Any) -> list[MailMessage]:
    """The mail to the author of the text; none to somebody without an address."""
    author, idea = text.author, text if isinstance(text, Idea) else text.idea
    if not author.email:
        return []
    language = author.language
    if "new_id" in context:
        context["new_url"] = mail.address("ideas.show", language, idea_id=context["new_id"])
        context["withdraw_url"] = mail.address("changes.withdrawing", language, idea_id=context["new_id"])
    return [
        mail.compose(
            author.email,
            told.template,
            language,
            now,
            person_name=author.name,
            idea_title=idea.title,
            idea_url=mail.address("ideas.show", language, idea_id=idea.id),
            about_argument=isinstance(text, Argument),
            sentence=told.sentence,
            appeal_until=last_day(idea, now),
            **context,
        )
    ]


def finish(
    text: Idea | Argument,
    decision: ModerationDecision,
    letters: Sequence[MailMessage],
    told: Told,
    now: datetime,
    also: Sequence[int] = (),
    **values: Any,
) -> None:
    """Hold the mails, write to the inbox, make everything final at once, and announce the ideas that changed."""
    idea = text if isinstance(text, Idea) else text.idea
    idea_id = idea.id
    decisions.hold(decision, letters)
    news.decided(
        [text.author_id],
        decisions.event_key(decision),
        told.title,
        notices.page("appeals.decision", decision_id=decision.id),
        now,
        told.sentence,
        title=idea.title,
        **values,
    )
    db.session.commit()
    for number in (idea_id, *also):
        signals.idea_changed.send(number)
    if letters:
        signals.mail_queued.send()
