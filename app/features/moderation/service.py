"""What moderators decide: a verb asks the policy, moves the text, keeps the reason and tells the people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import IdeaVerb, RefusalReason
from app.kit import audit, mail, signals
from app.kit.i18n import speaking
from app.kit.words import word
from app.models.argument import Argument, ArgumentState
from app.models.contribution import IdeaOrigin
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb, Report
from app.models.person import Person
from app.policies.moderation import is_possible, is_possible_for_argument, may_decide, may_return
from app.records import lifecycle, news, notices

ROW = {"key_share": True}
"""Locks the row of a text against other moderators, not against votes and arguments that point at it."""
VERBS = {
    IdeaVerb.PUBLISH: ModerationVerb.PUBLISH,
    IdeaVerb.RETURN: ModerationVerb.RETURN,
    IdeaVerb.REFUSE: ModerationVerb.REFUSE,
    IdeaVerb.HIDE: ModerationVerb.HIDE,
    IdeaVerb.RESTORE: ModerationVerb.RESTORE,
}
MAILS = {
    IdeaVerb.PUBLISH: "idea_published",
    IdeaVerb.RETURN: "idea_returned",
    IdeaVerb.REFUSE: "idea_refused",
    IdeaVerb.HIDE: "idea_hidden",
    IdeaVerb.RESTORE: "idea_restored",
}
TITLES = {
    IdeaVerb.PUBLISH: N_("Your idea is on the site: %(title)s"),
    IdeaVerb.RETURN: N_("A question about your idea: %(title)s"),
    IdeaVerb.REFUSE: N_("Your idea was not placed: %(title)s"),
    IdeaVerb.HIDE: N_("Your idea is no longer on the site: %(title)s"),
    IdeaVerb.RESTORE: N_("Your idea is back on the site: %(title)s"),
}
"""What the inbox of the author says; the same as the subjects of the mails."""


class Overtaken(NotAllowed):
    """The text changed while the moderator was looking at it: somebody else decided, or the author wrote."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator says with a decision: the house rule it rests on, and a sentence for the reader."""

    sentence: str = ""
    reason: RefusalReason | None = None


def publish_idea(moderator: Person, idea: Idea, version: int, now: datetime) -> None:
    """Put a submitted idea on the site. Raises NotAllowed, and Overtaken when it is not what was read."""
    _decide(moderator, idea, IdeaVerb.PUBLISH, Ruling(), now, version)


def return_idea(moderator: Person, idea: Idea, version: int, request: str, now: datetime) -> None:
    """Give a submitted idea back to its author with a request. Raises NotAllowed and Overtaken."""
    may_return(posted_by(idea)).or_raise()
    _decide(moderator, idea, IdeaVerb.RETURN, Ruling(request), now, version)


def refuse_idea(moderator: Person, idea: Idea, version: int, ruling: Ruling, now: datetime) -> None:
    """Refuse a submitted idea, with the house rule and a sentence. Raises NotAllowed and Overtaken."""
    _decide(moderator, idea, IdeaVerb.REFUSE, ruling, now, version)


def hide_idea(moderator: Person, idea: Idea, ruling: Ruling, now: datetime) -> None:
    """Take a published idea off the site and close the reports on it. Raises NotAllowed and Overtaken."""
    _decide(moderator, idea, IdeaVerb.HIDE, ruling, now)


def restore_idea(moderator: Person, idea: Idea, sentence: str, now: datetime) -> None:
    """Put a hidden idea back on the site. Raises NotAllowed and Overtaken."""
    _decide(moderator, idea, IdeaVerb.RESTORE, Ruling(sentence), now)


def hide_argument(moderator: Person, argument: Argument, ruling: Ruling, now: datetime) -> None:
    """Put a tombstone in the place of an argument and close its reports. Raises NotAllowed and Overtaken."""
    _decide_on_argument(moderator, argument, ModerationVerb.HIDE, ruling, now)


def restore_argument(moderator: Person, argument: Argument, sentence: str, now: datetime) -> None:
    """Show a hidden argument again. Raises NotAllowed and Overtaken."""
    _decide_on_argument(moderator, argument, ModerationVerb.RESTORE, Ruling(sentence), now)


