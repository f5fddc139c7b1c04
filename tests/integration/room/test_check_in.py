"""Checking in with the code on the screen: who comes in, as what, on which phone, and what strangers may try."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.models import Attendee, Process, Registration, Workshop
from app.models.gathering import RegistrationState
from app.models.process import Activity, ProcessState
from app.records import attendees
from tests import factories
from tests.support import look_at, post, sign_in, visit
from tests.support.hall import COOKIE, Hall, a_hall

FORM = "form[action$='/doe-mee/MAAS47']"


def people(hall: Hall) -> list[tuple[Group, str, bool, bool]]:
    """Who is in the table: group, name, confirmed, removed."""
    with hall.app.app_context():
        rows = db.session.scalars(select(Attendee).order_by(Attendee.id))
        return [
            (row.group, row.name, row.confirmed_at is not None, row.removed_at is not None) for row in rows
        ]


def come_in(hall: Hall, group: str = "resident", **more: str) -> FlaskClient:
    client = hall.app.test_client()
    answer = post(client, "/doe-mee/MAAS47", group=group, **more)
    assert answer.location == f"{hall.path}/meedoen"
    return client


def test_a_phone_comes_in_with_the_code_and_a_badge(hall: Hall, client: FlaskClient) -> None:
    page = visit(client, "/doe-mee", max_queries=0)
    answer = page.submit("form.join", {"code": "maas-47"})
    assert (answer.status_code, answer.location) == (303, "/doe-mee/MAAS47")
    page = visit(client, "/doe-mee/MAAS47", max_queries=1)
    assert page.h1 == "Meld je in de zaal"
    answer = page.submit(FORM, {"group": "council", "name": "Noor"})
    assert (answer.status_code, answer.location) == (303, f"{hall.path}/meedoen")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert len(cookie.value) == 43
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert people(hall) == [(Group.COUNCIL, "Noor", False, False)]
    with hall.app.app_context():
        kept = db.session.scalars(select(Attendee.token_hash)).one()
        assert cookie.value not in kept
        assert attendees.by_token(hall.workshop, cookie.value) is not None
        row = attendees.by_token(hall.workshop, cookie.value)
        assert row is not None
        assert row.counts_as is Group.RESIDENT
    assert "Noor" not in visit(client, f"{hall.path}/meedoen", max_queries=3).text


def test_the_cookie_is_secure_on_a_secure_site(hall: Hall, client: FlaskClient) -> None:
    hall.app.config["SESSION_COOKIE_SECURE"] = True
    answer = client.get("/doe-mee/MAAS47", base_url="https://localhost")
    with client.session_transaction(base_url="https://localhost") as held:
        token = held.get("csrf_token")
    assert token
    page_token = answer.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    made = client.post(
        "/doe-mee/MAAS47", data={"csrf_token": page_token, "group": "resident"}, base_url="https://localhost"
    )
    assert made.status_code == 303
    cookie = next(value for value in made.headers.getlist("Set-Cookie") if value.startswith(f"{COOKIE}="))
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("typed", ["maas47", "MAAS 47", "maas-47", "MAA547", "MAAS47"])
def test_a_code_is_forgiven_capitals_and_lookalikes(hall: Hall, client: FlaskClient, typed: str) -> None:
    answer = client.get("/doe-mee", query_string={"code": typed})
    assert answer.location == "/doe-mee/MAAS47"


@pytest.mark.parametrize(("typed", "status"), [("", 400), ("MAAS4", 400), ("MAAS48", 404), ("<b>a47", 400)])
def test_another_code_opens_nothing(hall: Hall, client: FlaskClient, typed: str, status: int) -> None:
    answer = client.get("/doe-mee", query_string={"code": typed})
    assert answer.status_code == status
    assert look_at(client, answer).all("form.join")
    visit(client, "/doe-mee/ZZZZZZ", 404)


def test_of_two_codes_that_look_alike_only_the_exact_one_opens(hall: Hall, client: FlaskClient) -> None:
    with hall.app.app_context():
        process = db.session.get_one(Process, hall.room.process)
        factories.a_workshop(factories.a_call(process), join_code="MAA547")
        db.session.commit()
    assert client.get("/doe-mee?code=MAAS47").location == "/doe-mee/MAAS47"
    assert client.get("/doe-mee?code=MAA547").location == "/doe-mee/MAA547"


def test_pressing_twice_is_one_person(hall: Hall) -> None:
    client = come_in(hall)
    for _ in range(3):
        post(client, "/doe-mee/MAAS47", group="council")
    assert people(hall) == [(Group.RESIDENT, "", False, False)]


def test_who_signed_in_has_the_group_of_the_account(hall: Hall, client: FlaskClient) -> None:
    person = hall.room.person(group=Group.PARTNER)
    with hall.app.app_context():
        activity = db.session.get_one(Workshop, hall.workshop).activity_id
        row = Registration(activity_id=activity, person_id=person, state=RegistrationState.COMING)
        row.asked_at = row.changed_at = factories.NOW
        db.session.add(row)
        db.session.commit()
    page = visit(sign_in(client, person), "/doe-mee/MAAS47")
    answer = page.submit(FORM)
    assert answer.location == f"{hall.path}/meedoen"
    assert people(hall) == [(Group.PARTNER, "", True, False)]
    assert client.get_cookie(COOKIE) is None
    with hall.app.app_context():
        assert db.session.scalars(select(Registration.checked_in_at)).one() is not None
    other = sign_in(hall.app.test_client(), person)
    post(other, "/doe-mee/MAAS47")
    assert len(people(hall)) == 1, "a second phone of the same person is the same one"
    visit(other, f"{hall.path}/meedoen", max_queries=5)


def test_signing_in_on_a_phone_that_is_in_stays_one_person(hall: Hall) -> None:
    client = come_in(hall, "council", name="Noor")
    person = hall.room.person()
    sign_in(client, person)
    post(client, "/doe-mee/MAAS47")
    assert people(hall) == [(Group.RESIDENT, "", True, False)]
    with hall.app.app_context():
        assert db.session.scalars(select(Attendee.person_id)).one() == person


def test_a_person_who_is_in_takes_the_other_phone_out(hall: Hall) -> None:
    person = hall.room.person()
    post(sign_in(hall.app.test_client(), person), "/doe-mee/MAAS47")
    phone = come_in(hall)
    number = hall.round()
    option = hall.options(number)[0]
    post(phone, f"{hall.path}/meedoen/{number}/keuze", option=option, value="1")
    assert len(hall.votes(number)) == 1
    token = phone.get_cookie(COOKIE)
    assert token is not None
    post(sign_in(phone, person), "/doe-mee/MAAS47")
    assert [(row[2], row[3]) for row in people(hall)] == [(True, False), (False, True)]
    assert hall.votes(number) == []


def test_letting_go_of_a_phone(hall: Hall) -> None:
    client = come_in(hall)
    page = visit(client, f"{hall.path}/meedoen")
    answer = page.submit(f"form[action='{hall.path}/meedoen/weg']")
    assert answer.location == "/doe-mee"
    assert client.get_cookie(COOKIE) is None
    post(client, "/doe-mee/MAAS47", group="partner")
    assert len(people(hall)) == 2


def set_start(hall: Hall, hours: float | None, **workshop: object) -> None:
    with hall.app.app_context():
        starts = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
        db.session.execute(update(Activity).values(starts_at=starts))
        if workshop:
            db.session.execute(update(Workshop).values(**workshop))
        db.session.commit()


@pytest.mark.parametrize(
    ("hours", "by_hand", "is_open"),
    [
        (2.9, None, True),
        (3.1, None, False),
        (-1.4, None, True),
        (-1.6, None, False),
        (None, None, False),
        (None, 1, True),
        (48, 1, True),
        (1, -1, False),
        (-30, 1, True),
    ],
)
def test_the_doors(
    hall: Hall, client: FlaskClient, hours: float | None, by_hand: int | None, is_open: bool
) -> None:
    until = None if by_hand is None else datetime.now(UTC) + timedelta(hours=by_hand)
    set_start(hall, hours, doors_until=until)
    page = visit(client, "/doe-mee/MAAS47")
    assert bool(page.all(FORM)) is is_open
    post(client, "/doe-mee/MAAS47", 303 if is_open else 403, group="resident")
    assert len(people(hall)) == int(is_open)


def test_nobody_comes_in_when_the_process_is_closed(hall: Hall, client: FlaskClient) -> None:
    set_start(hall, 1, doors_until=datetime.now(UTC) + timedelta(hours=1))
    with hall.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    over = "Dit werkatelier is voorbij. Je kunt lezen wat eruit kwam."
    page = visit(client, "/doe-mee/MAAS47")
    assert over in page.text
    assert not page.all(FORM)
    answer = post(client, "/doe-mee/MAAS47", 403, group="resident")
    assert over in answer.text
    assert "room" not in str(answer.headers.getlist("Set-Cookie"))
    assert people(hall) == []


@pytest.mark.parametrize("sent", [{}, {"group": "mayor"}, {"group": "resident", "name": "x" * 61}])
def test_faults_come_back_with_what_was_typed(hall: Hall, client: FlaskClient, sent: dict[str, str]) -> None:
    post(client, "/doe-mee/MAAS47", 400, **sent)
    assert people(hall) == []


def test_a_form_without_its_token_brings_nobody_in(hall: Hall, client: FlaskClient) -> None:
    assert client.post("/doe-mee/MAAS47", data={"group": "resident"}).status_code == 400
    assert people(hall) == []


def test_sixty_phones_behind_one_address_come_in_and_vote(hall: Hall) -> None:
    number = hall.round()
    one, two = hall.options(number)
    for _ in range(60):
        client = hall.app.test_client()
        client.get("/doe-mee/MAAS47")
        client.get("/doe-mee?code=maas47")
        post(client, "/doe-mee/MAAS47", group="resident")
        for option, value in ((one, "1"), (two, "-1"), (one, "-1")):
            post(client, f"{hall.path}/meedoen/{number}/keuze", option=option, value=value)
        assert client.get(f"{hall.path}/meedoen").status_code == 200
    assert len(people(hall)) == 60
    assert len(hall.votes(number)) == 120


def test_guessing_codes_ends(hall: Hall, client: FlaskClient) -> None:
    answers = [client.get(f"/doe-mee/AAAA{number:02}").status_code for number in range(60)]
    answers += [client.get(f"/doe-mee?code=AAB{n:03}").status_code for n in range(240)]
    assert set(answers[:240]) == {404}
    again = [client.get(f"/doe-mee/AAAC{number:02}").status_code for number in range(99)]
    again += [client.get(f"/doe-mee/AAAD{number:02}").status_code for number in range(99)]
    assert again[-1] == 429


def test_pages_of_the_room_are_kept_by_nobody_else(hall: Hall) -> None:
    hall.app.config["PAGE_CACHE"] = True
    phone = come_in(hall)
    for path in ("/doe-mee/MAAS47", f"{hall.path}/meedoen"):
        for client in (phone, hall.app.test_client()):
            answer = client.get(path)
            assert answer.headers["Cache-Control"] == "private, no-store", path


def test_signed_out_pages_elsewhere_are_the_same_bytes_with_the_cookie(hall: Hall) -> None:
    attendee = hall.attendee()
    hall.round()
    for path in ("/", "/doe-mee", "/ideeen", hall.path, "/werkateliers", f"{hall.path}/uitslagen"):
        assert hall.phone(attendee).get(path).data == hall.app.test_client().get(path).data, path


def test_a_token_of_another_workshop_opens_nothing(hall: Hall, app: Flask) -> None:
    with app.app_context():
        process = db.session.get_one(Process, hall.room.process)
        other = factories.a_workshop(factories.a_call(process)).id
        db.session.commit()
    attendee = hall.attendee(workshop=other)
    number = hall.round()
    phone = hall.phone(attendee)
    page = visit(phone, f"{hall.path}/meedoen")
    assert page.all("form.join")
    post(phone, f"{hall.path}/meedoen/{number}/keuze", 403, option=hall.options(number)[0], value="1")
    post(
        phone, f"/werkateliers/{other}/meedoen/{number}/keuze", 403, option=hall.options(number)[0], value="1"
    )
    assert hall.votes(number) == []


def test_doors_open_three_hours_before(app: Flask) -> None:
    hall = a_hall(app, starts_in=timedelta(hours=5))
    assert "three hours" in visit(app.test_client(), "/en/doe-mee/MAAS47").text
    assert people(hall) == []


def test_whoever_has_a_whole_network_of_addresses_comes_in_no_oftener_by_it(hall: Hall) -> None:
    answers = [
        hall.app.test_client()
        .get("/doe-mee/AAAAAA", environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{place:x}"})
        .status_code
        for place in range(1, 242)
    ]
    assert answers == [404] * 240 + [429]
    other = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert hall.app.test_client().get("/doe-mee/AAAAAA", environ_base=other).status_code == 404
