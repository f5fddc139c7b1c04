"""The page of the log: search, filters, files of what they show, and whether the chain holds."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.kit import audit
from app.models import AuditEntry, Person
from app.models.area import Area
from app.models.person import Role
from app.records import audit_log
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import NOW, Archive

PAGE = "/beheer/logboek"
TAKE = "/beheer/logboek/bestand"


@pytest.fixture
def filled(archive: Archive) -> list[int]:
    """Six lines of three days: of the moderator, the organiser and the server."""
    first = archive.write(2, why="Een reden met café erin.")
    second = archive.write(2, at=NOW + timedelta(days=1), actor=archive.organiser, action="responses.status")
    third = archive.write(1, at=NOW + timedelta(days=2), after={"title": "Über alles"}, why="=SOM(A1)")
    with archive.app.app_context():
        area = Area(slug="wyck", name="Wyck", latitude=50.8, longitude=5.7)
        db.session.add(area)
        db.session.flush()
        audit.record(None, "areas.load", area, NOW + timedelta(days=2, hours=1), why="areas.json")
        db.session.commit()
        return [*first, *second, *third, third[0] + 1]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [5, 4, 3, 2, 1, 0]),
        ("persoon=0", [5]),
        ("actie=responses.status", [3, 2]),
        ("zoek=CAF", [1, 0]),
        ("zoek=bushalte", [4, 3, 2, 1, 0]),
        ("zoek=bushalte caf", [1, 0]),
        ("zoek=Über", [4]),
        ("zoek=50%25", []),
        ("van=2026-06-16", [5, 4, 3, 2]),
        ("tot=2026-06-15", [1, 0]),
        ("van=2026-06-16&tot=2026-06-16", [3, 2]),
        ("van=gisteren&tot=9999-99-99&persoon=x", [5, 4, 3, 2, 1, 0]),
        ("zoek=&actie=&persoon=&van=&tot=", [5, 4, 3, 2, 1, 0]),
    ],
)
def test_filters_and_words_show_the_lines_that_fit(
    filled: list[int], desk: FlaskClient, query: str, places: list[int]
) -> None:
    page = visit(desk, f"{PAGE}?{query}", max_queries=16)
    assert page.texts(".log__number") == [f"regel {filled[place]}" for place in places]


def test_a_line_is_found_by_its_number(filled: list[int], desk: FlaskClient) -> None:
    assert f"regel {filled[3]}" in visit(desk, f"{PAGE}?zoek={filled[3]}").texts(".log__number")


def test_the_next_page_keeps_the_filters(archive: Archive, desk: FlaskClient) -> None:
    archive.write(35, why="bladeren")
    archive.write(1, why="iets anders")
    page = visit(desk, f"{PAGE}?zoek=bladeren")
    assert len(page.all(".log__line")) == 30
    assert len(page.follow("a[rel=next]").all(".log__line")) == 5


def test_the_page_shows_the_head(archive: Archive, filled: list[int], desk: FlaskClient) -> None:
    assert visit(desk, PAGE).texts(".log__head") == [archive.head]


def test_a_spreadsheet_holds_what_the_filters_show(
    archive: Archive, filled: list[int], desk: FlaskClient
) -> None:
    answer = visit(desk, f"{PAGE}?van=2026-06-17").submit("form.log__take", button="csv")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "logboek-" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][:4] == ["Regel", "Moment", "Wie", "Wat"]
    assert [row[0] for row in rows[1:]] == [str(filled[4]), str(filled[5])]
    assert rows[1][2:5] == ["Mira", "verborg een idee", "moderation.hide"]
    assert rows[1][8] == '{"title": "Über alles"}'
    assert rows[1][9] == "'=SOM(A1)"
    assert rows[2][2] == "De server"
    line = archive.rows()[-1]
    assert (line.actor_id, line.action) == (archive.organiser, "audit.export")
    assert line.after == {"format": "csv", "count": 2, "filter": "van=2026-06-17"}


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@x", "\t=1"])
def test_no_cell_is_a_formula(archive: Archive, desk: FlaskClient, text: str) -> None:
    with archive.app.app_context():
        db.session.get_one(Person, archive.moderator).name = text
        db.session.commit()
    archive.write(1, why=text)
    answer = post(desk, TAKE, 200, vorm="csv")
    for row in csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r")]


def test_the_whole_log_can_be_checked_from_its_file(
    archive: Archive, filled: list[int], desk: FlaskClient, tmp_path: Path
) -> None:
    head = archive.head
    file = tmp_path / "log.jsonl"
    file.write_bytes(post(desk, TAKE, 200, vorm="jsonl").data)
    done = archive.app.test_cli_runner().invoke(args=["audit", "verify", str(file)])
    assert (done.exit_code, done.stdout) == (0, f"6 lines, head {head}\n")
    assert archive.rows()[-1].after == {"format": "jsonl", "count": 6}
    assert archive.verify().broken is None


def test_a_file_of_a_choice_has_no_head(archive: Archive, filled: list[int], desk: FlaskClient) -> None:
    answer = post(desk, TAKE, 200, vorm="jsonl", actie="responses.status")
    records = [json.loads(text) for text in answer.get_data(as_text=True).splitlines()]
    assert [record["id"] for record in records] == filled[2:4]


def test_a_long_log_comes_in_parts(
    archive: Archive, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write(7)
    monkeypatch.setattr(audit_log, "BATCH", 3)
    answer = post(desk, TAKE, 200, vorm="jsonl")
    assert len(answer.get_data(as_text=True).splitlines()) == 8


@pytest.mark.one_database
@pytest.mark.parametrize("form", ["", "xlsx", "CSV"])
def test_another_kind_of_file_is_refused(archive: Archive, desk: FlaskClient, form: str) -> None:
    post(desk, TAKE, 400, vorm=form)
    assert len(archive.rows()) == 0


@pytest.mark.one_database
@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.FACILITATOR])
def test_others_take_and_read_nothing(archive: Archive, client: FlaskClient, role: Role | None) -> None:
    with archive.app.app_context():
        other = factories.a_person(*[role] if role else []).id
        db.session.commit()
    sign_in(client, other)
    assert client.get(PAGE).status_code == 403
    post(client, TAKE, 403, vorm="csv")
    assert archive.rows() == []


def test_a_line_without_its_words_says_so(archive: Archive, desk: FlaskClient) -> None:
    numbers = archive.write(1, why="Dit moet weg.")
    with archive.app.app_context():
        audit.redact(numbers, NOW)
        db.session.commit()
    page = visit(desk, PAGE)
    assert "Dit moet weg." not in page.text
    assert "Wat hier stond, is weggehaald op" in page.text
    assert "Mira verborg een idee" in page.text
    assert len(db_lines(archive)) == 2


def db_lines(archive: Archive) -> list[int]:
    with archive.app.app_context():
        return list(db.session.scalars(db.select(AuditEntry.id)))
