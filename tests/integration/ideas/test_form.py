"""The form for an idea: limits at both ends, one idea for a form sent twice, and nothing typed is ever lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.kit import signals
from app.kit.identity import DRAFT
from app.models import Idea, Tally
from app.models.person import Draft
from app.models.process import Audience
from tests import factories
from tests.support import Page, csrf_token, look_at, sign_in, sign_out, visit

FORM = 'form[action="/ideeen/nieuw"]'
TITLE = "Meer bankjes langs de Maas"
SUMMARY = "Ouderen lopen verder als ze kunnen rusten."
BODY = "Langs het water staan nu drie bankjes op een kilometer. Zet er elke honderd meter een neer."
TYPED: dict[str, Any] = {
    "title": TITLE,
    "summary": SUMMARY,
    "body": BODY,
    "themes": ["groen"],
    "neighbourhood": "Wyck",
}


@pytest.fixture
def person(app: Flask) -> int:
    """Somebody who may submit, with one open call of two themes."""
    with app.app_context():
        call = factories.a_call(slug="slim", title="Waar moet de stad slim in zijn?")
        for slug in ("groen", "water", "wonen", "werken"):
            factories.a_theme(call.process, slug=slug, title=slug.title())
        person = factories.a_person(neighbourhood="Heer")
        db.session.commit()
        return person.id


def all_ideas(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        return [
            {
                "id": idea.id,
                "state": idea.state,
                "title": idea.title,
                "summary": idea.summary,
                "body": idea.body,
                "neighbourhood": idea.neighbourhood,
                "themes": [theme.slug for theme in idea.themes],
                "author": idea.author_id,
                "call": idea.call.slug,
                "sent": idea.submitted_at is not None,
            }
            for idea in db.session.scalars(select(Idea).order_by(Idea.id))
        ]


def as_typed(page: Page) -> dict[str, Any]:
    """What stands in the fields."""
    return {
        "title": page.one("#title").get("value", ""),
        "summary": page.one("#summary").get_text().removeprefix("\r\n"),
        "body": page.one("#body").get_text().removeprefix("\r\n"),
        "themes": [str(box["value"]) for box in page.all('input[name="themes"][checked]')],
        "neighbourhood": page.one("#neighbourhood").get("value", ""),
    }


def test_an_idea_is_sent_in(app: Flask, client: FlaskClient, person: int) -> None:
    heard: list[object] = []
    with signals.idea_changed.connected_to(lambda sender: heard.append(sender)):
        page = visit(sign_in(client, person), "/ideeen/nieuw")
        assert page.one("#neighbourhood")["value"] == "Heer"
        answer = page.submit(FORM, TYPED, button="send")
    [idea] = all_ideas(app)
    assert idea == {
        **TYPED,
        "id": idea["id"],
        "state": IdeaState.SUBMITTED,
        "author": person,
        "call": "slim",
        "sent": True,
    }
    assert heard == [idea["id"]]
    assert answer.status_code == 303
    next_page = visit(client, answer.headers["Location"])
    assert "Je idee is ingestuurd." in next_page.text
    assert "Je krijgt een e-mail zodra het op de site staat" in next_page.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Tally)) == 3


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("title", "a" * 9, "Maak de titel ten minste 10 tekens lang. Het zijn er nu 9."),
        ("title", "  " + "a" * 9 + "  ", "Maak de titel ten minste 10 tekens lang. Het zijn er nu 9."),
        ("title", "a" * 81, "Maak de titel hoogstens 80 tekens lang. Het zijn er nu 81."),
        ("title", "", "Maak de titel ten minste 10 tekens lang."),
        ("summary", "a" * 19, "Maak de zin ten minste 20 tekens lang."),
        ("summary", "a" * 141, "Maak de zin hoogstens 140 tekens lang."),
        ("body", "a" * 49, "Maak de uitleg ten minste 50 tekens lang."),
        ("body", "a" * 5001, "Maak de uitleg hoogstens 5000 tekens lang."),
        ("themes", None, "Kies ten minste één thema."),
        ("themes", ["groen", "water", "wonen", "werken"], "Kies hoogstens drie thema's."),
        ("themes", ["elders"], "Kies thema's uit de lijst."),
        ("neighbourhood", "a" * 81, "Dit is te lang: 81 tekens."),
    ],
)
def test_what_does_not_fit_comes_back_with_everything_typed(
    app: Flask, client: FlaskClient, person: int, field: str, value: Any, fault: str
) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    answer = page.submit(FORM, {**TYPED, field: value}, button="send")
    assert answer.status_code == 400
    again = look_at(client, answer, "/ideeen/nieuw")
    assert any(fault in text for text in again.texts(".errors a"))
    assert again.links(".errors a") == [f"#{field}"]
    assert again.one(f"#{field}").get("aria-invalid") == "true" or field == "themes"
    kept: dict[str, Any] = {**TYPED, field: value or ([] if field == "themes" else "")}
    if field == "themes":
        kept["themes"] = [slug for slug in kept["themes"] if slug != "elders"]
    else:
        kept[field] = kept[field].strip()
    assert as_typed(again) == kept
    assert again.soup.title
    assert again.soup.title.get_text().startswith("Fout: ")
    assert all_ideas(app) == []


@pytest.mark.parametrize(
    "values",
    [
        {"title": "a" * 10, "summary": "a" * 20, "body": "a" * 50, "themes": ["groen"]},
        {"title": "é" * 80, "summary": "𝕏" * 140, "body": "ij" * 2500, "themes": ["groen", "water", "wonen"]},
        {"title": "  " + "a" * 80 + "\u202e ", "neighbourhood": "b" * 80},
        {"body": "a\r\n" * 2498 + "abcd"},
    ],
)
def test_the_ends_of_the_limits_fit(
    app: Flask, client: FlaskClient, person: int, values: dict[str, Any]
) -> None:
    answer = visit(sign_in(client, person), "/ideeen/nieuw").submit(FORM, {**TYPED, **values}, button="send")
    assert answer.status_code == 303, look_at(client, answer).texts(".errors a")
    [idea] = all_ideas(app)
    assert len(idea["title"]) <= 80
    assert "\r" not in idea["body"]


def test_a_line_break_in_a_line_becomes_a_space(app: Flask, client: FlaskClient, person: int) -> None:
    summary = "Ouderen lopen verder\nals ze kunnen rusten."
    visit(sign_in(client, person), "/ideeen/nieuw").submit(FORM, {**TYPED, "summary": summary}, button="send")
    assert all_ideas(app)[0]["summary"] == SUMMARY


def test_the_browser_counts_by_the_same_limits(client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    limits = {
        tag["data-counter"]: (tag["data-least"], tag["data-most"]) for tag in page.all("[data-counter]")
    }
    assert limits == {
        "title": ("10", "80"),
        "summary": ("20", "140"),
        "body": ("50", "5000"),
        "neighbourhood": ("0", "80"),
        "image_alt": ("10", "200"),
    }


def test_a_form_sent_twice_makes_one_idea(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    first = page.submit(FORM, TYPED, button="send")
    second = page.submit(FORM, TYPED, button="send")
    assert first.headers["Location"] == second.headers["Location"]
    third = page.submit(FORM, {**TYPED, "title": "Meer bankjes, ook in de schaduw"}, button="send")
    assert third.status_code == 303
    assert [idea["title"] for idea in all_ideas(app)] == ["Meer bankjes, ook in de schaduw"]
    fresh = visit(client, "/ideeen/nieuw").submit(FORM, TYPED, button="send")
    assert fresh.headers["Location"] != first.headers["Location"]
    assert len(all_ideas(app)) == 2


def test_a_form_sent_eight_times_at_once_makes_one_idea(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    values = {
        **TYPED,
        "call": "slim",
        "action": "send",
        "submission_key": str(page.one('input[name="submission_key"]')["value"]),
        "csrf_token": str(page.one(f'{FORM} input[name="csrf_token"]')["value"]),
    }
    cookie = client.get_cookie("session")
    assert cookie is not None
    found: list[tuple[int, str]] = []
    start = threading.Barrier(8)

    def send() -> None:
        own = app.test_client()
        own.set_cookie("session", cookie.value)
        start.wait()
        answer = own.post("/ideeen/nieuw", data=values)
        found.append((answer.status_code, answer.headers.get("Location", "")))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1, found
    assert found[0][0] == 303
    assert len(all_ideas(app)) == 1


def test_the_key_of_another_person_is_not_theirs(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    page.submit(FORM, TYPED, button="send")
    key = str(page.one('input[name="submission_key"]')["value"])
    with app.app_context():
        other = factories.a_person().id
        db.session.commit()
    thief = sign_in(app.test_client(), other)
    visit(thief, "/ideeen/nieuw").submit(
        FORM, {**TYPED, "submission_key": key, "title": "Iets heel anders"}, button="send"
    )
    assert [(idea["author"], idea["title"]) for idea in all_ideas(app)] == [
        (person, TITLE),
        (other, "Iets heel anders"),
    ]


def test_who_is_signed_out_signs_in_and_finds_the_text_back(
    app: Flask, client: FlaskClient, person: int
) -> None:
    page = visit(client, "/ideeen/nieuw")
    answer = page.submit(FORM, TYPED, button="send")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/inloggen?next=/ideeen/nieuw"
    assert (
        f"Na het inloggen sturen we je idee ‘{TITLE}’ in." in visit(client, answer.headers["Location"]).text
    )
    assert all_ideas(app) == []
    with app.app_context():
        [draft] = db.session.scalars(select(Draft))
        with client.session_transaction() as held:
            assert draft.token_hash != held[DRAFT]
    sign_in_keeping_the_draft(client, person)
    page = visit(client, "/ideeen/nieuw")
    assert "Je tekst staat er nog." in page.text
    assert as_typed(page) == TYPED
    assert page.submit(FORM, button="send").status_code == 303
    assert [idea["title"] for idea in all_ideas(app)] == [TITLE]
    assert as_typed(visit(client, "/ideeen/nieuw"))["title"] == ""
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def sign_in_keeping_the_draft(client: FlaskClient, person: int) -> None:
    """Sign in as the site does: a fresh session that carries over the token of the draft."""
    with client.session_transaction() as held:
        token = held[DRAFT]
    sign_in(client, person)
    with client.session_transaction() as held:
        held[DRAFT] = token


def test_faults_are_told_before_signing_in(app: Flask, client: FlaskClient, person: int) -> None:
    answer = visit(client, "/ideeen/nieuw").submit(FORM, {**TYPED, "title": "Kort"}, button="send")
    assert answer.status_code == 400
    assert as_typed(look_at(client, answer))["body"] == BODY


def test_a_session_that_ends_while_typing_loses_nothing(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    sign_out(client)
    answer = page.submit(FORM, TYPED, button="send")
    assert answer.headers["Location"] == "/inloggen?next=/ideeen/nieuw"
    sign_in_keeping_the_draft(client, person)
    assert as_typed(visit(client, "/ideeen/nieuw")) == TYPED


@pytest.mark.parametrize("token", ["", "outdated"])
def test_an_outdated_token_gives_the_form_back(
    app: Flask, client: FlaskClient, person: int, token: str
) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    answer = page.submit(FORM, {**TYPED, "csrf_token": token}, button="send")
    assert answer.status_code == 400
    again = look_at(client, answer, "/ideeen/nieuw")
    assert "Je tekst staat er nog: verstuur hem nog een keer." in again.text
    assert as_typed(again) == TYPED
    assert all_ideas(app) == []
    assert again.submit(FORM, button="send").status_code == 303
    assert len(all_ideas(app)) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elders.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_changes_nothing(
    app: Flask, client: FlaskClient, person: int, headers: dict[str, str]
) -> None:
    answer = client.post("/ideeen/nieuw", data={**TYPED, "call": "slim"}, headers=headers)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def test_a_draft_may_be_unfinished_and_is_sent_in_later(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    answer = page.submit(FORM, {"title": "Iets", "themes": None}, button="draft")
    assert answer.status_code == 303
    [idea] = all_ideas(app)
    assert (idea["state"], idea["title"], idea["body"], idea["sent"]) == (IdeaState.DRAFT, "Iets", "", False)
    shown = visit(client, answer.headers["Location"])
    assert "Alleen jij kunt het zien." in shown.text
    visit(app.test_client(), answer.headers["Location"], status=403)
    # Back in the browser, finish the text, send: the same idea.
    sent = page.submit(FORM, TYPED, button="send")
    assert sent.headers["Location"] == answer.headers["Location"]
    [idea] = all_ideas(app)
    assert (idea["state"], idea["title"], idea["themes"]) == (IdeaState.SUBMITTED, TITLE, ["groen"])


def test_a_draft_without_a_title_has_a_page(client: FlaskClient, person: int) -> None:
    answer = visit(sign_in(client, person), "/ideeen/nieuw").submit(FORM, button="draft")
    assert visit(client, answer.headers["Location"]).h1 == "Zonder titel"


def test_a_draft_is_not_longer_than_an_idea(app: Flask, client: FlaskClient, person: int) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    answer = page.submit(FORM, {**TYPED, "title": "a" * 81, "body": "b" * 6000}, button="draft")
    assert answer.status_code == 400
    again = look_at(client, answer)
    assert again.links(".errors a") == ["#title", "#body"]
    assert len(as_typed(again)["body"]) == 6000


def test_a_call_that_closes_while_typing_gives_the_text_back(
    app: Flask, client: FlaskClient, person: int
) -> None:
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    with app.app_context():
        close_all(app)
    answer = page.submit(FORM, TYPED, button="send")
    assert answer.status_code == 403
    again = look_at(client, answer, "/ideeen/nieuw")
    assert "Deze oproep is gesloten." in again.text
    assert as_typed(again) == TYPED
    assert again.submit(FORM, button="draft").status_code == 303
    assert [idea["state"] for idea in all_ideas(app)] == [IdeaState.DRAFT]


def close_all(app: Flask) -> None:
    db.session.execute(db.text("UPDATE phase SET may_submit = false"))
    db.session.commit()


def test_a_closed_call_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_call(open_now=False)
        db.session.commit()
    page = visit(client, "/ideeen/nieuw")
    assert "Deze oproep is gesloten." in page.text
    assert not page.all("textarea")


def several_calls(app: Flask) -> int:
    with app.app_context():
        process = factories.a_process()
        factories.a_theme(process, slug="groen")
        factories.a_call(process, slug="iedereen", title="Ideeën", position=1)
        factories.a_call(process, slug="raad", title="Onderzoek", audience=Audience.COUNCIL, position=2)
        factories.a_call(process, slug="dicht", title="Voorbij", open_now=False, position=3)
        factories.a_call(process, slug="ook", title="Procesgang", position=4)
        person = factories.a_person().id
        db.session.commit()
        return person


def test_one_chooses_among_the_calls_one_may_answer(app: Flask, client: FlaskClient) -> None:
    page = visit(client, "/ideeen/nieuw")
    person = several_calls(app)
    page = visit(client, "/ideeen/nieuw?oproep=ook")
    choices = {str(box["value"]): box.has_attr("checked") for box in page.all('input[name="call"]')}
    assert choices == {"iedereen": False, "raad": False, "ook": True}
    assert "Voor raadsleden" in page.text
    page = visit(sign_in(client, person), "/ideeen/nieuw")
    assert [str(box["value"]) for box in page.all('input[name="call"]')] == ["iedereen", "ook"]
    assert page.texts(".ideas-form__refused li") == [
        "Onderzoek Alleen raadsleden kunnen op deze oproep reageren."
    ]
    answer = page.submit(FORM, {**TYPED, "call": "raad"}, button="send")
    assert answer.status_code == 400
    assert "Kies een oproep." in look_at(client, answer).texts(".errors a")
    assert page.submit(FORM, {**TYPED, "call": "ook"}, button="send").status_code == 303
    assert [idea["call"] for idea in all_ideas(app)] == ["ook"]


def test_council_members_answer_their_own_call(app: Flask, client: FlaskClient) -> None:
    several_calls(app)
    with app.app_context():
        member = factories.a_person(group=Group.COUNCIL).id
        db.session.commit()
    page = visit(sign_in(client, member), "/ideeen/nieuw?oproep=raad")
    assert page.submit(FORM, TYPED, button="send").status_code == 303
    assert [idea["call"] for idea in all_ideas(app)] == ["raad"]


def test_a_resident_who_typed_for_the_council_signed_out_keeps_the_text(
    app: Flask, client: FlaskClient
) -> None:
    person = several_calls(app)
    visit(client, "/ideeen/nieuw?oproep=raad").submit(FORM, TYPED, button="send")
    sign_in_keeping_the_draft(client, person)
    page = visit(client, "/ideeen/nieuw")
    assert as_typed(page) == TYPED
    assert not page.all('input[name="call"][checked]')


def test_what_was_typed_is_never_markup(app: Flask, client: FlaskClient, person: int) -> None:
    evil = '"><script>alert(1)</script></textarea>'
    answer = visit(sign_in(client, person), "/ideeen/nieuw").submit(
        FORM, {**TYPED, "title": "kort", "body": evil, "summary": evil, "neighbourhood": evil}, button="send"
    )
    page = look_at(client, answer)
    assert as_typed(page)["body"] == evil
    assert "<script>alert" not in page.html


def test_the_english_form_is_english(client: FlaskClient, person: int) -> None:
    page = visit(client, "/en/ideeen/nieuw")
    assert page.h1 == "Share your idea"
    assert page.texts(".field__label")[0] == "Title"
    answer = page.submit('form[action="/en/ideeen/nieuw"]', {"title": "a"}, button="send")
    again = look_at(client, answer, "/en/ideeen/nieuw")
    assert "Make the title at least 10 characters. It has 1 now." in again.texts(".errors a")
    assert "tekens" not in again.text


def test_the_form_is_not_shared_between_visitors(make_app: Callable[..., Flask], person: int) -> None:
    client = make_app().test_client()
    answer = client.get("/ideeen/nieuw")
    assert "Set-Cookie" in answer.headers
    assert not answer.headers["Cache-Control"].startswith("public")
    assert csrf_token(client)
