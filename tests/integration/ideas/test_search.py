"""Searching ideas in Dutch, on each database: words, beginnings of words, and whatever else people type."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.ideas import queries
from app.models import Idea
from tests import factories
from tests.support import visit

BIKE = "Fietspaden zonder kuilen"
TREE = "Bomen planten in de wijk"
RIVER = "Waterpeil van de Maas op je telefoon"


@pytest.fixture
def call_id(app: Flask) -> int:
    with app.app_context():
        call = factories.a_call(slug="zoeken")
        factories.an_idea(call, title=BIKE, summary="Fietsers rijden veilig naar school.")
        factories.an_idea(call, title=TREE, body="Een café onder een lindeboom geeft schaduw. " * 3)
        factories.an_idea(call, title=RIVER, summary="Iedereen ziet op tijd dat het hoog staat.")
        factories.an_idea(call, title="Fietsen stallen bij het station", state=IdeaState.HIDDEN)
        factories.an_idea(title="Fietsen in een andere oproep")
        db.session.commit()
        return call.id


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fietspaden", [BIKE]),
        ("FIETSPADEN", [BIKE]),
        ("fiets", [BIKE]),
        ("fietsen", [BIKE]),
        ("fietspad", [BIKE]),
        ("boom", []),
        ("bomen", [TREE]),
        ("waterpeil telefoon", [RIVER]),
        ("waterpeil fiets", []),
        ("schaduw", [TREE]),
        ("lindebo", [TREE]),
        ("stallen", []),
        ("!!!", []),
        ("   ", [BIKE, TREE, RIVER]),
    ],
)
def test_what_is_found(client: FlaskClient, call_id: int, typed: str, found: list[str]) -> None:
    # The fourth finds, the fifth marks what was found.
    page = visit(client, f"/ideeen?oproep=zoeken&sort=created_asc&zoek={typed}", max_queries=5)
    titles = page.texts(".card__title")
    if typed == "boom" and titles:  # PostgreSQL knows that trees are more than one tree
        assert titles == [TREE]
        return
    assert titles == found


def test_the_words_stay_in_the_field_and_the_links(client: FlaskClient, call_id: int) -> None:
    page = visit(client, '/ideeen?oproep=zoeken&zoek=fiets+"x"+<b>')
    assert page.one("#zoek")["value"] == 'fiets "x" <b>'
    assert "<b>" not in page.html
    assert "Geen ideeën gevonden" in page.text
    page = visit(client, "/ideeen?oproep=zoeken&zoek=fiets")
    assert page.texts("#found-title") == ["1 idee met ‘fiets’"]
    assert "/ideeen?oproep=zoeken" in page.links(".ideas-found__all")


def test_a_changed_text_is_found_by_its_new_words(app: Flask, client: FlaskClient, call_id: int) -> None:
    with app.app_context():
        idea = db.session.scalars(db.select(Idea).where(Idea.title == BIKE)).one()
        idea.title = "Klinkers op elke stoep"
        idea.summary = "Lopen zonder struikelen in elke straat."
        db.session.commit()
    assert visit(client, "/ideeen?oproep=zoeken&zoek=klinkers").texts(".card__title") == [
        "Klinkers op elke stoep"
    ]
    assert visit(client, "/ideeen?oproep=zoeken&zoek=fietspaden").texts(".card__title") == []


NASTY = ["'", '"', "\\", "*", "a*", "-", "--", "(", ")", "a AND", "NOT", "OR or", "NEAR(a b)", "a:b", ":*", "&",
         "|", "!a", "<->", "^a", "{", "\x00", "é" * 90, "title:fiets", "%", "_", "'; DROP TABLE idea;--", "𝕗𝕚𝕖𝕥𝕤",
         "؀", '"fiets', "fiets\u202e", "a" * 5000, "ʼn", "\ud7ff", "1 2 3 4 5 6 7 8 9 10", "ﬁets", "İ", "-fiets",
         "or fiets"]  # fmt: skip


@pytest.mark.parametrize("typed", NASTY)
def test_nothing_that_is_typed_breaks_the_page(client: FlaskClient, call_id: int, typed: str) -> None:
    answer = client.get("/ideeen", query_string={"oproep": "zoeken", "zoek": typed})
    assert answer.status_code == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(typed=st.text(max_size=60))
def test_no_text_is_an_error_for_the_database(app: Flask, call_id: int, typed: str) -> None:
    with app.app_context():
        queries.search(typed.replace("\x00", ""), call_id)
        db.session.rollback()


def test_what_was_found_is_marked(client: FlaskClient, call_id: int) -> None:
    page = visit(client, "/ideeen?oproep=zoeken&zoek=fietsen")
    marks = page.texts(".idea-card mark")
    assert len(marks) == 2
    assert all(mark.startswith("Fiets") for mark in marks)
    assert page.texts(".card__title") == [BIKE]
    assert not page.all(".idea-card__snippet")
    page = visit(client, "/ideeen?oproep=zoeken&zoek=schaduw")
    assert set(page.texts(".idea-card__snippet mark")) == {"schaduw"}
    assert "lindeboom geeft schaduw" in page.texts(".idea-card__snippet")[0]
    assert len(page.texts(".idea-card__snippet")[0]) < 300


def test_marks_are_ours_and_nothing_of_people_becomes_markup(
    app: Flask, client: FlaskClient, call_id: int
) -> None:
    evil = '<b onclick="x">bibliotheek</b> <script>alert(1)</script> &amp; <mark>nep</mark>'
    with app.app_context():
        call = db.session.scalars(db.select(Idea.call_id).where(Idea.title == BIKE)).one()
        idea = db.session.scalars(db.select(Idea).where(Idea.title == TREE)).one()
        idea.title, idea.summary, idea.body = evil[:80], evil[:140], evil * 3
        db.session.commit()
        assert call == call_id
    page = visit(client, "/ideeen?oproep=zoeken&zoek=bibliotheek")
    assert page.one(".card__title").get_text() == evil[:80]
    assert page.one(".card__text").get_text() == evil[:140]
    assert set(page.texts("main mark")) <= {"bibliotheek", "bibliotheek</b"}
    for tag in ("<b ", "<script>alert", "<mark>nep", 'onclick="x">b'):
        assert tag not in page.html.replace("&lt;", "…")
    for typed in ('"bibliotheek" <mark>', "nep", "alert", "b", "&amp;", "\x02bib\x03"):
        html = client.get("/ideeen", query_string={"oproep": "zoeken", "zoek": typed}).text
        assert "<script>alert" not in html
        assert "\x02" not in html


def test_who_finds_nothing_is_helped_on(client: FlaskClient, call_id: int) -> None:
    page = visit(client, "/ideeen?oproep=zoeken&zoek=watterpijl+telefoon&sort=created_asc")
    assert "Bedoelde je:" in page.text
    meant = page.links(".empty .chip")[0]
    assert meant == "/ideeen?oproep=zoeken&zoek=waterpeil+telefoon&sort=created_asc"
    assert visit(client, meant).texts(".card__title") == [RIVER]
    page = visit(client, "/ideeen?oproep=zoeken&zoek=fietspaden&groep=council")
    assert page.texts(".ideas-ways a") == ["1 idee zonder Raadslid"]
    assert visit(client, page.links(".ideas-ways a")[0]).texts(".card__title") == [BIKE]
    assert "Probeer een ander woord" in visit(client, "/ideeen?oproep=zoeken&zoek=qqqqqqqq").text
