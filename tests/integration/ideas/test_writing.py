"""While somebody writes: the draft keeps itself, ideas like it are found, hints are given, one looks before sending."""

from string import ascii_lowercase
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.ideas import service
from app.kit import clock
from app.kit.identity import DRAFT
from app.models import Call, Idea, Person, Tally
from app.models.person import Draft
from app.records import calls
from tests import factories
from tests.support import Page, csrf_token, look_at, sign_in, visit

FORM = 'form[action="/ideeen/nieuw"]'
KEEP = "/ideeen/nieuw/bewaren"
TYPED: dict[str, Any] = {
    "title": "Bankjes langs de Maas",
    "summary": "Wie slecht loopt, kan dan uitrusten.",
    "body": "Er staan nu drie bankjes op een kilometer. Zet er elke honderd meter een neer.",
    "themes": ["groen"],
    "neighbourhood": "",
}


@pytest.fixture
def person(app: Flask) -> int:
    """Somebody who may submit, in a call with one idea about benches and one about bicycles."""
    with app.app_context():
        call = factories.a_call(slug="slim", title="Waar moet de stad slim in zijn?")
        theme = factories.a_theme(call.process, slug="groen", title="Groen")
        benches = "Meer bankjes langs de Maas", "Wie slecht loopt, kan dan rusten."
        factories.an_idea(call, title=benches[0], summary=benches[1], themes=[theme])
        factories.an_idea(call, title="Bankjes die nog niemand zag", state=IdeaState.SUBMITTED)
        factories.an_idea(call, title="Een fietspad naar Heer", summary="Zodat kinderen veilig fietsen.")
        person = factories.a_person()
        db.session.commit()
        return person.id


def drafts(app: Flask) -> list[tuple[str, str, IdeaState]]:
    with app.app_context():
        rows = db.session.execute(
            select(Idea.title, Idea.body, Idea.state).where(
                Idea.title.in_(("Bankjes", TYPED["title"], "Anders"))
            )
        ).all()
        return [(title, body, state) for title, body, state in rows]


def keep(client: FlaskClient, key: str = "sleutel", **values: Any) -> TestResponse:
    data = {**TYPED, "call": "slim", "submission_key": key, "csrf_token": csrf_token(client), **values}
    return client.post(KEEP, data=data)


def test_a_draft_keeps_itself_and_is_offered_the_next_time(
    app: Flask, client: FlaskClient, person: int
) -> None:
    assert not visit(sign_in(client, person), "/ideeen/nieuw").all("#unfinished-title")
    first = keep(client, title="Bankjes", body="", themes=[])
    assert first.json
    assert first.json["saved"]
    assert first.json["sentence"].startswith("Bewaard om ")
    again = keep(client, version=first.json["version"])
    assert again.json
    assert again.json["idea"] == first.json["idea"]
    assert drafts(app) == [(TYPED["title"], TYPED["body"], IdeaState.DRAFT)]
    page = visit(client, "/ideeen/nieuw")
    assert f"‘{TYPED['title']}’, begonnen op" in page.text
    assert not visit(client, "/ideeen/nieuw?begin=1").all("#unfinished-title")
    other = visit(sign_in(app.test_client(), _somebody(app)), "/ideeen/nieuw")
    assert not other.all("#unfinished-title")
    edit = page.follow(f'a[href="/ideeen/{first.json["idea"]}/bewerken"]')
    assert edit.one("#title")["value"] == TYPED["title"]
    sent = edit.submit(f'form[action="/ideeen/{first.json["idea"]}/bewerken"]', button="send")
    assert sent.status_code == 303
    late = keep(client, title="Anders")
    assert (late.status_code, late.json) == (409, {"saved": False, "sentence": "Dit is geen concept meer."})
    assert drafts(app) == [(TYPED["title"], TYPED["body"], IdeaState.SUBMITTED)]


def test_the_newest_of_two_windows_counts_and_says_so(app: Flask, client: FlaskClient, person: int) -> None:
    sign_in(client, person)
    kept = keep(client).json
    assert kept
    seen = kept["version"]
    quiet = keep(client, version=seen, title="Bankjes").json
    assert quiet
    assert "ander venster" not in quiet["sentence"]
    loud = keep(client, key="", idea=kept["idea"], version=seen, title="Anders").json
    assert loud
    assert "ook in een ander venster veranderd" in loud["sentence"]
    assert [title for title, _body, _state in drafts(app)] == ["Anders"]


