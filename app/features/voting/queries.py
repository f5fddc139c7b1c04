"""What the page of the agenda vote reads: the order of the themes, and how many people ticked each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from app.db import db
from app.domain.ballot import Group
from app.domain.ranking import lot
from app.kit.moments import day_of
from app.models.process import Activity, Call
from app.models.standing import Standing
from app.models.workshop import Workshop
from app.records import agenda_ballots, ballots, standings
from app.records.ballots import GroupTotal
from app.records.calls import CallRow
from app.records.processes import ThemeCard


def shuffled(themes: list[ThemeCard], person_id: int | None, now: datetime) -> list[ThemeCard]:
    """In an order of the person and the day, so that what stands on top is not ticked more often for that."""
    day = day_of(now).toordinal()
    return sorted(themes, key=lambda theme: lot(f"agenda:{person_id or ''}:{day}", theme.id))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people ticked, as last counted: in all, per theme, and per group as far as that may be shown."""

    people: int
    themes: Mapping[int, int]
    groups: Mapping[int, tuple[GroupTotal, ...]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an agenda vote is for: the workshops whose agendas follow from it (number, title), and how it stands."""

    workshops: tuple[tuple[int, str], ...]
    counts: Counts | None
    """None while nobody may see counts, or before they were counted."""


def purpose_of(call: CallRow, now: datetime) -> Purpose:
    """The workshops and counts of an agenda vote, in one statement."""
    rows = db.session.execute(
        select(Workshop.id, Activity.title, Standing.data)
        .select_from(Call)
        .outerjoin(Workshop, Workshop.call_id == Call.id)
        .outerjoin(Activity, Activity.id == Workshop.activity_id)
        .outerjoin(Standing, and_(Standing.call_id == Call.id, Standing.kind == standings.NUMBERS))
        .where(Call.id == call.id)
        .order_by(Activity.position, Workshop.id)
    ).all()
    workshops = tuple((row[0], row[1]) for row in rows if row[0] is not None)
    record: Mapping[str, Any] = (rows[0][2] if rows else None) or {}
    hidden = call.hides_counts(now) or record.get("ballots") != agenda_ballots.TICKED
    return Purpose(workshops, None if hidden else _counts(record))


def _counts(record: Mapping[str, Any]) -> Counts:
    groups = [Group(group) for group in record["groups"]]
    heads = {int(theme): dict(zip(groups, row, strict=True)) for theme, row in record["ticks"].items()}
    return Counts(
        people=record["people"],
        themes={theme: sum(row.values()) for theme, row in heads.items()},
        groups={
            theme: ballots.group_totals({group: (count, 0) for group, count in row.items()})
            for theme, row in heads.items()
        },
    )
