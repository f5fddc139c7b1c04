"""What moderators decide: a verb asks the policy, moves the text, keeps the reason and tells the people.

One text or two hundred go the same way, in a number of statements that does not grow with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.domain.lifecycle import IdeaVerb
from app.features.moderation import cases, letters
from app.features.moderation.answered import is_about_personal_data
from app.features.moderation.cases import Case, Text
from app.features.moderation.cases import Overtaken as Overtaken
from app.features.moderation.cases import is_on_the_site as is_on_the_site
from app.features.moderation.cases import posted_by as posted_by
from app.features.moderation.letters import Letters
from app.features.moderation.letters import Ruling as Ruling
from app.kit import audit, signals
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb, Report, ReportOutcome
from app.models.person import Person
from app.records import decisions, lifecycle, news, queue, reactions, reports

VERBS = {
    IdeaVerb.PUBLISH: ModerationVerb.PUBLISH,
    IdeaVerb.RETURN: ModerationVerb.RETURN,
    IdeaVerb.REFUSE: ModerationVerb.REFUSE,
    IdeaVerb.HIDE: ModerationVerb.HIDE,
    IdeaVerb.RESTORE: ModerationVerb.RESTORE,
}
_MOVES = {verb: move for move, verb in VERBS.items()}
_STATES = {
    ModerationVerb.PUBLISH: ArgumentState.PUBLISHED,
    ModerationVerb.REFUSE: ArgumentState.REFUSED,
    ModerationVerb.HIDE: ArgumentState.HIDDEN,
    ModerationVerb.RESTORE: ArgumentState.PUBLISHED,
}
"""What each decision makes of an argument."""
_AGAINST_THE_TEXT = (ModerationVerb.HIDE, ModerationVerb.REFUSE, ModerationVerb.RETURN)


@dataclass(frozen=True, slots=True)
class Left:
    """A text that stays as it is, and why."""

    text: Text
    why: Decision
    is_overtaken: bool = False


@dataclass(slots=True)
class Ruled:
    """What came of deciding on some texts."""

    done: list[ModerationDecision] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    letters: int = 0
    """How many mails wait to leave."""


def publish_idea(
    moderator: Person, idea: Idea, version: int, now: datetime, checked: Sequence[str] = ()
) -> None:
    """Put a submitted idea on the site. Raises NotAllowed, and Overtaken when it is not what was read."""
    _one(moderator, ModerationVerb.PUBLISH, Case(idea, version, tuple(checked)), Ruling(), now)


def return_idea(moderator: Person, idea: Idea, version: int, request: str, now: datetime) -> None:
    """Give a submitted idea back to its author with a request. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.RETURN, Case(idea, version), Ruling(request), now)


def refuse_idea(moderator: Person, idea: Idea, version: int, ruling: Ruling, now: datetime) -> None:
    """Refuse a submitted idea, with the house rule and a sentence. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.REFUSE, Case(idea, version), ruling, now)


def hide_idea(moderator: Person, idea: Idea, ruling: Ruling, now: datetime) -> None:
    """Take a published idea off the site and close the reports on it. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.HIDE, Case(idea), ruling, now)


def restore_idea(moderator: Person, idea: Idea, sentence: str, now: datetime) -> None:
    """Put a hidden idea back on the site. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.RESTORE, Case(idea), Ruling(sentence), now)


def publish_argument(moderator: Person, argument: Argument, version: int, now: datetime) -> None:
    """Put a reaction on the site that was sent in. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.PUBLISH, Case(argument, version), Ruling(), now)


def refuse_argument(
    moderator: Person, argument: Argument, version: int, ruling: Ruling, now: datetime
) -> None:
    """Refuse a reaction that was sent in. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.REFUSE, Case(argument, version), ruling, now)


def hide_argument(moderator: Person, argument: Argument, ruling: Ruling, now: datetime) -> None:
    """Put a tombstone in the place of an argument and close its reports. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.HIDE, Case(argument), ruling, now)


