"""Facilitators write down what the room concluded, from four hours before until the process is closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.models.person import Role
from tests import factories
from tests.integration.outcomes.conftest import Evening, one, value
from tests.support import look_at, post, sign_in, visit

WHY = "Er stond een getal verkeerd."


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.ORGANISER])
def test_only_facilitators_write(evening: Evening, client: FlaskClient, role: Role | None) -> None:
    sign_in(client, evening.room.person(*([role] if role else [])))
    assert "Deze pagina is voor begeleiders." in visit(client, evening.of("Groen"), status=403).text
    evening.write(client, status=403)
    post(client, evening.of("Groen", "/bewaren"), 403, conclusion="Stiekem.", number="0")
    post(client, evening.of("Groen", "/weg"), 403, number="0")
    for place in ("afronden", "heropenen", "beelden"):
        post(client, f"{evening.path}/{place}", 403)
    page = visit(client, evening.path)
    assert "Er is nog niets opgeschreven" in page.text
    assert page.links("main .panel a") == []
    assert (evening.outcome(), evening.lines()) == (None, [])


def test_what_is_written_stands_on_the_pages_in_the_order_of_the_agenda(
    evening: Evening, desk: FlaskClient, stranger: FlaskClient
) -> None:
    evening.write(
        desk,
        conclusion="Meer bomen in de wijk.\n\nNiet op pleinen.",
        points="- Elke straat een boom\n\n2. Geen asfalt op pleinen\n",
        questions="Wie betaalt dat?",
        taken_by="  Team   Groen ",
    )
    evening.write(desk, "Fietsen", conclusion="Een pad langs de Maas.")
    assert evening.outcome() == {
        "conclusion": "Meer bomen in de wijk.\n\nNiet op pleinen.",
        "elements": ["Elke straat een boom", "Geen asfalt op pleinen"],
        "questions": ["Wie betaalt dat?"],
        "taken_by": "Team Groen",
        "number": 1,
    }
    page = visit(stranger, evening.path, max_queries=10)
    assert page.texts("main .panel__title") == ["1. Groen", "Fietsen"]
    assert page.texts("main .outcome__lines li") == [
        "Elke straat een boom",
        "Geen asfalt op pleinen",
        "Wie betaalt dat?",
    ]
    assert "Wie het oppakt: Team Groen" in page.text
    assert "Besproken, maar stond niet op de agenda" in page.text
    assert "Wordt nog geschreven" in page.text
    shown = visit(stranger, evening.room.path)
    assert shown.texts("section[aria-labelledby=outcomes] .panel__title") == ["Groen", "Fietsen"]
    assert evening.lines() == ["outcomes.record", "outcomes.record"]
    assert visit(desk, evening.path).texts("main .panel__title") == ["1. Groen", "2. Maas", "Fietsen"]
    visit(stranger, f"/en{evening.path}")


def test_the_form_shows_every_fault_and_keeps_what_was_typed(evening: Evening, desk: FlaskClient) -> None:
    typed = {"conclusion": "x" * 2001, "points": "y" * 301, "questions": "a\n" * 21, "taken_by": "z" * 161}
    page = look_at(desk, evening.write(desk, status=400, **typed), evening.of("Groen"))
    assert len(page.texts(".errors li")) == 4
    assert one(page, "#conclusion").text.strip() == typed["conclusion"]
    assert "Schrijf eerst iets op." in evening.write(desk, status=400, conclusion=" ").text
    assert evening.outcome() is None


def test_a_form_of_an_older_session_is_handed_back(evening: Evening, desk: FlaskClient) -> None:
    answer = desk.post(evening.of("Groen"), data={"conclusion": "Meer bomen.", "csrf_token": "oud"})
    assert answer.status_code == 400
    page = look_at(desk, answer, evening.of("Groen"))
    assert "Je sessie was verlopen" in page.text
    assert one(page, "#conclusion").text.strip() == "Meer bomen."


@pytest.mark.parametrize("ago", [timedelta(hours=-5), None], ids=["too early", "without a date"])
def test_nothing_is_written_before_the_evening(
    evening: Evening, desk: FlaskClient, ago: timedelta | None
) -> None:
    evening.began(ago)
    sentence = "vanaf vier uur voordat" if ago else "nog geen datum"
    assert sentence in evening.write(desk, status=403).text
    page = visit(desk, evening.of("Groen"))
    assert sentence in page.text
    assert not page.soup.find("form", class_="outcome-form")
    assert evening.outcome() is None
    if ago:
        evening.began(timedelta(hours=-3, minutes=-59))
        evening.write(desk)


def test_after_closing_nothing_changes(evening: Evening, desk: FlaskClient) -> None:
    evening.write(desk)
    evening.close()
    assert (
        "Dit traject is afgesloten" in evening.write(desk, status=403, conclusion="Anders.", number="1").text
    )
    post(desk, evening.of("Groen", "/bewaren"), 409, conclusion="Anders.", number="1")
    post(desk, evening.of("Groen", "/weg"), 403, number="1")
    evening.finish(desk, 403)
    assert evening.outcome() == {
        "conclusion": "Meer bomen.", "elements": [], "questions": [], "taken_by": "", "number": 1
    }  # fmt: skip
    assert "Verander" not in visit(desk, evening.path).text


def test_a_theme_of_another_process_is_not_there(evening: Evening, desk: FlaskClient) -> None:
    with evening.app.app_context():
        foreign = factories.a_theme(factories.a_process())
        db.session.commit()
        number = foreign.id
    assert desk.get(f"{evening.path}/{number}").status_code == 404
    post(desk, f"{evening.path}/{number}/bewaren", 409, conclusion="Hier niet.", number="0")
    assert desk.get(f"{evening.path}/999999").status_code == 404
    assert desk.get("/werkateliers/999999/opbrengsten").status_code == 404


def test_it_saves_itself_and_keeps_one_text_a_minute(evening: Evening, desk: FlaskClient) -> None:
    def keep(words: str, number: int, status: int = 200) -> dict[str, object]:
        answer = post(desk, evening.of("Groen", "/bewaren"), status, conclusion=words, number=str(number))
        found: dict[str, object] = answer.get_json()
        return found

    assert keep("Meer", 0)["number"] == 1
    assert keep("Meer bomen", 1)["number"] == 2
    again = keep("Meer bomen", 1)  # the answer got lost, and it is sent once more
    assert (again["saved"], again["number"]) == (True, 2)
    assert evening.revisions() == [(2, "Meer bomen", "")]
    evening.later(timedelta(seconds=61))
    assert keep("Meer bomen in de wijk", 2)["number"] == 3
    assert evening.revisions() == [(2, "Meer bomen", ""), (3, "Meer bomen in de wijk", "")]
    said = keep("x" * 2001, 3, 409)
    assert said["saved"] is False
    assert "Nog niet bewaard" in str(said["sentence"])
    assert evening.lines() == ["outcomes.record"], "what is typed live does not drown the log"


def test_two_facilitators_do_not_overwrite_each_other(
    evening: Evening, desk: FlaskClient, another: Callable[[], FlaskClient]
) -> None:
    other = another()
    evening.write(desk)
    mine = evening.write(other, status=409, conclusion="Meer struiken.", taken_by="Ik")
    page = look_at(other, mine, evening.of("Groen"))
    assert "Iemand anders heeft deze tekst intussen veranderd." in page.text
    assert "Meer bomen." in page.text
    assert one(page, "#conclusion").text.strip() == "Meer struiken."
    assert value(page, "input[name=number]") == "1"
    assert evening.outcome()["conclusion"] == "Meer bomen."  # type: ignore[index]
    kept = post(
        other, evening.of("Groen", "/bewaren"), 409, conclusion="Meer struiken.", number="0"
    ).get_json()
    assert (kept["number"], kept["there"]["conclusion"]) == (1, "Meer bomen.")
    evening.write(other, conclusion="Meer bomen en struiken.", number="1")
    assert [text for _number, text, _why in evening.revisions()] == ["Meer bomen.", "Meer bomen en struiken."]


def test_a_text_with_the_wrong_theme_goes_during_the_evening_only(
    evening: Evening, desk: FlaskClient
) -> None:
    evening.write(desk)
    post(desk, evening.of("Groen", "/weg"), 409, number="7")
    post(desk, evening.of("Groen", "/weg"), number="1")
    post(desk, evening.of("Groen", "/weg"), number="1")
    assert evening.outcome() is None
    assert evening.lines() == ["outcomes.record", "outcomes.remove"]
    evening.write(desk)
    evening.finish(desk)
    post(desk, evening.of("Groen", "/weg"), 403, number="1")
    assert evening.outcome() is not None


@pytest.mark.parametrize("how", ["finished", "a day ago"])
def test_afterwards_a_change_needs_a_reason_and_can_be_read_back(
    evening: Evening, desk: FlaskClient, stranger: FlaskClient, how: str
) -> None:
    evening.write(desk, conclusion="Half")
    evening.later(timedelta(minutes=2))
    evening.write(desk, conclusion="Meer bomen: 20.", points="Een\nTwee", number="1")
    if how == "finished":
        evening.finish(desk)
    else:
        evening.began(timedelta(hours=26))
    page = look_at(
        desk, evening.write(desk, status=400, conclusion="Meer bomen: 30.", number="2"), evening.of("Groen")
    )
    assert page.texts(".errors li") == ["Schrijf hier ten minste 10 tekens. Het zijn er nu 0."]
    post(desk, evening.of("Groen", "/bewaren"), 409, conclusion="Meer bomen: 30.", number="2", why=WHY)
    assert evening.outcome()["number"] == 2  # type: ignore[index]
    evening.write(desk, conclusion="Meer bomen: 30.", points="Een\nTwee", number="2", why=WHY)
    page = visit(stranger, evening.path)
    assert "1 keer verbeterd" in page.text
    back = page.follow(".outcome__foot a")
    assert "Waarom: " + WHY in back.text
    assert [str(each.contents[1]) for each in back.soup.select("ins, del")] == ["20", "30"]
    assert back.texts(".panel__title")[1].startswith("Zoals het tijdens de avond is opgeschreven")
    assert "Half" not in back.text, "half a sentence of the evening is for who works here"
    assert "Half" in visit(desk, evening.of("Groen", "/geschiedenis")).text
    assert evening.lines()[-1] == "outcomes.correct"
    assert evening.lines().count("outcomes.correct") == 1


def test_the_same_correction_twice_is_one(evening: Evening, desk: FlaskClient) -> None:
    evening.write(desk)
    evening.finish(desk)
    for _time in range(2):
        evening.write(desk, conclusion="Meer grote bomen.", number="1", why=WHY)
    assert evening.revisions() == [(1, "Meer bomen.", ""), (2, "Meer grote bomen.", WHY)]
