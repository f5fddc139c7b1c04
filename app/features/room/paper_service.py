"""Counting sheets and stickers: two people each enter what they found, and neither sees the other's before both did."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.person import Person
from app.models.room import PaperCount, Round, RoundOption, RoundState
from app.models.workshop import Workshop
from app.policies.room import may_lead
from app.records import round_moments, rounds
from app.records.rooms import RoomRow

NOT_YET = Decision(N_("This round has not been opened yet, so there is nothing to count."))
TWO_COUNTED = Decision(N_("Two people have counted already. They can change what they entered."))
CHANGED = Decision(N_("The options changed in the meantime. Look at them and enter your counts once more."))
Cell = tuple[int, int]
"""An option and the choice that was counted."""


def enter(counter: Person, room: RoomRow, round_id: int, numbers: Mapping[Cell, int], now: datetime) -> None:
    """Write down what one person counted, for every option and choice at once. Raises NotAllowed.

    Two people count: a third hears no, whoever of them comes first.
    """
    may_lead(counter, room, now).or_raise()
    me = counter.id
    db.session.get_one(Workshop, room.id, with_for_update={"key_share": True}, populate_existing=True)
    row = round_moments.hold(round_id)
    if row is None or row.workshop_id != room.id:
        raise NotAllowed(Decision(round_moments.GONE))
    if row.state is RoundState.PLANNED:
        raise NotAllowed(NOT_YET)
    others = set(_counters(round_id)) - {me}
    if len(others) >= 2:
        raise NotAllowed(TWO_COUNTED)
    asked = cells(row)
    if set(numbers) != asked:
        raise NotAllowed(CHANGED)
    options = {option for option, _value in asked}  # what is off the screens keeps the counts that it has
    before = {
        (option, value): number
        for option, value, number in db.session.execute(
            select(PaperCount.option_id, PaperCount.value, PaperCount.number).where(
                PaperCount.entered_by == me, PaperCount.option_id.in_(options)
            )
        )
    }
    if before == dict(numbers):
        db.session.rollback()
        return
    db.session.execute(
        delete(PaperCount)
        .where(PaperCount.entered_by == me, PaperCount.option_id.in_(options))
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        PaperCount(option_id=option, value=value, entered_by=me, number=number, entered_at=now)
        for (option, value), number in numbers.items()
    )
    # Without the numbers: who counts second could read those of the first in the log.
    audit.record(counter, "rounds.count_paper", row, now, after={"question": row.question})
    db.session.commit()


def cells(row: Round) -> set[Cell]:
    """What there is to count in a round: every option that shows, with every choice."""
    shown = db.session.scalars(
        select(RoundOption.id).where(
            RoundOption.round_id == row.id,
            RoundOption.hidden_at.is_(None),
            RoundOption.merged_into_id.is_(None),
        )
    )
    return {(option, value) for option in shown for value in rounds.COUNTED[row.kind]}


def _counters(round_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(PaperCount.entered_by)
            .join(RoundOption, RoundOption.id == PaperCount.option_id)
            .where(RoundOption.round_id == round_id)
            .group_by(PaperCount.entered_by)
            .having(func.count() > 0)
        )
    )
