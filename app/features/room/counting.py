"""What becomes of votes when somebody's badge changes or a phone is taken away: only in rounds that can still change.

The caller holds the rows of the people. Who closes a round waits for this, or has closed it before.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from app.db import db
from app.models.room import Round, RoundState, RoundVote
from app.records import round_moments


def regroup(people: Sequence[int]) -> None:
    """Count the votes of these people in the group that their badge has now."""
    if open_ := _open(people):
        db.session.execute(
            update(RoundVote)
            .where(RoundVote.attendee_id.in_(people), RoundVote.round_id.in_(open_))
            .values(group=round_moments.group_now())
            .execution_options(synchronize_session=False)
        )


def take_back(people: Sequence[int]) -> None:
    """Count the votes of phones that are no longer in the room nowhere."""
    if open_ := _open(people):
        db.session.execute(
            delete(RoundVote)
            .where(RoundVote.attendee_id.in_(people), RoundVote.round_id.in_(open_))
            .execution_options(synchronize_session=False)
        )


def _open(people: Sequence[int]) -> list[int]:
    """The open rounds in which these people voted, which nobody closes until this transaction ends."""
    voted = select(RoundVote.round_id).where(RoundVote.attendee_id.in_(people))
    rows = db.session.execute(
        select(Round.id, Round.state)
        .where(Round.id.in_(voted), Round.state == RoundState.OPEN)
        .order_by(Round.id)
        .with_for_update(read=True)
    )
    return [number for number, state in rows if state is RoundState.OPEN]
