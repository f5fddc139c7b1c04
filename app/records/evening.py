"""The evening of a workshop as it is at this moment: its programme, its rounds and the steps that follow from them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import format_time
from sqlalchemy import select

from app.db import db
from app.domain import evening
from app.domain.evening import Ask, Item, Kind, Script
from app.domain.programme import Part, PartKind
from app.models.screen import Screen
from app.models.workshop import AgendaVersion, Workshop
from app.records import agendas, attendees, frames, order, rounds, screens
from app.records.agenda_plans import FixedItem, Plans
from app.records.agendas import WorkshopRow
from app.records.frames import Frame, ThemeTag
from app.records.order import Sheet
from app.records.part_words import part_name
from app.records.rounds import RoundRow
from app.records.screens import ScreenRow

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of the programme as screens show it; begins: minutes after the start."""

    key: str
    kind: str
    number: int | None
    theme_id: int | None
    title: str
    minutes: int
    begins: int


@dataclass(frozen=True, slots=True)
class Evening:
    """Everything that a scene of the screen can ask for. plans: None while a phase hides the counts."""

    workshop: WorkshopRow
    frame: Frame
    join_code: str
    plans: Plans | None
    parts: tuple[PartRow, ...]
    published: int | None
    """The number of the published agenda that the parts come from; None: they follow from the votes."""
    rounds: tuple[RoundRow, ...]
    script: Script
    screen: ScreenRow
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What several scenes read, such as the pictures of now and next, so that it is read once."""

    def once(self, name: str, read: Callable[[], Value]) -> Value:
        """What is read under this name, from the database the first time."""
        if name not in self.kept:
            self.kept[name] = read()
        found: Value = self.kept[name]
        return found

    @property
    def present(self) -> int:
        """How many people are in the room."""
        return self.once("present", lambda: sum(attendees.here(self.workshop.id).values()))

    @property
    def sheet(self) -> Sheet:
        """The ideas of the call with their votes, as they are at this moment."""
        return self.once("sheet", lambda: order.read(self.workshop.call_id, self.frame.rules))

    @property
    def is_hidden(self) -> bool:
        return self.plans is None

    def tag(self, theme_id: int | None) -> ThemeTag | None:
        """A theme of the process."""
        return next((tag for tag in self.frame.themes if tag.id == theme_id), None)

    def round(self, round_id: int | None) -> RoundRow | None:
        """A round of this workshop."""
        return next((row for row in self.rounds if row.id == round_id), None)

    def clock(self, begins: int) -> str:
        """When a part begins by the clock of the city; empty while the date is open."""
        if self.workshop.starts_at is None:
            return ""
        return str(format_time(self.workshop.starts_at + timedelta(minutes=begins), "HH:mm"))


def of_workshop(workshop_id: int, now: datetime) -> Evening | None:
    """The evening of a workshop from the database at this moment. None when there is none."""
    workshop = agendas.workshop(workshop_id)
    frame = frames.of_call(workshop.call_slug) if workshop else None
    if workshop is None or frame is None:
        return None
    code, number, document, *state = db.session.execute(
        select(Workshop.join_code, AgendaVersion.number, AgendaVersion.document, *screens.COLUMNS)
        .outerjoin(AgendaVersion, AgendaVersion.workshop_id == Workshop.id)
        .outerjoin(Screen, Screen.workshop_id == Workshop.id)
        .where(Workshop.id == workshop_id)
        .order_by(AgendaVersion.number.desc())
        .limit(1)
    ).one()
    plans = None if frame.call.hides_counts(now) else agendas.plans(workshop, now)
    tags = {tag.id: tag for tag in frame.themes}
    if document:
        parts = _published(json.loads(document), tags)
    else:
        parts = _drafted(plans, frame, tags) if plans else ()
    asked = tuple(rounds.of_workshop(workshop_id))
    items = [Item(part.key, _kind(part), part.minutes, part.theme_id, part.title) for part in parts]
    return Evening(
        workshop,
        frame,
        code,
        plans,
        parts,
        number,
        asked,
        evening.script(items, [Ask(row.id, row.theme_id, row.question) for row in asked]),
        screens.row_of(workshop_id, state),
    )


_KINDS = {PartKind.THEME: Kind.THEME, PartKind.BREAK: Kind.BREAK, PartKind.FREE: Kind.FREE}


def _kind(part: PartRow) -> Kind:
    return _KINDS.get(PartKind(part.kind), Kind.BLOCK)


def _published(document: Mapping[str, Any], tags: Mapping[int, ThemeTag]) -> tuple[PartRow, ...]:
    """The parts of the agenda as it was published, under the present names of its themes."""
    rows = []
    for part in document["parts"]:
        tag = tags.get(part["themeId"])
        rows.append(
            PartRow(
                part["key"],
                part["kind"],
                part["number"],
                part["themeId"] if tag else None,
                tag.title if tag else part["title"] or part_name(part["kind"]),
                part["minutes"],
                part["begins"],
            )
        )
    return tuple(rows)


def _drafted(plans: Plans, frame: Frame, tags: Mapping[int, ThemeTag]) -> tuple[PartRow, ...]:
    """The parts of the agenda as the votes divide the minutes, or as they did when the standing was sealed."""
    plan = plans.by[plans.usual or frame.rules.weighting]
    blocks = {item.id: item for item in plans.fixed if item.is_block}
    return tuple(_drafted_part(part, blocks, tags) for part in plan.parts)


def _drafted_part(part: Part, blocks: Mapping[int, FixedItem], tags: Mapping[int, ThemeTag]) -> PartRow:
    is_theme = part.kind is PartKind.THEME
    tag = tags.get(part.id) if is_theme else None
    block = None if is_theme else blocks.get(part.id)
    return PartRow(
        f"theme:{part.id}" if is_theme else "free" if part.kind is PartKind.FREE else f"block:{part.id}",
        part.kind.value,
        part.number,
        tag.id if tag else None,
        tag.title if tag else (block.title if block and block.title else part_name(part.kind.value)),
        part.minutes,
        part.begins,
    )


def numbered(parts: Sequence[PartRow], key: str) -> int | None:
    """Where a part stands among the parts; None when it is not there."""
    return next((place for place, part in enumerate(parts) if part.key == key), None)
