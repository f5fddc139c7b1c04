"""What facilitators do with the answers of the room: say which mean the same, and take what is not fit off the screens.

Every verb asks the policy, holds the round, and leaves a line in the audit log; doing it again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.room.rounds_service import held
from app.kit import audit
from app.models.person import Person
from app.models.room import PaperCount, Round, RoundKind, RoundOption
from app.policies.room import may_merge
from app.records.rooms import RoomRow

NO_ANSWER = Decision(N_("This answer is no longer there."))


def merge(
    facilitator: Person,
    room: RoomRow,
    round_id: int,
    option_ids: Iterable[int],
    into_id: int,
    now: datetime,
) -> bool:
    """Say that answers mean the same: who supported any of them supports the one that stays. Raises NotAllowed.

    Only before the result was shown, as apart again: the figures of a revealed round never change. Returns whether
    paper has to be counted again.
    """
    row = held(facilitator, room, round_id, now)
    may_merge(row.state).or_raise()
    other = _answer(row, into_id)
    target = other.merged_into_id or other.id
    equal = [_answer(row, number) for number in option_ids]
    equal = [one for one in equal if target not in (one.id, one.merged_into_id)]
    if not equal:
        db.session.rollback()
        return False
    for one in equal:
        db.session.execute(
            update(RoundOption)
            .where(RoundOption.round_id == round_id, RoundOption.merged_into_id == one.id)
            .values(merged_into_id=target)
            .execution_options(synchronize_session=False)
        )
        one.merged_into_id, one.hidden_at = target, None
        audit.record(facilitator, "rounds.merge", row, now, after={"option": one.id, "with": target})
    again = _uncount([target, *(one.id for one in equal)])
    db.session.commit()
    return again


def unmerge(facilitator: Person, room: RoomRow, round_id: int, option_id: int, now: datetime) -> bool:
    """Let an answer stand by itself again, with everybody who supported it. Raises NotAllowed.

    Returns whether paper has to be counted again.
    """
    row = held(facilitator, room, round_id, now)
    may_merge(row.state).or_raise()
    one = _answer(row, option_id)
    if one.merged_into_id is None:
        db.session.rollback()
        return False
    before, one.merged_into_id = one.merged_into_id, None
    audit.record(facilitator, "rounds.unmerge", row, now, before={"option": one.id, "with": before})
    again = _uncount([one.id, before])
    db.session.commit()
    return again


def hide(
    facilitator: Person, room: RoomRow, round_id: int, option_id: int, hidden: bool, now: datetime
) -> None:
    """Take an answer off all screens, or put it back; those that mean the same go along. Raises NotAllowed.

    Also after the result was shown: an insult has to go whenever it is seen, and no figure of another one changes.
    """
    row = held(facilitator, room, round_id, now)
    one = _answer(row, option_id)
    if one.merged_into_id is not None or (one.hidden_at is not None) == hidden:
        db.session.rollback()
        return
    one.hidden_at = now if hidden else None
    audit.record(facilitator, "rounds.hide" if hidden else "rounds.show", row, now, after={"option": one.id})
    db.session.commit()


def _uncount(options: Sequence[int]) -> bool:
    """Let go of what was counted on paper for answers that become one or part; whether there was anything.

    Numbers cannot tell who put a sticker on both of two answers, and a person counts once: only the sheets can.
    """
    return (
        db.session.execute(
            delete(PaperCount)
            .where(PaperCount.option_id.in_(options))
            .returning(PaperCount.option_id)
            .execution_options(synchronize_session=False)
        ).first()
        is not None
    )


def _answer(row: Round, option_id: int) -> RoundOption:
    found = db.session.get(RoundOption, option_id, populate_existing=True)
    if found is None or found.round_id != row.id or row.kind is not RoundKind.OPEN:
        raise NotAllowed(NO_ANSWER)
    return found
