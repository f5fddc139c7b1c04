"""What several rooms read of a process: which one is on now, its numbers, its themes, the programme of an activity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea, IdeaTheme
from app.models.process import Call, Process, ProcessState, ProgrammePart, Theme
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


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A theme with the number of ideas that can be read in it."""

    id: int
    slug: str
    title: str
    description: str
    icon: str
    accent: int
    minutes: int
    ideas: int


def themes_of(process_id: int, call_id: int | None = None) -> list[ThemeCard]:
    """The themes of a process with their number of published ideas, of one call only if it is named; one statement."""
    published = (
        select(IdeaTheme.theme_id, func.count().label("ideas"))
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .where(Idea.state == IdeaState.PUBLISHED)
        .group_by(IdeaTheme.theme_id)
    )
    if call_id is not None:
        published = published.where(Idea.call_id == call_id)
    counted = published.subquery()
    rows = db.session.execute(
        select(
            Theme.id,
            Theme.slug,
            Theme.title,
            Theme.description,
            Theme.icon,
            Theme.accent,
            Theme.minutes,
            func.coalesce(counted.c.ideas, 0),
        )
        .outerjoin(counted, counted.c.theme_id == Theme.id)
        .where(Theme.process_id == process_id)
        .order_by(Theme.position, Theme.id)
    )
    return [ThemeCard(*row) for row in rows]


def programme_of(activity_id: int) -> Sequence[ProgrammePart]:
    """The parts of an activity's programme, in order."""
    return db.session.scalars(
        select(ProgrammePart)
        .where(ProgrammePart.activity_id == activity_id)
        .order_by(ProgrammePart.position, ProgrammePart.id)
    ).all()
