"""Moving an idea through its life: one conditional statement, so that of two who act at once only one succeeds."""

from datetime import datetime

from sqlalchemy import update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import READABLE_STATES, IdeaState, IdeaVerb, state_after
from app.models.idea import Idea
from app.records import news

_STAMPS = {IdeaVerb.SUBMIT: "submitted_at", IdeaVerb.PUBLISH: "published_at"}


def move(idea: Idea, verb: IdeaVerb, now: datetime) -> IdeaState:
    """Bring the idea to the state that the verb leads to and return the state it was in; the caller commits.

    Raises NotAllowed when the idea does not know the verb in its state, also when somebody else was first.
    """
    before = idea.state
    after = state_after(before, verb)
    if after is None:
        raise NotAllowed(Decision(N_("This is not possible now: the idea has changed in the meantime.")))
    values: dict[str, object] = {"state": after, "version": Idea.version + 1}
    if verb in _STAMPS:
        values[_STAMPS[verb]] = now
    moved = db.session.execute(
        update(Idea).where(Idea.id == idea.id, Idea.state == before).values(**values).returning(Idea.id)
    ).one_or_none()
    if moved is None:
        raise NotAllowed(Decision(N_("This is not possible now: the idea has changed in the meantime.")))
    if before in READABLE_STATES and after not in READABLE_STATES:
        news.idea_gone(idea.id)
    db.session.refresh(idea)
    return before
