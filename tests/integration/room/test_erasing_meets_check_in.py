"""Somebody checks in again while their account is erased: neither ends the other, and nobody erased stays in a room."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Event

import pytest
from sqlalchemy import select

from app.db import begin_write, db
from app.domain.decision import NotAllowed
from app.features.room import checking_in, counting
from app.models import Attendee, Person, Registration
from app.models.gathering import RegistrationState
from app.records import erasure, registrations, rooms
from tests.support.hall import Hall

A_WHILE = 0.7
"""Seconds in which the other one comes as far as it can."""


@pytest.fixture
def person(hall: Hall) -> int:
    """Somebody who registered for the evening, is in the room, and voted there."""
    number = hall.room.person()
    with hall.app.app_context():
        room = rooms.get(hall.workshop)
        assert room is not None
        now = datetime.now(UTC)
        db.session.add(
            Registration(
                activity_id=room.activity_id,
                person_id=number,
                state=RegistrationState.COMING,
                asked_at=now,
                changed_at=now,
            )
        )
        db.session.commit()
    attendee = hall.attendee(confirmed=True, person_id=number, name="Noor")
    asked = hall.round()
    hall.vote(asked, attendee, hall.options(asked)[0], 1)
    return number


def check_in(hall: Hall, person: int, begun: Event | None = None) -> str:
    with hall.app.app_context():
        begin_write()
        who, room = db.session.get_one(Person, person), rooms.get(hall.workshop)
        assert room is not None
        if begun is not None:
            begun.set()
        try:
            checking_in.as_person(who, room, "", datetime.now(UTC))
        except NotAllowed as no:
            db.session.rollback()
            return no.decision.refusal
        return "in"


def erase(hall: Hall, person: int) -> str:
    with hall.app.app_context():
        begin_write()
        erasure.erase(person, datetime.now(UTC))
        db.session.commit()
        return "erased"


def left(hall: Hall, person: int) -> tuple[list[int | None], int, int]:
    """Whose the rows in the room are, how many registrations there are, and how many choices count."""
    with hall.app.app_context():
        persons = list(db.session.scalars(select(Attendee.person_id).order_by(Attendee.id)))
        registered = len(
            db.session.scalars(select(Registration).where(Registration.person_id == person)).all()
        )
    return persons, registered, len(hall.votes(1))


def pausing(verb: Callable[..., None], reached: Event) -> Callable[..., None]:
    """The verb, which tells that it was reached and waits for the other one."""

    def paused(*values: object, **more: object) -> None:
        reached.set()
        time.sleep(A_WHILE)
        verb(*values, **more)

    return paused


def second_begins_within_first(
    first: Callable[[], str], reached: Event, second: Callable[[], str]
) -> tuple[str, str]:
    """What came of each, when the second begins while the first is half way."""
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(first)
        assert reached.wait(10)
        other = threads.submit(second)
        return one.result(30), other.result(30)


def test_an_erasure_waits_for_a_check_in_and_takes_the_person_off_it(
    hall: Hall, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = Event()
    # Here the row in the room is held, and that of the registration is not yet.
    monkeypatch.setattr(counting, "regroup", pausing(counting.regroup, reached))
    comes, goes = partial(check_in, hall, person), partial(erase, hall, person)
    assert second_begins_within_first(comes, reached, goes) == ("in", "erased")
    assert left(hall, person) == ([None], 0, 1)


def test_whoever_checks_in_while_the_account_is_erased_hears_so_and_is_not_in(
    hall: Hall, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = Event()
    monkeypatch.setattr(registrations, "leave_all", pausing(registrations.leave_all, reached))
    comes, goes = partial(check_in, hall, person), partial(erase, hall, person)
    assert second_begins_within_first(goes, reached, comes) == ("erased", "This account has been deleted.")
    assert left(hall, person) == ([None], 0, 1)


def test_somebody_who_checks_in_for_the_first_time_leaves_no_row_with_an_erased_account(hall: Hall) -> None:
    number = hall.room.person()
    hall.round()
    for _turn in range(3):
        with ThreadPoolExecutor(2) as threads:
            comes, goes = threads.submit(check_in, hall, number), threads.submit(erase, hall, number)
            assert goes.result(30) == "erased"
            assert comes.result(30) in ("in", "This account has been deleted.")
        assert set(left(hall, number)[0]) <= {None}
        number = hall.room.person()
