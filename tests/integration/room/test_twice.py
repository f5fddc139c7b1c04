"""Nobody counts twice in a round, also not by way of a phone that was taken out while the round was closed."""

from datetime import UTC, datetime

from sqlalchemy import update

from app.db import db
from app.models import Attendee
from app.models.room import RoundState
from tests.support import post, sign_in, visit
from tests.support.hall import Hall


def test_who_was_taken_out_of_a_closed_round_is_not_in_it_when_it_opens_again(hall: Hall) -> None:
    number = hall.round()
    option = hall.options(number)[0]
    first, other = hall.attendee(), hall.attendee()
    hall.vote(number, first, option, 1)
    hall.vote(number, other, option, -1)
    hall.lead("close", number)
    facilitator = sign_in(hall.app.test_client(), hall.facilitator)
    post(facilitator, f"{hall.path}/zaal/{first}/weg")
    assert [vote[0] for vote in hall.votes(number)] == [first, other], "a closed round stays as it is"
    again = hall.attendee()  # the same person, who checks in once more
    hall.lead("open", number)
    assert hall.state(number) is RoundState.OPEN
    post(hall.phone(again), f"{hall.path}/meedoen/{number}/keuze", option=option, value="1")
    assert [vote[0] for vote in hall.votes(number)] == [other, again]
    hall.lead("close", number)
    hall.lead("reveal", number)
    page = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
    assert "door 2 mensen" in page.text or "2 mensen" in page.text


def test_a_round_that_closes_for_good_keeps_what_was_chosen_in_it(hall: Hall) -> None:
    number = hall.round(state=RoundState.CLOSED)
    gone = hall.attendee()
    hall.vote(number, gone, hall.options(number)[0], 1)
    with hall.app.app_context():
        db.session.execute(update(Attendee).where(Attendee.id == gone).values(removed_at=datetime.now(UTC)))
        db.session.commit()
    hall.lead("reveal", number)
    assert [vote[0] for vote in hall.votes(number)] == [gone]