def keep_text(moderator: Person, text: Idea | Argument, sentence: str, now: datetime) -> None:
    """Close the reports on a text without hiding it, and say why. Raises NotAllowed and Overtaken."""
    reports = open_reports(text)
    may_decide(moderator, text.author_id, _reporters(reports), posted_by(text)).or_raise()
    letters = _tell_reporters(text, reports, now, "kept" if is_on_the_site(text) else "gone", sentence)
    closed = _close(reports, now)
    if not closed:
        raise Overtaken(Decision(N_("These reports have been handled already.")))
    if isinstance(text, Argument) and text.state == ArgumentState.DELETED:
        # Its author took it back; it was kept for this decision only.
        text.body = ""
    _note_reporters(text, reports, closed, sentence, now)
    db.session.add(_decision(text, ModerationVerb.KEEP, Ruling(sentence), moderator, now))
    action = "moderation.keep" if isinstance(text, Idea) else "moderation.keep_argument"
    audit.record(moderator, action, text, now, after={"reports": len(closed)}, why=sentence)
    _finish(None, [letter for report_id, letter in letters if report_id in closed])


def open_reports(text: Idea | Argument) -> list[Report]:
    """The reports on a text that nobody has handled, oldest first, with who made them."""
    column = Report.idea_id if isinstance(text, Idea) else Report.argument_id
    return list(
        db.session.scalars(
            select(Report)
            .options(joinedload(Report.reporter))
            .where(column == text.id, Report.handled_at.is_(None))
            .order_by(Report.created_at, Report.id)
        )
    )


def posted_by(text: Idea | Argument) -> int | None:
    """Who of the staff posted this idea for somebody else."""
    if not isinstance(text, Idea):
        return None
    return db.session.scalar(select(IdeaOrigin.posted_by_id).where(IdeaOrigin.idea_id == text.id))


def is_on_the_site(text: Idea | Argument) -> bool:
    """Whether readers see the text."""
    return text.is_readable if isinstance(text, Idea) else text.state == ArgumentState.PUBLISHED


def _decide(
    moderator: Person, idea: Idea, verb: IdeaVerb, ruling: Ruling, now: datetime, version: int | None = None
) -> None:
    reports = open_reports(idea) if verb == IdeaVerb.HIDE else []
    may_decide(moderator, idea.author_id, _reporters(reports), posted_by(idea)).or_raise()
    # Mails are written before the row is locked.
    letters = _tell_author(idea.author, MAILS[verb], idea, ruling, now)
    answers = _tell_reporters(idea, reports, now, "hidden", "")
    db.session.refresh(idea, with_for_update=ROW)
    _not_overtaken(is_possible(idea.state, verb))
    if version is not None and version != idea.version:
        raise Overtaken(Decision(N_("The author has changed this text. Read it again before you decide.")))
    before = lifecycle.move(idea, verb, now)
    decision = _decision(idea, VERBS[verb], ruling, moderator, now)
    db.session.add(decision)
    closed = _close(reports, now)
    _note_author(idea, TITLES[verb], decision, now)
    if verb == IdeaVerb.PUBLISH:
        news.idea_published(idea, now)
    _note_reporters(idea, reports, closed, "", now)
    after = {"state": idea.state, **_reasoned(ruling, closed)}
    audit.record(
        moderator, f"moderation.{verb}", idea, now, before={"state": before}, after=after, why=ruling.sentence
    )
    _finish(idea.id, letters + [letter for report_id, letter in answers if report_id in closed])


def _decide_on_argument(
    moderator: Person, argument: Argument, verb: ModerationVerb, ruling: Ruling, now: datetime
) -> None:
    hides = verb == ModerationVerb.HIDE
    reports = open_reports(argument) if hides else []
    may_decide(moderator, argument.author_id, _reporters(reports)).or_raise()
    template = "argument_hidden" if hides else "argument_restored"
    letters = _tell_author(argument.author, template, argument.idea, ruling, now, argument)
    answers = _tell_reporters(argument, reports, now, "hidden", "")
    db.session.refresh(argument, with_for_update=ROW)
    before = argument.state
    _not_overtaken(is_possible_for_argument(before, verb))
    argument.state = ArgumentState.HIDDEN if hides else ArgumentState.PUBLISHED
    db.session.execute(
        update(Idea)
        .where(Idea.id == argument.idea_id)
        .values(argument_count=Idea.argument_count + (-1 if hides else 1), version=Idea.version + 1)
    )
    decision = _decision(argument, verb, ruling, moderator, now)
    db.session.add(decision)
    closed = _close(reports, now)
    title = (
        N_("Your reaction was hidden: %(title)s")
        if hides
        else N_("Your reaction is back on the site: %(title)s")
    )
    _note_author(argument, title, decision, now)
    _note_reporters(argument, reports, closed, "", now)
    after = {"state": argument.state, **_reasoned(ruling, closed)}
    audit.record(
        moderator,
        f"moderation.{verb}_argument",
        argument,
        now,
        before={"state": before},
        after=after,
        why=ruling.sentence,
    )
    _finish(argument.idea_id, letters + [letter for report_id, letter in answers if report_id in closed])


