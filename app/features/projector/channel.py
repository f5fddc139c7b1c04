"""The screen as something to follow: what it depends on in two cheap statements, and the bytes that it asks for."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, case, func, select, type_coerce

from app.db import db
from app.features.projector import board
from app.kit.live import Channel, Frame
from app.models.outcome import Outcome
from app.models.room import Attendee, Round, RoundState, RoundVote
from app.models.screen import Screen
from app.models.seal import Snapshot
from app.models.standing import Standing
from app.models.workshop import AgendaVersion, Workshop
from app.records import rooms, standings

NAME = "scherm"
_STEP = case(
    {state.value: place for place, state in enumerate(RoundState)}, value=type_coerce(Round.state, String)
)

_SEALED = (
    select(func.max(Snapshot.number))
    .where(Snapshot.call_id == Workshop.call_id)
    .correlate(Workshop)
    .scalar_subquery()
)


def _sum(amount: Any, table: Any) -> Any:
    """The sum over the rows of a table that belong to the workshop."""
    return (
        select(func.coalesce(func.sum(amount), 0))
        .where(table.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery()
    )


_VOTES = (
    select(func.count())
    .select_from(RoundVote)
    .join(Round, Round.id == RoundVote.round_id)
    .where(Round.workshop_id == Workshop.id, Round.state != RoundState.PLANNED)
    .correlate(Workshop)
    .scalar_subquery()
)
_STATE = (
    select(
        Workshop.call_id,
        Workshop.basis,
        Workshop.basis_number,
        Screen.number,
        Standing.computed_at,
        _SEALED,
        _sum(_STEP * Round.id, Round),
        _sum(Outcome.number * Outcome.id, Outcome),
        _sum(AgendaVersion.number, AgendaVersion),
        _sum(case((Attendee.removed_at.is_(None), 1), else_=0), Attendee),
        _VOTES,
    )
    .outerjoin(Screen, Screen.workshop_id == Workshop.id)
    .outerjoin(Standing, and_(Standing.call_id == Workshop.call_id, Standing.kind == standings.THEMES))
)
"""What the desk put on, what was computed and sealed last, and what happens in the room: rounds, outcomes, people."""


def version(workshop_id: int) -> str:
    """Differs after a vote, a computed result, a seal or a change at the desk; names change seldom and show later."""
    state = db.session.execute(_STATE.where(Workshop.id == workshop_id)).one_or_none()
    if state is None:
        return ""
    return f"{standings.input_version(state[0])}|{'|'.join(map(str, state))}"


def frame(workshop_id: int, language: str, now: datetime) -> Frame | None:
    """What the screen shows now."""
    found = board.of_workshop(workshop_id, language, now)
    return Frame(found.body, found.etag) if found else None


CHANNEL = Channel(NAME, rooms.exists, version, frame)
