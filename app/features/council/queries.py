"""What the pages of this room read beside the records."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.council import AnswerClock
from app.models.idea import Idea
from app.models.process import Call, Process, Theme
from app.models.response import OfficialResponse


def process_by_slug(slug: str) -> Process | None:
    """One process by the name in its address."""
    return db.session.scalar(select(Process).where(Process.slug == slug))


def themes_of(process_id: int) -> Sequence[Theme]:
    """The themes of a process in their order."""
    return db.session.scalars(
        select(Theme).where(Theme.process_id == process_id).order_by(Theme.position, Theme.id)
    ).all()


def idea_in(process_id: int, idea_id: int) -> Idea | None:
    """A published idea of this process."""
    return db.session.scalar(
        select(Idea)
        .join(Call, Call.id == Idea.call_id)
        .where(Idea.id == idea_id, Call.process_id == process_id, Idea.state == IdeaState.PUBLISHED)
    )


OFFERED = 50
"""So many ideas an organiser can choose from to promise an answer on; any other by its number or address."""


def ideas_to_promise(process_id: int) -> list[tuple[int, str]]:
    """Published ideas without an answer or a promise of one, most reactions first: their number and title.

    The order tells nothing about votes, which may be hidden.
    """
    rows = db.session.execute(
        select(Idea.id, Idea.title)
        .join(Call, Call.id == Idea.call_id)
        .where(
            Call.process_id == process_id,
            Idea.state == IdeaState.PUBLISHED,
            ~exists().where(OfficialResponse.idea_id == Idea.id),
            ~exists().where(AnswerClock.idea_id == Idea.id),
        )
        .order_by(Idea.argument_count.desc(), Idea.id)
        .limit(OFFERED)
    )
    return [(row[0], row[1]) for row in rows]
