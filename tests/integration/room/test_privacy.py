"""What is kept of who was in a room: shown to them, and gone with the account or after a month; votes stay counted."""

import json
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.features.privacy import service
from app.models import Attendee
from app.records import erasure
from tests.support import sign_in
from tests.support.hall import Hall


def somebody(hall: Hall) -> tuple[int, int]:
    """A person in the room who voted, and the round."""
    person = hall.room.person()
    number, attendee = hall.round(), hall.attendee(confirmed=True, person_id=person, name="Noor")
    hall.vote(number, attendee, hall.options(number)[0], 1)
    return person, number


def kept(hall: Hall) -> list[tuple[int | None, str]]:
    with hall.app.app_context():
        return [(row.person_id, row.name) for row in db.session.scalars(select(Attendee))]


def test_people_see_and_take_along_what_they_did_in_a_room(hall: Hall, client: FlaskClient) -> None:
    person, _number = somebody(hall)
    told = json.loads(sign_in(client, person).get("/mijn/gegevens/bestand.json").text)
    assert [row["name"] for row in told["rooms"]] == ["Noor"]
    assert [(row["option"], row["value"]) for row in told["room_votes"]] == [("Meer bomen", 1)]


def test_an_erased_account_leaves_its_votes_without_a_person(hall: Hall) -> None:
    person, number = somebody(hall)
    with hall.app.app_context():
        erasure.erase(person, datetime.now(UTC))
        db.session.commit()
    assert kept(hall) == [(None, "")]
    assert len(hall.votes(number)) == 1


def test_names_and_persons_go_after_a_month(hall: Hall) -> None:
    person, number = somebody(hall)
    with hall.app.app_context():
        service.sweep(datetime.now(UTC) + timedelta(days=29))
    assert kept(hall) == [(person, "Noor")]
    with hall.app.app_context():
        service.sweep(datetime.now(UTC) + timedelta(days=31))
    assert kept(hall) == [(None, "")]
    assert len(hall.votes(number)) == 1
