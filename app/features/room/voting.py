"""A choice in a live round: set, never toggled, so that a phone may send it twice; and the answers of an open question.

The row of the voter is held first, then that of the round for sharing: two choices of one person come one after the
other, and nobody closes the round in between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.exc import OperationalError

from app.db import begin_write, db, is_postgresql
from app.domain import rounds as rules
from app.domain.decision import N_, Decision, NotAllowed
from app.models.idea import Idea
from app.models.process import Call, Process, ProcessState
from app.models.room import Attendee, Round, RoundKind, RoundOption, RoundState, RoundVote
from app.models.workshop import Workshop
from app.policies.room import NOT_HERE, REMOVED, may_vote
from app.records import round_moments, rounds

NO_OPTION = Decision(N_("This cannot be chosen any more. Look at what is asked now."))
NOT_A_CHOICE = Decision(N_("Press one of the buttons."))
TOO_MANY_DOTS = N_("You have %(dots)d dots in all. Take one back first.")
OVER = Decision(N_("This workshop is over. You can read what came out of it."))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The round as it is while the voter holds it."""

    kind: RoundKind
    dots: int


PATIENCE = 4
"""How often a write is tried while a whole room presses at once: SQLite lets nobody wait in a fair queue."""


def put(*choice: Any) -> None:
    """Make a value somebody's choice on an option; None (of dots nought) withdraws it. Raises NotAllowed.

    choice: workshop, attendee, round, option, value, now.
    """
    _patiently(_put, *choice)


def answer(*given: Any) -> None:
    """Give an answer of one's own; an answer that is there already is supported. Raises NotAllowed.

    given: workshop, attendee, round, text, now.
    """
    _patiently(_answer, *given)


def _patiently(write: Callable[..., None], *values: Any) -> None:
    """Choices are set and never toggled, so one that met a busy database is simply written again."""
    for turn in range(1, PATIENCE + 1):
        try:
            return write(*values)
        except OperationalError:
            db.session.rollback()
            if turn == PATIENCE:
                raise
    return None


def _put(
    workshop_id: int, attendee_id: int, round_id: int, option_id: int, value: int | None, now: datetime
) -> None:
    """Make this somebody's choice on an option; None (of dots nought) withdraws it. Raises NotAllowed."""
    begin_write()
    attendee, asked = _held(workshop_id, attendee_id, round_id)
    if asked.kind is RoundKind.DOTS:
        value = value or None
        possible: tuple[int, ...] = tuple(range(1, asked.dots + 1))
    else:
        possible = rounds.VALUES[asked.kind]
    if value is not None and value not in possible:
        raise NotAllowed(NOT_A_CHOICE)
    family = _family(round_id, option_id, takes_back=value is None)
    mine = (RoundVote.round_id == round_id, RoundVote.attendee_id == attendee_id)
    if asked.kind is RoundKind.DOTS and value is not None:
        others = db.session.scalar(
            select(func.sum(RoundVote.value)).where(*mine, RoundVote.option_id.not_in(family))
        )
        if (others or 0) + value > asked.dots:
            raise NotAllowed(Decision(TOO_MANY_DOTS, {"dots": asked.dots}))
    before = db.session.execute(
        select(RoundVote.option_id, RoundVote.value).where(*mine, RoundVote.option_id.in_(family))
    ).all()
    if [row.value for row in before] == ([] if value is None else [value]):
        db.session.rollback()
        return
    if before:
        db.session.execute(
            delete(RoundVote)
            .where(*mine, RoundVote.option_id.in_(family))
            .execution_options(synchronize_session=False)
        )
    if value is not None:
        _cast(attendee, round_id, family[0], value, now)
    db.session.commit()


def _answer(workshop_id: int, attendee_id: int, round_id: int, text: str, now: datetime) -> None:
    """Give an answer of one's own; an answer that is there already is supported. Raises NotAllowed."""
    begin_write()
    attendee, asked = _held(workshop_id, attendee_id, round_id)
    if asked.kind is not RoundKind.OPEN:
        raise NotAllowed(NOT_A_CHOICE)
    key = rules.key_of(text)
    known = _with_key(round_id, key)
    if known is None:
        _room_for_one_more(attendee_id, round_id)
        db.session.execute(
            (insert_on_postgresql if is_postgresql() else insert_on_sqlite)(RoundOption)
            .values(
                round_id=round_id,
                text=text,
                key=key,
                position=0,
                attendee_id=attendee_id,
                created_at=now,
            )
            .on_conflict_do_nothing()
        )
        known = _with_key(round_id, key)  # of somebody who wrote the same at the same moment, or one's own
    if known is None:
        raise NotAllowed(NO_OPTION)
    supported = db.session.scalar(
        select(func.count())
        .select_from(RoundVote)
        .where(
            RoundVote.round_id == round_id,
            RoundVote.attendee_id == attendee_id,
            RoundVote.option_id.in_(_members(round_id, known)),
        )
    )
    if not supported:
        _cast(attendee, round_id, known, 1, now)
    db.session.commit()


