"""How what the council agreed with is carried out: milestones per focus element."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.db import db
from app.models.council import FocusElement, Milestone


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A step in carrying out a focus element."""

    id: int
    element_id: int
    title: str
    text: str
    planned_on: date | None
    done_at: datetime | None
    position: int

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.done_at is None and self.planned_on is not None and self.planned_on < today


def of_process(process_id: int) -> dict[int, list[MilestoneRow]]:
    """The milestones of a process by focus element, in the order of their days; one statement."""
    rows = db.session.execute(
        select(
            Milestone.id,
            Milestone.focus_element_id,
            Milestone.title,
            Milestone.text,
            Milestone.planned_on,
            Milestone.done_at,
            Milestone.position,
        )
        .join(FocusElement, FocusElement.id == Milestone.focus_element_id)
        .where(FocusElement.process_id == process_id)
        .order_by(
            Milestone.focus_element_id,
            Milestone.planned_on.is_(None),
            Milestone.planned_on,
            Milestone.position,
            Milestone.id,
        )
    )
    found: dict[int, list[MilestoneRow]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(MilestoneRow(*row))
    return found
