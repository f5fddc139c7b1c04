"""An idea in a few words with its call: what a policy asks and a small page shows, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam

from app.db import db
from app.domain.lifecycle import READABLE_STATES, IdeaState, PublicStatus
from app.models.idea import Idea
from app.models.process import Call
from app.records import calls
from app.records.calls import CallRow


@dataclass(frozen=True, slots=True)
class IdeaHead:
    """Which idea it is, in which state, in which call."""

    id: int
    title: str
    state: IdeaState
    author_id: int
    public_status: PublicStatus
    call: CallRow

    @property
    def is_readable(self) -> bool:
        return self.state in READABLE_STATES


# Every vote begins with this statement, so it is put together once.
_HEAD = (
    calls.joined()
    .add_columns(Idea.id, Idea.title, Idea.state, Idea.author_id, Idea.public_status)
    .join(Idea, Idea.call_id == Call.id)
    .where(Idea.id == bindparam("idea"))
)


def of_idea(idea_id: int) -> IdeaHead | None:
    """The idea with this number, in whatever state, or None."""
    rows: Sequence[Any] = db.session.connection().execute(_HEAD, {"idea": idea_id}).all()
    if not rows:
        return None
    number, title, state, author_id, status = rows[0][len(calls.COLUMNS) :]
    return IdeaHead(number, title, state, author_id, status, calls.gather(rows)[0])