def _not_overtaken(possible: Decision) -> None:
    if not possible:
        raise Overtaken(possible)


def _decision(
    text: Idea | Argument, verb: ModerationVerb, ruling: Ruling, moderator: Person, now: datetime
) -> ModerationDecision:
    return ModerationDecision(
        idea_id=text.id if isinstance(text, Idea) else None,
        argument_id=text.id if isinstance(text, Argument) else None,
        verb=verb,
        reason=ruling.reason,
        sentence=ruling.sentence,
        moderator_id=moderator.id,
        decided_at=now,
    )


def _close(reports: Sequence[Report], now: datetime) -> set[int]:
    """Mark these reports handled; those that were still open. Of two who close the same one only one does."""
    if not reports:
        return set()
    return set(
        db.session.scalars(
            update(Report)
            .where(Report.id.in_([report.id for report in reports]), Report.handled_at.is_(None))
            .values(handled_at=now)
            .returning(Report.id)
        )
    )


def _reporters(reports: Sequence[Report]) -> set[int]:
    return {report.reporter_id for report in reports}


def _reasoned(ruling: Ruling, closed: set[int]) -> dict[str, object]:
    """What the audit line says beside the new state."""
    said: dict[str, object] = {"reason": ruling.reason} if ruling.reason else {}
    return {**said, "reports": len(closed)} if closed else said


def _tell_author(
    author: Person, template: str, idea: Idea, ruling: Ruling, now: datetime, argument: Argument | None = None
) -> list[MailMessage]:
    """The mail to the author of the text; none to somebody without an address."""
    if not author.email:
        return []
    language = author.language
    page = "ideas.edit" if template == "idea_returned" else "ideas.show"
    return [
        mail.compose(
            author.email,
            template,
            language,
            now,
            person_name=author.name,
            idea_title=idea.title,
            idea_url=mail.address(page, language, idea_id=idea.id),
            reason=_cited(ruling.reason, language) if ruling.reason else "",
            sentence=ruling.sentence,
            argument=argument.body if argument else "",
        )
    ]


def _tell_reporters(
    text: Idea | Argument, reports: Sequence[Report], now: datetime, outcome: str, sentence: str
) -> list[tuple[int, MailMessage]]:
    """The mails to those who reported the text, each with the number of the report.

    outcome: hidden, kept, or gone when the text was off the site already.
    """
    idea = text if isinstance(text, Idea) else text.idea
    return [
        (
            report.id,
            mail.compose(
                person.email,
                "report_handled",
                person.language,
                now,
                person_name=person.name,
                idea_title=idea.title,
                idea_url=mail.address("ideas.show", person.language, idea_id=idea.id),
                about_argument=isinstance(text, Argument),
                outcome=outcome,
                sentence=sentence,
            ),
        )
        for report, person in ((report, report.reporter) for report in reports)
        if person.email
    ]


def _note_author(text: Idea | Argument, title: str, decision: ModerationDecision, now: datetime) -> None:
    """What the mail to the author says, in the inbox on the site; also for somebody without an address."""
    db.session.flush()
    idea = text if isinstance(text, Idea) else text.idea
    news.decided(
        [text.author_id],
        f"moderation:{decision.id}",
        title,
        notices.page(
            "ideas.edit" if decision.verb == ModerationVerb.RETURN else "ideas.show", idea_id=idea.id
        ),
        now,
        decision.sentence,
        title=idea.title,
    )


def _note_reporters(
    text: Idea | Argument, reports: Sequence[Report], closed: set[int], sentence: str, now: datetime
) -> None:
    """The same for everybody who reported the text."""
    idea = text if isinstance(text, Idea) else text.idea
    for report in reports:
        if report.id in closed:
            news.decided(
                [report.reporter_id],
                f"report:{report.id}",
                N_("We looked at your report: %(title)s"),
                notices.page("ideas.show", idea_id=idea.id),
                now,
                sentence,
                title=idea.title,
            )


def _cited(reason: RefusalReason, language: str) -> str:
    """The reason with the house rule it rests on, in the language of the reader."""
    rule = HOUSE_RULES[reason]
    with speaking(language):
        number = gettext(N_("house rule %(number)d"), number=rule.number)
        return f"{word(reason)} ({number}: {gettext(rule.sentence)})"


def _finish(idea_id: int | None, letters: Sequence[MailMessage]) -> None:
    """Put the mails in the outbox, make everything final at once, and announce it."""
    db.session.add_all(letters)
    db.session.commit()
    if idea_id is not None:
        signals.idea_changed.send(idea_id)
    if letters:
        signals.mail_queued.send()
