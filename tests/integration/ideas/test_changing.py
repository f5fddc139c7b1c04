"""After others reacted a change of an idea is seen by everybody; taking it back asks first; a poster leads to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import pdf, signals
from app.models import Idea
from app.models.contribution import Amendment
from app.models.process import ProcessState
from tests import factories
from tests.support import csrf_token, look_at, sign_in, visit

NEW_BODY = (
    "Langs het water staan drie bankjes op een kilometer. Zet er elke vijftig meter een neer, met rugleuning."
)
REASON = "Iemand vroeg om een rugleuning."


@pytest.fixture
def idea(app: Flask) -> int:
    """A published idea on which somebody voted, by the person who stands in its author_id."""
    with app.app_context():
        call = factories.a_call(slug="slim")
        theme = factories.a_theme(call.process, slug="groen", title="Groen")
        factories.a_theme(call.process, slug="water", title="Water")
        idea = factories.an_idea(
            call,
            themes=[theme],
            title="Meer bankjes langs de Maas",
            summary="Ouderen lopen verder als ze kunnen rusten.",
            body="Langs het water staan drie bankjes op een kilometer. Zet er elke honderd meter een neer.",
        )
        factories.a_vote(idea)
        db.session.commit()
        return idea.id


def author_of(app: Flask, idea: int) -> int:
    with app.app_context():
        return db.session.get_one(Idea, idea).author_id


def test_a_change_stays_visible_with_its_reason_once_a_day(
    app: Flask, client: FlaskClient, idea: int
) -> None:
    told: list[tuple[int, int]] = []

    def hear(sender: int, *, number: int) -> None:
        told.append((sender, number))

    sign_in(client, author_of(app, idea))
    assert client.get(f"/ideeen/{idea}/bewerken").location == f"/ideeen/{idea}/wijzigen"
    page = visit(client, f"/ideeen/{idea}/wijzigen")
    form = f'form[action="/ideeen/{idea}/wijzigen"]'
    answer = page.submit(form, body=NEW_BODY, reason="nou")
    assert answer.status_code == 400
    assert look_at(client, answer).links(".errors a") == ["#reason"]
    unchanged = page.submit(form, reason=REASON)
    assert unchanged.status_code == 400
    assert "Er is nog niets gewijzigd" in look_at(client, unchanged).text
    with signals.idea_amended.connected_to(hear):
        data = {"body": NEW_BODY, "reason": REASON}
        assert page.submit(form, data).status_code == 303
        # The same form a second time, and themes that were slipped in, change nothing.
        assert page.submit(form, {**data, "title": "Nog een andere titel"}).status_code == 403
    assert told == [(idea, 1)]
    stale = {
        "themes": "water",
        "title": "Een heel ander idee",
        "action": "save",
        "csrf_token": csrf_token(client),
    }
    assert client.post(f"/ideeen/{idea}/bewerken", data=stale).status_code in (400, 403)
    with app.app_context():
        kept = db.session.get_one(Idea, idea)
        assert (kept.body, [theme.slug for theme in kept.themes]) == (NEW_BODY, ["groen"])
        assert [row.reason for row in db.session.scalars(db.select(Amendment))] == [REASON]
    stranger = app.test_client()
    shown = visit(stranger, f"/ideeen/{idea}", max_queries=6)
    assert REASON in shown.one(".idea__amended").get_text()
    assert "elke vijftig meter" in shown.text
    assert stranger.get("/ideeen?zoek=rugleuning").get_data(as_text=True).count("Meer bankjes") >= 1
    changes = shown.follow(f'a[href="/ideeen/{idea}/wijzigingen"]')
    assert changes.texts("del") == ["weggehaald: honderd einde"]
    assert changes.texts("ins") == ["toegevoegd: vijftig einde", "toegevoegd: , met rugleuning einde"]
    with app.app_context():
        row = db.session.scalars(db.select(Amendment)).one()
        row.made_at -= timedelta(days=1, minutes=1)
        db.session.commit()
    again = visit(client, f"/ideeen/{idea}/wijzigen")
    assert (
        again.submit(form, title="Veel meer bankjes langs de Maas", reason="Nog een vraag.").status_code
        == 303
    )
    both = visit(stranger, f"/ideeen/{idea}/wijzigingen")
    assert [text.split()[1] for text in both.texts("h2")[:2]] == ["2", "1"]
    with app.app_context():
        db.session.get_one(Idea, idea).state = IdeaState.HIDDEN
        db.session.commit()
    assert stranger.get(f"/ideeen/{idea}/wijzigingen").status_code == 410


@pytest.mark.one_database
def test_who_may_not_change_it_and_when(app: Flask, client: FlaskClient, idea: int) -> None:
    data = {"body": NEW_BODY, "reason": REASON}
    with app.app_context():
        other = factories.a_person().id
        db.session.commit()
    stranger = sign_in(app.test_client(), other)
    answer = stranger.post(f"/ideeen/{idea}/wijzigen", data={**data, "csrf_token": csrf_token(stranger)})
    assert answer.status_code == 403
    author = sign_in(client, author_of(app, idea))
    page = visit(author, f"/ideeen/{idea}/wijzigen")
    with app.app_context():
        db.session.get_one(Idea, idea).call.process.state = ProcessState.CLOSED
        db.session.commit()
    late = page.submit(f'form[action="/ideeen/{idea}/wijzigen"]', data)
    assert late.status_code == 403
    assert "vijftig meter" in look_at(client, late).html  # what was typed is still there
    assert client.get(f"/ideeen/{idea}/intrekken").status_code == 403
    with app.app_context():
        assert not db.session.scalars(db.select(Amendment)).all()


def test_taking_an_idea_back_asks_first_and_its_votes_no_longer_count(
    app: Flask, client: FlaskClient, idea: int
) -> None:
    sign_in(client, author_of(app, idea))
    asked = visit(client, f"/ideeen/{idea}").follow(f'a[href="/ideeen/{idea}/intrekken"]')
    assert "Stemmen op je idee tellen niet meer mee" in asked.text
    with app.app_context():
        assert db.session.get_one(Idea, idea).state == IdeaState.PUBLISHED
    assert asked.submit(f'form[action="/ideeen/{idea}/intrekken"]').status_code == 303
    assert app.test_client().get(f"/ideeen/{idea}").status_code == 410
    assert "Meer bankjes" not in app.test_client().get("/ideeen").get_data(as_text=True)
    assert client.get(f"/ideeen/{idea}/intrekken").status_code == 403


@pytest.mark.one_database
@pytest.mark.parametrize(
    "title",
    ["Meer bankjes langs de Maas", "🚲" * 12, "مرحبا بالعالم", "x" * 80, '#emph[a] $b$ \\ "c" //d', "W" * 80],
)
def test_a_poster_of_whatever_people_type(make_app: Callable[..., Flask], title: str) -> None:
    app = make_app()
    with app.app_context():
        made = factories.an_idea(title=title, summary=f"{title} 🎉".ljust(140, "y")[:140])
        hidden = factories.an_idea(state=IdeaState.HIDDEN)
        db.session.commit()
        number, gone = made.id, hidden.id
    client = app.test_client()
    small, large = (client.get(f"/ideeen/{number}/poster.pdf{query}") for query in ("", "?formaat=a3"))
    for response in (small, large):
        assert (response.status_code, response.mimetype) == (200, pdf.MEDIA_TYPE)
        body = response.get_data()
        assert body.startswith(b"%PDF-")
        assert b"pdfuaid" in body
        assert b"/Count 1" in body  # one page
    assert small.get_data() != large.get_data()
    assert client.get(f"/ideeen/{number}/poster.pdf?formaat=a0").status_code == 404
    assert client.get(f"/ideeen/{gone}/poster.pdf").status_code == 410
