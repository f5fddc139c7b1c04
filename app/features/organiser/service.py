"""What organisers do: answer ideas, say how far they have come, handle messages, choose the rules of the ranking."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import PublicStatus, StatusStep, status_step
from app.features.organiser import rules
from app.kit import audit, mail, signals
from app.kit.i18n import speaking
from app.kit.words import word
from app.models.idea import Idea
from app.models.message import ContactMessage, MailMessage
from app.models.person import Person
from app.models.process import Call, Process
from app.models.response import OfficialResponse
from app.policies.answering import may_answer, may_set_status
from app.policies.ranking import may_set_rules
from app.records import clocks, news, standings, statuses
from app.records.frames import CHOOSING
from app.records.statuses import ROW


class Overtaken(NotAllowed):
    """What the organiser was looking at changed meanwhile."""


def answer_idea(
    organiser: Person, idea: Idea, version: int, on_behalf_of: str, body: str, now: datetime
) -> None:
    """Publish a dated answer on an idea; sending the same answer again changes nothing.

    `version` is that of the idea the organiser was looking at. Raises NotAllowed, and Overtaken when it is not
    the present one.
    """
    may_answer(organiser, idea).or_raise()
    letters = _letter(idea, "idea_answered", now, on_behalf_of=on_behalf_of, body=body)
    db.session.refresh(idea, with_for_update=ROW)
    if version != idea.version:
        same = select(OfficialResponse.id).where(
            OfficialResponse.idea_id == idea.id,
            OfficialResponse.author_id == organiser.id,
            OfficialResponse.body == body,
        )
        if db.session.scalar(same.limit(1)) is not None:
            db.session.rollback()
            return
        raise Overtaken(Decision(N_("This idea has changed in the meantime. Look at it again.")))
    may_answer(organiser, idea).or_raise()
    response = OfficialResponse(
        idea_id=idea.id, author_id=organiser.id, on_behalf_of=on_behalf_of, body=body, answered_at=now
    )
    db.session.add(response)
    idea.version += 1
    db.session.flush()
    clocks.close_for_idea(idea.id, now)
    news.idea_answered(idea, response.id, on_behalf_of, body, now)
    audit.record(organiser, "responses.answer", idea, now, after={"on_behalf_of": on_behalf_of})
    _finish(idea.id, letters)


def set_status(
    organiser: Person, idea: Idea, before: PublicStatus, after: PublicStatus, reason: str, now: datetime
) -> None:
    """Take an idea further along the ladder of the public status, or correct a mistake.

    `before` is the status that the organiser saw. Raises NotAllowed, and Overtaken when the idea has another
    status by now.
    """
    may_answer(organiser, idea).or_raise()
    step = status_step(before, after)
    letters = _letter(
        idea, "status_changed", now, status=after, correction=step == StatusStep.CORRECTION, reason=reason
    )
    db.session.refresh(idea, with_for_update=ROW)
    if idea.public_status != before:
        raise Overtaken(Decision(N_("Somebody else has changed the status in the meantime.")))
    may_set_status(organiser, idea, after).or_raise()
    change = statuses.step(organiser, idea, after, reason, now)
    db.session.flush()
    news.status_changed(idea, change.id, after, reason, now, correction=step == StatusStep.CORRECTION)
    audit.record(
        organiser,
        "responses.status",
        idea,
        now,
        before={"public_status": before},
        after={"public_status": after},
        why=reason,
    )
    _finish(idea.id, letters)


def handle_message(organiser: Person, message: ContactMessage, now: datetime) -> None:
    """Mark a message as handled; doing it again changes nothing."""
    _mark(organiser, message, now, handled=True)


def reopen_message(organiser: Person, message: ContactMessage, now: datetime) -> None:
    """Put a handled message back among those that wait; doing it again changes nothing."""
    _mark(organiser, message, now, handled=False)


def set_rules(
    organiser: Person, process: Process, wanted: rules.Settings, seen: str, reason: str, now: datetime
) -> None:
    """Rank a process by other rules from now on; the same rules again change nothing.

    `seen` is the mark of the rules that the organiser saw. Raises NotAllowed, also with the sentence of rules that
    make no sense together, and Overtaken.
    """
    may_set_rules(organiser, process).or_raise()
    db.session.refresh(process, with_for_update=ROW)
    may_set_rules(organiser, process).or_raise()
    try:
        after = rules.plain(wanted)
    except ValueError as error:
        raise NotAllowed(Decision(str(error))) from error
    before = rules.plain(process.ranking_settings)
    if before == after:
        db.session.rollback()
        return
    if seen != rules.mark(process.ranking_settings):
        raise Overtaken(Decision(N_("Somebody else has changed these rules in the meantime.")))
    changed = [name for name in after if before[name] != after[name]]
    told = {side: rules.told(each, changed) for side, each in (("before", before), ("after", after))}
    audit.record(organiser, CHOOSING, process, now, before=told["before"], after=told["after"], why=reason)
    process.ranking_settings = rules.least(after)
    process_id = process.id
    calls = list(db.session.scalars(select(Call.id).where(Call.process_id == process_id)))
    for call_id in calls:
        standings.outdate(call_id)
    db.session.commit()
    signals.rules_changed.send(process_id)
    for call_id in calls:  # should this fail, the next turn of the job does it
        standings.refresh(call_id, now)


def _mark(organiser: Person, message: ContactMessage, now: datetime, *, handled: bool) -> None:
    other = ContactMessage.handled_at.is_(None) if handled else ContactMessage.handled_at.is_not(None)
    changed = db.session.execute(
        update(ContactMessage)
        .where(ContactMessage.id == message.id, other)
        .values(handled_at=now if handled else None)
        .returning(ContactMessage.id)
    ).one_or_none()
    if changed is not None:
        action = "organiser.handle_message" if handled else "organiser.reopen_message"
        audit.record(
            organiser, action, message, now, before={"handled": not handled}, after={"handled": handled}
        )
    db.session.commit()


def _letter(
    idea: Idea, template: str, now: datetime, status: PublicStatus | None = None, **context: object
) -> list[MailMessage]:
    """The mail to the author, written before the row is locked; none to somebody without an address."""
    author = idea.author
    if not author.email:
        return []
    if status is not None:
        with speaking(author.language):
            context["status"] = word(status)
    return [
        mail.compose(
            author.email,
            template,
            author.language,
            now,
            person_name=author.name,
            idea_title=idea.title,
            idea_url=mail.address("ideas.show", author.language, idea_id=idea.id),
            **context,
        )
    ]


def _finish(idea_id: int, letters: Sequence[MailMessage]) -> None:
    """Put the mail in the outbox, make everything final at once, and announce it."""
    db.session.add_all(letters)
    db.session.commit()
    signals.idea_changed.send(idea_id)
    if letters:
        signals.mail_queued.send()
