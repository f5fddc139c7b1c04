"""With DEMO=1 anybody may become one of the made-up people and read the post; without it neither exists."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group
from app.models.person import Role
from tests import factories
from tests.support.letters import letters
from tests.support.page import post, visit

FORM = "main form.form"


@pytest.fixture
def demo(make_app: Callable[..., Flask]) -> Flask:
    return make_app(DEMO="1")


def some_people(app: Flask) -> dict[str, int]:
    with app.app_context():
        zuyd = factories.an_organisation(name="Zuyd Hogeschool")
        found = {
            "partner": factories.a_person(
                name="Petra", group=Group.PARTNER, organisation_id=zuyd.id, demo_order=2
            ),
            "resident": factories.a_person(name="Inge", demo_order=1),
            "moderator": factories.a_person(Role.MODERATOR, name="Mo", demo_order=3),
            "blocked": factories.a_person(name="Weg", demo_order=4, blocked_at=datetime.now(UTC)),
            "real": factories.a_person(name="Echt"),
        }
        db.session.commit()
        return {name: person.id for name, person in found.items()}


def test_the_sign_in_page_offers_everybody_in_order_with_their_kind(demo: Flask) -> None:
    some_people(demo)
    page = visit(demo.test_client(), "/inloggen", max_queries=3)  # two and the pressure
    assert page.texts(".demo-people__button") == [
        "Inge Inwoner",
        "Petra Partner in de stad, Zuyd Hogeschool",
        "Mo Moderator",
    ]


def test_one_button_signs_in_and_leads_on(demo: Flask) -> None:
    people = some_people(demo)
    client = demo.test_client()
    page = visit(client, "/inloggen?next=/ideeen/7")
    answer = page.submit(f"form[action='/demo/inloggen/{people['moderator']}']")
    assert answer.headers["Location"] == "/ideeen/7"
    page = visit(client, "/mijn")
    assert page.h1 == "Mo"
    assert "Je bent ingelogd als Mo." in page.text


def test_only_people_of_the_demo_can_be_chosen(demo: Flask) -> None:
    people = some_people(demo)
    client = demo.test_client()
    post(client, f"/demo/inloggen/{people['real']}", 404)
    post(client, "/demo/inloggen/99999", 404)
    post(client, f"/demo/inloggen/{people['blocked']}", 403)
    assert client.get(f"/demo/inloggen/{people['resident']}").status_code == 405
    assert client.get("/mijn").status_code == 303


def test_another_site_is_no_way_on(demo: Flask) -> None:
    people = some_people(demo)
    answer = post(demo.test_client(), f"/demo/inloggen/{people['resident']}", next="//kwaad.example")
    assert answer.headers["Location"] == "/mijn"


def test_the_post_shows_the_newest_mail_first_with_links_that_work(demo: Flask) -> None:
    client = demo.test_client()
    assert "Er is nog geen e-mail verstuurd" in visit(client, "/demo/post").text
    for email in ("een@voorbeeld.example", "twee@voorbeeld.example"):
        visit(client, "/inloggen").submit(FORM, email=email)
    newest = letters(demo)[0]
    page = visit(client, "/demo/post")
    assert page.texts("article h2") == [letter.subject for letter in letters(demo)]
    assert newest.link in page.links("article a")
    assert page.response.headers["Cache-Control"] == "no-store"
    phone = demo.test_client()
    visit(phone, newest.link).submit(FORM)
    assert phone.get("/mijn").status_code == 200


def test_the_code_page_leads_to_the_post(demo: Flask) -> None:
    client = demo.test_client()
    visit(client, "/inloggen").submit(FORM, email="een@voorbeeld.example")
    assert "/demo/post" in visit(client, "/inloggen/code").links("main a")


def test_without_demo_neither_exists(app: Flask, client: FlaskClient) -> None:
    people = some_people(app)
    for language in ("", "/en"):
        assert client.get(f"{language}/demo/post").status_code == 404
        post(client, f"{language}/demo/inloggen/{people['resident']}", 404)
    assert not any(rule.rule.startswith("/demo") for rule in app.url_map.iter_rules())
    page = visit(client, "/inloggen", max_queries=1)  # how much is asked of strangers now
    assert not page.all(".demo-people")
    visit(client, "/inloggen").submit(FORM, email="een@voorbeeld.example")
    assert "/demo" not in visit(client, "/inloggen/code").html
