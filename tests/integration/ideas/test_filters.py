"""Filters of the list: alone, together, counted beforehand, taken out again, and those that only a person has."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import PublicStatus
from app.models import Area, Follow, Idea, OfficialResponse, Person
from tests import factories
from tests.support import Page, sign_in, visit

pytestmark = pytest.mark.one_database


@pytest.fixture
def me(app: Flask) -> int:
    """Somebody who wrote one of four ideas and follows another; the ideas differ in everything one can choose."""
    with app.app_context():
        process = factories.a_process()
        call = factories.a_call(process, slug="slim", threshold=4)
        green = factories.a_theme(process, slug="groen", title="Groen", position=1)
        river = factories.a_theme(process, slug="maas", title="De Maas", position=2)
        own = factories.a_person(name="Ik")
        council = factories.a_person(group=Group.COUNCIL)
        here = {"neighbourhood": "Wyck", "latitude": 50.85, "longitude": 5.7}
        ideas = {
            "Bomen": factories.an_idea(call, own, title="Bomen", themes=[green], **here),
            "Bankjes": factories.an_idea(call, title="Bankjes", themes=[green, river], neighbourhood="wyck"),
            "Bruggen": factories.an_idea(
                call, council, title="Bruggen", themes=[river], public_status=PublicStatus.ADOPTED
            ),
            "Buren": factories.an_idea(call, title="Buren", neighbourhood="Nergens <b>"),
        }
        staff = factories.a_person()
        answer = {"on_behalf_of": "het college", "body": "Ja.", "answered_at": ideas["Bomen"].created_at}
        db.session.add(OfficialResponse(idea_id=ideas["Bruggen"].id, author_id=staff.id, **answer))
        when = ideas["Bomen"].created_at
        db.session.add(Follow(person_id=own.id, idea_id=ideas["Buren"].id, created_at=when))
        db.session.add(Area(slug="wyck", name="Wyck", latitude=50.849, longitude=5.703, position=1))
        db.session.add(Area(slug="heer", name="Heer", latitude=50.838, longitude=5.728, position=2))
        for _turn in range(3):
            factories.a_vote(ideas["Bomen"])
        db.session.commit()
        return own.id


def titles(page: Page) -> set[str]:
    return set(page.texts(".idea-card .card__title"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("thema=groen", {"Bomen", "Bankjes"}),
        ("thema=groen&thema=maas", {"Bomen", "Bankjes", "Bruggen"}),
        ("groep=council", {"Bruggen"}),
        ("groep=niemand&status=weg", {"Bomen", "Bankjes", "Bruggen", "Buren"}),
        ("buurt=WYCK", {"Bomen", "Bankjes"}),
        ("buurt=Nergens+<b>", {"Buren"}),
        ("buurt=Elders", set()),
        ("antwoord=1", {"Bruggen"}),
        ("plek=1", {"Bomen"}),
        ("thema=maas&status=adopted&groep=council&antwoord=1", {"Bruggen"}),
        ("thema=groen&antwoord=1", set()),
    ],
)
def test_every_filter_and_all_together(client: FlaskClient, me: int, query: str, found: set[str]) -> None:
    page = visit(client, f"/ideeen?{query}", max_queries=3)
    assert titles(page) == found
    assert len(page.all(".ideas-chosen .chip")) == len(
        [part for part in query.split("&") if "niemand" not in part and "weg" not in part]
    )


def test_a_filter_says_beforehand_how_many_would_remain(client: FlaskClient, me: int) -> None:
    page = visit(client, "/ideeen?buurt=Wyck")
    said = page.texts(".ideas-filter__themes a") + page.texts(".ideas-filter__more option")
    said += page.texts(".ideas-filter__ticks label")
    for choice in ("Groen 2", "De Maas 1", "Open (2)", "Inwoner (2)", "Wyck (2)", "Nergens <b> (1)"):
        assert choice in said, said
    assert "Met een antwoord (0)" in said
    assert "Met een plek op de kaart (1)" in said
    # Each number is what choosing it brings.
    for link, text in zip(
        page.links(".ideas-filter__themes li + li a"), ("Groen 2", "De Maas 1"), strict=True
    ):
        assert len(titles(visit(client, link))) == int(text[-1])


def test_what_was_chosen_is_taken_out_again_one_by_one(client: FlaskClient, me: int) -> None:
    page = visit(client, "/ideeen?thema=groen&thema=maas&buurt=Wyck&groep=council")
    assert page.one("title").text.startswith("0 ideeën")
    assert page.texts(".ideas-chosen .chip") == [
        f"Laat weg: {name}" for name in ("Groen", "De Maas", "Raadslid", "Wyck")
    ]
    assert page.links(".ideas-chosen .chip")[0] == "/ideeen?thema=maas&groep=council&buurt=Wyck"
    assert page.links(".ideas-found__all") == ["/ideeen"]
    # Nothing answers all of it; with less there would be something.
    ways = page.texts(".ideas-ways a")
    assert ways == ["2 ideeën zonder Raadslid", "1 idee zonder Wyck"]
    assert len(titles(visit(client, page.links(".ideas-ways a")[0]))) == 2


def test_own_and_followed_ideas_need_a_person(app: Flask, client: FlaskClient, me: int) -> None:
    for name in ("mijn", "gevolgd"):
        answer = client.get(f"/ideeen?{name}=1&thema=groen")
        assert (answer.status_code, answer.location) == (
            303,
            f"/inloggen?next=/ideeen?thema%3Dgroen%26{name}%3D1",
        )
        assert client.get(f"/ideeen.atom?{name}=1").status_code == 404
        assert client.get(f"/ideeen/kaart.json?{name}=1").status_code == 404
    sign_in(client, me)
    assert titles(visit(client, "/ideeen?mijn=1", max_queries=6)) == {"Bomen"}
    page = visit(client, "/ideeen?gevolgd=1", max_queries=6)
    assert titles(page) == {"Buren"}
    assert "Mijn ideeën (0)" in page.texts(".ideas-filter__ticks label")
    assert "Deze lijst is van jou" in page.text
    assert not page.all('link[type="application/atom+xml"]')
    other = app.test_client()
    with app.app_context():
        stranger = factories.a_person().id
        db.session.commit()
    assert titles(visit(sign_in(other, stranger), "/ideeen?mijn=1")) == set()


def test_the_address_of_a_view_says_everything(client: FlaskClient, me: int) -> None:
    page = visit(client, "/ideeen?thema=groen&plek=1")
    shared = page.links("[data-share-link]")[0]
    assert shared == "/ideeen?oproep=slim&thema=groen&plek=1&sort=random"
    assert titles(visit(client, shared)) == {"Bomen"}


def test_how_far_an_idea_is_to_an_answer(app: Flask, client: FlaskClient, me: int) -> None:
    page = visit(client, "/ideeen?plek=1")
    assert page.texts(".idea-support") == ["3 van de 4 stemmen voor"]
    link = page.links(".idea-card .card__title a")[0]
    shown = visit(client, link)
    assert shown.texts(".idea-support") == [
        "3 van de 4 stemmen voor De gemeente geeft antwoord vanaf 4 stemmen voor."
    ]
    with app.app_context():
        db.session.execute(db.update(factories.Phase).values(hides_counts=True))
        db.session.commit()
    assert not visit(client, "/ideeen?plek=1").all(".idea-support")
    assert not visit(client, link).all(".idea-support")


def test_the_map_holds_the_same_list(client: FlaskClient, me: int) -> None:
    page = visit(client, "/ideeen?kaart=1", max_queries=5)
    assert "https://service.pdok.nl" in client.get("/ideeen?kaart=1").headers["Content-Security-Policy"]
    assert page.texts(".ideas-map__place h3") == ["Nergens <b> (1)", "Wyck (2)", "Zonder buurt (1)"]
    assert set(page.texts(".ideas-map__place li")) == {"Bomen", "Bankjes", "Bruggen", "Buren"}
    assert [text.split(":")[0] for text in page.texts(".ideas-map__still title")] == ["Wyck"]
    assert page.links(".ideas-map__still a") == ["/ideeen?buurt=Wyck"]
    assert "2 ideeën staan niet op de kaart" in page.text
    points = client.get(page.one("[data-ideas-map]")["data-points"])
    assert points.mimetype == "application/geo+json"
    features = points.get_json()["features"]
    where = {one["properties"]["title"]: one["geometry"]["coordinates"] for one in features}
    assert where == {"Bomen": [5.7, 50.85], "Bankjes": [5.703, 50.849]}
    assert [one["properties"]["exact"] for one in features if one["properties"]["title"] == "Bankjes"] == [
        False
    ]
    narrowed = visit(client, "/ideeen?kaart=1&thema=maas")
    assert set(narrowed.texts(".ideas-map__place li")) == {"Bankjes", "Bruggen"}
    again = client.get(narrowed.one("[data-ideas-map]")["data-points"]).get_json()["features"]
    assert [one["properties"]["title"] for one in again] == ["Bankjes"]


def test_a_changed_idea_and_a_new_answer_are_counted_at_once(
    app: Flask, client: FlaskClient, me: int
) -> None:
    app.config["KEEP_SECONDS"] = 0.0
    assert titles(visit(client, "/ideeen?buurt=Heer")) == set()
    with app.app_context():
        idea = db.session.scalars(db.select(Idea).where(Idea.title == "Buren")).one()
        idea.neighbourhood, idea.version = "Heer", idea.version + 1
        factories.a_vote(idea)
        db.session.commit()
    assert titles(visit(client, "/ideeen?buurt=Heer")) == {"Buren"}
    with app.app_context():
        # Votes alone leave what was read of the ideas as it is.
        factories.a_vote(db.session.scalars(db.select(Idea).where(Idea.title == "Bomen")).one())
        db.session.commit()
        assert db.session.get_one(Person, me).name == "Ik"
    page = visit(client, "/ideeen?sort=votes_desc", max_queries=4)
    assert page.texts(".idea-support")[0] == "4 van de 4 stemmen voor"
