"""One's own text: mended for ten minutes, removed at any time, and nothing of it left for readers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.features.moderation import visits
from app.models import Argument, Idea, Person, Phase, Report
from app.models.argument import ArgumentState, HelpfulMark
from app.models.moderation import ReportReason
from app.models.person import Role
from tests import factories
from tests.integration.discussion.test_marks import at_once
from tests.support import look_at, post, sign_in, sign_out, visit

OLD = "Een terras langs de Maas brengt mensen bij elkaar."
NEW = "Een terras langs de Maas brengt buren bij elkaar, ook in de winter."


class Talk:
    """An idea with a text of Noor, who is signed in."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        with app.app_context():
            self.idea = factories.an_idea().id
            self.noor = factories.a_person(name="Noor").id
            self.other = factories.a_person(name="Sam").id
            db.session.commit()
        sign_in(client, self.noor)
        answer = post(client, f"/ideeen/{self.idea}/argumenten", side="for", body=OLD)
        self.text = int(answer.headers["Location"].rpartition("-")[2])

    def address(self, verb: str) -> str:
        return f"/argumenten/{self.text}/{verb}"

    def set(self, **values: object) -> None:
        with self.app.app_context():
            db.session.execute(update(Argument).where(Argument.id == self.text).values(**values))
            db.session.commit()

    def row(self) -> tuple[str, ArgumentState, bool, int]:
        """Text, state, whether edited, and the number of texts on the idea."""
        with self.app.app_context():
            text = db.session.get_one(Argument, self.text)
            idea = db.session.get_one(Idea, self.idea)
            return text.body, text.state, text.edited_at is not None, idea.argument_count


@pytest.fixture
def talk(app: Flask, client: FlaskClient) -> Talk:
    return Talk(app, client)


def test_a_text_is_mended_and_says_so(talk: Talk) -> None:
    page = visit(talk.client, f"/ideeen/{talk.idea}").follow(f'#argument-{talk.text} a[href$="bewerken"]')
    assert page.one("#change-body").get_text().strip() == OLD
    short = look_at(talk.client, page.submit("main form", body="Te kort."))
    assert short.status == 400
    assert "Schrijf minstens 30 tekens" in short.one("[data-error-summary]").get_text()
    assert (
        short.submit("main form", body=NEW).headers["Location"] == f"/ideeen/{talk.idea}#argument-{talk.text}"
    )
    assert talk.row() == (NEW, ArgumentState.PUBLISHED, True, 1)
    shown = visit(talk.client, f"/ideeen/{talk.idea}")
    assert "bewerkt" in shown.one(f"#argument-{talk.text} .argument__who").get_text()
    assert OLD not in shown.html
    # What was there before may be posted, what is there now stands already.
    post(talk.client, f"/ideeen/{talk.idea}/argumenten", side="for", body=NEW)
    assert talk.row()[3] == 1
    post(talk.client, f"/ideeen/{talk.idea}/argumenten", side="for", body=OLD)
    assert (
        "Precies deze tekst plaatste je hier al eens."
        in post(talk.client, talk.address("bewerken"), 403, body=OLD).text
    )
    assert talk.row()[::3] == (NEW, 2)


def test_when_it_is_too_late_the_text_is_handed_back(talk: Talk) -> None:
    def refused(sentence: str) -> None:
        page = look_at(talk.client, post(talk.client, talk.address("bewerken"), 403, body=NEW))
        assert sentence in page.text
        assert page.one("#kept-text").get_text().strip() == NEW
        assert sentence in visit(talk.client, talk.address("bewerken"), 403).text
        links = visit(talk.client, f"/ideeen/{talk.idea}").links(f"#argument-{talk.text} a")
        assert talk.address("bewerken") not in links
        assert talk.row()[0] == OLD

    with talk.app.app_context():
        factories.an_argument(
            db.session.get_one(Idea, talk.idea), db.session.get_one(Person, talk.other), parent_id=talk.text
        )
        db.session.commit()
    refused("Iemand heeft op deze tekst gereageerd.")
    talk.set(created_at=datetime.now(UTC) - timedelta(minutes=11))
    refused("Je kunt een tekst tien minuten lang wijzigen")
    talk.set(created_at=datetime.now(UTC), state=ArgumentState.HIDDEN)
    page = visit(talk.client, talk.address("bewerken"), 403)
    assert "De moderators hebben deze tekst weggehaald." in page.text
    assert OLD not in page.html


@pytest.mark.one_database
def test_only_the_author_mends_and_removes(talk: Talk) -> None:
    sign_in(talk.client, talk.other)
    for verb in ("bewerken", "verwijderen"):
        assert "Alleen de schrijver" in visit(talk.client, talk.address(verb), 403).text
        post(talk.client, talk.address(verb), 403, body=NEW)
    sign_out(talk.client)
    for verb in ("bewerken", "verwijderen"):
        answer = talk.client.get(talk.address(verb))
        assert answer.headers["Location"] == f"/inloggen?next={talk.address(verb)}"
    assert talk.row() == (OLD, ArgumentState.PUBLISHED, False, 1)


