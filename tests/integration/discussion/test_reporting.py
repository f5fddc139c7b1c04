"""Reporting an idea or an argument: with a reason, once per person, kindly."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Argument, Idea, Person, Report
from app.models.argument import ArgumentState
from app.models.moderation import ReportReason
from tests import factories
from tests.support import look_at, post, sign_in, sign_out, visit


@pytest.fixture
def texts(app: Flask) -> tuple[int, int]:
    """An idea and an argument on it."""
    with app.app_context():
        idea = factories.an_idea(author=factories.a_person(name="Jo"))
        argument = factories.an_argument(idea, factories.a_person(name="Bo"))
        numbers = idea.id, argument.id
        db.session.commit()
    return numbers


@pytest.fixture
def reporter(app: Flask, client: FlaskClient) -> int:
    """Somebody who is signed in."""
    with app.app_context():
        number = factories.a_person().id
        db.session.commit()
    sign_in(client, number)
    return number


def reports(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        rows = db.session.execute(
            select(
                Report.idea_id, Report.argument_id, Report.reporter_id, Report.reason, Report.explanation
            ).order_by(Report.id)
        ).all()
    return [tuple(row) for row in rows]


def test_an_idea_is_reported_from_its_page(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    idea, _ = texts
    page = visit(client, f"/ideeen/{idea}")
    assert f"/ideeen/{idea}/melden" in page.links()
    page = visit(client, f"/ideeen/{idea}/melden")
    answer = page.submit("main form", reason="advertising", explanation="Het is reclame voor een winkel.")
    assert answer.headers["Location"] == f"/ideeen/{idea}"
    assert "Bedankt voor je melding." in visit(client, f"/ideeen/{idea}").text
    assert reports(app) == [
        (idea, None, reporter, ReportReason.ADVERTISING, "Het is reclame voor een winkel.")
    ]


def test_an_argument_is_reported_from_its_place(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    idea, argument = texts
    page = visit(client, f"/ideeen/{idea}").follow(f"#argument-{argument} .report-link")
    answer = page.submit("main form", reason="insult")
    assert answer.headers["Location"] == f"/ideeen/{idea}#argument-{argument}"
    assert reports(app) == [(None, argument, reporter, ReportReason.INSULT, "")]


def test_the_second_time_is_said_kindly(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    idea, argument = texts
    for address in (f"/ideeen/{idea}/melden", f"/argumenten/{argument}/melden"):
        post(client, address, reason="insult")
        visit(client, f"/ideeen/{idea}")  # shows the thanks
        post(client, address, reason="other", explanation="Nog een keer.")
        assert "Je hebt deze tekst al gemeld." in visit(client, f"/ideeen/{idea}").text
        page = visit(client, address)
        assert "Je hebt deze tekst al gemeld." in page.text
        assert page.all("main form") == []
    assert [row[3] for row in reports(app)] == [ReportReason.INSULT] * 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Kies wat er mis is met deze tekst."),
        ({"reason": "other"}, "Leg in een paar woorden uit wat er mis is."),
        ({"reason": "insult", "explanation": "x" * 501}, "Schrijf hooguit 500 tekens; het zijn er nu 501."),
    ],
)
@pytest.mark.one_database
def test_what_is_wrong_is_said(
    app: Flask,
    client: FlaskClient,
    texts: tuple[int, int],
    reporter: int,
    fields: dict[str, object],
    sentence: str,
) -> None:
    page = look_at(client, post(client, f"/ideeen/{texts[0]}/melden", 400, **fields))
    assert sentence in page.one("[data-error-summary]").get_text()
    assert page.one("#explanation").get_text().strip() == fields.get("explanation", "")
    assert reports(app) == []


@pytest.mark.one_database
def test_nobody_reports_their_own_text(app: Flask, client: FlaskClient, texts: tuple[int, int]) -> None:
    idea, argument = texts
    with app.app_context():
        author = db.session.scalar(select(Idea.author_id))
        talker = db.session.scalar(select(Argument.author_id))
    assert author
    assert talker
    for person, address in ((author, f"/ideeen/{idea}/melden"), (talker, f"/argumenten/{argument}/melden")):
        sign_in(client, person)
        assert "Je kunt je eigen tekst niet melden." in visit(client, address, 403).text
        post(client, address, 403, reason="insult")
    assert reports(app) == []


def test_who_was_signed_out_meanwhile_finds_the_explanation_back(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    address = f"/ideeen/{texts[0]}/melden"
    page = visit(client, address)
    sign_out(client)
    answer = page.submit("main form", reason="other", explanation="Dit klopt niet.")
    assert answer.headers["Location"] == f"/inloggen?next={address}"
    sign_in(client, reporter)
    page = visit(client, address)
    assert page.one("#explanation").get_text().strip() == "Dit klopt niet."
    assert page.submit("main form").status_code == 303
    assert reports(app)[0][3:] == (ReportReason.OTHER, "Dit klopt niet.")


@pytest.mark.one_database
def test_a_stranger_chooses_to_sign_in_and_the_report_waits(
    app: Flask, client: FlaskClient, texts: tuple[int, int]
) -> None:
    idea, argument = texts
    for address in (f"/ideeen/{idea}/melden", f"/argumenten/{argument}/melden"):
        page = visit(client, address)
        answer = page.submit("main form", reason="insult", explanation="Kijk eens.", how="sign_in")
        assert answer.headers["Location"] == f"/inloggen?next={address}"
        assert "Kijk eens." in visit(client, answer.headers["Location"]).text
    assert reports(app) == []


@pytest.mark.one_database
def test_a_blocked_person_reports_nothing(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    with app.app_context():
        db.session.execute(
            update(Person).where(Person.id == reporter).values(blocked_at=datetime(2020, 1, 1, tzinfo=UTC))
        )
        db.session.commit()
    answer = post(client, f"/ideeen/{texts[0]}/melden", reason="insult")
    assert answer.headers["Location"].startswith("/inloggen")
    assert reports(app) == []


@pytest.mark.one_database
def test_what_nobody_can_read_cannot_be_reported(
    app: Flask, client: FlaskClient, texts: tuple[int, int], reporter: int
) -> None:
    idea, argument = texts
    with app.app_context():
        db.session.execute(update(Argument).values(state=ArgumentState.HIDDEN))
        db.session.commit()
    post(client, f"/argumenten/{argument}/melden", 404, reason="insult")
    with app.app_context():
        db.session.execute(update(Idea).values(state=IdeaState.HIDDEN))
        db.session.commit()
    for address in (f"/ideeen/{idea}/melden", "/ideeen/4711/melden", "/argumenten/4711/melden"):
        post(client, address, 404, reason="insult")
        assert client.get(address).status_code == 404
    assert reports(app) == []
