"""What the pages of a process read: activities with their programme, numbers, themes, conversations, decisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.council import CouncilDecision, FocusElement
from app.models.idea import Idea, IdeaTheme
from app.models.process import Activity, Call, Process, ProcessState, ProgrammePart, Theme
from app.models.standing import Standing
from app.models.workshop import Outcome, Workshop
from app.records import standings


def process_by_slug(slug: str) -> Process | None:
    """One process by the name in its address."""
    return db.session.scalar(select(Process).where(Process.slug == slug))


def all_processes() -> Sequence[Process]:
    """Every process, open ones first, newest first."""
    return db.session.scalars(
        select(Process).order_by(
            Process.state != ProcessState.OPEN, Process.starts_at.desc(), Process.id.desc()
        )
    ).all()


def activities_of(process_id: int) -> Sequence[tuple[Activity, int | None]]:
    """The activities of a process in order, each with its workshop's number where it is one."""
    rows = db.session.execute(
        select(Activity, Workshop.id)
        .outerjoin(Workshop, Workshop.activity_id == Activity.id)
        .where(Activity.process_id == process_id)
        .order_by(Activity.position, Activity.starts_at, Activity.id)
    )
    return [(row[0], row[1]) for row in rows]


def activity(activity_id: int) -> tuple[Activity, Process, int | None, Call | None] | None:
    """One activity with its process, its workshop's number and the call that belongs to it."""
    row = db.session.execute(
        select(Activity, Process, Workshop.id, Call)
        .join(Process, Process.id == Activity.process_id)
        .outerjoin(Workshop, Workshop.activity_id == Activity.id)
        .outerjoin(Call, Call.id == Activity.call_id)
        .where(Activity.id == activity_id)
    ).one_or_none()
    return (row[0], row[1], row[2], row[3]) if row else None


def programme_of(activity_id: int) -> Sequence[ProgrammePart]:
    """The parts of an activity's programme, in order."""
    return db.session.scalars(
        select(ProgrammePart)
        .where(ProgrammePart.activity_id == activity_id)
        .order_by(ProgrammePart.position, ProgrammePart.id)
    ).all()


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


def themes_of(process_id: int) -> list[ThemeCard]:
    """The themes of a process with their number of published ideas, in one statement."""
    published = (
        select(IdeaTheme.theme_id, func.count().label("ideas"))
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .where(Idea.state == IdeaState.PUBLISHED)
        .group_by(IdeaTheme.theme_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Theme.id,
            Theme.slug,
            Theme.title,
            Theme.description,
            Theme.icon,
            Theme.accent,
            Theme.minutes,
            func.coalesce(published.c.ideas, 0),
        )
        .outerjoin(published, published.c.theme_id == Theme.id)
        .where(Theme.process_id == process_id)
        .order_by(Theme.position, Theme.id)
    )
    return [ThemeCard(*row) for row in rows]


def theme(theme_id: int) -> tuple[Theme, Process] | None:
    """One theme with its process."""
    row = db.session.execute(
        select(Theme, Process).join(Process, Process.id == Theme.process_id).where(Theme.id == theme_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def theme_standing(theme_id: int, call_ids: Collection[int]) -> dict[str, Any] | None:
    """The row of a theme in the last computed ranking of themes of one of these calls, or None."""
    kept = db.session.scalars(
        select(Standing.data)
        .join(Call, Call.id == Standing.call_id)
        .join(Theme, Theme.process_id == Call.process_id)
        .where(Theme.id == theme_id, Standing.kind == standings.THEMES, Call.id.in_(call_ids))
        .order_by(Call.position, Call.id)
    )
    for data in kept:
        for row in data["rows"]:
            if row["id"] == theme_id:
                return {**row, "groups": data["parameters"]["groups"], "of": len(data["rows"])}
    return None


def ideas_in_theme(theme_id: int, most: int = 12) -> list[tuple[int, str, str]]:
    """The newest published ideas of a theme: number, title, summary."""
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.summary)
        .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .where(IdeaTheme.theme_id == theme_id, Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def focus_of(process_id: int) -> Sequence[tuple[FocusElement, Theme | None, CouncilDecision | None]]:
    """The elements of vision and focus, each with its theme and what the council decided on it."""
    rows = db.session.execute(
        select(FocusElement, Theme, CouncilDecision)
        .outerjoin(Theme, Theme.id == FocusElement.theme_id)
        .outerjoin(CouncilDecision, CouncilDecision.id == FocusElement.decision_id)
        .where(FocusElement.process_id == process_id)
        .order_by(FocusElement.position, FocusElement.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def decisions_of(process_id: int) -> Sequence[CouncilDecision]:
    """What the council decided in this process, newest first."""
    return db.session.scalars(
        select(CouncilDecision)
        .where(CouncilDecision.process_id == process_id)
        .order_by(CouncilDecision.decided_at.desc())
    ).all()


def outcomes_of(workshop_id: int) -> Sequence[tuple[Outcome, Theme | None]]:
    """What the room concluded, in the order it was written down."""
    rows = db.session.execute(
        select(Outcome, Theme)
        .outerjoin(Theme, Theme.id == Outcome.theme_id)
        .where(Outcome.workshop_id == workshop_id)
        .order_by(Outcome.recorded_at, Outcome.id)
    )
    return [(row[0], row[1]) for row in rows]
