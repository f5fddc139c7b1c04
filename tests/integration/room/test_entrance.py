"""Wrong codes behind the address of a hall: the right code still opens, for a proof, and guessing gets dear."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.kit import proof
from app.models import Attendee
from tests.support import Page, csrf_token, look_at, sign_in, visit
from tests.support.hall import Hall
from tests.support.proofs import solved

LIMIT = 240
FORM = "form.join"


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ZEROS", {1: 4, 2: 4, 3: 4})


@pytest.fixture
def vandal(hall: Hall) -> FlaskClient:
    """Somebody in the hall who typed as many wrong codes as one address may, in the form and in the address."""
    client = hall.app.test_client()
    for number in range(LIMIT // 2):
        assert client.get(f"/doe-mee/AAA{number:03}").status_code == 404
        assert client.get(f"/doe-mee?code=AAA{number:03}").status_code == 404
    assert client.get("/doe-mee/AAAAAA").status_code == 429
    assert client.get("/doe-mee?code=AAAAAA").status_code == 429
    return client


def asked(client: FlaskClient, path: str = "/doe-mee/MAAS47") -> Page:
    """The page that a new phone gets in place of the one it asked for."""
    return look_at(client, client.get(path))


def prove(page: Page, code: str = "MAAS47") -> "tuple[int, str]":
    """Send a code with the proof that the page asks for; the status and where it leads."""
    answer = page.submit(FORM, {"code": code, **solved(page.html)})
    return answer.status_code, answer.location or answer.text


def people(hall: Hall) -> int:
    with hall.app.app_context():
        return len(db.session.scalars(select(Attendee)).all())


@pytest.mark.usefixtures("vandal")
def test_the_right_code_opens_with_a_proof_and_the_phone_votes(hall: Hall) -> None:
    number = hall.round()
    phone = hall.app.test_client()
    page = asked(phone)
    assert page.response.status_code == 429
    assert page.one("#code")["value"] == "MAAS47"
    assert "Er zijn veel verkeerde codes getypt" in page.text
    status, door = prove(page)
    assert (status, door.partition("?")[0]) == (303, "/doe-mee/MAAS47")
    answer = visit(phone, door).submit("main form", {"group": "resident"})
    assert (answer.status_code, answer.location) == (303, f"{hall.path}/meedoen")
    option = hall.options(number)[0]
    visit(phone, f"{hall.path}/meedoen").submit(f"#option-{option} form", button="1")
    assert [(chosen, value) for _who, chosen, value, _group in hall.votes(number)] == [(option, 1)]


@pytest.mark.usefixtures("vandal")
def test_forty_phones_behind_the_address_come_in(hall: Hall) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):  # all in the same second
        for _person in range(40):
            phone = hall.app.test_client()
            _status, door = prove(asked(phone))
            assert visit(phone, door).submit("main form", {"group": "resident"}).status_code == 303
    assert people(hall) == 40


def test_nothing_is_said_of_a_code_without_a_proof(hall: Hall, vandal: FlaskClient) -> None:
    def page(code: str) -> str:
        found = asked(hall.app.test_client(), f"/doe-mee/{code}")
        assert found.response.status_code == 429
        for secret in ("csrf_token", "proof_token"):
            for field in found.all(f"[name={secret}]"):
                field["value"] = ""
        return str(found.one("main")).replace(code, "CODE")

    assert page("MAAS47") == page("MAAS48")
    token = csrf_token(vandal)
    for code in ("MAAS47", "MAAS48"):
        answer = vandal.post("/doe-mee", data={"csrf_token": token, "code": code})
        assert answer.status_code == 429
        assert "Location" not in answer.headers


def test_a_wrong_code_costs_a_proof_and_every_next_one_another(hall: Hall, vandal: FlaskClient) -> None:
    page = asked(vandal)
    spent = solved(page.html)
    answer = page.submit(FORM, {"code": "MAAS48", **spent})
    assert answer.status_code == 404
    assert "Geen werkatelier heeft deze code." in answer.text
    again = page.submit(FORM, {"code": "MAAS47", **spent})
    assert again.status_code == 429, "the same proof opens nothing, with the right code neither"
    wrong = page.submit(FORM, {"code": "MAAS47", **solved(page.html), "proof_answer": "1,2,3,4,5,6,7,8"})
    assert wrong.status_code == 429
    assert people(hall) == 0


@pytest.mark.usefixtures("vandal")
@pytest.mark.parametrize("typed", ["MAA547", "maas 47"])
def test_with_a_proof_a_code_is_read_exactly(hall: Hall, typed: str) -> None:
    status, _door = prove(asked(hall.app.test_client()), typed)
    assert status == (303 if typed == "maas 47" else 404)


@pytest.mark.usefixtures("vandal")
def test_without_scripts_waiting_takes_the_place_of_work(hall: Hall) -> None:
    phone = hall.app.test_client()
    page = asked(phone)
    answer = page.submit(FORM, {"code": "MAAS47", "proof_answer": ""})
    assert answer.status_code == 429
    assert re.search(r"Wacht (2\d|30) seconden", answer.text)
    page = look_at(phone, answer)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        answer = page.submit(FORM, {"code": "MAAS47", "proof_answer": ""})
        assert (answer.status_code, str(answer.location).partition("?")[0]) == (303, "/doe-mee/MAAS47")
        visit(phone, str(answer.location))


def test_check_ins_without_end_shut_nobody_out_either(hall: Hall) -> None:
    phone, vandal = hall.app.test_client(), hall.app.test_client()
    page = visit(phone, "/doe-mee/MAAS47")
    for _press in range(LIMIT):
        vandal.post("/doe-mee/MAAS47", data={})
    answer = page.submit("main form", {"group": "resident"})
    assert answer.status_code == 429
    status, door = prove(look_at(phone, answer))
    assert status == 303
    door_page = visit(phone, door)
    assert door_page.submit("main form", {"group": "resident"}).status_code == 303
    assert people(hall) == 1
    # A pass is for one phone, and not a way to fill the room.
    other = hall.app.test_client()
    token = csrf_token(other)
    sent = [other.post(door, data={"csrf_token": token}).status_code for _press in range(12)]
    assert sent == [400] * 9 + [429] * 3


@pytest.mark.usefixtures("vandal")
def test_a_pass_is_for_one_code_and_a_quarter_of_an_hour(hall: Hall) -> None:
    phone = hall.app.test_client()
    _status, door = prove(asked(phone))
    pass_ = door.partition("?")[2]
    for path in (f"/doe-mee/MAAS48?{pass_}", "/doe-mee/MAAS47?pas=1.2", "/doe-mee/MAAS47?pas=x"):
        assert phone.get(path).status_code == 429
    assert phone.get(door).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        limited = [phone.get(f"/doe-mee/AAB{n:03}").status_code for n in range(LIMIT + 1)]
        assert limited[-1] == 429
        assert phone.get(door).status_code == 429


@pytest.mark.usefixtures("vandal")
def test_who_was_in_who_signs_in_and_other_addresses_notice_nothing(hall: Hall) -> None:
    inside = hall.phone(hall.attendee())
    assert visit(inside, f"{hall.path}/meedoen").response.status_code == 200
    known = sign_in(hall.app.test_client(), hall.room.person())
    assert visit(known, "/doe-mee/MAAS47").submit("main form").status_code == 303
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert hall.app.test_client().get("/doe-mee/MAAS47", environ_base=elsewhere).status_code == 200


@pytest.mark.usefixtures("vandal")
def test_a_program_is_told_in_its_own_way(hall: Hall) -> None:
    answer = hall.app.test_client().get("/doe-mee/MAAS47", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")


@pytest.mark.parametrize("code", ["", "MAAS4"])
def test_what_is_no_code_costs_nothing(hall: Hall, code: str) -> None:
    phone = hall.app.test_client()
    data = {"csrf_token": csrf_token(phone), "code": code}
    answer = phone.post("/doe-mee", data=data)
    assert answer.status_code == 400
    assert look_at(phone, answer).all(FORM)
