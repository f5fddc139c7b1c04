"""A published agenda while a phase hides the counts: themes and minutes stay as they were decided, and nothing else."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.domain.evening import Scene
from app.models import Phase
from app.models.person import Role
from app.models.workshop import Workshop
from app.records import screens
from app.records.screens import ScreenRow
from tests import factories
from tests.support import Page, post, sign_in, sign_out, visit
from tests.support.evenings import text
from tests.support.room import Room

from .conftest import Builder

PROGRAMME = ["Welkom", "Groen", "Pauze", "Maas", "Borrel"]
ORDER = re.compile("|".join(PROGRAMME))
FIGURES = re.compile(
    r"%|\d stem|voorstanders|supporters|votes by|idee nummer|raadsleden|inwoners|council members|residents|"
    r"betaal|pays?\b|per persoon|Fietsen|sha256"
)
"""What tells how people voted: shares, heads, who carries and pays, ideas in their order, what is not on it."""


def in_order(words: str) -> list[str]:
    """The parts of the programme as they are named, one after the other."""
    return list(dict.fromkeys(ORDER.findall(words)))


def frame_of(client: FlaskClient, room: Room, prefix: str = "", query: str = "") -> dict[str, Any]:
    """What the screen asks for."""
    content: dict[str, Any] = json.loads(client.get(f"{prefix}{room.path}/scherm/stand{query}").get_data())
    return content


def put_on(room: Room, **values: Any) -> None:
    """What the desk puts on the screen."""
    with room.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        row: ScreenRow = screens.of_workshop(room.workshop)
        person = factories.a_person(Role.FACILITATOR)
        assert screens.change(workshop.id, row.number, values, "desk.step", person, factories.NOW)
        db.session.commit()


def reveal(room: Room) -> None:
    with room.app.app_context():
        db.session.execute(update(Phase).where(Phase.call_id == room.call).values(hides_counts=False))
        db.session.commit()


def conclude(room: Room, *themes: str) -> None:
    with room.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        for name in themes:
            theme = db.session.get_one(factories.Theme, room.themes[name])
            factories.an_outcome(workshop, theme, conclusion="Zo doen we het.")
        db.session.commit()


def agenda_of(page: Page) -> str:
    return " ".join(page.texts("main .section:has(#agenda)"))


@pytest.fixture
def decided(builder: Builder) -> Builder:
    """The agenda is published, the room concluded something, and then a phase begins that hides the counts."""
    builder.publish()
    conclude(builder.room, "Maas", "Groen")
    builder.room.hide_counts()
    return builder


@pytest.mark.parametrize("who", ["stranger", "resident", "facilitator", "organiser"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_everybody_reads_the_parts_and_their_minutes_and_no_more(
    decided: Builder, client: FlaskClient, who: str, prefix: str
) -> None:
    room = decided.room
    sign_out(client)
    if who == "resident":
        sign_in(client, room.person())
    elif who != "stranger":
        sign_in(client, room.person(Role(who)))
    for query in ("", "?weging=per_person", "?stand=voorlopig"):
        page = visit(client, f"{prefix}{room.path}{query}")
        told = agenda_of(page)
        assert in_order(" ".join(page.texts(".agenda__title"))) == PROGRAMME
        assert [minutes.split()[0] for minutes in page.texts(".agenda__minutes")] == [
            "10",
            "30",
            "15",
            "30",
            "5",
        ]
        assert not FIGURES.search(told), FIGURES.search(told)
        assert not page.all(
            ".agenda__carrier, .agenda__top, .agenda__marks, .missing, .definitions, table, #files"
        )
        assert ("why these themes" if prefix else "waarom deze thema's") in told


def test_the_screen_and_its_text_show_the_same_and_no_more(decided: Builder) -> None:
    room = decided.room
    stranger = room.app.test_client()
    scenes = (
        {"scene": Scene.PROGRAMME, "step": "programme"},
        {"scene": Scene.THEMES, "step": "themes"},
        {"scene": Scene.IDEAS},
        {"scene": Scene.BREAK, "step": "block:2"},
    )
    for values in scenes:
        put_on(room, **values)
        for prefix in ("", "/en"):
            frame = frame_of(stranger, room, prefix)
            assert "data-share" not in frame["picture"], "the bars of a ranking"
            followed = visit(stranger, f"{prefix}{room.path}/volgen").one("[data-text]").get_text(" ")
            for told in (text(frame["picture"]), text(frame["text"]), frame["said"], followed):
                assert not FIGURES.search(told), (values, told)
    shown = visit(stranger, f"{room.path}/scherm?beeld=agenda")
    assert in_order(" ".join(shown.texts(".screen__parts > li"))) == PROGRAMME
    assert "Dit is de agenda" in shown.text
    for scene in ("themas", "ideeen"):
        assert not visit(stranger, f"{room.path}/scherm?beeld={scene}").all(".screen-row, .screen__numbers")


def test_the_outcomes_stand_in_the_order_of_the_agenda_without_a_figure(decided: Builder) -> None:
    room = decided.room
    page = visit(room.app.test_client(), f"{room.path}/opbrengsten")
    assert page.texts(".outcomes .panel__title") == ["1. Groen", "2. Maas"]
    assert not FIGURES.search(" ".join(page.texts("main .outcomes")))
    assert "niet op de agenda" not in page.text


def test_the_report_of_the_evening_has_the_programme_without_a_figure(decided: Builder) -> None:
    room = decided.room
    page = visit(sign_in(room.app.test_client(), room.person(Role.FACILITATOR)), f"{room.path}/verslag")
    programme = " ".join(page.texts("main table tbody"))
    assert in_order(programme) == PROGRAMME
    assert not FIGURES.search(programme)
    assert "idee nummer" not in page.text


WHY = re.compile(
    r"De raad vroeg erom|Fietsen|stand nummer|Vingerafdruk|sha256|Zo telden|geen stand|[0-9a-f]{20}"
)
"""What the agenda followed from: reasons, what was kept off it, the standing, how people weighed."""


def test_the_report_does_not_tell_why_the_agenda_is_as_it_is(
    builder: Builder, seal: Callable[[], int]
) -> None:
    builder.fix("Fietsen", "skipped")
    seal()
    builder.publish()
    room = builder.room

    def report() -> tuple[str, str]:
        page = visit(builder.client, f"{room.path}/verslag").text
        made = docx.Document(io.BytesIO(builder.client.get(f"{room.path}/verslag.docx").data))
        return page, "\n".join(each.text for each in made.paragraphs)

    for told in report():
        assert "Fietsen kwam niet op de agenda" in told or "De raad vroeg erom" in told
        assert "stand nummer" in told
    room.hide_counts()
    for told in report():
        assert not WHY.search(told), WHY.search(told)
        assert "waarom deze thema's" in told
    reveal(room)
    assert all("De raad vroeg erom" in told for told in report())


def test_facilitators_lead_by_it_and_are_told_no_figure_either(decided: Builder) -> None:
    room = decided.room
    client = sign_in(room.app.test_client(), room.person(Role.FACILITATOR))
    desk = visit(client, f"{room.path}/regie")
    listed = " ".join(desk.texts(".desk__script"))
    assert [name for name in in_order(listed) if name in ("Groen", "Maas")] == ["Groen", "Maas"]
    assert not FIGURES.search(" ".join(desk.texts(".desk__now, .desk__next, .desk__list")))
    writing = visit(client, f"{room.path}/opbrengsten/{room.themes['Groen']}")
    assert "Staat 30 minuten op de agenda" in writing.text or "30 minuten" in writing.text
    assert not FIGURES.search(" ".join(writing.texts("main .lead")))
    # Nobody changes it meanwhile: that would tell how the votes stand.
    post(
        client, f"{room.path}/agenda/publiceren", 403, **{"publish-seen": "1", "publish-note": "Iets nieuws."}
    )


def test_after_the_reveal_the_reasons_and_figures_are_back(decided: Builder, client: FlaskClient) -> None:
    room = decided.room
    sign_out(client)
    reveal(room)
    page = visit(client, room.path)
    told = agenda_of(page)
    assert in_order(" ".join(page.texts(".agenda__title"))) == PROGRAMME
    assert page.all(".agenda__carrier")
    assert "Groen, idee nummer" in told
    assert "raadsleden" in told
    assert page.all("#files")
    assert client.get(f"{room.path}/agenda/versies/1").status_code == 200
    assert "%" in text(frame_of(client, room, query="?beeld=themas")["picture"])


def test_what_nobody_published_stays_hidden_altogether(builder: Builder, client: FlaskClient) -> None:
    room = builder.room
    conclude(room, "Maas", "Groen")
    room.hide_counts()
    sign_out(client)
    assert not visit(client, room.path).all(".agenda__item")
    assert not visit(client, f"{room.path}/scherm?beeld=agenda").all(".screen__parts")
    assert "1. Groen" not in visit(client, f"{room.path}/opbrengsten").text


@pytest.mark.parametrize("scene", [Scene.PROGRAMME, Scene.BREAK])
def test_a_draft_that_was_frozen_before_is_not_what_was_decided(
    builder: Builder, client: FlaskClient, scene: Scene
) -> None:
    """A picture of the draft stood still; then another agenda was published, and then counts were hidden."""
    room, desk = builder.room, builder.client
    put_on(room, scene=scene, step="block:2" if scene is Scene.BREAK else "programme")
    with room.app.app_context():
        number = screens.of_workshop(room.workshop).number
    post(desk, f"{room.path}/regie/stilzetten", number=str(number), on="yes")
    builder.publish()
    room.hide_counts()
    sign_out(client)
    frozen = frame_of(client, room)
    assert frozen["frozen"] is True
    assert not re.search("Groen|Maas", text(frozen["picture"]))


def test_votes_meanwhile_change_no_byte_of_it(decided: Builder) -> None:
    room = decided.room
    places = ("", "/scherm", "/scherm/stand", "/scherm/stand?beeld=agenda", "/volgen", "/opbrengsten")

    def told() -> list[bytes]:
        return [room.app.test_client().get(f"{room.path}{place}").get_data() for place in places]

    before = told()
    for _ in range(9):
        room.vote("Fietsen", group=Group.COUNCIL)
    room.refresh()
    assert told() == before
