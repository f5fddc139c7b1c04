"""The state of the screen in the room: one row per workshop, read by everybody, changed one step at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import db, is_postgresql
from app.domain.evening import Scene
from app.domain.timer import Timer
from app.models.person import Person
from app.models.screen import Screen


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """What the screen shows, as the control desk put it; a workshop whose desk nobody used has these values."""

    workshop_id: int
    number: int = 0
    scene: Scene = Scene.JOIN
    theme_id: int | None = None
    round_id: int | None = None
    step: str = ""
    place: int = 0
    spare: bool = False
    frozen: str = field(default="", repr=False)
    hides_names: bool = False
    message: str = ""
    message_ends_at: datetime | None = None
    timer_seconds: int = 0
    timer_ends_at: datetime | None = None
    timer_left: int | None = None
    did: str = ""
    changed_at: datetime | None = None
    changed_by: int | None = None

    @property
    def timer(self) -> Timer:
        return Timer(self.timer_seconds, self.timer_ends_at, self.timer_left)

    def message_at(self, now: datetime) -> str:
        """The sentence to the room, unless its time is over."""
        over = self.message_ends_at is not None and self.message_ends_at <= now
        return "" if over else self.message


_NAMES = tuple(ScreenRow.__dataclass_fields__)
COLUMNS: tuple[Any, ...] = tuple(getattr(Screen, name) for name in _NAMES)
"""What a row is read from, in the order of its fields."""


def of_workshop(workshop_id: int) -> ScreenRow:
    """The state of the screen of a workshop, in one statement."""
    row = db.session.execute(select(*COLUMNS).where(Screen.workshop_id == workshop_id)).one_or_none()
    return row_of(workshop_id, row or ())


def row_of(workshop_id: int, values: Sequence[Any]) -> ScreenRow:
    """The row that these values of COLUMNS make; without any, what a screen shows that nobody changed yet."""
    if not values or values[0] is None:
        return ScreenRow(workshop_id)
    return ScreenRow(**dict(zip(_NAMES, values, strict=True)))


def version(workshop_id: int) -> str:
    """What differs after any change of the screen, in one cheap statement."""
    number = db.session.scalar(select(Screen.number).where(Screen.workshop_id == workshop_id))
    return str(number or 0)


def change(
    workshop_id: int, seen: int, values: Mapping[str, Any], did: str, actor: Person, now: datetime
) -> bool:
    """Put these values when the screen is still the one that was seen; whether it was. The caller commits.

    One statement decides, so that of two who press at once one comes through.
    """
    if seen == 0:
        _make(workshop_id, now)
    changed = db.session.execute(
        update(Screen)
        .where(Screen.workshop_id == workshop_id, Screen.number == seen)
        .values(**values, number=Screen.number + 1, did=did, changed_at=now, changed_by=actor.id)
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(changed, "rowcount", 0))


def _make(workshop_id: int, now: datetime) -> None:
    """The row of a workshop whose screen was never changed, unless another makes it at the same moment."""
    put: Any = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    blank = ScreenRow(workshop_id)
    values = {name: getattr(blank, name) for name in _NAMES} | {"changed_at": now}
    db.session.execute(put(Screen).values(**values).on_conflict_do_nothing())
