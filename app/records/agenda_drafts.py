"""The agenda that a facilitator is making: from the votes of this moment, or from the ballots of a sealed standing.

What is computed from sealed ballots is kept, so that reading it costs nothing: the verbs of the facilitator and the
job compute it. Who reads a draft that nobody computed yet computes it once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from app.db import begin_write, db
from app.domain.ranking import Weighting
from app.domain.ranking.canonical import canonical, parse, sha256
from app.domain.ranking.redraft import redraft
from app.models.process import Call
from app.models.seal import Snapshot
from app.models.standing import Standing
from app.models.workshop import AgendaBasis, Workshop
from app.records import agenda_ballots, agenda_changes, agenda_plans, agendas, sealing, standings, stands
from app.records.agenda_plans import Plans
from app.records.agendas import WorkshopRow
from app.records.stands import StandRow

Records = Mapping[Weighting, Mapping[str, Any]]


def stand_of(of: WorkshopRow, seals: Sequence[StandRow] | None = None) -> StandRow | None:
    """The sealed standing that the agenda follows from; None: the votes of this moment.

    seals: all of the call, the newest first; read here when they are not given and there is something to look for.
    """
    if of.basis == AgendaBasis.VOTES:
        return None
    seals = stands.of_calls([of.call_id]) if seals is None else seals
    if of.basis == AgendaBasis.STAND:
        return next((row for row in seals if row.number == of.basis_number), None)
    return next((row for row in seals if row.workshop_id == of.id), None)


def plans(
    of: WorkshopRow, now: datetime, *, compute: bool = True, seals: Sequence[StandRow] | None = None
) -> Plans | None:
    """The draft by both weightings, with what is fixed and the order of this moment.

    None without `compute` when it has to be computed from sealed ballots first. Four statements otherwise, three
    with `seals`: all sealed standings of the call, the newest first.
    """
    live = agendas.live(of, now)
    row = stand_of(of, seals)
    if row is None:
        return live
    document = stands.document(row.digest)
    found = _records(of, row, document, live.fixed)
    if found is None:
        if not compute:
            return None
        found = _computed(of.id, row, now)
    return replace(
        live,
        by={
            weighting: agenda_plans.plan_of(
                of.minutes, weighting, found[weighting], live.fixed, row.sealed_at, of.order
            )
            for weighting in Weighting
        },
        themes=stands.themes(document),
        numbers={"votes": row.votes, "voters": row.voters},
        sealed=row,
        is_sealed=True,
        usual=Weighting(document["weighting"]),
        votes_moved=agenda_changes.votes_moved(row, document, of.id, live),
        fixed_moved=not _as_sealed(of, document, live.fixed),
        is_ticked=document["scope"]["ballots"] == agenda_ballots.TICKED,
        lengths=agenda_changes.lengths_in(document, live.fixed),
    )


def refresh(workshop_id: int, now: datetime) -> None:
    """Compute the draft when it follows from a sealed standing and was changed since; nothing otherwise. Commits."""
    of = agendas.workshop(workshop_id)
    row = stand_of(of) if of else None
    if of is None or row is None:
        db.session.rollback()
        return
    document = stands.document(row.digest)
    if _records(of, row, document, agendas.fixed_items(of.id)) is None:
        _computed(of.id, row, now)
    db.session.rollback()


def _as_sealed(
    of: WorkshopRow, document: Mapping[str, Any], fixed: tuple[agenda_plans.FixedItem, ...]
) -> bool:
    """Whether nothing that decides on the agenda was changed since the seal."""
    scope = stands.workshop(document, of.id)
    sealed = agenda_plans.sealed_items(scope)
    return bool(scope) and agenda_plans.arranged(of.minutes, fixed) == agenda_plans.arranged(
        scope["minutes"], sealed
    )


def _records(
    of: WorkshopRow, row: StandRow, document: Mapping[str, Any], fixed: tuple[agenda_plans.FixedItem, ...]
) -> Records | None:
    """The agendas from the ballots of a standing: as sealed, or as kept; None when they must be computed."""
    if _as_sealed(of, document, fixed):
        return {weighting: stands.agenda(document, of.id, weighting) for weighting in Weighting}
    version = _version(row, of.minutes, fixed)
    kinds = {_kind(of.id, weighting): weighting for weighting in Weighting}
    kept = db.session.scalars(
        select(Standing).where(
            Standing.call_id == of.call_id, Standing.kind.in_(kinds), Standing.input_version == version
        )
    ).all()
    return {kinds[each.kind]: each.data for each in kept} if len(kept) == len(kinds) else None


def _computed(workshop_id: int, row: StandRow, now: datetime) -> Records:
    """Compute both agendas from the ballots of a standing and keep them. Commits.

    Reads first and lets go of the database while it computes; of two at once the last one is kept, and who finds
    that something was changed meanwhile computes again.
    """
    workshop = db.session.get_one(Workshop, workshop_id, populate_existing=True)
    scope, call_id = sealing.scope_of(workshop), workshop.call_id
    version = _version(row, workshop.minutes, agendas.fixed_items(workshop_id))
    text = db.session.scalar(select(Snapshot.audit).where(Snapshot.id == row.id)) or ""
    db.session.rollback()
    found = redraft(parse(text), scope)
    begin_write()
    db.session.execute(select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))
    kinds = [_kind(workshop_id, weighting) for weighting in found]
    db.session.execute(delete(Standing).where(Standing.call_id == call_id, Standing.kind.in_(kinds)))
    db.session.execute(
        insert(Standing),
        [
            {
                "call_id": call_id,
                "kind": _kind(workshop_id, weighting),
                "input_version": version,
                "data": data,
                "computed_at": now,
            }
            for weighting, data in found.items()
        ],
    )
    db.session.commit()
    return found


def _kind(workshop_id: int, weighting: Weighting) -> str:
    return f"{standings.DRAFT}{workshop_id}:{weighting}"


def _version(row: StandRow, minutes: int, fixed: tuple[agenda_plans.FixedItem, ...]) -> str:
    """What a draft follows from, in one value: the standing, the minutes and what is fixed."""
    items = [
        [item.kind.value, item.theme_id, item.title, item.minutes, item.reason]
        for item in sorted(fixed, key=lambda item: (item.position, item.id))
    ]
    return sha256(canonical([row.digest, minutes, items]))
