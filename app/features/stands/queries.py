"""What the pages of sealed standings read: the chain, its plans, and the titles that ideas have now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea
from app.models.process import Activity, Call, Process, ProcessState
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.workshop import Workshop
from app.records import stands
from app.records.calls import CallRow
from app.records.stands import StandRow


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed standing with the name of the workshop that it was sealed for, and of its call in addresses."""

    row: StandRow
    call_slug: str
    workshop: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A standing that is to be sealed."""

    id: int
    call_id: int
    reason: SealReason
    workshop_id: int | None
    workshop: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """A call with its sealed standings, the newest first, and the plans, the next first."""

    call: CallRow
    sealed: tuple[Sealed, ...]
    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class WorkshopChoice:
    """A workshop that a standing can be sealed for."""

    id: int
    call_id: int
    title: str
    call_title: str


def _rows() -> Select[Any]:
    return (
        select(*stands.COLUMNS, Call.slug, func.coalesce(Activity.title, ""))
        .join(Call, Call.id == Snapshot.call_id)
        .outerjoin(Workshop, Workshop.id == Snapshot.workshop_id)
        .outerjoin(Activity, Activity.id == Workshop.activity_id)
    )


def one(snapshot_id: int) -> Sealed | None:
    """One sealed standing."""
    row = db.session.execute(_rows().where(Snapshot.id == snapshot_id)).one_or_none()
    return Sealed(StandRow(*row[:-2]), row[-2], row[-1]) if row else None


def shelves(every: Iterable[CallRow]) -> list[Shelf]:
    """Of these calls those with anything sealed or planned; two statements."""
    rows = db.session.execute(_rows().order_by(Snapshot.sealed_at.desc(), Snapshot.id.desc()))
    sealed = [Sealed(StandRow(*row[:-2]), row[-2], row[-1]) for row in rows]
    plans = planned()
    shelf = [
        Shelf(
            call,
            tuple(found for found in sealed if found.row.call_id == call.id),
            tuple(plan for plan in plans if plan.call_id == call.id),
        )
        for call in every
    ]
    return [each for each in shelf if each.sealed or each.planned]


def planned() -> list[Planned]:
    """What is still to be sealed, the next first."""
    rows = db.session.execute(
        select(
            SealPlan.id,
            SealPlan.call_id,
            SealPlan.reason,
            SealPlan.workshop_id,
            func.coalesce(Activity.title, ""),
            SealPlan.at,
        )
        .outerjoin(Workshop, Workshop.id == SealPlan.workshop_id)
        .outerjoin(Activity, Activity.id == Workshop.activity_id)
        .where(SealPlan.done_at.is_(None))
        .order_by(SealPlan.at, SealPlan.id)
    )
    return [Planned(*row) for row in rows]


def neighbours(of: StandRow) -> tuple[int | None, int | None]:
    """The numbers of the standings before and after it in the chain of its call."""
    rows = db.session.execute(
        select(Snapshot.number, Snapshot.id).where(
            Snapshot.call_id == of.call_id, Snapshot.number.in_([of.number - 1, of.number + 1])
        )
    )
    found = {row[0]: row[1] for row in rows}
    return found.get(of.number - 1), found.get(of.number + 1)


def titles(ids: Iterable[int]) -> dict[int, str]:
    """The titles of these ideas as far as they are on the site."""
    rows = db.session.execute(
        select(Idea.id, Idea.title).where(Idea.id.in_(list(ids)), Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: row[1] for row in rows}


def public_text(snapshot_id: int) -> str:
    """The public document, to the letter."""
    return db.session.scalars(select(Snapshot.public).where(Snapshot.id == snapshot_id)).one()


def workshops() -> list[WorkshopChoice]:
    """Workshops of open processes, with the call that feeds them."""
    rows = db.session.execute(
        select(Workshop.id, Workshop.call_id, Activity.title, Call.title)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Call, Call.id == Workshop.call_id)
        .join(Process, Process.id == Call.process_id)
        .where(Process.state == ProcessState.OPEN)
        .order_by(Activity.starts_at, Workshop.id)
    )
    return [WorkshopChoice(*row) for row in rows]


def last_seal() -> int:
    """The highest number of any sealed standing: another one means that somebody sealed in the meantime."""
    return db.session.scalar(select(func.coalesce(func.max(Snapshot.id), 0))) or 0
