"""What people read about a decision on their text or report: the mails, and the same in their inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.decision import N_
from app.domain.lifecycle import RefusalReason
from app.features.moderation.answered import is_about_personal_data
from app.features.moderation.cases import Case, Text, is_on_the_site
from app.kit import mail
from app.models.argument import Argument
from app.models.following import NoticeKind
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb, Report
from app.records import decisions, notices, reports
from app.records.appeal_words import cited, last_day
from app.records.news import AS_WRITTEN
from app.records.notices import Audience, Telling
from app.records.reports import Said

_V = ModerationVerb
_IDEA = {
    _V.PUBLISH: ("idea_published", N_("Your idea is on the site: %(title)s")),
    _V.RETURN: ("idea_returned", N_("A question about your idea: %(title)s")),
    _V.REFUSE: ("idea_refused", N_("Your idea was not placed: %(title)s")),
    _V.HIDE: ("idea_hidden", N_("Your idea is no longer on the site: %(title)s")),
    _V.RESTORE: ("idea_restored", N_("Your idea is back on the site: %(title)s")),
}
_ARGUMENT = {
    _V.PUBLISH: ("argument_published", N_("Your reaction is on the site: %(title)s")),
    _V.REFUSE: ("argument_refused", N_("Your reaction was not placed: %(title)s")),
    _V.HIDE: ("argument_hidden", N_("Your reaction was hidden: %(title)s")),
    _V.RESTORE: ("argument_restored", N_("Your reaction is back on the site: %(title)s")),
}
"""The mail of each decision, and what the inbox of the author says: the same as the subject of the mail."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator says with a decision: the house rule it rests on, and a sentence for the reader."""

    sentence: str = ""
    reason: RefusalReason | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """The mails about one text, written before it is locked."""

    to_author: tuple[MailMessage, ...]
    to_reporters: tuple[tuple[int, MailMessage], ...]
    """Each with the number of the report."""

    def about(self, closed: frozenset[int]) -> list[MailMessage]:
        """Those to send: who reported hears of it from whoever closed the report."""
        return [*self.to_author, *(letter for report, letter in self.to_reporters if report in closed)]


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that was taken, with all reports on the text and the numbers of those that it closed."""

    text: Text
    decision: ModerationDecision
    reports: Sequence[Report]
    closed: frozenset[int]


def compose(case: Case, verb: ModerationVerb, ruling: Ruling, now: datetime) -> Letters:
    """Write the mails about a decision."""
    text, said = case.text, _outcome(case.text, verb)
    # What was said to the author is between the moderator and the author.
    sentence = "" if said == Said.HIDDEN else ruling.sentence
    masked = [report for report in case.reports if said == Said.KEPT and _was_masked(case, report)]
    others = [report for report in case.reports if report not in masked]
    return Letters(
        tuple(_to_author(text, _as_told(verb, was_there=case.was_recalled), ruling, now)),
        (
            *reports.letters(text, masked, Said.MASKED, sentence, now),
            *reports.letters(text, others, said, sentence, now),
        ),
    )


def _was_masked(case: Case, report: Report) -> bool:
    return is_about_personal_data(report) and case.is_masked_since(report)


def tell(decided: Sequence[Told], now: datetime) -> None:
    """Put the same into the inboxes of authors, also without an address, and of who reported the texts."""
    tellings: list[Telling] = []
    for told in decided:
        text, decision = told.text, told.decision
        was_there = bool(decision.before.get("recalled"))
        known = _words(text, _as_told(decision.verb, was_there=was_there))
        if known is not None:
            idea = _idea_of(text)
            page = "ideas.edit" if decision.verb == _V.RETURN else "ideas.show"
            tellings.append(
                Telling(
                    Audience(people=(text.author_id,)),
                    decisions.event_key(decision),
                    known[1],
                    AS_WRITTEN if decision.sentence else "",
                    notices.page(page, idea_id=idea.id),
                    {"title": idea.title, "sentence": decision.sentence},
                )
            )
        said = decision.sentence if decision.verb in (_V.KEEP, _V.RESTORE) else ""
        tellings += reports.tellings(text, told.reports, told.closed, said)
    notices.tell_each(NoticeKind.DECISION, tellings, now)


def _as_told(verb: ModerationVerb, *, was_there: bool) -> ModerationVerb:
    """What its author calls the decision: a text that reports took off the site was there before."""
    return {_V.PUBLISH: _V.RESTORE, _V.REFUSE: _V.HIDE}.get(verb, verb) if was_there else verb


def _words(text: Text, verb: ModerationVerb) -> tuple[str, str] | None:
    return (_IDEA if isinstance(text, Idea) else _ARGUMENT).get(verb)


def _idea_of(text: Text) -> Idea:
    return text if isinstance(text, Idea) else text.idea


def _outcome(text: Text, verb: ModerationVerb) -> Said:
    """What the mail to who reported it says."""
    if verb in (_V.HIDE, _V.REFUSE):
        return Said.HIDDEN
    return Said.KEPT if is_on_the_site(text) or verb in (_V.PUBLISH, _V.RESTORE) else Said.GONE


def _to_author(text: Text, verb: ModerationVerb, ruling: Ruling, now: datetime) -> list[MailMessage]:
    """The mail to the author of the text; none to somebody without an address."""
    author, idea = text.author, _idea_of(text)
    known = _words(text, verb)
    if not author.email or known is None:
        return []
    language, page = author.language, "ideas.edit" if verb == _V.RETURN else "ideas.show"
    return [
        mail.compose(
            author.email,
            known[0],
            language,
            now,
            person_name=author.name,
            idea_title=idea.title,
            idea_url=mail.address(page, language, idea_id=idea.id),
            reason=cited(ruling.reason, language),
            appeal_until=last_day(idea, now),
            sentence=ruling.sentence,
            argument=text.body if isinstance(text, Argument) else "",
        )
    ]
