"""What the pages of a workshop read beside its programme: titles of ideas, and what the room concluded."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea
from app.models.workshop import Outcome


def idea_titles(ids: Iterable[int]) -> dict[int, str]:
    """The titles of these ideas as far as they are on the site, in one statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Idea.id, Idea.title).where(Idea.id.in_(wanted), Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: row[1] for row in rows}


def outcomes_of(workshop_id: int) -> list[tuple[str, int | None]]:
    """What the room concluded, with the number of the theme, in the order it was written down."""
    rows = db.session.execute(
        select(Outcome.conclusion, Outcome.theme_id)
        .where(Outcome.workshop_id == workshop_id)
        .order_by(Outcome.recorded_at, Outcome.id)
    )
    return [(row[0], row[1]) for row in rows]
