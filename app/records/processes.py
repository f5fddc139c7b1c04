"""The process that the site is about now, and how many take part in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea
from app.models.process import Call, Process, ProcessState
from app.models.standing import Standing
from app.records import standings
from app.records.calls import CallRow


def current_process() -> Process | None:
    """The newest open process, else the newest at all."""
    return db.session.scalar(
        select(Process)
        .order_by(Process.state != ProcessState.OPEN, Process.starts_at.desc(), Process.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many ideas are readable, how many people voted and how many votes stand."""

    ideas: int
    voters: int
    votes: int


def numbers_of(process_id: int, calls: Sequence[CallRow], now: datetime) -> Numbers:
    """The numbers of a process with these calls: ideas counted now, votes as last computed (seconds ago).

    Calls that hide their counts do not count in: whoever watches the sum would see their votes come in.
    """
    shown = [call.id for call in calls if not call.hides_counts(now)]
    ideas = db.session.scalar(
        select(func.count())
        .select_from(Idea)
        .join(Call, Call.id == Idea.call_id)
        .where(Call.process_id == process_id, Idea.state == IdeaState.PUBLISHED)
    )
    kept = db.session.scalars(
        select(Standing.data).where(Standing.call_id.in_(shown), Standing.kind == standings.NUMBERS)
    ).all()
    # Somebody who votes in two calls of one process must not count twice: the largest call is the honest minimum.
    voters = max((int(data["voters"]) for data in kept), default=0)
    return Numbers(ideas or 0, voters, sum(int(data["votes"]) for data in kept))