def test_a_removed_text_leaves_a_place_with_its_replies_and_can_be_posted_again(talk: Talk) -> None:
    with talk.app.app_context():
        reply = factories.an_argument(
            db.session.get_one(Idea, talk.idea),
            db.session.get_one(Person, talk.other),
            parent_id=talk.text,
            body="Een reactie die wel mag blijven staan.",
        ).id
        db.session.execute(update(Phase).values(may_argue=False))
        db.session.commit()
    page = visit(talk.client, f"/ideeen/{talk.idea}").follow(f'#argument-{talk.text} a[href$="verwijderen"]')
    assert OLD in page.text
    assert page.submit("main form").status_code == 303
    assert talk.row() == ("", ArgumentState.DELETED, False, 1)
    shown = visit(talk.client, f"/ideeen/{talk.idea}")
    assert "De schrijver heeft deze tekst weggehaald." in shown.one(f"#argument-{talk.text}").get_text()
    assert OLD not in shown.html
    assert "Een reactie die wel mag blijven staan." in shown.one(f"#argument-{reply}").get_text()
    assert OLD not in visit(talk.client, "/mijn").html
    assert "Je hebt deze tekst al verwijderd." in visit(talk.client, talk.address("verwijderen"), 403).text
    with talk.app.app_context():
        db.session.execute(update(Phase).values(may_argue=True))
        db.session.commit()
    post(talk.client, f"/argumenten/{talk.text}/reacties", 403, body=NEW)
    post(talk.client, f"/argumenten/{talk.text}/melden", 404, reason="insult")
    post(talk.client, f"/ideeen/{talk.idea}/argumenten", side="for", body=OLD)
    assert talk.row()[3] == 2


def test_a_reported_text_can_be_judged_and_goes_then(talk: Talk) -> None:
    with talk.app.app_context():
        report = Report(
            argument_id=talk.text,
            reporter_id=talk.other,
            reason=ReportReason.INSULT,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        moderator = factories.a_person(Role.MODERATOR).id
        db.session.add(HelpfulMark(argument_id=talk.text, person_id=talk.other, marked_at=datetime.now(UTC)))
        db.session.execute(update(Argument).values(helpful_count=1))
        db.session.commit()
        number = report.id
    post(talk.client, talk.address("verwijderen"))
    assert talk.row() == (OLD, ArgumentState.DELETED, False, 0)
    assert OLD not in visit(talk.client, f"/ideeen/{talk.idea}").html
    with talk.app.app_context():
        assert db.session.scalars(select(HelpfulMark)).all() == []
    sign_in(talk.client, moderator)
    assert OLD in visit(talk.client, f"/moderatie/argumenten/{talk.text}").text
    sentence: dict[str, Any] = {"keep-sentence": "De schrijver heeft de tekst zelf al weggehaald."}
    post(talk.client, f"/moderatie/meldingen/{number}/laten-staan", **sentence)
    # It is kept as long as that decision can be undone.
    for minutes, body in ((9, OLD), (11, "")):
        with talk.app.app_context():
            visits.tidy(datetime.now(UTC) + timedelta(minutes=minutes))
        assert talk.row() == (body, ArgumentState.DELETED, False, 0)
    hide: dict[str, Any] = {
        "hide-sentence": "Dit mag hier niet staan, het is een belediging.",
        "hide-reason": "insult",
    }
    post(talk.client, f"/moderatie/argumenten/{talk.text}/verbergen", 409, **hide)
    assert talk.row() == ("", ArgumentState.DELETED, False, 0)


def test_of_mending_and_answering_at_once_the_answer_is_about_what_stands_there(talk: Talk) -> None:
    """Whoever is first: a reply never stands under a text that was changed after it."""
    jobs: list[tuple[FlaskClient, str, dict[str, str]]] = [
        (sign_in(talk.app.test_client(), talk.noor), talk.address("bewerken"), {"body": NEW}),
        (sign_in(talk.app.test_client(), talk.other), f"/argumenten/{talk.text}/reacties", {"body": NEW}),
        (sign_in(talk.app.test_client(), talk.noor), talk.address("verwijderen"), {}),
    ]
    changed, replied, removed = at_once(talk.app, jobs)
    assert changed in (303, 403)
    assert replied in (303, 403)
    assert removed == 303
    with talk.app.app_context():
        shown = db.session.scalars(select(Argument.state)).all().count(ArgumentState.PUBLISHED)
        assert shown == int(replied == 303)
    assert talk.row()[1::2] == (ArgumentState.DELETED, shown)
