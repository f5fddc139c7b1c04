"""What the pages of a process read: activities, themes, conversations, decisions."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from app.db import db
from app.models.outcome import Outcome
from app.models.process import Activity, Call, Process, ProcessState, Theme
from app.models.standing import Standing
from app.models.workshop import Workshop
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


def outcomes_of(workshop_id: int) -> Sequence[tuple[Outcome, Theme | None]]:
    """What the room concluded, in the order it was written down."""
    rows = db.session.execute(
        select(Outcome, Theme)
        .outerjoin(Theme, Theme.id == Outcome.theme_id)
        .where(Outcome.workshop_id == workshop_id)
        .order_by(Outcome.recorded_at, Outcome.id)
    )
    return [(row[0], row[1]) for row in rows]
