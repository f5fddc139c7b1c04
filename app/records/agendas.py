"""Workshops with their programme, as the workshop page, the facilitator and the projector read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, type_coerce

from app.db import UTCDateTime, db
from app.domain.ranking import Weighting
from app.models.outcome import Outcome, WorkshopEvening
from app.models.process import Activity, Call, Process, ProcessState
from app.models.room import Round, RoundState
from app.models.seal import SealPlan
from app.models.workshop import AgendaBasis, AgendaItem, AgendaItemKind, AgendaVersion, Workshop
from app.records import agenda_ballots, agenda_changes, agenda_plans, standings, stands
from app.records.agenda_plans import FixedItem, Plans
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
    basis: AgendaBasis = AgendaBasis.NEWEST
    basis_number: int | None = None
    version: int | None = None
    """The number of the newest published version of its agenda."""
    order: Sequence[str] = ()
    order_reason: str = ""
    doors_until: datetime | None = None
    """Until when somebody opened the doors by hand; closed them, when it is past."""
    finished_at: datetime | None = None
    """When its evening was finished, so that everybody may read the report."""
    shown_rounds: int = 0
    """How many rounds in the room everybody may see the result of."""
    outcomes: int = 0
    """On how many themes the room concluded something."""

    def is_over(self, now: datetime) -> bool:
        """Whether the workshop has been, or its process was closed."""
        ends = self.ends_at or (self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None)
        return self.process_state != ProcessState.OPEN or (ends is not None and ends <= now)


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
    Workshop.basis,
    Workshop.basis_number,
    select(func.max(AgendaVersion.number))
    .where(AgendaVersion.workshop_id == Workshop.id)
    .correlate(Workshop)
    .scalar_subquery(),
    Workshop.order,
    Workshop.order_reason,
    Workshop.doors_until,
    type_coerce(
        select(WorkshopEvening.finished_at)
        .where(WorkshopEvening.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery(),
        UTCDateTime(),
    ),
    select(func.count())
    .select_from(Round)
    .where(Round.workshop_id == Workshop.id, Round.state == RoundState.REVEALED)
    .correlate(Workshop)
    .scalar_subquery(),
    select(func.count())
    .select_from(Outcome)
    .where(Outcome.workshop_id == Workshop.id)
    .correlate(Workshop)
    .scalar_subquery(),
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
    fixed = agenda_plans.sealed_items(scope)
    length = scope.get("minutes", of.minutes)
    order = scope.get("order", ())
    live = replace(
        live,
        votes_moved=agenda_changes.votes_moved(row, document, of.id, live),
        fixed_moved=agenda_plans.arranged(of.minutes, live.fixed) != agenda_plans.arranged(length, fixed)
        or agenda_plans.placed(of.order, live.fixed) != [*order],
    )
    if provisional:
        return live
    return replace(
        live,
        by={
            weighting: agenda_plans.plan_of(
                length, weighting, stands.agenda(document, of.id, weighting), fixed, row.sealed_at, order
            )
            for weighting in Weighting
        },
        fixed=fixed,
        lengths=agenda_changes.lengths_in(document, fixed),
        order_reason=scope.get("order_reason", ""),
        themes=stands.themes(document),
        is_sealed=True,
        is_ticked=document["scope"]["ballots"] == agenda_ballots.TICKED,
        usual=Weighting(document["weighting"]),
    )


def live(of: WorkshopRow, now: datetime) -> Plans:
    """The agendas as last computed from the votes, whatever was sealed. Two statements."""
    return _live(of, now, None)


def _live(of: WorkshopRow, now: datetime, sealed: StandRow | None) -> Plans:
    kinds = {weighting: standings.agenda_kind(of.id, weighting) for weighting in Weighting}
    kept = standings.several(of.call_id, [standings.THEMES, standings.NUMBERS, *kinds.values()], now)
    fixed = fixed_items(of.id)
    by = {}
    for weighting, kind in kinds.items():
        data = kept[kind].data if kind in kept else {"error": ""}
        by[weighting] = agenda_plans.plan_of(
            of.minutes, weighting, data, fixed, kept[kind].computed_at if kind in kept else now, of.order
        )
    is_retimed = any(item.kind == AgendaItemKind.RETIMED for item in fixed)
    return Plans(
        by=by,
        fixed=fixed,
        themes=kept[standings.THEMES].data if standings.THEMES in kept else {},
        numbers=kept[standings.NUMBERS].data if standings.NUMBERS in kept else {},
        sealed=sealed,
        is_ticked=standings.NUMBERS in kept
        and kept[standings.NUMBERS].data.get("ballots") == agenda_ballots.TICKED,
        lengths=standings.theme_minutes_of(of.call_id) if is_retimed else {},
        order_reason=of.order_reason,
    )