def restore_argument(moderator: Person, argument: Argument, sentence: str, now: datetime) -> None:
    """Show a hidden argument again. Raises NotAllowed and Overtaken."""
    _one(moderator, ModerationVerb.RESTORE, Case(argument), Ruling(sentence), now)


def keep_text(
    moderator: Person,
    text: Text,
    sentence: str,
    now: datetime,
    version: int | None = None,
    seen: frozenset[int] | None = None,
) -> None:
    """Leave a text as it is: it has been read, and the reports that were `seen` are closed with a sentence.

    Raises NotAllowed, and Overtaken, also when there are other reports or no sentence for those who made them.
    """
    case = Case(text, version, answers_reports=bool(sentence), seen=seen)
    _one(moderator, ModerationVerb.KEEP, case, Ruling(sentence), now)


def rule(
    moderator: Person,
    verb: ModerationVerb,
    wanted: Sequence[Case],
    ruling: Ruling,
    now: datetime,
    batch: str | None = None,
) -> Ruled:
    """Decide the same on all texts for which that is possible; the others stay, each with its sentence.

    One transaction; the caller commits with `finish`.
    """
    ruled = Ruled()
    cases.complete(wanted)
    ready: list[tuple[Case, Letters]] = []
    for case in wanted:
        no = cases.refusal(moderator, verb, case, now)
        if not no:
            ruled.left.append(Left(case.text, no))
        else:
            # Mails are written before the rows are locked.
            ready.append((case, letters.compose(case, verb, ruling, now)))
    cases.lock([case for case, _letters in ready])
    standing = []
    for case, mails in ready:
        no = cases.overtaken(verb, case)
        if not no:
            ruled.left.append(Left(case.text, no, is_overtaken=True))
        else:
            standing.append((case, mails))
    if standing:
        _write(moderator, verb, standing, ruling, now, batch, ruled)
    return ruled


def finish(ruled: Ruled) -> None:
    """Make everything final at once, and announce it."""
    ideas = {_idea_number(decision) for decision in ruled.done if decision.verb != ModerationVerb.KEEP}
    db.session.commit()
    for number in sorted(ideas):
        signals.idea_changed.send(number)
    if ruled.letters:
        signals.mail_queued.send()


def _one(moderator: Person, verb: ModerationVerb, case: Case, ruling: Ruling, now: datetime) -> None:
    ruled = rule(moderator, verb, [case], ruling, now)
    for left in ruled.left:
        raise Overtaken(left.why) if left.is_overtaken else NotAllowed(left.why)
    finish(ruled)


def _write(
    moderator: Person,
    verb: ModerationVerb,
    standing: Sequence[tuple[Case, Letters]],
    ruling: Ruling,
    now: datetime,
    batch: str | None,
    ruled: Ruled,
) -> None:
    """Write the decisions on texts that are locked."""
    found = [case for case, _letters in standing]
    before = {id(case): str(case.text.state) for case in found}
    published = {id(case): _published_at(case.text) for case in found}
    recalled = {id(case): case.was_recalled for case in found}
    since = queue.closed([item.key for case in found for item in case.items], now, moderator)
    closed = _close_reports(verb, found, now)
    _move(verb, found, now, moderator)
    rows = []
    for case in found:
        keys = [item.key for item in case.items if item.key in since]
        waited = [since[key] for key in keys]
        state = _state_after(verb, case.text, before[id(case)])
        rows.append(
            ModerationDecision(
                idea_id=case.text.id if isinstance(case.text, Idea) else None,
                argument_id=case.text.id if isinstance(case.text, Argument) else None,
                verb=verb,
                reason=ruling.reason,
                sentence=ruling.sentence,
                moderator_id=moderator.id,
                decided_at=now,
                waited=int((now - min(waited)).total_seconds()) if waited else None,
                checked=list(case.checked),
                before={
                    "state": before[id(case)],
                    "to": state,
                    "keys": keys,
                    "reports": [report.id for report in case.reports if report.id in closed],
                    "published_at": published[id(case)],
                    "recalled": recalled[id(case)],
                },
                batch=batch,
            )
        )
    decisions.write_all(rows)
    told = [(case, decision, mails) for (case, mails), decision in zip(standing, rows, strict=True)]
    letters.tell(
        [letters.Told(case.text, decision, case.reports, closed) for case, decision, _mails in told],
        now,
    )
    for case, decision, _mails in told:
        _note(moderator, case, decision, now)
    held = [(decision, mail) for _case, decision, mails in told for mail in mails.about(closed)]
    decisions.hold_all(held)
    ruled.letters += len(held)
    ruled.done += rows


