"""How often the ideas of the demo were seen: more the longer they stand there and the more people voted on them."""

from datetime import datetime

from sqlalchemy import func, insert, select

from app.cli.demo.casting import Casting
from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Idea, IdeaExposure, Tally


def build_exposure(until: datetime, casting: Casting) -> int:
    """Give every published idea a number of times that it was seen."""
    casting.turn_to("looking at ideas")
    voted = func.coalesce(func.sum(Tally.votes_for + Tally.votes_against), 0)
    rows = db.session.execute(
        select(Idea.id, Idea.published_at, voted)
        .outerjoin(Tally, Tally.idea_id == Idea.id)
        .where(Idea.state == IdeaState.PUBLISHED)
        .group_by(Idea.id)
        .order_by(Idea.id)
    ).all()
    seen = [
        {
            "idea_id": number,
            "seen": int(votes * casting.chance.uniform(2.2, 4.0))
            + int(casting.chance.uniform(3, 9) * min((until - (published_at or until)).days, 60)),
        }
        for number, published_at, votes in rows
    ]
    db.session.execute(insert(IdeaExposure), seen)
    return len(seen)
