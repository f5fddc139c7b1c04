"""The screen in the room: what it shows, what it keeps back, and what a program that asks again is told."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.models import Activity, Call, Idea
from app.models.person import Role
from tests.support import Page, sign_in, visit
from tests.support.room import Room, a_room


def screen(client: FlaskClient, room: Room, query: str = "", prefix: str = "") -> Page:
    return visit(client, f"{prefix}{room.path}/scherm{query}", max_queries=8)


def state(client: FlaskClient, room: Room, prefix: str = "") -> dict[str, Any]:
    answer = client.get(f"{prefix}{room.path}/scherm/stand")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    content: dict[str, Any] = json.loads(answer.get_data())
    return content


def rows(page: Page, scene: str) -> list[str]:
    return page.texts(f'[data-rows="{scene}"] > li')


def test_the_ranking_of_themes_comes_first(room: Room, client: FlaskClient) -> None:
    page = screen(client, room)
    assert page.h1 == "Welke thema's hebben het meeste draagvlak?"
    assert page.texts(".screen__badge") == ["Voorlopig"]
    assert page.texts("[data-numbers]") == ["60 stemmen van 20 mensen"]
    shown = page.texts('[data-scene="themas"] .screen-row__title')
    assert sorted(shown) == ["Fietsen", "Groen", "Maas"]
    assert page.texts(".screen-row__rank")[:3] == ["1", "2", "3"]
    assert {text.split("% ")[1] for text in page.texts('[data-scene="themas"] .screen-row__score')} == {
        *("9 voorstanders", "6 voorstanders", "5 voorstanders"),
    }


@pytest.mark.parametrize(
    ("query", "shown", "h1"),
    [
        ("", "themas", "Welke thema's hebben het meeste draagvlak?"),
        ("?beeld=themas", "themas", "Welke thema's hebben het meeste draagvlak?"),
        ("?beeld=ideeen", "ideeen", "Welke ideeën hebben het meeste draagvlak?"),
        ("?beeld=agenda", "agenda", "Dit zou de agenda zijn"),
        ("?beeld=onzin", "themas", "Welke thema's hebben het meeste draagvlak?"),
    ],
)
def test_each_scene_has_an_address(room: Room, client: FlaskClient, query: str, shown: str, h1: str) -> None:
    page = screen(client, room, query)
    assert page.h1 == h1
    assert [scene["data-scene"] for scene in page.all("[data-scene]:not([hidden])")] == [shown]
    assert [link["data-goto"] for link in page.all(".screen__nav [aria-current]")] == [shown]
    assert [link.split("=")[-1] for link in page.links(".screen__nav a")[1:]] == ["ideeen", "agenda"]


def test_the_agenda_is_a_bar_of_time_and_a_list(room: Room, client: FlaskClient) -> None:
    page = screen(client, room, "?beeld=agenda")
    assert rows(page, "agenda") == [
        "19:00 Welkom 10 min",
        "19:10 1 Groen 30 min",
        "19:40 Pauze 15 min",
        "19:55 2 Maas 30 min",
        "20:25 Borrel 5 min",
    ]
    parts = [(tag["x"], tag["width"]) for tag in page.all("[data-bar] > svg")]
    assert parts[0] == ("0.000%", "11.111%")
    assert parts[1] == ("11.111%", "33.333%")
    assert sum(float(str(width).rstrip("%")) for _x, width in parts) == pytest.approx(100, abs=0.01)


def test_ideas_come_straight_from_the_tallies(room: Room, client: FlaskClient) -> None:
    before = state(client, room)
    for _ in range(12):
        room.vote("Maas", group=Group.COUNCIL, ideas=1)
    after = state(client, room)
    first = {row["id"]: row for row in after["ideeen"]}[room.ideas["Maas"][0]]
    assert first["note"] == "17 stemmen"
    assert after["numbers"].startswith("72 stemmen")
    # Themes wait for the job.
    assert after["themas"] == before["themas"]
    room.refresh()
    assert {row["note"] for row in state(client, room)["themas"]} != {row["note"] for row in before["themas"]}


def test_the_page_and_its_updates_are_the_same(room: Room, client: FlaskClient) -> None:
    page, content = screen(client, room), state(client, room)
    assert page.one("[data-screen]")["data-state"] == f"{room.path}/scherm/stand"
    for scene in ("themas", "ideeen"):
        written = [
            f"{row['rank']} {row['title']} {row['score']} {row['note']}".replace("\xa0", " ")
            for row in content[scene]
        ]
        assert rows(page, scene) == written
    assert [row["id"] for row in content["agenda"]] == [
        tag["data-key"] for tag in page.all("[data-bar] > svg")
    ]
    assert page.texts("[data-numbers]") == [content["numbers"]]


def test_who_asks_again_is_told_that_nothing_changed(room: Room, client: FlaskClient) -> None:
    first = client.get(f"{room.path}/scherm/stand")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(f"{room.path}/scherm/stand", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    room.vote("Fietsen", ideas=1)
    changed = client.get(f"{room.path}/scherm/stand", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_it_works_without_a_script(room: Room, client: FlaskClient) -> None:
    page = screen(client, room)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.html.split("</head>")[0]


def test_the_code_leads_to_the_ideas_of_the_call(make_app: Any) -> None:
    app = make_app(SITE_URL="https://stem.voorbeeld.example")
    room = a_room(app)
    page = screen(app.test_client(), room)
    assert page.one(".screen__host").get_text() == "stem.voorbeeld.example"
    assert page.one('.screen__join [role="img"]')["aria-label"] == "QR-code naar stem.voorbeeld.example"
    assert page.all(".screen__join svg path")


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("who", ["signed out", "facilitator", "organiser"])
def test_hidden_counts_leak_nothing(room: Room, client: FlaskClient, prefix: str, who: str) -> None:
    room.hide_counts()
    if who != "signed out":
        sign_in(client, room.person(Role(who)))
    assert state(client, room, prefix) == {"hidden": True}
    for query in ("", "?beeld=ideeen", "?beeld=agenda"):
        page = screen(client, room, query, prefix)
        assert not page.all("[data-scene], [data-numbers], .screen-row, .screen-part")
        for word in ("Groen", "Maas", "Fietsen", "%", "stemmen van", "votes by"):
            assert word not in page.text
        assert not re.search(r"\b60\b", page.text)
        assert page.all(".screen__join svg")
    sentence = "Vote along. You see" if prefix else "Stem mee. Je ziet de stand"
    assert sentence in page.text


def test_the_screen_speaks_english(room: Room, client: FlaskClient) -> None:
    page = screen(client, room, prefix="/en")
    assert page.h1 == "Which themes have the most support?"
    assert page.texts("[data-numbers]") == ["60 votes by 20 people"]
    assert page.one("[data-screen]")["data-state"] == f"/en{room.path}/scherm/stand"
    assert state(client, room, "/en")["themas"][0]["note"].endswith("supporters")


def test_signed_out_screens_are_the_same_bytes(room: Room, app: Flask) -> None:
    one, other = (app.test_client().get(f"{room.path}/scherm") for _ in range(2))
    assert one.get_data() == other.get_data()
    assert "Set-Cookie" not in one.headers


def test_without_votes_it_asks_for_them(app: Flask, client: FlaskClient) -> None:
    room = a_room(app, votes=False)
    page = screen(client, room)
    assert "Zodra genoeg mensen hebben gestemd, zie je hier de volgorde." in page.text
    assert page.texts("[data-numbers]") == ["0 stemmen"]


def test_an_unknown_workshop_is_not_found(client: FlaskClient) -> None:
    visit(client, "/werkateliers/4711/scherm", status=404)
    assert client.get("/werkateliers/4711/scherm/stand").status_code == 404


def test_what_people_write_stays_text(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        number = room.ideas["Groen"][0]
        db.session.execute(
            update(Idea).where(Idea.id == number).values(title="<b>Vet</b> & </template><script>")
        )
        db.session.execute(update(Activity).values(title='"><i>Zaal</i>'))
        db.session.execute(update(Call).where(Call.id == room.call).values(title="<u>Oproep</u>"))
        db.session.commit()
    page = screen(client, room)
    assert not page.all("main b, main i, main u, main script")
    assert "<b>Vet</b> & </template><script>" in page.text
