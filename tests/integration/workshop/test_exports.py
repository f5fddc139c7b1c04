"""A version as files, all from one document: PDF/UA, Word, sheets for tables, calendar and JSON, in two languages."""

import io
import json
import re
from collections.abc import Callable

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from app.db import db
from app.domain.ballot import Side
from app.features.workshop import exports, published
from app.kit import paper
from app.kit.paper import Heading, Paper
from app.models import Idea, Workshop
from app.records import agenda_versions, agendas
from tests import factories
from tests.support import sign_out, visit
from tests.support.room import Room

from .conftest import Builder


@pytest.fixture
def version(builder: Builder, seal: Callable[[], int], client: FlaskClient) -> Room:
    """A version with deviations, from sealed ballots."""
    seal()
    builder.fix("Groen", "retimed", 20, reason="Het rondje is kort.")
    builder.move("Maas", "earlier")
    builder.publish("De eerste versie.")
    sign_out(client)
    return builder.room


def take(client: FlaskClient, room: Room, name: str, language: str = "") -> TestResponse:
    answer = client.get(f"{language}{room.path}/agenda/versies/1/{name}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    stem, ending = name.split(".")
    wanted = f'attachment; filename="{stem}-{room.workshop}-versie-1.{ending}"'
    assert answer.headers["Content-Disposition"] == wanted
    return answer


@pytest.mark.parametrize("name", ["agenda.pdf", "tafels.pdf"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_papers_are_for_screen_readers(version: Room, client: FlaskClient, name: str, language: str) -> None:
    answer = take(client, version, name, language)
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert b"pdfuaid" in answer.data
    assert b"(en)" in answer.data if language else b"(nl)" in answer.data
    assert answer.data == take(client, version, name, language).data, "two readings make the same file"


@pytest.mark.parametrize(
    ("language", "programme", "deviations"),
    [
        ("", "Programma", "Anders dan uit de stemmen volgt"),
        ("/en", "Programme", "Other than the votes have it"),
    ],
)
def test_the_document_has_real_headings_and_tables(
    version: Room, client: FlaskClient, language: str, programme: str, deviations: str
) -> None:
    made = docx.Document(io.BytesIO(take(client, version, "agenda.docx", language).data))
    headings = [
        (p.style.name, p.text) for p in made.paragraphs if p.style and p.style.name.startswith("Heading")
    ]
    texts = [text for _style, text in headings]
    assert programme in texts
    assert deviations in texts
    assert any(text.startswith("1. Groen (20") for text in texts)
    assert {style for style, _text in headings} >= {"Heading 1", "Heading 2", "Heading 3"}
    table = made.tables[-1] if len(made.tables) == 1 else made.tables[1]
    assert table.rows
    whole = "\n".join(p.text for p in made.paragraphs)
    assert "Het rondje is kort." in whole
    assert "Eerst het water." in whole
    assert "Groen, idee nummer 1" in whole
    cells = [cell.text for found in made.tables for row in found.rows for cell in row.cells]
    assert {"19:10", "1. Groen", "20"} <= set(cells)
    assert "Fietsen" in cells, "what is not on it, with the reason"


def test_the_calendar_has_every_part_at_its_time(version: Room, client: FlaskClient) -> None:
    answer = take(client, version, "agenda.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    told = [(str(e["SUMMARY"]).split(": ")[1], e.decoded("DTSTART").strftime("%H:%M")) for e in events]
    assert told[:3] == [("Welkom", "17:00"), ("Groen", "17:10"), ("Maas", "17:30")]
    ends = [event.decoded("DTEND") for event in events]
    assert [event.decoded("DTSTART") for event in events][1:] == ends[:-1]
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert {event.decoded("SEQUENCE") for event in events} == {1}


def test_the_data_is_the_document_of_the_version(version: Room, client: FlaskClient) -> None:
    answer = take(client, version, "agenda.json")
    told = json.loads(answer.data)
    assert told["version"]["number"] == 1
    assert told["version"]["note"] == "De eerste versie."
    assert told["stand"]["number"] == 1
    assert [part["title"] for part in told["parts"]][:3] == ["Welkom", "Groen", "Maas"]
    assert {row["kind"] for row in told["deviations"]} == {"retimed", "reordered"}
    assert "seed" not in answer.text
    assert "Fien" not in answer.text
    english = json.loads(take(client, version, "agenda.json", "/en").data)
    assert english["language"] == "en"


def _papers(app: Flask, room: Room, make: Callable[[published.Version], Paper]) -> Paper:
    with app.test_request_context():
        workshop, row = agendas.workshop(room.workshop), agenda_versions.get(room.workshop, 1)
        assert workshop is not None
        assert row is not None
        return make(published.version(workshop, row))


def _pages(data: bytes) -> int:
    """How many pages a PDF says it has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", data)
    assert found
    return int(found[1])


def test_a_sheet_for_every_table(app: Flask, version: Room) -> None:
    made = _papers(app, version, exports.tables)
    heads = [part.text for part in made.parts if isinstance(part, Heading) and part.level == 1]
    assert heads == ["Programma", "1. Groen", "2. Maas"]
    with app.test_request_context():
        assert _pages(paper.pdf(made)) == 3, "the programme, and a page for each of two themes"


def test_the_longest_texts_leave_a_sheet_one_page(builder: Builder, app: Flask, client: FlaskClient) -> None:
    room = builder.room
    with app.app_context():
        for ids in room.ideas.values():
            for number in ids:
                idea = db.session.get_one(Idea, number)
                idea.title = f"{idea.title[:20]} {'met heel veel woorden ' * 4}"[:80]
                for side in (Side.FOR, Side.AGAINST):
                    factories.an_argument(
                        idea, side=side, body="Langzaam gesproken woorden over de stad. " * 12
                    )
        db.session.commit()
    builder.publish()
    with app.test_request_context():
        assert _pages(paper.pdf(_papers(app, room, exports.tables))) == 3


def test_no_heading_skips_a_level(app: Flask, version: Room) -> None:
    level = 1
    for part in _papers(app, version, exports.whole).parts:
        if isinstance(part, Heading):
            assert part.level <= level + 1
            level = part.level


def test_an_agenda_without_a_date_has_an_empty_calendar(
    builder: Builder, client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        db.session.get_one(Workshop, builder.room.workshop).activity.starts_at = None
        db.session.commit()
    builder.publish()
    sign_out(client)
    answer = take(client, builder.room, "agenda.ics")
    assert Calendar.from_ical(answer.data).walk("VEVENT") == []
    assert take(client, builder.room, "agenda.pdf").data.startswith(b"%PDF-")


def test_other_names_and_versions_are_not_there(version: Room, client: FlaskClient) -> None:
    visit(client, f"{version.path}/agenda/versies/1/agenda.exe", status=404)
    visit(client, f"{version.path}/agenda/versies/2/agenda.pdf", status=404)


def test_nobody_keeps_the_server_busy_making_files(version: Room, client: FlaskClient) -> None:
    path = f"{version.path}/agenda/versies/1/agenda.json"
    answers = [client.get(path).status_code for _turn in range(61)]
    assert answers == [200] * 60 + [429]