def _close_reports(verb: ModerationVerb, found: Sequence[Case], now: datetime) -> frozenset[int]:
    """Mark the reports handled; those that were still open. Of two who close the same one only one does."""
    closed: set[int] = set()
    by_outcome: dict[ReportOutcome | None, list[Report]] = {}
    for case in found:
        for report in case.reports:
            by_outcome.setdefault(_report_outcome(verb, case, report), []).append(report)
    for outcome, some in by_outcome.items():
        closed |= reports.close(some, outcome, now)
    return frozenset(closed)


def _report_outcome(verb: ModerationVerb, case: Case, report: Report) -> ReportOutcome | None:
    """Whether who reported it was right; nobody says so of a text that its author took back.

    Nor of a text in which words were made unreadable since: only who pointed at personal details was right then.
    """
    text = case.text
    if verb in _AGAINST_THE_TEXT:
        return ReportOutcome.RIGHT
    if verb == ModerationVerb.KEEP and not is_on_the_site(text):
        return ReportOutcome.RIGHT if text.state == ArgumentState.HIDDEN.value else None
    if case.is_masked_since(report):
        return ReportOutcome.RIGHT if is_about_personal_data(report) else None
    return ReportOutcome.KEPT


def _move(verb: ModerationVerb, found: Sequence[Case], now: datetime, moderator: Person) -> None:
    """Bring the texts to where the decision leads them. They are locked, so each of them goes."""
    if verb == ModerationVerb.KEEP:
        return
    ideas = [case.text for case in found if isinstance(case.text, Idea)]
    # What was on the site before is no news.
    first = [idea for idea in ideas if idea.published_at is None]
    new = [case.text for case in found if isinstance(case.text, Argument) and not case.was_recalled]
    if ideas:
        lifecycle.move_all(ideas, _MOVES[verb], now, moderator)
        _read_again(Idea, ideas)
    arguments = [case.text for case in found if isinstance(case.text, Argument)]
    if arguments:
        reactions.move(arguments, _STATES[verb])
        _read_again(Argument, arguments)
    if verb == ModerationVerb.PUBLISH:
        news.ideas_published(first, now)
        news.arguments_published(new, now)


def _read_again(table: type[Idea] | type[Argument], texts: Sequence[Text]) -> None:
    numbers = [text.id for text in texts]
    query = select(table).where(table.id.in_(numbers)).execution_options(populate_existing=True)
    if table is Idea:
        query = query.options(selectinload(Idea.themes))
    db.session.scalars(query).all()


def _published_at(text: Text) -> str | None:
    if isinstance(text, Idea) and text.published_at is not None:
        return text.published_at.isoformat()
    return None


def _state_after(verb: ModerationVerb, text: Text, before: str) -> str:
    return before if verb == ModerationVerb.KEEP else str(text.state)


def _note(moderator: Person, case: Case, decision: ModerationDecision, now: datetime) -> None:
    """The line in the audit log."""
    text, was = case.text, decision.before
    after: dict[str, object] = {"reason": decision.reason} if decision.reason else {}
    if was["reports"]:
        after["reports"] = len(was["reports"])
    if decision.batch:
        after["batch"] = decision.batch
    moves = decision.verb != ModerationVerb.KEEP
    if moves:
        after = {"state": was["to"], **after}
    audit.record(
        moderator,
        f"moderation.{decision.verb}" + ("" if isinstance(text, Idea) else "_argument"),
        text,
        now,
        before={"state": was["state"]} if moves else None,
        after=after,
        why=decision.sentence,
    )


def _idea_number(decision: ModerationDecision) -> int:
    return decision.idea_id if decision.idea_id is not None else decision.argument.idea_id  # type: ignore[union-attr]