# Every press of a phone asks for these two, so they are put together once.
_ASKED = (
    select(Round.state, Round.kind, Round.dots, Process.state.label("process"))
    .join(Workshop, Workshop.id == Round.workshop_id)
    .join(Call, Call.id == Workshop.call_id)
    .join(Process, Process.id == Call.process_id)
    .where(Round.id == bindparam("round"), Round.workshop_id == bindparam("workshop"))
    .with_for_update(read=True, of=Round)
)
_ROOT_OF = (
    select(rounds.ROOT)
    .where(RoundOption.id == bindparam("option"), RoundOption.round_id == bindparam("round"))
    .scalar_subquery()
)
_FAMILY = (
    select(RoundOption.id, RoundOption.merged_into_id, rounds.IS_SHOWN)
    .outerjoin(Idea, Idea.id == RoundOption.idea_id)
    .where(
        RoundOption.round_id == bindparam("round"),
        or_(RoundOption.id == _ROOT_OF, RoundOption.merged_into_id == _ROOT_OF),
    )
    .order_by(RoundOption.merged_into_id.is_not(None), RoundOption.id)
)
"""The option that stands for all that mean the same comes first."""


def _held(workshop_id: int, attendee_id: int, round_id: int) -> tuple[Attendee, _Asked]:
    attendee = db.session.get(
        Attendee, attendee_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if attendee is None or attendee.workshop_id != workshop_id:
        raise NotAllowed(NOT_HERE)
    if attendee.removed_at is not None:
        raise NotAllowed(REMOVED)
    row = db.session.execute(_ASKED, {"round": round_id, "workshop": workshop_id}).one_or_none()
    if row is None:
        raise NotAllowed(Decision(round_moments.GONE))
    if row.process != ProcessState.OPEN:
        raise NotAllowed(OVER)
    may_vote(is_here=True, state=RoundState(row.state)).or_raise()
    return attendee, _Asked(RoundKind(row.kind), row.dots)


def _family(round_id: int, option_id: int, *, takes_back: bool) -> list[int]:
    """The option that a choice is written for, and those that mean the same. Raises NotAllowed for a strange one.

    What is not to be seen any more, such as an idea that moderators hid meanwhile, gets no choice of anybody; who
    chose it before can still take that back, for the dots on it are missed elsewhere.
    """
    found = db.session.execute(_FAMILY, {"round": round_id, "option": option_id}).all()
    if not found or not (takes_back or found[0][2]):
        raise NotAllowed(NO_OPTION)
    return [number for number, _into, _is_shown in found]


def _members(round_id: int, option_id: int) -> list[int]:
    """All answers that mean the same as this one, itself with them."""
    root = (
        select(func.coalesce(RoundOption.merged_into_id, RoundOption.id))
        .where(RoundOption.id == option_id)
        .scalar_subquery()
    )
    rows = select(RoundOption.id).where(
        RoundOption.round_id == round_id, or_(RoundOption.id == root, RoundOption.merged_into_id == root)
    )
    return list(db.session.scalars(rows))


def _with_key(round_id: int, key: str) -> int | None:
    return db.session.scalar(
        select(RoundOption.id).where(RoundOption.round_id == round_id, RoundOption.key == key)
    )


def _room_for_one_more(attendee_id: int, round_id: int) -> None:
    mine = func.count().filter(RoundOption.attendee_id == attendee_id)
    every, own = db.session.execute(select(func.count(), mine).where(RoundOption.round_id == round_id)).one()
    if own >= rules.MOST_ANSWERS:
        raise NotAllowed(
            Decision(
                N_("You gave %(most)d answers already. Support those of others."),
                {"most": rules.MOST_ANSWERS},
            )
        )
    if every >= rules.MOST_ANSWERS_OF_ALL:
        raise NotAllowed(
            Decision(N_("There are so many answers now that no more fit. Support those of others."))
        )


def _cast(attendee: Attendee, round_id: int, option_id: int, value: int, now: datetime) -> None:
    db.session.execute(
        insert(RoundVote),
        [
            {
                "round_id": round_id,
                "attendee_id": attendee.id,
                "option_id": option_id,
                "value": value,
                "group": attendee.counts_as,
                "cast_at": now,
            }
        ],
    )
