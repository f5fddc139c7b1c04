"""Putting a decision back: the text returns to where it was, and what the decision ended waits again."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb, Report
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.queue import QueueItem, QueueKind
from app.records import decisions, news, queue, reactions, reports
from app.records.sweeping import items_of

_V = ModerationVerb
_CHANGED = Decision(N_("This text has changed since, so the decision on it stays. Look at it once more."))
_DECIDED = Decision(
    N_("A newer decision on this text stands, so this one is not put back. Look at the newest one.")
)
_ABOUT = (ModerationDecision.idea_id, ModerationDecision.argument_id, ModerationDecision.practice_id)
_MOVING = (_V.PUBLISH, _V.RETURN, _V.REFUSE, _V.HIDE, _V.RESTORE, _V.RECALL, _V.MERGE)
"""What brings a text to another place."""
_IDEA_WAYS = {
    _V.PUBLISH: (IdeaState.SUBMITTED, IdeaState.PUBLISHED),
    _V.RETURN: (IdeaState.SUBMITTED, IdeaState.RETURNED),
    _V.REFUSE: (IdeaState.SUBMITTED, IdeaState.REFUSED),
    _V.HIDE: (IdeaState.PUBLISHED, IdeaState.HIDDEN),
    _V.RESTORE: (IdeaState.HIDDEN, IdeaState.PUBLISHED),
}
_ARGUMENT_WAYS = {
    _V.PUBLISH: (ArgumentState.WAITING, ArgumentState.PUBLISHED),
    _V.REFUSE: (ArgumentState.WAITING, ArgumentState.REFUSED),
    _V.HIDE: (ArgumentState.PUBLISHED, ArgumentState.HIDDEN),
    _V.RESTORE: (ArgumentState.HIDDEN, ArgumentState.PUBLISHED),
}
_PRACTICE_WAYS = {
    _V.PUBLISH: (PracticeState.SUGGESTED, PracticeState.PUBLISHED),
    _V.REFUSE: (PracticeState.SUGGESTED, PracticeState.REFUSED),
    _V.HIDE: (PracticeState.PUBLISHED, PracticeState.REFUSED),
    _V.RESTORE: (PracticeState.REFUSED, PracticeState.PUBLISHED),
}
"""From where to where each decision leads, for those that were written before they said so themselves."""
_PAIRS = (QueueKind.DUPLICATE,)
_WAITING = {IdeaState.SUBMITTED.value, ArgumentState.WAITING.value, PracticeState.SUGGESTED.value}


@decisions.reverts(_V.PUBLISH, _V.RETURN, _V.REFUSE, _V.HIDE, _V.RESTORE, _V.KEEP)
def put_back(decision: ModerationDecision, now: datetime) -> None:
    """The text, the reports on it, and what waited. Raises NotAllowed when the text went on since.

    After an appeal the reports stay closed: somebody has looked at them twice.
    """
    text, undone = decisions.text_of(decision), decision.undone_at is not None
    waits = undone
    if decision.verb != _V.KEEP:
        state = _return(text, decision)
        waits = undone or state in _WAITING
    if undone:
        reports.reopen(Report.id.in_(decision.before.get("reports", ())), decision.decided_at)
    if waits:
        queue.reopen(_keys(decision), decision.decided_at)
    if isinstance(text, Idea):
        _pairs_follow(text, decision, now)


def _pairs_follow(idea: Idea, decision: ModerationDecision, now: datetime) -> None:
    """Whether it is the same as another idea is asked again, also after an appeal; off the site nobody asks that."""
    if decision.verb == _V.HIDE:
        queue.come_back([idea.id], _PAIRS, decision.decided_at)
    elif decision.verb == _V.RESTORE:
        queue.leave([idea.id], _PAIRS, now)


def _keys(decision: ModerationDecision) -> list[str]:
    """What the decision took out of the queue. A sweep goes over too many texts to write that down of each."""
    known = decision.before.get("keys")
    if known is not None:
        return list(known)
    text = decisions.text_of(decision)
    name, column = {
        Idea: ("idea", QueueItem.idea_id),
        Argument: ("argument", QueueItem.argument_id),
        Practice: ("practice", QueueItem.practice_id),
    }[type(text)]
    about = items_of(name, column, [text.id])
    keys = select(QueueItem.key).where(about, QueueItem.closed_at == decision.decided_at)
    return list(db.session.scalars(keys))


def _return(text: decisions.Text, decision: ModerationDecision) -> str:
    """Bring the text back to the state it was in, which is returned. A newer decision on where it stands goes first."""
    db.session.refresh(text, with_for_update={"key_share": True})
    if _decided_since(decision):
        raise NotAllowed(_DECIDED)
    if isinstance(text, Argument):
        return _return_argument(text, decision)
    if isinstance(text, Practice):
        return _return_practice(text, decision)
    return _return_idea(text, decision)


def _decided_since(decision: ModerationDecision) -> bool:
    """Whether the text came to where it is by a later decision that stands."""
    column = next(
        column for column in _ABOUT if getattr(decision, column.key) is not None
    )  # a decision is about one text
    later = exists().where(
        column == getattr(decision, column.key),
        ModerationDecision.id > decision.id,
        ModerationDecision.undone_at.is_(None),
        ModerationDecision.verb.in_(_MOVING),
    )
    return bool(db.session.scalar(select(later)))


def _return_idea(idea: Idea, decision: ModerationDecision) -> str:
    state, to = _way(decision, _IDEA_WAYS)
    values: dict[str, Any] = {"state": IdeaState(state), "version": Idea.version + 1}
    if decision.verb == _V.PUBLISH:
        values["published_at"] = _moment(decision.before.get("published_at"))
    _go(Idea, idea.id, to, values)
    if to == IdeaState.PUBLISHED:
        news.idea_gone(idea.id)
    db.session.refresh(idea)
    return state


def _return_argument(argument: Argument, decision: ModerationDecision) -> str:
    state, to = _way(decision, _ARGUMENT_WAYS)
    db.session.refresh(argument, with_for_update={"key_share": True})
    if argument.state != to or not reactions.move([argument], ArgumentState(state)):
        raise NotAllowed(_CHANGED)
    if to == ArgumentState.PUBLISHED:
        news.arguments_gone([argument.id])
    db.session.refresh(argument)
    return state


def _return_practice(practice: Practice, decision: ModerationDecision) -> str:
    state, to = _way(decision, _PRACTICE_WAYS)
    values: dict[str, Any] = {"state": PracticeState(state)}
    moment = _moment(decision.before.get("published_at"))
    if moment is not None:
        values["published_at"] = moment
    _go(Practice, practice.id, to, values)
    if state == PracticeState.SUGGESTED:
        db.session.execute(
            update(PracticeSuggestion)
            .where(PracticeSuggestion.practice_id == practice.id)
            .values(decided_at=None, decided_by_id=None, sentence="")
            .execution_options(synchronize_session=False)
        )
    db.session.refresh(practice)
    return state


def _go(table: type[Idea] | type[Practice], number: int, at: str, values: dict[str, Any]) -> None:
    """One conditional statement: a text that is somewhere else by now stays there."""
    went = db.session.scalar(
        update(table)
        .where(table.id == number, table.state == at)
        .values(**values)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    if went is None:
        raise NotAllowed(_CHANGED)


def _way(decision: ModerationDecision, ways: Any) -> tuple[str, str]:
    before, to = ways[decision.verb]
    return decision.before.get("state", before.value), decision.before.get("to", to.value)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
