"""What the room concluded per theme, as pages, the screen and the report read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.models.outcome import Outcome, OutcomeRevision, WorkshopEvening


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """The words of an outcome."""

    conclusion: str = ""
    elements: tuple[str, ...] = ()
    """Elements for vision and focus."""
    questions: tuple[str, ...] = ()
    """What is still open."""
    taken_by: str = ""

    @property
    def is_empty(self) -> bool:
        return self == OutcomeText()


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What the room concluded on a theme; `number` counts up with every change of it."""

    id: int
    workshop_id: int
    theme_id: int | None
    conclusion: str
    elements: tuple[str, ...]
    questions: tuple[str, ...]
    taken_by: str
    number: int
    recorded_at: datetime
    changed_at: datetime | None
    corrections: int
    """How often it was corrected after the evening, each time with a reason."""

    @property
    def text(self) -> OutcomeText:
        return OutcomeText(self.conclusion, self.elements, self.questions, self.taken_by)

    @property
    def touched_at(self) -> datetime:
        """When it got the text that it has."""
        return self.changed_at or self.recorded_at


_COLUMNS: tuple[Any, ...] = (
    Outcome.id,
    Outcome.workshop_id,
    Outcome.theme_id,
    Outcome.conclusion,
    Outcome.elements,
    Outcome.questions,
    Outcome.taken_by,
    Outcome.number,
    Outcome.recorded_at,
    Outcome.changed_at,
    select(func.count())
    .where(OutcomeRevision.outcome_id == Outcome.id, OutcomeRevision.why != "")
    .correlate(Outcome)
    .scalar_subquery()
    .label("corrections"),
)


def _rows(statement: Select[Any]) -> Iterable[OutcomeRow]:
    for row in db.session.execute(statement):
        values = row._asdict()
        yield OutcomeRow(
            **{**values, "elements": tuple(values["elements"]), "questions": tuple(values["questions"])}
        )


def of_workshop(workshop_id: int) -> list[OutcomeRow]:
    """Everything that was concluded, in the order it was first written down; one statement."""
    found = select(*_COLUMNS).where(Outcome.workshop_id == workshop_id)
    return list(_rows(found.order_by(Outcome.recorded_at, Outcome.id)))


def of_theme(workshop_id: int, theme_id: int) -> OutcomeRow | None:
    """What was concluded on one theme."""
    found = select(*_COLUMNS).where(Outcome.workshop_id == workshop_id, Outcome.theme_id == theme_id)
    return next(iter(_rows(found)), None)


def finished_at(workshop_id: int) -> datetime | None:
    """When the evening was finished; None while it was not, and when somebody opened it again."""
    found = select(WorkshopEvening.finished_at).where(WorkshopEvening.workshop_id == workshop_id)
    moment: datetime | None = db.session.scalar(found)
    return moment
