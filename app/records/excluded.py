"""Which votes do not count, now or at a moment that is over: conditions for statements, and counts per reason.

A vote that does not count now says so itself (`Vote.excluded_at`); from when to when it did not is in `ExcludedVote`,
so that a standing of the past can be counted again whatever was decided since. Decision 0033.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, func, or_, select, tuple_

from app.db import db
from app.kit.kept import Kept
from app.models.idea import Idea
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason
from app.models.vote import Vote

PerReason = Mapping[ExclusionReason, int]
InForce = frozenset[tuple[int, int, int]]
"""Exclusion, idea and person of every vote that does not count."""


def counts_at(moment: datetime) -> ColumnElement[bool]:
    """That no exclusion of a vote was in force at a moment; what is decided later changes nothing about then."""
    off = select(ExcludedVote.idea_id, ExcludedVote.person_id).where(_in_force(moment))
    return tuple_(Vote.idea_id, Vote.person_id).not_in(off)


def _in_force(moment: datetime) -> ColumnElement[bool]:
    return and_(
        ExcludedVote.from_at <= moment,
        or_(ExcludedVote.lifted_at.is_(None), ExcludedVote.lifted_at > moment),
    )


def in_force_at(call_id: int, moment: datetime) -> InForce:
    """Every vote of a call that did not count at a moment; what a seal compares before it is written."""
    rows = db.session.execute(
        select(ExcludedVote.exclusion_id, ExcludedVote.idea_id, ExcludedVote.person_id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .where(Idea.call_id == call_id, _in_force(moment))
    )
    return frozenset((row[0], row[1], row[2]) for row in rows)


@dataclass(frozen=True, slots=True)
class Off:
    """A vote that did not count at a moment, why, and what it was then; 0 for one that was withdrawn or never there."""

    idea_id: int
    person_id: int
    reason: ExclusionReason
    value: int


def off_at(chosen: ColumnElement[bool], moment: datetime, state: ColumnElement[Any]) -> list[Off]:
    """Every vote on the chosen ideas that did not count at a moment. state: what a vote was at that moment."""
    rows = db.session.execute(
        select(ExcludedVote.idea_id, ExcludedVote.person_id, Exclusion.reason, func.coalesce(state, 0))
        .join(Exclusion, Exclusion.id == ExcludedVote.exclusion_id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .outerjoin(Vote, and_(Vote.idea_id == ExcludedVote.idea_id, Vote.person_id == ExcludedVote.person_id))
        .where(chosen, _in_force(moment))
    )
    return [Off(*row) for row in rows]


_kept: Kept[dict[int, dict[ExclusionReason, int]]] = Kept("excluded votes")


def of_ideas(call_id: int) -> Mapping[int, PerReason]:
    """How many votes on the ideas of a call do not count now, by reason; ideas without any are left out.

    At most a second old. Not to be shown while counts are hidden: the caller asks the phase.
    """
    return _kept.get(call_id, lambda _stale: _read(call_id)) or {}


def _read(call_id: int) -> dict[int, dict[ExclusionReason, int]]:
    rows = db.session.execute(
        select(Vote.idea_id, Exclusion.reason, func.count())
        .join(
            ExcludedVote, and_(ExcludedVote.idea_id == Vote.idea_id, ExcludedVote.person_id == Vote.person_id)
        )
        .join(Exclusion, Exclusion.id == ExcludedVote.exclusion_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(
            Exclusion.call_id == call_id,
            ExcludedVote.from_at.is_not(None),
            ExcludedVote.lifted_at.is_(None),
            Vote.value != 0,
            Idea.merged_into_id.is_(None),  # there it stands at the idea that stays
        )
        .group_by(Vote.idea_id, Exclusion.reason)
    )
    found: dict[int, dict[ExclusionReason, int]] = {}
    for idea_id, reason, votes in rows:
        found.setdefault(idea_id, {})[reason] = votes
    return {
        idea_id: {reason: reasons[reason] for reason in ExclusionReason if reason in reasons}
        for idea_id, reasons in found.items()
    }


def of_call(call_id: int) -> PerReason:
    """The same for the whole call, in the order of the reasons."""
    sums = dict.fromkeys(ExclusionReason, 0)
    for reasons in of_ideas(call_id).values():
        for reason, votes in reasons.items():
            sums[reason] += votes
    return {reason: votes for reason, votes in sums.items() if votes}


_counts = (
    select(Exclusion.reason, func.count().label("votes"))
    .join(ExcludedVote, ExcludedVote.exclusion_id == Exclusion.id)
    .join(Vote, and_(Vote.idea_id == ExcludedVote.idea_id, Vote.person_id == ExcludedVote.person_id))
    .where(
        ExcludedVote.idea_id == bindparam("idea"),
        ExcludedVote.from_at.is_not(None),
        ExcludedVote.lifted_at.is_(None),
        Vote.value != 0,
    )
    .group_by(Exclusion.reason)
    .subquery()
)
on_idea = select(
    func.aggregate_strings(cast(_counts.c.reason, String) + "=" + cast(_counts.c.votes, String), ",")
).scalar_subquery()
"""How many votes on an idea do not count now, by reason: a column for a statement that asks about one idea anyway,
to be read by `per_reason`. One look into an index that holds these votes only."""


def per_reason(column: str | None) -> PerReason:
    """What the column `on_idea` says, in the order of the reasons; nothing where all votes count."""
    found = dict(part.split("=") for part in column.split(",")) if column else {}
    return {reason: int(found[reason]) for reason in ExclusionReason if reason in found}
