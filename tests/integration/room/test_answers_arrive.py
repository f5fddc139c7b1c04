"""Answers of others on every phone of a full room: without a new page for each, and never for who is not there."""

from typing import Any

from flask.testing import FlaskClient

from app.models.room import RoundKind, RoundState
from tests import factories
from tests.support import post, sign_in, visit
from tests.support.hall import Hall


def told(hall: Hall) -> dict[str, Any]:
    """What all phones follow."""
    found: dict[str, Any] = hall.app.test_client().get(f"{hall.path}/meedoen/stand").get_json()
    return found


def answers(hall: Hall, phone: FlaskClient, number: int, status: int = 200) -> Any:
    answer = phone.get(f"{hall.path}/meedoen/{number}/antwoorden")
    assert answer.status_code == status
    if status != 200:
        return None
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.get_json()


def test_an_answer_makes_no_phone_fetch_its_page(hall: Hall) -> None:
    number = hall.round(RoundKind.OPEN, options=())
    phone = hall.phone(hall.attendee())
    page, before = visit(phone, f"{hall.path}/meedoen"), told(hall)
    assert page.one("[data-room]")["data-answers"] == before["answers"] != ""
    assert page.one("[data-list]")["data-list"] == f"{hall.path}/meedoen/{number}/antwoorden"
    other = visit(hall.phone(hall.attendee()), f"{hall.path}/meedoen")
    assert other.submit("form.phone__answer", {"text": "Meer bomen"}).status_code == 303
    after = told(hall)
    assert after["sign"] == before["sign"]
    assert after["answers"] != before["answers"]
    (option,) = hall.options(number)
    assert answers(hall, phone, number) == {"mark": after["answers"], "answers": [[option, "Meer bomen"]]}
    assert visit(phone, f"{hall.path}/meedoen").one("[data-room]")["data-answers"] == after["answers"]


def test_merging_is_told_calmly_and_hiding_at_once(hall: Hall, client: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen", "Onzin"))
    one, two, three = hall.options(number)
    phone, desk = hall.phone(hall.attendee()), sign_in(client, hall.facilitator)
    before = told(hall)
    post(desk, f"{hall.path}/rondes/{number}/antwoorden", same=[one, two], into=one)
    merged = told(hall)
    assert (merged["sign"] == before["sign"], merged["answers"] == before["answers"]) == (True, False)
    assert answers(hall, phone, number)["answers"] == [[one, "Bomen"], [three, "Onzin"]]
    post(desk, f"{hall.path}/rondes/{number}/antwoorden/{three}", verb="hide")
    assert told(hall)["sign"] != merged["sign"]
    assert answers(hall, phone, number)["answers"] == [[one, "Bomen"]]
    hall.lead("close", number)
    assert told(hall)["answers"] == ""
    answers(hall, phone, number, 404)


def test_only_who_is_in_the_room_reads_the_answers(hall: Hall, client: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN)
    answers(hall, client, number, 403)
    answers(hall, hall.phone(hall.attendee(removed_at=factories.NOW)), number, 403)
    phone = hall.phone(hall.attendee())
    answers(hall, phone, number)
    answers(hall, phone, number + 1, 404)
    closed = hall.round(RoundKind.AGREE, state=RoundState.CLOSED)
    answers(hall, phone, closed, 404)
