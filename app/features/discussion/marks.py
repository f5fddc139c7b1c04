"""Marking a text as helpful and taking the mark back: one a person, and the count is always the number of marks."""

from datetime import datetime

from sqlalchemy import bindparam, text, update

from app.db import UTCDateTime, db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.discussion.queries import ArgumentHead
from app.models.argument import Argument, ArgumentState
from app.models.person import Person
from app.policies.discussion import may_mark
from app.records.heads import IdeaHead

# Of two requests of one person the second waits for the first one's row, and then finds it there (or gone).
_MARK = text(
    """
    INSERT INTO helpful_mark (argument_id, person_id, marked_at) VALUES (:argument, :person, :now)
    ON CONFLICT (argument_id, person_id) DO NOTHING
    RETURNING argument_id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))
_UNMARK = text(
    "DELETE FROM helpful_mark WHERE argument_id = :argument AND person_id = :person RETURNING argument_id"
)


def put(reader: Person, idea: IdeaHead, argument: ArgumentHead, now: datetime, *, helpful: bool) -> int:
    """Say whether a text helped, and return how many people say so now. Never a toggle. Raises NotAllowed."""
    may_mark(reader, argument.author_id, idea.state, argument.state, idea.call, now).or_raise()
    given = {"argument": argument.id, "person": reader.id}
    changed = (
        db.session.execute(_MARK, {**given, "now": now}) if helpful else db.session.execute(_UNMARK, given)
    )
    step = (1 if helpful else -1) if changed.one_or_none() is not None else 0
    # Also without a step: it reads the count and sees whether the text is still there.
    count = db.session.scalar(
        update(Argument)
        .where(Argument.id == argument.id, Argument.state == ArgumentState.PUBLISHED)
        .values(helpful_count=Argument.helpful_count + step)
        .returning(Argument.helpful_count)
        .execution_options(synchronize_session=False)
    )
    if count is None:
        raise NotAllowed(Decision(N_("You cannot mark this as helpful: the text has been removed.")))
    db.session.commit()
    return int(count)