def test_what_may_not_be_kept_is_not(app: Flask, client: FlaskClient, person: int) -> None:
    assert (
        client.post(KEEP, data={**TYPED, "csrf_token": csrf_token(client)})
        .headers["Location"]
        .startswith("/inloggen")
    )
    sign_in(client, person)
    assert client.post(KEEP, data=TYPED).status_code == 400
    long = keep(client, title="a" * 81)
    assert long.status_code == 409
    assert long.json
    assert long.json["sentence"].startswith("Nog niet bewaard: Maak de titel hoogstens 80")
    for other in (keep(client, key=""), keep(client, idea=_of_somebody(app)), keep(client, for_other="y")):
        assert other.status_code == 409
    with app.app_context():
        mine = select(func.count()).where(Idea.author_id == person)
        assert db.session.scalar(mine) == 0


def test_a_draft_is_thrown_away_for_good(app: Flask, client: FlaskClient, person: int) -> None:
    sign_in(client, person)
    kept = keep(client).json
    assert kept
    page = visit(client, "/ideeen/nieuw")
    theirs = page.submit("form[data-throw-away]", idea=_of_somebody(app))
    assert theirs.status_code == 403
    gone = page.submit("form[data-throw-away]")
    assert gone.headers["Location"] == "/ideeen/nieuw"
    assert "Je tekst is weggegooid." in visit(client, "/ideeen/nieuw").text
    assert drafts(app) == []
    with app.app_context():
        assert db.session.get(Tally, (kept["idea"], "resident")) is None
    form = {"submission_key": "sleutel", "csrf_token": csrf_token(client)}
    keep(client)
    client.post("/ideeen/nieuw/weggooien", data=form)
    assert drafts(app) == []
    sent = visit(client, "/ideeen/nieuw").submit(FORM, {**TYPED, "submission_key": "sleutel"}, button="send")
    client.post("/ideeen/nieuw/weggooien", data=form)
    number = int(sent.headers["Location"].rsplit("/", 1)[1])
    refused = client.post("/ideeen/nieuw/weggooien", data={**form, "idea": number})
    assert refused.status_code == 403
    assert [state for _title, _body, state in drafts(app)] == [IdeaState.SUBMITTED]


