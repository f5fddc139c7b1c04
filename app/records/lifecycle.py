"""Moving an idea through its life: one conditional statement, so that of two who act at once only one succeeds."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, func, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import READABLE_STATES, IdeaState, IdeaVerb, state_after
from app.models.idea import Idea
from app.models.person import Person
from app.models.queue import QueueKind
from app.records import news, queue

_MOVED_ON = Decision(N_("This is not possible now: the idea has changed in the meantime."))
_READ = (QueueKind.IDEA, QueueKind.AMENDMENT, QueueKind.IMAGE)
LEFT_BEHIND: Mapping[IdeaVerb, tuple[QueueKind, ...]] = {
    IdeaVerb.HIDE: (*_READ, QueueKind.DUPLICATE, QueueKind.REPORT),
    # Who reported a text that its author took back still hears what a moderator thought of it.
    IdeaVerb.WITHDRAW: (*_READ, QueueKind.DUPLICATE),
    IdeaVerb.MERGE: _READ,
}
"""What nobody has to read any more when an idea leaves the site; every other verb ends its own waiting only."""


SHOWN_AGAIN = case(
    (Idea.merged_into_id.is_not(None), IdeaState.MERGED.value), else_=IdeaState.PUBLISHED.value
)
"""Where a hidden idea comes back: what had become one with another idea stays one with it."""


def move(
    idea: Idea, verb: IdeaVerb, now: datetime, by: Person | None = None, *, stays: bool = False
) -> IdeaState:
    """Bring the idea to the state that the verb leads to and return the state it was in; the caller commits.

    Sending in lets it wait for a moderator, and whatever follows ends that; `stays` publishes it and lets it wait
    still. Raises NotAllowed when the idea does not know the verb in its state, also when somebody else was first.
    """
    before = idea.state
    if not move_all([idea], verb, now, by, stays=stays):
        raise NotAllowed(_MOVED_ON)
    db.session.refresh(idea)
    if verb == IdeaVerb.SUBMIT:
        queue.put(QueueKind.IDEA, idea, now)
    elif stays:
        queue.show(QueueKind.IDEA, idea)
    return before


def move_all(
    ideas: Sequence[Idea], verb: IdeaVerb, now: datetime, by: Person | None = None, *, stays: bool = False
) -> set[int]:
    """The same for many, in a few statements: the numbers of those that moved. None is loaded anew."""
    moved: set[int] = set()
    for before in {idea.state for idea in ideas}:
        after = state_after(before, verb)
        if after is None:
            continue
        values: dict[str, object] = {"state": after, "version": Idea.version + 1}
        if verb == IdeaVerb.PUBLISH:
            # What was on the site before, and was taken back for another look, keeps its date.
            values["published_at"] = func.coalesce(Idea.published_at, now)
        elif verb == IdeaVerb.RESTORE:
            values["state"] = SHOWN_AGAIN
        elif verb == IdeaVerb.SUBMIT:
            values["submitted_at"] = now
        numbers = [idea.id for idea in ideas if idea.state == before]
        went = db.session.scalars(
            update(Idea)
            .where(Idea.id.in_(numbers), Idea.state == before)
            .values(**values)
            .returning(Idea.id)
            .execution_options(synchronize_session=False)
        ).all()
        if went and before in READABLE_STATES and after not in READABLE_STATES:
            news.ideas_gone(went)
        moved.update(went)
    if moved and verb != IdeaVerb.SUBMIT and not stays:
        queue.leave(sorted(moved), LEFT_BEHIND.get(verb, (QueueKind.IDEA,)), now, by)
    if moved and verb == IdeaVerb.RESTORE:
        queue.put_pairs(moved, now)
    return moved
