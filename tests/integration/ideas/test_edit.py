"""Changing an idea: freely until others react, after a request of a moderator, and never over somebody's shoulder."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.lifecycle import IdeaState
from app.kit.identity import DRAFT
from app.models import Idea, ModerationDecision
from app.models.moderation import ModerationVerb
from app.models.person import Draft, Role
from app.models.process import Curation
from tests import factories
from tests.support import look_at, sign_in, sign_out, visit

FORM = 'form[method="post"].form'
NEW_TITLE = "Een veel betere titel"


def made(app: Flask, state: IdeaState = IdeaState.PUBLISHED, **values: Any) -> tuple[int, FlaskClient]:
    """An idea and its author, signed in."""
    with app.app_context():
        call = factories.a_call()
        theme = factories.a_theme(call.process, slug="groen")
        factories.a_theme(call.process, slug="water")
        idea = factories.an_idea(call, themes=[theme], state=state, **values)
        db.session.commit()
        number, author = idea.id, idea.author_id
    return number, sign_in(app.test_client(), author)


def now_is(app: Flask, number: int) -> Idea:
    with app.app_context():
        idea = db.session.get_one(Idea, number)
        [theme.slug for theme in idea.themes]
        db.session.expunge_all()
        return idea


@pytest.mark.parametrize("state", [IdeaState.SUBMITTED, IdeaState.PUBLISHED])
def test_the_author_corrects_the_text(app: Flask, state: IdeaState) -> None:
    number, client = made(app, state)
    before = now_is(app, number)
    page = visit(client, f"/ideeen/{number}/bewerken")
    assert page.one("#title")["value"] == before.title
    assert [str(box["value"]) for box in page.all('input[name="themes"][checked]')] == ["groen"]
    answer = page.submit(FORM, {"title": NEW_TITLE, "themes": ["water"]}, button="save")
    assert answer.status_code == 303
    after = now_is(app, number)
    assert (after.title, after.state, after.body) == (NEW_TITLE, state, before.body.strip())
    assert [theme.slug for theme in after.themes] == ["water"]
    assert after.version == before.version + 1
    assert after.submitted_at == before.submitted_at
    assert "Je wijzigingen zijn bewaard." in visit(client, answer.headers["Location"]).text


@pytest.mark.parametrize("reaction", ["vote", "argument"])
def test_the_first_reaction_ends_it_and_the_text_is_kept_in_view(app: Flask, reaction: str) -> None:
    number, client = made(app)
    page = visit(client, f"/ideeen/{number}/bewerken")
    with app.app_context():
        idea = db.session.get_one(Idea, number)
        title = idea.title
        if reaction == "vote":
            factories.a_vote(idea, value=VoteValue.AGAINST)
        else:
            factories.an_argument(idea)
        db.session.commit()
    answer = page.submit(FORM, {"title": NEW_TITLE}, button="save")
    assert answer.status_code == 403
    again = look_at(client, answer, f"/ideeen/{number}/bewerken")
    assert "Anderen hebben gestemd of gereageerd." in again.text
    assert again.one("#title")["value"] == NEW_TITLE
    assert now_is(app, number).title == title
    assert client.get(f"/ideeen/{number}/bewerken").location == f"/ideeen/{number}/wijzigen", (
        "in view of everybody"
    )


def test_a_vote_that_was_withdrawn_is_no_reaction(app: Flask) -> None:
    number, client = made(app)
    with app.app_context():
        voter = factories.a_vote(db.session.get_one(Idea, number))
        factories.a_vote(db.session.get_one(Idea, number), voter, VoteValue.WITHDRAWN)
        db.session.commit()
    visit(client, f"/ideeen/{number}/bewerken")


@pytest.mark.parametrize(
    ("state", "curation", "sentence"),
    [
        (IdeaState.DRAFT, Curation.BEFORE, "Een moderator leest je idee voordat het op de site komt"),
        (IdeaState.RETURNED, Curation.BEFORE, "Een moderator leest je idee voordat het op de site komt"),
        (IdeaState.DRAFT, Curation.AFTER, "Je idee staat meteen op de site."),
    ],
)
def test_before_sending_in_one_reads_what_happens_then(
    app: Flask, state: IdeaState, curation: Curation, sentence: str
) -> None:
    number, client = made(app, state=state)
    with app.app_context():
        db.session.get_one(Idea, number).call.idea_curation = curation
        db.session.commit()
    assert sentence in visit(client, f"/ideeen/{number}/bewerken").text


def test_nobody_else_changes_it(app: Flask, client: FlaskClient) -> None:
    number, _ = made(app)
    with app.app_context():
        others = [factories.a_person(*roles).id for roles in ((), (Role.MODERATOR,), (Role.ORGANISER,))]
        db.session.commit()
    for other in others:
        visitor = sign_in(app.test_client(), other)
        page = visit(visitor, f"/ideeen/{number}/bewerken", status=403)
        assert "Alleen de indiener kan dit idee aanpassen." in page.text
        answer = visitor.post(f"/ideeen/{number}/bewerken", data={"title": NEW_TITLE})
        assert answer.status_code == 403
    answer = client.get(f"/ideeen/{number}/bewerken")
    assert answer.headers["Location"] == f"/inloggen?next=/ideeen/{number}/bewerken"
    assert now_is(app, number).title != NEW_TITLE


@pytest.mark.parametrize(
    "state", [IdeaState.REFUSED, IdeaState.WITHDRAWN, IdeaState.HIDDEN, IdeaState.MERGED]
)
def test_what_is_decided_stays(app: Flask, state: IdeaState) -> None:
    number, client = made(app, state)
    assert (
        "Dit idee kun je niet meer aanpassen." in visit(client, f"/ideeen/{number}/bewerken", status=403).text
    )


def test_a_returned_idea_shows_the_request_and_goes_back(app: Flask) -> None:
    number, client = made(app, IdeaState.RETURNED, published_at=None)
    with app.app_context():
        moderator = factories.a_person(Role.MODERATOR)
        db.session.add(
            ModerationDecision(
                idea_id=number,
                verb=ModerationVerb.RETURN,
                sentence="Vertel ook wat het kost.",
                moderator_id=moderator.id,
                decided_at=datetime.now(UTC),
            )
        )
        db.session.commit()
    before = now_is(app, number)
    page = visit(client, f"/ideeen/{number}/bewerken")
    assert "Vertel ook wat het kost." in page.text
    saved = page.submit(FORM, {"title": "Half"}, button="draft")
    assert saved.status_code == 303
    assert (now_is(app, number).state, now_is(app, number).title) == (IdeaState.RETURNED, "Half")
    page = visit(client, f"/ideeen/{number}/bewerken")
    refused = page.submit(FORM, button="send")
    assert refused.status_code == 400
    sent = page.submit(FORM, {"title": NEW_TITLE}, button="send")
    assert sent.status_code == 303
    after = now_is(app, number)
    assert (after.state, after.title) == (IdeaState.SUBMITTED, NEW_TITLE)
    assert before.submitted_at
    assert after.submitted_at
    assert after.submitted_at > before.submitted_at


def test_a_draft_is_finished_and_sent_in(app: Flask) -> None:
    number, client = made(app, IdeaState.DRAFT, title="Half", submitted_at=None, published_at=None)
    page = visit(client, f"/ideeen/{number}/bewerken")
    assert page.submit(FORM, {"summary": ""}, button="draft").status_code == 303
    page = visit(client, f"/ideeen/{number}/bewerken")
    summary = "Nu is de samenvatting wel lang genoeg."
    answer = page.submit(FORM, {"title": NEW_TITLE, "summary": summary}, button="send")
    assert answer.status_code == 303
    assert now_is(app, number).state == IdeaState.SUBMITTED


@pytest.mark.parametrize("action", ["draft", "anything"])
def test_what_is_public_never_becomes_unfinished(app: Flask, action: str) -> None:
    number, client = made(app)
    page = visit(client, f"/ideeen/{number}/bewerken")
    data = {"title": "kort", "version": page.one('input[name="version"]')["value"], "action": action}
    data["csrf_token"] = page.one(f'{FORM} input[name="csrf_token"]')["value"]
    assert client.post(f"/ideeen/{number}/bewerken", data=data).status_code == 400


def test_a_change_in_the_meantime_is_not_overwritten(app: Flask) -> None:
    number, client = made(app, IdeaState.SUBMITTED)
    page = visit(client, f"/ideeen/{number}/bewerken")
    with app.app_context():
        idea = db.session.get_one(Idea, number)
        idea.state, idea.version = IdeaState.PUBLISHED, idea.version + 1
        idea.published_at = datetime.now(UTC)
        db.session.commit()
    answer = page.submit(FORM, {"title": NEW_TITLE}, button="save")
    assert answer.status_code == 409
    again = look_at(client, answer, f"/ideeen/{number}/bewerken")
    assert "Het idee is intussen veranderd." in again.text
    assert again.one("#title")["value"] == NEW_TITLE
    assert now_is(app, number).title != NEW_TITLE
    assert again.submit(FORM, button="save").status_code == 303
    assert now_is(app, number).title == NEW_TITLE


def test_a_session_that_ends_while_changing_loses_nothing(app: Flask) -> None:
    number, client = made(app)
    author = now_is(app, number).author_id
    page = visit(client, f"/ideeen/{number}/bewerken")
    sign_out(client)
    answer = page.submit(FORM, {"title": NEW_TITLE}, button="save")
    assert answer.headers["Location"] == f"/inloggen?next=/ideeen/{number}/bewerken"
    with client.session_transaction() as held:
        token = held[DRAFT]
    sign_in(client, author)
    with client.session_transaction() as held:
        held[DRAFT] = token
    page = visit(client, f"/ideeen/{number}/bewerken")
    assert "Je tekst staat er nog." in page.text
    assert page.one("#title")["value"] == NEW_TITLE
    assert page.submit(FORM, button="save").status_code == 303
    assert now_is(app, number).title == NEW_TITLE
    assert visit(client, f"/ideeen/{number}/bewerken").one("#title")["value"] == NEW_TITLE


def test_an_outdated_token_gives_the_text_back(app: Flask) -> None:
    number, client = made(app)
    page = visit(client, f"/ideeen/{number}/bewerken")
    answer = page.submit(FORM, {"title": NEW_TITLE, "csrf_token": "old"}, button="save")
    assert answer.status_code == 400
    again = look_at(client, answer, f"/ideeen/{number}/bewerken")
    assert again.one("#title")["value"] == NEW_TITLE
    assert again.submit(FORM, button="save").status_code == 303


def test_a_stranger_who_posts_learns_nothing_and_leaves_little(app: Flask, client: FlaskClient) -> None:
    number, _ = made(app, IdeaState.DRAFT, title="Een geheim plan", submitted_at=None, published_at=None)
    answer = client.post(f"/ideeen/{number}/bewerken", data={"title": "x", "body": "b" * 200_000})
    assert answer.status_code == 303
    assert "geheim" not in answer.get_data(as_text=True)
    with app.app_context():
        [draft] = db.session.scalars(db.select(Draft))
        assert len(draft.data["body"]) == 20_000