def test_a_draft_that_was_first_is_sent_in_all_the_same(
    app: Flask, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blink of an eye in which the draft keeps itself between the look for it and the sending."""
    with app.app_context():
        author = db.session.get_one(Person, person)
        call = calls.main_call()
        assert call
        content = service.Content(TYPED["title"], TYPED["summary"], TYPED["body"], "", ())
        now = clock.now()
        kept = service.keep_draft(author, call, content, "sleutel", now)
        monkeypatch.setattr(service, "_by_key", lambda *_given: None)
        assert service.put_forward(author, call, content, "sleutel", now) == kept
    assert [state for _title, _body, state in drafts(app)] == [IdeaState.SUBMITTED]


def test_ideas_that_look_like_it_are_found(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(client, "/ideeen/lijkt-op?tekst=bankje+bij+de+maas+om+te+rusten&oproep=slim", max_queries=3)
    assert page.texts(".alike__idea strong") == ["Meer bankjes langs de Maas"]
    [link] = page.links(".alike a")
    ballot = visit(client, link.partition("#")[0])
    assert ballot.one(f"#{link.partition('#')[2]}")
    piece = client.get("/ideeen/lijkt-op?tekst=bankjes&deel=1")
    assert b"<html" not in piece.data
    assert b"Meer bankjes" in piece.data
    assert "Dit heeft nog niemand voorgesteld" in visit(client, "/ideeen/lijkt-op?tekst=zwembad").text
    for text in ("", "de", "%27%22*)(OR", "a" * 900, '"; DROP TABLE idea'):
        answer = client.get("/ideeen/lijkt-op", query_string={"tekst": text, "behalve": "x"})
        assert answer.status_code == 200
    number = link.partition("#")[0].rsplit("/", 1)[1]
    without = client.get(f"/ideeen/lijkt-op?tekst=bankjes&deel=1&behalve={number}")
    assert without.data.strip() == b""


def test_hints_are_given_for_what_is_typed(client: FlaskClient, person: int) -> None:
    text = "Teneinde de GGX te helpen. " + " ".join(f"{letter}woord" for letter in ascii_lowercase[:21]) + "."
    answer = client.post(
        "/ideeen/nieuw/advies",
        data={"body": text, "title": "<b>tevens</b>", "csrf_token": csrf_token(client)},
    )
    assert answer.status_code == 200
    page = Page(client, answer, "")
    assert page.one("summary").get_text(strip=True) == "4 tips voor je tekst"
    assert page.texts("q")[:3] == ["tevens", "Teneinde", "GGX"]
    assert "21 woorden" in page.html
    assert "Misschien: om." in page.html
    english = client.post("/en/ideeen/nieuw/advies", data={"body": text, "csrf_token": csrf_token(client)})
    assert b"Perhaps: om." in english.data


def test_one_looks_before_sending(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    short = look_at(client, page.submit(FORM, {**TYPED, "title": "Kort"}, button="preview"), "/ideeen/nieuw")
    assert short.links(".errors a") == ["#title"]
    seen = look_at(
        client,
        page.submit(FORM, {**TYPED, "body": TYPED["body"] + " Tevens."}, button="preview"),
        "/ideeen/nieuw",
    )
    assert seen.h1 == "Bekijk je idee"
    assert seen.texts(".preview__paper .idea__title") == [TYPED["title"]]
    assert seen.texts(".preview__paper .lead") == [TYPED["summary"]]
    assert seen.texts(".alike__idea strong") == ["Meer bankjes langs de Maas"]
    assert seen.texts(".advice q") == ["Tevens"]
    assert "Je tekst is bewaard als concept." in seen.text
    assert [state for _title, _body, state in drafts(app)] == [IdeaState.DRAFT]
    back = look_at(client, seen.submit(".preview form", button="change"), "/ideeen/nieuw")
    assert back.one("#title")["value"] == TYPED["title"]
    assert not back.all(".errors")
    assert back.one('input[name="themes"][checked]')["value"] == "groen"
    sent = seen.submit(".preview form", button="send")
    assert sent.status_code == 303
    assert [state for _title, _body, state in drafts(app)] == [IdeaState.SUBMITTED]
    number = sent.headers["Location"].rsplit("/", 1)[1]
    edit = visit(client, f"/ideeen/{number}/bewerken")
    look = look_at(
        client,
        edit.submit(
            f'form[action="/ideeen/{number}/bewerken"]', {"title": "Anders en nieuw"}, button="preview"
        ),
    )
    assert look.texts(".idea__title") == ["Anders en nieuw"]
    assert drafts(app)[0][0] == TYPED["title"]
    assert look.submit(".preview form", button="save").status_code == 303


def test_a_stranger_looks_too_and_nothing_typed_is_lost(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(client, "/ideeen/nieuw")
    seen = look_at(client, page.submit(FORM, TYPED, button="preview"), "/ideeen/nieuw")
    assert "We bewaren je tekst een week voor deze browser." in seen.text
    assert "Je naam" in seen.text
    with app.app_context():
        [kept] = db.session.scalars(select(Draft))
        assert kept.data["title"] == TYPED["title"]
    again = visit(client, "/ideeen/nieuw")
    assert again.one("#title")["value"] == TYPED["title"]
    asked = seen.submit(".preview form", button="send")
    assert asked.headers["Location"].startswith("/inloggen")
    form = {"csrf_token": csrf_token(client)}
    assert client.post("/ideeen/nieuw/weggooien", data=form).status_code == 303
    with client.session_transaction() as held:
        assert DRAFT not in held
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def _somebody(app: Flask) -> int:
    with app.app_context():
        person = factories.a_person()
        db.session.commit()
        return person.id


def _of_somebody(app: Flask) -> int:
    """The number of a draft of somebody else."""
    with app.app_context():
        call = db.session.scalars(select(Call)).first()
        idea = factories.an_idea(call, state=IdeaState.DRAFT, title="Van een ander")
        db.session.commit()
        return idea.id
