"""How much waits at the desk of votes: for the page of the queue, and for the mail that work waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, case, cast, func, null, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.db import UTCDateTime, db
from app.models.integrity import Exclusion, ExclusionState, IntegritySignal, Objection, SignalState
from app.models.person import Person

IsNew = Callable[[InstrumentedAttribute[datetime]], ColumnElement[bool]]
"""Whether something that waits since a moment is new to somebody."""


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """What waits for a moderator."""

    signals: int = 0
    objections: int = 0
    late: int = 0
    """Objections to which we promised an answer before now."""
    since: datetime | None = None

    @property
    def all(self) -> int:
        """Everything together."""
        return self.signals + self.objections


def columns(moderator_id: int) -> tuple[Label[int], Label[int]]:
    """Signals that nobody has taken up or whose proposal waits for a second moderator, who is not the one that
    looks; and objections that nobody has decided on."""
    signals = select(func.count()).select_from(IntegritySignal).where(IntegritySignal.waits_for(moderator_id))
    objections = select(func.count()).select_from(Objection).where(Objection.decided_at.is_(None))
    return signals.scalar_subquery().label("signals"), objections.scalar_subquery().label("objections")


def at_the_desk(moderator_id: int, now: datetime) -> AtTheDesk:
    """What this moderator can take up, one statement."""
    waits = union_all(*(query for query, _since in _waiting(moderator_id))).subquery()
    is_objection = waits.c.due_at.is_not(None)
    signals, objections, late, since = db.session.execute(
        select(
            func.coalesce(func.sum(case((is_objection, 0), else_=1)), 0),
            func.coalesce(func.sum(case((is_objection, 1), else_=0)), 0),
            func.coalesce(func.sum(case((waits.c.due_at < now, 1), else_=0)), 0),
            func.min(waits.c.since),
        )
    ).one()
    return AtTheDesk(signals, objections, late, since)


def has_news(is_new: IsNew) -> ColumnElement[bool]:
    """The condition on Person that something waits at the desk that is new to them, and that they can take up."""
    return or_(*(query.where(is_new(since)).exists() for query, since in _waiting(Person.id)))


def _waiting(
    moderator_id: int | InstrumentedAttribute[int],
) -> list[tuple[Select[*tuple[Any, ...]], InstrumentedAttribute[datetime]]]:
    """What waits for a moderator: signals, proposals of somebody else, and objections to what others decided.

    Each row says since when it waits, and when an answer was promised; with it the column of the first.
    """
    no_promise = cast(null(), UTCDateTime())
    signals = select(IntegritySignal.found_at.label("since"), no_promise.label("due_at")).where(
        IntegritySignal.state == SignalState.OPEN
    )
    proposals = select(Exclusion.proposed_at.label("since"), no_promise.label("due_at")).where(
        Exclusion.state == ExclusionState.PROPOSED, Exclusion.proposed_by_id != moderator_id
    )
    objections = (
        select(Objection.made_at.label("since"), Objection.due_at.label("due_at"))
        .join(Exclusion, Exclusion.id == Objection.exclusion_id)
        .where(
            Objection.decided_at.is_(None),
            Objection.person_id != moderator_id,
            Exclusion.proposed_by_id != moderator_id,
            or_(Exclusion.decided_by_id.is_(None), Exclusion.decided_by_id != moderator_id),
        )
    )
    return [
        (signals.correlate(Person), IntegritySignal.found_at),
        (proposals.correlate(Person), Exclusion.proposed_at),
        (objections.correlate(Person), Objection.made_at),
    ]
