"""What pages show of voting: whether one may, one's own vote, and the counts that may be seen now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from app.db import db
from app.domain.ballot import GROUPS, Group, VoteValue, groups_to_show
from app.domain.decision import YES, Decision
from app.domain.lifecycle import IdeaState
from app.models.person import Person
from app.models.vote import Tally, Vote
from app.policies.taking_part import may_vote
from app.records import excluded
from app.records.calls import CallRow
from app.records.excluded import PerReason


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """How one group voted; without numbers where they are withheld."""

    group: Group
    votes_for: int | None
    votes_against: int | None

    @property
    def is_withheld(self) -> bool:
        return self.votes_for is None

    @property
    def share(self) -> int | None:
        """How many percent of the group are for."""
        if self.votes_for is None or self.votes_against is None:
            return None
        return round(100 * self.votes_for / (self.votes_for + self.votes_against))


@dataclass(frozen=True, slots=True)
class Ballot:
    """Voting on one idea as a page shows it to one visitor."""

    idea_id: int
    decision: Decision
    mine: VoteValue
    votes_for: int | None
    """None while a phase hides the counts."""
    votes_against: int | None
    groups: tuple[GroupTotal, ...]
    """Empty while a phase hides the counts, or when nobody voted yet."""
    is_excluded: bool = False
    """Whether one's own vote does not count, by a decision of two moderators."""
    left_out: PerReason = field(default_factory=dict)
    """How many votes of others do not count, by reason; empty while a phase hides the counts."""

    @property
    def shows_counts(self) -> bool:
        return self.votes_for is not None


_OF_IDEA = (
    select(Tally.group, Tally.votes_for, Tally.votes_against, Vote.value, Vote.excluded_at, excluded.on_idea)
    .outerjoin(Vote, and_(Vote.idea_id == Tally.idea_id, Vote.person_id == bindparam("person")))
    .where(Tally.idea_id == bindparam("idea"))
)
_MINE = select(Vote.idea_id, Vote.value).where(
    Vote.person_id == bindparam("person"),
    Vote.value != VoteValue.WITHDRAWN.value,
    Vote.idea_id.in_(bindparam("ideas", expanding=True)),
)
# Put together once, and run without the object mapper: on every page of every voter.


def of_idea(idea_id: int, state: IdeaState, call: CallRow, person: Person | None, now: datetime) -> Ballot:
    """The ballot of one idea for one visitor, in one statement."""
    given = {"idea": idea_id, "person": person.id if person else None}
    rows = db.session.connection().execute(_OF_IDEA, given).all()
    mine = VoteValue((rows[0][3] or 0) if rows else 0)
    return _ballot(idea_id, may_vote(person, state, call, now), mine, rows, call.hides_counts(now))


def after_vote(idea_id: int, mine: VoteValue, call: CallRow, person_id: int, now: datetime) -> Ballot:
    """The ballot for somebody whose vote was recorded just now, in one statement."""
    rows = db.session.connection().execute(_OF_IDEA, {"idea": idea_id, "person": person_id}).all()
    return _ballot(idea_id, YES, mine, rows, call.hides_counts(now))


def _ballot(
    idea_id: int,
    decision: Decision,
    mine: VoteValue,
    rows: Sequence[Any],
    hides_counts: bool,
) -> Ballot:
    is_excluded = bool(rows) and rows[0][4] is not None
    if hides_counts:
        return Ballot(idea_id, decision, mine, None, None, (), is_excluded)
    totals = {row[0]: (row[1], row[2]) for row in rows}
    return Ballot(
        idea_id,
        decision,
        mine,
        sum(total[0] for total in totals.values()),
        sum(total[1] for total in totals.values()),
        group_totals(totals),
        is_excluded,
        excluded.per_reason(rows[0][5] if rows else None),
    )


def group_totals(totals: Mapping[Group, tuple[int, int]]) -> tuple[GroupTotal, ...]:
    """The totals of an idea per group, as far as they may be shown; nothing when nobody voted."""
    if not any(sum(total) for total in totals.values()):
        return ()
    shown = groups_to_show(totals)
    return tuple(
        GroupTotal(group, *totals[group]) if group in shown else GroupTotal(group, None, None)
        for group in GROUPS
    )


def my_votes(person_id: int, idea_ids: Sequence[int]) -> dict[int, VoteValue]:
    """What one person voted on these ideas, in one statement; ideas without a vote are left out."""
    rows = db.session.connection().execute(_MINE, {"person": person_id, "ideas": list(idea_ids)})
    return {row[0]: VoteValue(row[1]) for row in rows}
