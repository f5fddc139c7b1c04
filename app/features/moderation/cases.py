"""Texts on the desk of a moderator: what is known of each before a decision, and why one cannot be decided on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.decision import N_, YES, Decision, NotAllowed
from app.domain.lifecycle import IdeaVerb
from app.features.moderation import answered
from app.models.argument import Argument, ArgumentState
from app.models.contribution import IdeaOrigin
from app.models.idea import Idea
from app.models.moderation import ModerationVerb, Report
from app.models.person import Person
from app.models.queue import QueueItem, QueueKind
from app.policies import ideas
from app.policies.moderation import (
    is_possible,
    is_possible_for_argument,
    may_decide,
    may_go_on,
    may_keep,
    may_publish,
    may_return,
)
from app.records import reports
from app.records.queue import CLAIM

Text = Idea | Argument
READ = (
    QueueKind.IDEA,
    QueueKind.ARGUMENT,
    QueueKind.REPLY,
    QueueKind.AMENDMENT,
    QueueKind.IMAGE,
    QueueKind.REPORT,
)
"""What waits for somebody to read the text; an appeal and a possible duplicate are decided elsewhere."""
_CHANGED = Decision(N_("The author has changed this text. Read it again before you decide."))
_HANDLED = Decision(N_("These reports have been handled already."))
_REPORTED = Decision(
    N_("Somebody reported this text while you were looking at it. Read the report before you decide.")
)
_NOTHING = Decision(N_("Nothing about this text waits for you any more."))
_IDEA_VERBS = {
    ModerationVerb.PUBLISH: IdeaVerb.PUBLISH,
    ModerationVerb.RETURN: IdeaVerb.RETURN,
    ModerationVerb.REFUSE: IdeaVerb.REFUSE,
    ModerationVerb.HIDE: IdeaVerb.HIDE,
    ModerationVerb.RESTORE: IdeaVerb.RESTORE,
}


class Overtaken(NotAllowed):
    """The text changed while the moderator was looking at it: somebody else decided, or the author wrote."""


@dataclass(slots=True)
class Case:
    """A text to decide on. `version` is the one that was read (None: whichever); `checked` what was ticked."""

    text: Text
    version: int | None = None
    checked: tuple[str, ...] = ()
    reports: list[Report] = field(default_factory=list)
    items: list[QueueItem] = field(default_factory=list)
    posted_by: int | None = None
    answers_reports: bool = False
    """Whether the moderator meant to close the reports on it."""
    seen: frozenset[int] | None = None
    """The reports that were on the page; None when nobody says which."""
    is_reported_anew: bool = False
    """Whether a report came while the decision was being taken; known once the text is locked."""
    masked_at: datetime | None = None
    """When words in it were last made unreadable; asked where somebody reported it."""

    @property
    def reporters(self) -> set[int]:
        """Who reported it."""
        return reports.reporters(self.reports)

    @property
    def was_recalled(self) -> bool:
        """Whether reports took it off the site: it was there, so that putting it back is no news."""
        return bool(self.reports) and is_recalled(self.text)

    @property
    def has_unread_reports(self) -> bool:
        """Whether there are reports on it that the moderator has not seen, or did not mean to close."""
        if self.is_reported_anew or (self.reports and not self.answers_reports):
            return True
        return self.seen is not None and any(report.id not in self.seen for report in self.reports)

    def is_masked_since(self, report: Report) -> bool:
        """Whether words were made unreadable after somebody reported the text."""
        return self.masked_at is not None and report.created_at <= self.masked_at


def version_of(text: Text) -> int:
    """Another number after every change that its author made."""
    if isinstance(text, Idea):
        return text.version
    return 0 if text.edited_at is None else int(text.edited_at.timestamp() * 1_000_000)


def open_items(text: Text) -> list[QueueItem]:
    """What about this text waits to be read, the oldest first, with who is at it."""
    return _items([text])


def posted_by(text: Text) -> int | None:
    """Who of the staff posted this idea for somebody else."""
    return _posted([text]).get(text.id) if isinstance(text, Idea) else None


def is_on_the_site(text: Text) -> bool:
    """Whether readers see the text."""
    return text.is_readable if isinstance(text, Idea) else text.state == ArgumentState.PUBLISHED


def is_recalled(text: Text) -> bool:
    """Whether reports took the text off the site, so that publishing or refusing it answers them."""
    return ideas.is_recalled(text) if isinstance(text, Idea) else text.state == ArgumentState.WAITING


def complete(cases: Sequence[Case]) -> None:
    """Look up what is known about the texts: reports, what waits, who posted them; a statement each."""
    texts = [case.text for case in cases]
    found, items, posted = reports.open_on(texts), _items(texts), _posted(texts)
    for case in cases:
        is_idea, number = isinstance(case.text, Idea), case.text.id
        case.reports = [
            report for report in found if number == (report.idea_id if is_idea else report.argument_id)
        ]
        case.items = [
            item
            for item in items
            if (
                item.argument_id is None and item.idea_id == number if is_idea else item.argument_id == number
            )
        ]
        case.posted_by = posted.get(number) if is_idea else None
    reported = [case for case in cases if case.reports]
    masked = answered.masked_at([case.text for case in reported])
    for case in reported:
        case.masked_at = masked.get((Idea if isinstance(case.text, Idea) else Argument, case.text.id))


def may_decide_on(moderator: Person, case: Case, now: datetime) -> Decision:
    """Whether this moderator may decide on the text at all, and nobody else is at it."""
    may = may_decide(moderator, case.text.author_id, case.reporters, case.posted_by)
    if not may:
        return may
    taken = held(case, now)
    if taken is None or taken.claimed_by is None:
        return YES
    return may_go_on(moderator, taken.claimed_by_id, taken.claimed_by.name)


def held(case: Case, now: datetime) -> QueueItem | None:
    """What about the text somebody is at now: this moderator, or another one."""
    for item in case.items:
        if item.claimed_by_id is not None and item.claimed_at is not None and item.claimed_at + CLAIM > now:
            return item
    return None


def refusal(moderator: Person, verb: ModerationVerb, case: Case, now: datetime) -> Decision:
    """Why this moderator may not do this to the text, whatever state it is in."""
    may = may_decide_on(moderator, case, now)
    if not may:
        return may
    if verb == ModerationVerb.RETURN and isinstance(case.text, Idea):
        return may_return(case.posted_by, was_published=is_recalled(case.text))
    if verb == ModerationVerb.KEEP:
        return may_keep(case.was_recalled)
    if verb == ModerationVerb.PUBLISH and isinstance(case.text, Idea):
        return may_publish(case.text.call.checklist, case.checked)
    return YES


def overtaken(verb: ModerationVerb, case: Case) -> Decision:
    """Why the text as it is now no longer knows this decision. Asked while the text is locked."""
    text = case.text
    if verb == ModerationVerb.KEEP:
        if not case.reports and not case.items:
            return _HANDLED if case.answers_reports else _NOTHING
        if case.has_unread_reports:
            return _REPORTED
    elif isinstance(text, Idea):
        possible = is_possible(text.state, _IDEA_VERBS[verb])
        if not possible:
            return possible
    else:
        possible = is_possible_for_argument(text.state, verb)
        if not possible:
            return possible
    if case.is_reported_anew:
        return _REPORTED
    if case.version is not None and case.version != version_of(text):
        return _CHANGED
    return YES


def lock(cases: Sequence[Case]) -> None:
    """Read the texts anew and keep other moderators off them, but not votes and arguments that point at them."""
    tables: tuple[type[Idea] | type[Argument], ...] = (Argument, Idea)
    for table in tables:
        numbers = [case.text.id for case in cases if isinstance(case.text, table)]
        if numbers:
            db.session.scalars(
                select(table)
                .where(table.id.in_(numbers))
                .order_by(table.id)
                .with_for_update(key_share=True, of=table)
                .execution_options(populate_existing=True)
            ).all()
    # Who reports a text holds it until the commit, so from here on none arrives.
    known = {report.id for case in cases for report in case.reports}
    anew = reports.others_on([case.text for case in cases], known)
    for case in cases:
        case.is_reported_anew = (type(case.text), case.text.id) in anew


def _numbers(texts: Sequence[Text]) -> tuple[list[int], list[int]]:
    return (
        [text.id for text in texts if isinstance(text, Idea)],
        [text.id for text in texts if isinstance(text, Argument)],
    )


def _items(texts: Sequence[Text]) -> list[QueueItem]:
    of_ideas, arguments = _numbers(texts)
    about = or_(
        and_(QueueItem.idea_id.in_(of_ideas), QueueItem.argument_id.is_(None)),
        QueueItem.argument_id.in_(arguments),
    )
    return list(
        db.session.scalars(
            select(QueueItem)
            .options(joinedload(QueueItem.claimed_by))
            .where(about, QueueItem.closed_at.is_(None), QueueItem.kind.in_(READ))
            .order_by(QueueItem.waits_since, QueueItem.id)
            .execution_options(populate_existing=True)
        )
    )


def _posted(texts: Sequence[Text]) -> dict[int, int | None]:
    of_ideas, _arguments = _numbers(texts)
    if not of_ideas:
        return {}
    rows = db.session.execute(
        select(IdeaOrigin.idea_id, IdeaOrigin.posted_by_id).where(IdeaOrigin.idea_id.in_(of_ideas))
    )
    return {row[0]: row[1] for row in rows}
