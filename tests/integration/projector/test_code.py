"""The code to join in: on a screen that a facilitator opened, and nowhere else that a stranger can look."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.models import Workshop
from app.models.process import ProcessState
from app.models.room import RoundState
from tests.support import Page, csrf_token, post, sign_in, visit
from tests.support.evenings import Evening
from tests.support.room import a_room

SAID = re.compile(r"MAA\s?S47", re.IGNORECASE)
"""The code, as it is typed and as it stands on a wall."""
SENTENCES = {
    "": "De code staat op het scherm in de zaal.",
    "/en": "The code is on the screen in the room.",
}
FIXED = ("themas", "ideeen", "agenda", "aanmelden", "klok", "focus")


def opened(evening: Evening, query: str = "", prefix: str = "") -> str:
    """The address that a facilitator gets at the desk."""
    answer = evening.desk().get(f"{prefix}{evening.path}/scherm/openen{query}")
    assert answer.status_code == 303
    return str(answer.location)


def shows_code(page: Page) -> bool:
    """Whether the picture has the code in letters and as a drawing."""
    picture = page.one("[data-picture]")
    drawn = bool(picture.select('[role="img"] svg path'))
    told = bool(SAID.search(picture.get_text()))
    assert drawn == told
    assert told == bool(SAID.search(page.html))
    return told


def steps(evening: Evening) -> list[str]:
    """A step to every kind of scene."""
    green = evening.room.themes["Groen"]
    return [
        "join",
        "programme",
        "themes",
        f"theme:{green}",
        f"round:{evening.round}:open",
        f"round:{evening.round}:close",
        f"round:{evening.round}:reveal",
        f"outcome:{green}",
        "focus",
        "thanks",
    ]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_stranger_never_gets_the_code(evening: Evening, client: FlaskClient, prefix: str) -> None:
    desk = evening.desk()
    for key in steps(evening):
        evening.step(desk, key)
        for where in ("scherm", "scherm/stand", "volgen", "meedoen", "meedoen/stand", "uitslagen", ""):
            answer = client.get(f"{prefix}{evening.path}/{where}".rstrip("/"))
            assert answer.status_code == 200, where
            assert not SAID.search(answer.get_data(as_text=True)), f"{where} at {key}"
    for scene in FIXED:
        for where in ("scherm", "scherm/stand"):
            told = client.get(f"{prefix}{evening.path}/{where}?beeld={scene}").get_data(as_text=True)
            assert not SAID.search(told)
            # A drawing says it just as well.
            assert 'class="qr"' not in told


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_whoever_looks_from_afar_reads_where_the_code_is(
    evening: Evening, client: FlaskClient, prefix: str
) -> None:
    screen = visit(client, f"{prefix}{evening.path}/scherm", max_queries=14)
    assert SENTENCES[prefix] in screen.text
    assert not shows_code(screen)
    assert not screen.all("template, .screen__join")
    assert SENTENCES[prefix] in visit(client, f"{prefix}{evening.path}/volgen").text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_screen_that_the_desk_opened_has_the_code_on_every_scene(
    evening: Evening, client: FlaskClient, prefix: str
) -> None:
    """Also without a script, and in a browser where nobody is signed in."""
    desk, address = evening.desk(), opened(evening, prefix=prefix)
    assert address.startswith(f"{prefix}{evening.path}/scherm?sleutel=")
    for key in steps(evening):
        evening.step(desk, key)
        page = visit(client, address, max_queries=14)
        assert shows_code(page), key
        assert SENTENCES[prefix] not in page.text
    for scene in FIXED:
        other = visit(client, opened(evening, f"?beeld={scene}", prefix))
        assert shows_code(other)
        # The other scenes are reached with the same key.
        assert all("sleutel=" in link for link in other.links("nav [data-fixed]"))
    evening.press(desk, "reserve", on="yes")
    assert not visit(client, address).all("[data-picture] [data-code-place]")


def test_the_desk_and_the_pages_of_facilitators_lead_to_that_screen(evening: Evening) -> None:
    for where in ("regie", "zaal", "rondes", "agenda"):
        links = visit(evening.desk(), f"{evening.path}/{where}").links("main a, nav a")
        assert f"{evening.path}/scherm/openen" in links
        assert f"{evening.path}/scherm" not in links
    assert shows_code(visit(evening.desk(), opened(evening)))
    # Whoever leads and came without the key finds the way on the screen itself.
    for prefix, said in (("", "Toon de code"), ("/en", "Show the code")):
        page = visit(evening.desk(), f"{prefix}{evening.path}/scherm")
        assert not shows_code(page)
        assert said in page.texts(".screen__nav a")
        assert said not in visit(evening.desk(), opened(evening, prefix=prefix)).texts(".screen__nav a")


def test_only_a_facilitator_opens_it(evening: Evening, client: FlaskClient) -> None:
    assert client.get(f"{evening.path}/scherm/openen").location.startswith("/inloggen")
    somebody = sign_in(evening.app.test_client(), evening.room.person())
    assert somebody.get(f"{evening.path}/scherm/openen").status_code == 403
    visit(evening.desk(), "/werkateliers/4711/scherm/openen", status=404)


@pytest.mark.parametrize("key", ["", "0" * 32, "SLIM26", "é", "%00", "x" * 5000])
def test_a_wrong_key_shows_the_screen_of_everybody(evening: Evening, client: FlaskClient, key: str) -> None:
    ordinary = visit(client, f"{evening.path}/scherm")
    page = visit(client, f"{evening.path}/scherm?sleutel={key}")
    assert not shows_code(page)
    assert str(page.one("main")) == str(ordinary.one("main"))


def test_the_key_of_another_workshop_opens_nothing_here(evening: Evening, client: FlaskClient) -> None:
    other = a_room(evening.app)
    key = opened(evening).partition("?")[2]
    assert not visit(client, f"{other.path}/scherm?{key}").all("[data-picture] .qr")


def test_nobody_keeps_the_answer_with_the_code(evening: Evening, client: FlaskClient) -> None:
    address = opened(evening)
    evening.app.config["PAGE_CACHE"] = True
    for _ in range(2):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
    assert len(evening.app.extensions["page_cache"]) == 0
    assert evening.desk().get(f"{evening.path}/scherm/openen").headers["Cache-Control"] == "private, no-store"
    ordinary = client.get(f"{evening.path}/scherm")
    assert "public" in ordinary.headers["Cache-Control"]
    assert not SAID.search(ordinary.get_data(as_text=True))


def test_another_code_ends_the_key_and_every_screen_hears_so(evening: Evening, client: FlaskClient) -> None:
    address = opened(evening)
    page, before = visit(client, address), evening.frame()
    assert page.one("[data-screen]")["data-mark"] == before["mark"] != ""
    post(evening.desk(), f"{evening.path}/zaal/code")
    after = evening.frame()
    # A screen that is open puts its code in a picture with the same mark only.
    assert after["mark"] not in ("", before["mark"])
    assert not shows_code(visit(client, address))
    with evening.app.app_context():
        code = db.session.get_one(Workshop, evening.room.workshop).join_code
    anew = opened(evening)
    assert anew != address
    shown = visit(client, anew).one("[data-picture] .screen-join__address strong").get_text()
    assert shown.replace(" ", "") == code


def test_after_the_evening_no_screen_has_the_code(evening: Evening, client: FlaskClient) -> None:
    address = opened(evening)

    def put(**values: object) -> None:
        with evening.app.app_context():
            workshop = db.session.get_one(Workshop, evening.room.workshop)
            for name, value in values.items():
                setattr(workshop if name == "doors_until" else workshop.activity, name, value)
            db.session.commit()

    put(starts_at=datetime.now(UTC) - timedelta(hours=4), ends_at=datetime.now(UTC) - timedelta(hours=1))
    assert not shows_code(visit(client, address))
    assert evening.frame()["mark"] == ""
    assert "sleutel" not in opened(evening)
    assert "Toon de code" not in visit(evening.desk(), f"{evening.path}/scherm").text
    # Unless somebody lets people in by hand.
    put(doors_until=datetime.now(UTC) + timedelta(hours=1))
    assert shows_code(visit(client, address))
    with evening.app.app_context():
        db.session.get_one(Workshop, evening.room.workshop).activity.process.state = ProcessState.CLOSED
        db.session.commit()
    assert not shows_code(visit(client, address))


def test_a_picture_that_stands_still_has_no_code(evening: Evening, client: FlaskClient) -> None:
    desk = evening.desk()
    evening.press(desk, "stilzetten", on="yes")
    assert not SAID.search(evening.row().frozen)
    assert not SAID.search(str(evening.frame()))
    assert shows_code(visit(client, opened(evening)))


def test_who_reads_along_is_led_to_the_own_phone(evening: Evening, client: FlaskClient) -> None:
    evening.step(evening.desk(), f"round:{evening.round}:open")
    assert evening.state() == RoundState.OPEN
    assert visit(client, f"{evening.path}/volgen").links(".follow__now a") == [f"{evening.path}/meedoen"]
    assert visit(client, f"/en{evening.path}/volgen").links(".follow__now a") == [
        f"/en{evening.path}/meedoen"
    ]


def test_letting_go_of_a_phone_gives_no_code_away(evening: Evening, client: FlaskClient) -> None:
    """Anybody may press that button, also who was taken out of the room."""
    answer = client.post(f"{evening.path}/meedoen/weg", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    assert answer.location == "/doe-mee"
