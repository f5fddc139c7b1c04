"""The three moments of a live round that a facilitator decides: it opens, it closes, its result is shown.

Who votes locks the row of the round for sharing, who opens, closes or reveals locks it for himself: a vote that came
first is counted and one that came later is refused, whatever the clocks of two servers say.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, case, delete, literal, select, update

from app.db import db, text_enum
from app.domain.ballot import Group
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.person import Person
from app.models.room import Attendee, Round, RoundState, RoundVote
from app.models.workshop import Workshop
from app.policies.room import may_lead, may_open
from app.records import rooms

GONE = N_("This round is no longer there.")


def open_round(actor: Person, round_id: int, now: datetime) -> None:
    """Let people vote, for the first time or again; opening what is open changes nothing. Raises NotAllowed.

    Votes that were cast before count in the group that their badge has now; those of a phone that was taken out
    meanwhile do not count any more, for whoever has it can be in again and choose again.
    """
    round_ = _held(actor, round_id, now)
    if round_.state is RoundState.OPEN:
        db.session.rollback()
        return
    another = select(Round.id).where(
        Round.workshop_id == round_.workshop_id, Round.state == RoundState.OPEN, Round.id != round_id
    )
    may_open(round_.state, another_is_open=db.session.scalar(another) is not None).or_raise()
    if round_.state is RoundState.CLOSED:
        round_.reopened += 1
        gone = select(Attendee.id).where(
            Attendee.workshop_id == round_.workshop_id, Attendee.removed_at.is_not(None)
        )
        db.session.execute(
            delete(RoundVote)
            .where(RoundVote.round_id == round_id, RoundVote.attendee_id.in_(gone))
            .execution_options(synchronize_session=False)
        )
        db.session.execute(
            update(RoundVote)
            .where(RoundVote.round_id == round_id)
            .values(group=group_now())
            .execution_options(synchronize_session=False)
        )
    round_.opened_at = now
    _note(actor, "rounds.open", round_, RoundState.OPEN, now)


def close_round(actor: Person, round_id: int, now: datetime) -> None:
    """End the voting; closing what is closed changes nothing. Raises NotAllowed."""
    round_ = _held(actor, round_id, now)
    if round_.state is RoundState.PLANNED:
        raise NotAllowed(Decision(N_("This round has not been opened yet.")))
    if round_.state is not RoundState.OPEN:
        db.session.rollback()
        return
    round_.closed_at = now
    _note(actor, "rounds.close", round_, RoundState.CLOSED, now)


def reveal_round(actor: Person, round_id: int, now: datetime) -> None:
    """Show everybody what came out; doing so again changes nothing. Raises NotAllowed."""
    round_ = _held(actor, round_id, now)
    if round_.state is RoundState.REVEALED:
        db.session.rollback()
        return
    if round_.state is not RoundState.CLOSED:
        raise NotAllowed(Decision(N_("Close the round first. Then show the result.")))
    round_.revealed_at = now
    _note(actor, "rounds.reveal", round_, RoundState.REVEALED, now)


def group_now() -> ScalarSelect[Any]:
    """The group that the votes of whoever cast a vote count in at this moment."""
    return (
        select(
            case(
                (Attendee.confirmed_at.is_not(None), Attendee.group),
                else_=literal(Group.RESIDENT, text_enum(Group)),
            )
        )
        .where(Attendee.id == RoundVote.attendee_id)
        .scalar_subquery()
    )


def hold(round_id: int) -> Round | None:
    """The round, kept from everybody who votes or leads until this transaction ends."""
    return db.session.get(Round, round_id, with_for_update={"key_share": True}, populate_existing=True)


def _held(actor: Person, round_id: int, now: datetime) -> Round:
    """The round, with its workshop held first: of two facilitators who open two rounds one waits, and hears no."""
    number = db.session.scalar(select(Round.workshop_id).where(Round.id == round_id))
    if number is None:
        raise NotAllowed(Decision(GONE))
    db.session.get_one(Workshop, number, with_for_update={"key_share": True}, populate_existing=True)
    room, round_ = rooms.get(number), hold(round_id)
    if room is None or round_ is None:
        raise NotAllowed(Decision(GONE))
    may_lead(actor, room, now).or_raise()
    return round_


def _note(actor: Person, action: str, round_: Round, state: RoundState, now: datetime) -> None:
    before, round_.state = round_.state, state
    audit.record(
        actor,
        action,
        round_,
        now,
        before={"state": before.value},
        after={"state": state.value, "question": round_.question},
    )
    db.session.commit()
