"""The screen in the room: what it shows, what it keeps back, and what a program that asks again is told."""

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.models import Activity, Call, Idea
from app.models.person import Role
from tests.support import Page, sign_in, visit
from tests.support.evenings import text
from tests.support.room import Room, a_room

FIXED = ("themas", "ideeen", "agenda", "aanmelden", "klok", "focus")


def screen(client: FlaskClient, room: Room, query: str = "", prefix: str = "") -> Page:
    return visit(client, f"{prefix}{room.path}/scherm{query}", max_queries=10)


def state(client: FlaskClient, room: Room, query: str = "", prefix: str = "") -> dict[str, Any]:
    answer = client.get(f"{prefix}{room.path}/scherm/stand{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    content: dict[str, Any] = json.loads(answer.get_data())
    return content


def rows(page: Page) -> list[str]:
    return page.texts(".screen__rows > li")


def test_a_screen_that_nobody_led_yet_asks_people_in(room: Room, client: FlaskClient) -> None:
    page = screen(client, room)
    assert page.h1 == "Doe mee op je telefoon"
    assert "De code staat op het scherm in de zaal." in page.text


@pytest.mark.parametrize(
    ("query", "scene", "h1"),
    [
        ("", "join", "Doe mee op je telefoon"),
        ("?beeld=themas", "themes", "Welke thema's hebben het meeste draagvlak?"),
        ("?beeld=ideeen", "ideas", "Welke ideeën hebben het meeste draagvlak?"),
        ("?beeld=agenda", "programme", "Dit zou de agenda zijn"),
        ("?beeld=aanmelden", "join", "Doe mee op je telefoon"),
        ("?beeld=klok", "timer", "Tijd"),
        ("?beeld=focus", "focus", "Hier ligt de focus"),
        ("?beeld=onzin", "join", "Doe mee op je telefoon"),
    ],
)
def test_a_second_screen_keeps_to_one_scene(
    room: Room, client: FlaskClient, query: str, scene: str, h1: str
) -> None:
    page, content = screen(client, room, query), state(client, room, query)
    assert page.h1 == h1
    assert content["scene"] == scene
    # The page and its updates are the same.
    assert text(content["picture"]) == text(str(page.one("[data-picture]")))
    asks = page.one("[data-screen]")["data-state"]
    assert asks == f"{room.path}/scherm/stand{query if 'onzin' not in query else ''}"


def test_the_ranking_of_themes(room: Room, client: FlaskClient) -> None:
    page = screen(client, room, "?beeld=themas")
    assert page.texts(".screen__badge") == ["Voorlopig"]
    assert page.texts(".screen__numbers") == ["60 stemmen van 20 mensen"]
    assert sorted(page.texts(".screen-row__title")) == ["Fietsen", "Groen", "Maas"]
    assert page.texts(".screen-row__rank") == ["1", "2", "3"]
    assert {told.split("% ")[1] for told in page.texts(".screen-row__score")} == {
        *("9 voorstanders", "6 voorstanders", "5 voorstanders"),
    }


def test_the_code_to_join_in_leads_to_the_address_of_the_site(make_app: Any) -> None:
    app = make_app(SITE_URL="https://stem.voorbeeld.example")
    room = a_room(app)
    client = sign_in(app.test_client(), room.person(Role.FACILITATOR))
    for scene in ("", *FIXED):
        page = screen(
            client,
            room,
            str(client.get(f"{room.path}/scherm/openen?beeld={scene}").location).removeprefix(
                f"{room.path}/scherm"
            ),
        )
        assert page.all('[data-picture] [role="img"][aria-label="QR-code om mee te doen"] svg path')
        assert "stem.voorbeeld.example" in page.text.replace(" ", "")
        assert re.search(r"\b\d{3} \d{3}\b", page.text)


def test_the_agenda_is_a_bar_of_time_and_a_list(room: Room, client: FlaskClient) -> None:
    page = screen(client, room, "?beeld=agenda")
    assert page.texts(".screen__parts > li") == [
        "19:00 Welkom 10 min",
        "19:10 1 Groen 30 min",
        "19:40 Pauze 15 min",
        "19:55 2 Maas 30 min",
        "20:25 Borrel 5 min",
    ]
    parts = [(tag["x"], tag["width"]) for tag in page.all(".screen-bar > svg")]
    assert parts[0] == ("0.000%", "11.111%")
    assert parts[1] == ("11.111%", "33.333%")
    assert sum(float(str(width).rstrip("%")) for _x, width in parts) == pytest.approx(100, abs=0.01)


def test_ideas_come_straight_from_the_tallies(room: Room, client: FlaskClient) -> None:
    themes = text(state(client, room, "?beeld=themas")["picture"])
    for _ in range(12):
        room.vote("Maas", group=Group.COUNCIL, ideas=1)
    page = screen(client, room, "?beeld=ideeen")
    first = page.one(f'[data-key="ideas-{room.ideas["Maas"][0]}"]').get_text(" ")
    assert "17 stemmen" in " ".join(first.split())
    assert page.texts(".screen__numbers")[0].startswith("72 stemmen")
    # Themes wait for the job; how many votes there are does not.
    assert text(state(client, room, "?beeld=themas")["picture"]) == themes.replace("60 stemmen", "72 stemmen")
    room.refresh()
    assert text(state(client, room, "?beeld=themas")["picture"]) != themes


def test_who_asks_again_is_told_that_nothing_changed(room: Room, client: FlaskClient) -> None:
    address = f"{room.path}/scherm/stand?beeld=ideeen"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    room.vote("Fietsen", ideas=1)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_it_works_without_a_script(room: Room, client: FlaskClient) -> None:
    page = screen(client, room)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.html.split("</head>")[0]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("who", ["signed out", "facilitator", "organiser"])
def test_hidden_counts_leak_nothing(room: Room, client: FlaskClient, prefix: str, who: str) -> None:
    room.hide_counts()
    if who != "signed out":
        sign_in(client, room.person(Role(who)))
    sentence = "Vote along. You see" if prefix else "Stem mee. Je ziet de stand"
    for scene in ("themas", "ideeen", "agenda"):
        content = state(client, room, f"?beeld={scene}", prefix)
        assert content["hidden"] is True
        assert sentence in text(content["picture"])
        page = screen(client, room, f"?beeld={scene}", prefix)
        assert not page.all(".screen__numbers, .screen-row, .screen-part, .screen__rows")
        for told in (page.text, text(content["picture"]), text(content["text"])):
            for word in ("Groen", "Maas", "Fietsen", "%", "stemmen van", "votes by"):
                assert word not in told
            assert not re.search(r"\b60\b", told)
    for prefix_ in ("", "/en"):
        followed = visit(client, f"{prefix_}{room.path}/volgen").text
        assert "%" not in followed


def test_the_screen_speaks_english(room: Room, client: FlaskClient) -> None:
    page = screen(client, room, "?beeld=themas", prefix="/en")
    assert page.h1 == "Which themes have the most support?"
    assert page.texts(".screen__numbers") == ["60 votes by 20 people"]
    assert page.one("[data-screen]")["data-state"] == f"/en{room.path}/scherm/stand?beeld=themas"
    assert "supporters" in text(state(client, room, "?beeld=themas", "/en")["picture"])


def test_signed_out_screens_are_the_same_bytes(room: Room, app: Flask) -> None:
    one, other = (app.test_client().get(f"{room.path}/scherm") for _ in range(2))
    assert one.get_data() == other.get_data()
    assert "Set-Cookie" not in one.headers


def test_without_votes_it_asks_for_them(app: Flask, client: FlaskClient) -> None:
    room = a_room(app, votes=False)
    page = screen(client, room, "?beeld=themas")
    assert "Zodra genoeg mensen hebben gestemd, zie je hier de volgorde." in page.text
    assert page.texts(".screen__numbers") == ["0 stemmen"]


def test_an_unknown_workshop_is_not_found(client: FlaskClient) -> None:
    for where in ("scherm", "volgen"):
        visit(client, f"/werkateliers/4711/{where}", status=404)
    for query in ("", "?beeld=themas"):
        assert client.get(f"/werkateliers/4711/scherm/stand{query}").status_code == 404


def test_what_people_write_stays_text(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        number = room.ideas["Groen"][0]
        db.session.execute(
            update(Idea).where(Idea.id == number).values(title="<b>Vet</b> & </template><script>")
        )
        db.session.execute(update(Activity).values(title='"><i>Zaal</i>'))
        db.session.execute(update(Call).where(Call.id == room.call).values(title="<u>Oproep</u>"))
        db.session.commit()
    page = screen(client, room, "?beeld=ideeen")
    assert not page.all("main b, main i, main u, main script")
    assert "<b>Vet</b> & </template><script>" in page.text
    content = state(client, room, "?beeld=ideeen")
    for piece in ("picture", "text"):
        assert not BeautifulSoup(content[piece], "html.parser").select("b, i, u, script")
