"""The room of a workshop: its doors, its code, and the moments that decide who may come in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.db import db
from app.domain import join_codes
from app.models.process import Activity, Call, Process, ProcessState
from app.models.workshop import Workshop


@dataclass(frozen=True, slots=True)
class RoomRow:
    """What the pages of the room know of a workshop."""

    id: int
    activity_id: int
    call_id: int
    call_slug: str
    minutes: int
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    date_text: str
    place: str
    join_code: str
    doors_until: datetime | None
    process_state: ProcessState

    @property
    def ends(self) -> datetime | None:
        """When it ends; None as long as it has no date."""
        return self.ends_at or (self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None)

    def is_over(self, now: datetime) -> bool:
        """Whether the workshop has been, or its process was closed; as app.records.agendas.WorkshopRow."""
        ends = self.ends
        return self.process_state != ProcessState.OPEN or (ends is not None and ends <= now)


_COLUMNS: tuple[Any, ...] = (
    Workshop.id,
    Workshop.activity_id,
    Workshop.call_id,
    Call.slug,
    Workshop.minutes,
    Activity.title,
    Activity.starts_at,
    Activity.ends_at,
    Activity.date_text,
    Activity.place,
    Workshop.join_code,
    Workshop.doors_until,
    Process.state,
)


def _rows() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Call, Call.id == Workshop.call_id)
        .join(Process, Process.id == Call.process_id)
    )


# Every press of a phone asks for this, so it is put together once.
_ROOM = _rows().where(Workshop.id == bindparam("workshop"))


def get(workshop_id: int) -> RoomRow | None:
    """The room of a workshop, in one statement."""
    row = db.session.execute(_ROOM, {"workshop": workshop_id}).one_or_none()
    return RoomRow(*row) if row else None


def exists(workshop_id: int) -> bool:
    """Whether there is such a workshop, in one cheap statement."""
    return db.session.scalar(select(Workshop.id).where(Workshop.id == workshop_id)) is not None


def by_code(typed: str) -> RoomRow | None:
    """The room with this code: exactly as typed before one that only looks like it, and none of two that do."""
    readings = join_codes.readings(typed)
    if not readings:
        return None
    found = [RoomRow(*row) for row in db.session.execute(_rows().where(Workshop.join_code.in_(readings)))]
    exact = [row for row in found if row.join_code == readings[0]]
    return exact[0] if exact else found[0] if len(found) == 1 else None
