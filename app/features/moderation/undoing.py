"""Undoing a decision within ten minutes: one, or all of a step; by whoever took it or another moderator."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.moderation import reverting as reverting
from app.features.moderation.cases import posted_by
from app.kit import audit, signals
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, Report
from app.models.person import Person
from app.models.practice import PracticeSuggestion
from app.policies.moderation import may_undo
from app.records import decisions, sweeping, unsweeping
from app.records.sweeping import is_sweep


@dataclass(slots=True)
class Undone:
    """What came of undoing a step."""

    done: int = 0
    """How many decisions were put back."""
    left: list[tuple[ModerationDecision, Decision]] = field(default_factory=list)


def undo(moderator: Person, decision: ModerationDecision, now: datetime) -> None:
    """Put a fresh decision back as if it had not been taken. Raises NotAllowed."""
    if is_sweep(decision.batch):
        raise NotAllowed(
            Decision(N_("This was decided in one step with other texts. Undo that step as a whole."))
        )
    _undo(moderator, decision, now)
    idea_id = _idea_number(decision)
    db.session.commit()
    if idea_id is not None:
        signals.idea_changed.send(idea_id)


def undo_batch(moderator: Person, batch: str, now: datetime) -> Undone:
    """The same for everything that was decided in one step, in one transaction; what cannot go back stays."""
    if is_sweep(batch):
        return _undo_sweep(moderator, batch, now)
    undone, ideas = Undone(), set()
    found = db.session.scalars(
        select(ModerationDecision)
        .where(ModerationDecision.batch == batch, ModerationDecision.undone_at.is_(None))
        .order_by(ModerationDecision.id)
    ).all()
    for decision in found:
        try:
            with db.session.begin_nested():
                _undo(moderator, decision, now)
        except NotAllowed as no:
            undone.left.append((decision, no.decision))
            continue
        undone.done += 1
        ideas.add(_idea_number(decision))
    db.session.commit()
    for number in sorted(number for number in ideas if number is not None):
        signals.idea_changed.send(number)
    return undone


def _undo_sweep(moderator: Person, batch: str, now: datetime) -> Undone:
    """Everything that was taken off the site in one step, however much it is, and who was blocked along with it."""
    first = db.session.scalars(
        select(ModerationDecision)
        .where(ModerationDecision.batch == batch)
        .order_by(ModerationDecision.id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return Undone()
    try:
        swept, freed = unsweeping.put_back(batch, moderator, "", now)
    except NotAllowed as no:
        db.session.rollback()
        return Undone(left=[(first, no.decision)])
    after = {"batch": batch, **swept.counts, "blocked": freed}
    audit.record(moderator, "moderation.undo_sweep", first, now, after=after)
    db.session.commit()
    sweeping.announce(swept)
    if freed:
        signals.mail_queued.send()
    return Undone(done=swept.hidden + swept.refused)


def _undo(moderator: Person, decision: ModerationDecision, now: datetime) -> None:
    text = decisions.text_of(decision)
    may_undo(
        moderator, _author_of(text), _reporters(decision), posted_by(text) if isinstance(text, Idea) else None
    ).or_raise()
    other, poster = decisions.other_author(decision), decisions.other_poster(decision)
    may_undo(moderator, other, posted_by_id=poster).or_raise()
    decisions.undo(decision, moderator, now)
    audit.record(
        moderator,
        "moderation.undo",
        text,
        now,
        before={"decision": decision.id, "verb": decision.verb, "state": decision.before.get("to", "")},
        after={"state": text.state},
        why=decision.sentence,
    )


def _author_of(text: decisions.Text) -> int | None:
    if isinstance(text, Idea | Argument):
        return text.author_id
    return db.session.scalar(
        select(PracticeSuggestion.person_id).where(PracticeSuggestion.practice_id == text.id)
    )


def _reporters(decision: ModerationDecision) -> set[int]:
    numbers = list(decision.before.get("reports", ()))
    found = db.session.scalars(
        select(Report.reporter_id).where(Report.id.in_(numbers), Report.reporter_id.is_not(None))
    )
    return {number for number in found if number is not None} if numbers else set()


def _idea_number(decision: ModerationDecision) -> int | None:
    if decision.idea_id is not None:
        return decision.idea_id
    return decision.argument.idea_id if decision.argument is not None else None
