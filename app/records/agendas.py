"""Workshops with their programme, as the workshop page, the facilitator and the projector read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, type_coerce

from app.db import UTCDateTime, db
from app.domain import programme
from app.domain.programme import Part, Slot
from app.domain.ranking import Weighting
from app.models.process import Activity, Call, Process, ProcessState
from app.models.seal import SealPlan
from app.models.workshop import AgendaItem, AgendaItemKind, Workshop
from app.records import agenda_ballots, standings, stands
from app.records.stands import StandRow


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    """A workshop with its activity, the call that feeds it and the process it belongs to."""

    id: int
    minutes: int
    call_id: int
    call_slug: str
    process_slug: str
    process_title: str
    process_state: ProcessState
    activity_id: int
    title: str
    summary: str
    body: str
    starts_at: datetime | None
    ends_at: datetime | None
    date_text: str
    place: str
    seals_at: datetime | None
    """When its standing is planned to be sealed next."""

    def is_over(self, now: datetime) -> bool:
        """Whether the workshop has been, or its process was closed."""
        ends = self.ends_at or (self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None)
        return self.process_state != ProcessState.OPEN or (ends is not None and ends <= now)


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


_COLUMNS: tuple[Any, ...] = (
    Workshop.id,
    Workshop.minutes,
    Workshop.call_id,
    Call.slug,
    Process.slug,
    Process.title,
    Process.state,
    Activity.id,
    Activity.title,
    Activity.summary,
    Activity.body,
    Activity.starts_at,
    Activity.ends_at,
    Activity.date_text,
    Activity.place,
    type_coerce(
        select(func.min(SealPlan.at))
        .where(SealPlan.workshop_id == Workshop.id, SealPlan.done_at.is_(None))
        .correlate(Workshop)
        .scalar_subquery(),
        UTCDateTime(),
    ),
)


def _rows() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Call, Call.id == Workshop.call_id)
        .join(Process, Process.id == Call.process_id)
    )


def workshop(workshop_id: int) -> WorkshopRow | None:
    """One workshop, in one statement."""
    row = db.session.execute(_rows().where(Workshop.id == workshop_id)).one_or_none()
    return WorkshopRow(*row) if row else None


def all_workshops(now: datetime) -> tuple[list[WorkshopRow], list[WorkshopRow]]:
    """The workshops to come, soonest first (without a date last), and those that have been, latest first."""
    rows = [WorkshopRow(*row) for row in db.session.execute(_rows().order_by(Activity.position, Workshop.id))]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    coming = sorted((row for row in rows if not row.is_over(now)), key=lambda row: row.starts_at or far)
    past = sorted(
        (row for row in rows if row.is_over(now)), key=lambda row: row.starts_at or now, reverse=True
    )
    return coming, past


def fixed_items(workshop_id: int) -> tuple[FixedItem, ...]:
    """What the facilitator fixed, in order."""
    rows = db.session.execute(
        select(
            AgendaItem.id,
            AgendaItem.kind,
            AgendaItem.theme_id,
            AgendaItem.title,
            AgendaItem.minutes,
            AgendaItem.position,
            AgendaItem.reason,
        )
        .where(AgendaItem.workshop_id == workshop_id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    return tuple(FixedItem(*row) for row in rows)


def plans(of: WorkshopRow, now: datetime, *, provisional: bool = False) -> Plans:
    """The agendas of a workshop: from its last sealed standing, or `provisional` as last computed from the votes.

    The numbers of votes and voters are those of this moment in any case. Three statements, and one more when a
    process of the server meets a sealed standing for the first time.
    """
    row = stands.of_workshop(of.id)
    live = _live(of, now, row)
    if row is None:
        return live
    document = stands.document(row.digest)
    scope = stands.workshop(document, of.id)
    fixed = sealed_items(scope)
    length = scope.get("minutes", of.minutes)
    live = replace(
        live,
        votes_moved=_votes_moved(row, document, live),
        fixed_moved=_arranged(of.minutes, live.fixed) != _arranged(length, fixed),
    )
    if provisional:
        return live
    return replace(
        live,
        by={
            weighting: plan_of(
                length, weighting, stands.agenda(document, of.id, weighting), fixed, row.sealed_at
            )
            for weighting in Weighting
        },
        fixed=fixed,
        themes=stands.themes(document),
        is_sealed=True,
        is_ticked=document["scope"]["ballots"] == agenda_ballots.TICKED,
        usual=Weighting(document["weighting"]),
    )


def _live(of: WorkshopRow, now: datetime, sealed: StandRow | None) -> Plans:
    kinds = {weighting: standings.agenda_kind(of.id, weighting) for weighting in Weighting}
    kept = standings.several(of.call_id, [standings.THEMES, standings.NUMBERS, *kinds.values()], now)
    fixed = fixed_items(of.id)
    by = {}
    for weighting, kind in kinds.items():
        data = kept[kind].data if kind in kept else {"error": ""}
        by[weighting] = plan_of(
            of.minutes, weighting, data, fixed, kept[kind].computed_at if kind in kept else now
        )
    return Plans(
        by=by,
        fixed=fixed,
        themes=kept[standings.THEMES].data if standings.THEMES in kept else {},
        numbers=kept[standings.NUMBERS].data if standings.NUMBERS in kept else {},
        sealed=sealed,
        is_ticked=standings.NUMBERS in kept
        and kept[standings.NUMBERS].data.get("ballots") == agenda_ballots.TICKED,
    )


def sealed_items(scope: Mapping[str, Any]) -> tuple[FixedItem, ...]:
    """What was fixed for a workshop when its standing was sealed, numbered in order."""
    blocks = [
        (AgendaItemKind(row["kind"]), None, row["title"], row["minutes"], "")
        for row in scope.get("blocks", ())
    ]
    themes = [
        (kind, row["theme"], "", row["minutes"], row["reason"])
        for kind, name in ((AgendaItemKind.PINNED, "pinned"), (AgendaItemKind.SKIPPED, "skipped"))
        for row in scope.get(name, ())
    ]
    return tuple(
        FixedItem(place, kind, theme, title, minutes, place, reason)
        for place, (kind, theme, title, minutes, reason) in enumerate((*blocks, *themes), start=1)
    )


def _arranged(minutes: int, fixed: Sequence[FixedItem]) -> tuple[Any, ...]:
    """What a facilitator arranged, to be compared: blocks in order, themes in any."""
    blocks = [(item.kind, item.title, item.minutes) for item in fixed if item.is_block]
    themes = {
        (item.kind, item.theme_id, item.minutes if item.kind == AgendaItemKind.PINNED else 0, item.reason)
        for item in fixed
        if not item.is_block
    }
    return minutes, blocks, themes


def _votes_moved(row: StandRow, document: Mapping[str, Any], live: Plans) -> bool:
    """Whether anything is counted differently now: votes, voters, or who supports a theme in ranking or agenda.

    An agenda of ticked themes moves with the ticks alone.
    """
    usual = Weighting(document["weighting"])
    sealed_agenda = stands.agenda(document, row.workshop_id or 0, usual)
    agenda = (
        _heads(sealed_agenda, "entries", "left_out"),
        _heads(live.by[usual].data, "entries", "left_out"),
    )
    was_ticked = document["scope"]["ballots"] == agenda_ballots.TICKED
    if was_ticked or live.is_ticked:
        return was_ticked != live.is_ticked or agenda[0].keys() != agenda[1].keys() or _differ(*agenda)
    if (live.numbers.get("votes"), live.numbers.get("voters")) != (row.votes, row.voters):
        return True
    ranking = (_heads(stands.themes(document), "rows", "too_few"), _heads(live.themes, "rows", "too_few"))
    return _differ(*ranking) or _differ(*agenda)


Heads = Mapping[int, Sequence[int | None]]


def _differ(then: Heads, current: Heads) -> bool:
    """Whether any number that is told in both is another one."""
    return any(
        before is not None and now is not None and before != now
        for theme, heads in then.items()
        for before, now in zip(heads, current.get(theme, ()), strict=False)
    )


def _heads(record: Mapping[str, Any], *parts: str) -> dict[int, Sequence[int | None]]:
    """Supporters per theme and group, as far as they are told."""
    return {found["id"]: found["supporters"] for part in parts for found in record.get(part, ())}


def plan_of(
    length: int,
    weighting: Weighting,
    data: Mapping[str, Any],
    fixed: Sequence[FixedItem],
    computed_at: datetime,
) -> Plan:
    """The programme of a workshop of this length from the record of its agenda and what was fixed."""
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
    return Plan(weighting, data, parts, 0, computed_at)
