"""The agenda of a workshop as a programme: what a facilitator fixed, put together with what was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain import programme
from app.domain.programme import Part, Slot
from app.domain.ranking import Weighting
from app.models.workshop import AgendaItemKind
from app.records import standings
from app.records.stands import StandRow


@dataclass(frozen=True, slots=True)
class FixedItem:
    """What the facilitator fixed: a block of time, or a theme that is pinned or skipped with its reason."""

    id: int
    kind: AgendaItemKind
    theme_id: int | None
    title: str
    minutes: int
    position: int
    reason: str

    @property
    def is_block(self) -> bool:
        return self.kind in standings.FIXED_KINDS


@dataclass(frozen=True, slots=True)
class Plan:
    """The drafted agenda of a workshop by one weighting, as last computed.

    `data` is the record of app.domain.ranking.agenda_record, or empty when the minutes do not suffice for what was
    fixed; then `lacking` says how many minutes are too few.
    """

    weighting: Weighting
    data: Mapping[str, Any]
    parts: tuple[Part, ...]
    lacking: int
    computed_at: datetime
    is_reordered: bool = False
    """Whether the parts stand in another order than follows from the votes."""

    @property
    def entries(self) -> Sequence[Mapping[str, Any]]:
        """The themes on the agenda, in order."""
        found: Sequence[Mapping[str, Any]] = self.data.get("entries", ())
        return found

    @property
    def themes(self) -> tuple[int, ...]:
        """The numbers of the themes on the agenda, in order."""
        return tuple(entry["id"] for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Plans:
    """The agendas of a workshop by both weightings, with the ranking of themes and the numbers they come from.

    `sealed` is the last standing that was sealed for the workshop. Everything follows from it when `is_sealed`, and
    from the votes of this moment otherwise: before anything was sealed, and for who asks what it would be now.
    """

    by: Mapping[Weighting, Plan]
    fixed: tuple[FixedItem, ...]
    themes: Mapping[str, Any]
    numbers: Mapping[str, Any]
    sealed: StandRow | None = None
    is_sealed: bool = False
    usual: Weighting | None = None
    """The weighting that was in force at the seal, when it counts."""
    votes_moved: bool = False
    """Whether people voted since the seal, so that the agenda of this moment can differ."""
    fixed_moved: bool = False
    """Whether minutes, blocks or fixed themes were changed since the seal."""
    is_ticked: bool = False
    """Whether the agendas follow from what people ticked themselves, not from their votes on ideas."""
    lengths: Mapping[int, int] = field(default_factory=dict)
    """The minutes that a theme usually takes, for those that take others here."""
    order_reason: str = ""

    def data(self, weighting: Weighting) -> Mapping[str, Any]:
        """The record of the agenda by a weighting."""
        return self.by[weighting].data


def placed(order: Sequence[str], fixed: Sequence[FixedItem]) -> list[str]:
    """An order as sealed documents tell it: blocks by their place."""
    return programme.known_places(order, [item.id for item in fixed if item.is_block])


def sealed_items(scope: Mapping[str, Any]) -> tuple[FixedItem, ...]:
    """What was fixed for a workshop when its standing was sealed, numbered in order."""
    blocks = [
        (AgendaItemKind(row["kind"]), None, row["title"], row["minutes"], "")
        for row in scope.get("blocks", ())
    ]
    themes = [
        (kind, row["theme"], "", row["minutes"], row["reason"])
        for kind, name in (
            (AgendaItemKind.PINNED, "pinned"),
            (AgendaItemKind.SKIPPED, "skipped"),
            (AgendaItemKind.RETIMED, "retimed"),
        )
        for row in scope.get(name, ())
    ]
    return tuple(
        FixedItem(place, kind, theme, title, minutes, place, reason)
        for place, (kind, theme, title, minutes, reason) in enumerate((*blocks, *themes), start=1)
    )


def arranged(minutes: int, fixed: Sequence[FixedItem]) -> tuple[Any, ...]:
    """What a facilitator arranged, to be compared: blocks in order, themes in any."""
    blocks = [(item.kind, item.title, item.minutes) for item in fixed if item.is_block]
    themes = {
        (item.kind, item.theme_id, 0 if item.kind == AgendaItemKind.SKIPPED else item.minutes, item.reason)
        for item in fixed
        if not item.is_block
    }
    return minutes, blocks, themes


def plan_of(
    length: int,
    weighting: Weighting,
    data: Mapping[str, Any],
    fixed: Sequence[FixedItem],
    computed_at: datetime,
    order: Sequence[str] = (),
) -> Plan:
    """The programme of a workshop of this length from the record of its agenda and what was fixed.

    order: the keys of the parts as somebody put them; empty for the order that follows from the votes.
    """
    taken = sum(item.minutes for item in fixed if item.is_block or item.kind == AgendaItemKind.PINNED)
    if "error" in data:
        return Plan(weighting, {}, (), max(taken - length, 0), computed_at)

    def blocks(kind: AgendaItemKind) -> list[Slot]:
        return [Slot(item.id, item.minutes) for item in fixed if item.kind == kind]

    parts = programme.compose(
        blocks(AgendaItemKind.OPENING),
        [Slot(entry["id"], entry["minutes"]) for entry in data["entries"]],
        blocks(AgendaItemKind.BREAK),
        blocks(AgendaItemKind.CLOSING),
        free=data["free"],
    )
    found = programme.arranged(parts, order)
    return Plan(weighting, data, found, 0, computed_at, found != parts)
