"""What stands beside the text of an idea: image, place, challenge and source; kept when the form has a fault."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import images as kit_images
from app.kit import maps
from app.models import Idea, Person
from app.models.audit import AuditEntry
from app.models.contribution import IdeaChallenge, IdeaImage, IdeaOrigin
from app.models.person import Draft, Role
from app.models.process import Audience, CallKind
from tests import factories
from tests.support import csrf_token, look_at, sign_in, sign_out, visit

FORM = 'form[action="/ideeen/nieuw"]'
ALT = "Twee bankjes onder een linde."
TYPED: dict[str, Any] = {
    "title": "Meer bankjes langs de Maas",
    "summary": "Ouderen lopen verder als ze kunnen rusten.",
    "body": "Langs het water staan nu drie bankjes op een kilometer. Zet er elke honderd meter een neer.",
    "themes": ["groen"],
}
ANSWERS = {
    "task": "Het groen in onze straat onderhouden.",
    "team": "Acht buren, van wie twee hovenier zijn geweest.",
    "means": "Gereedschap en duizend euro per jaar.",
    "better": "Wij zijn er elke dag en zien meteen wat nodig is.",
}


def a_file(content: bytes | None = None, name: str = "foto.png") -> tuple[io.BytesIO, str]:
    if content is None:
        drawn = io.BytesIO()
        Image.new("RGB", (600, 400), "teal").save(drawn, "PNG")
        content = drawn.getvalue()
    return io.BytesIO(content), name


@pytest.fixture
def person(app: Flask) -> int:
    """Somebody who may submit, with one open call and two neighbourhoods."""
    with app.app_context():
        call = factories.a_call(slug="slim")
        factories.a_theme(call.process, slug="groen", title="Groen")
        factories.an_area("Wyck")
        factories.an_area("Heer", 50.8390, 5.7340)
        person = factories.a_person()
        db.session.commit()
        return person.id


def an_answer(client: FlaskClient, **values: Any) -> Any:
    page = visit(client, "/ideeen/nieuw")
    return page.submit(FORM, {**TYPED, **values}, button="send")


def test_an_image_is_shown_with_its_words_and_only_while_the_idea_may_be_read(
    app: Flask, client: FlaskClient, person: int
) -> None:
    sign_in(client, person)
    response = an_answer(client, image=a_file(), image_alt=ALT, neighbourhood="Wyck")
    assert response.status_code == 303
    mine = visit(client, response.location)
    picture = mine.one(".idea__image img")
    assert (picture["alt"], picture["width"], picture["height"]) == (ALT, "600", "400")
    assert "De stip" not in mine.text
    assert "Wyck" in mine.one(".locator")["aria-label"]
    address = str(picture["src"])
    before = client.get(address)
    assert (before.status_code, before.headers["Cache-Control"]) == (200, "private, no-store")
    stranger = app.test_client()
    assert stranger.get(address).status_code == 404
    with app.app_context():
        idea = db.session.scalars(select(Idea)).one()
        idea.state, idea.published_at = IdeaState.PUBLISHED, idea.submitted_at
        db.session.commit()
        number = idea.id
    shown = stranger.get(address)
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert Image.open(io.BytesIO(shown.get_data())).size == (600, 400)
    assert "immutable" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in shown.headers
    again = stranger.get(address, headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304
    assert stranger.get(address.replace("1280", "480")).status_code == 200
    assert stranger.get(address.replace("1280", "640")).status_code == 404
    assert stranger.get(address.replace(address[-12:-10], "zz")).status_code == 404
    card = visit(stranger, "/ideeen", max_queries=3).one(".idea-card img")
    assert (card["alt"], card["loading"], card["width"]) == (ALT, "lazy", "600")
    with app.app_context():
        db.session.get_one(Idea, number).state = IdeaState.HIDDEN
        db.session.commit()
    assert stranger.get(address).status_code == 410
    assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_an_image_is_not_chosen_twice_and_goes_or_changes_as_the_author_wants(
    app: Flask, client: FlaskClient, person: int
) -> None:
    sign_in(client, person)
    answer = an_answer(client, image=a_file(), image_alt="kort", title="te kort"[:2])
    assert answer.status_code == 400
    page = look_at(client, answer)
    assert "Je afbeelding is bewaard" in page.text
    assert {link.removeprefix("#") for link in page.links(".errors a")} == {"title", "image_alt"}
    # The token is of this person: somebody else finds nothing under it.
    token = page.one('[name="kept_image"]')["value"]
    with app.app_context():
        other = factories.a_person()
        db.session.commit()
        other_number = other.id
    thief = sign_in(app.test_client(), other_number)
    stolen = an_answer(thief, kept_image=token)
    assert stolen.status_code == 303
    response = page.submit(FORM, {**TYPED, "image_alt": ALT}, button="send")
    assert response.status_code == 303
    number = int(response.location.rpartition("/")[2])
    with app.app_context():
        assert db.session.scalars(select(IdeaImage.idea_id)).all() == [number]
        assert not db.session.scalar(select(func.count()).select_from(Draft))
        first = db.session.get_one(IdeaImage, number).key
    edit = f"/ideeen/{number}/bewerken"
    blue = io.BytesIO()
    Image.new("RGB", (300, 300), "blue").save(blue, "PNG")
    form = f'form[action="{edit}"]'
    changed = visit(client, edit).submit(form, image=a_file(blue.getvalue()), image_alt=ALT, button="save")
    assert changed.status_code == 303
    with app.app_context():
        assert db.session.get_one(IdeaImage, number).key != first
    assert visit(client, edit).submit(form, removes_image="y", image_alt="", button="save").status_code == 303
    with app.app_context():
        assert db.session.get(IdeaImage, number) is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "foto.png",
            kit_images.NO_IMAGE,
        ),
        (b"\x89PNG\r\n\x1a\nkapot", "foto.png", kit_images.NO_IMAGE),
        (b"MZ programma", "foto.jpg.exe", kit_images.NO_IMAGE),
    ],
)
def test_a_file_that_is_no_image_is_refused_with_a_sentence(
    app: Flask, client: FlaskClient, person: int, content: bytes, name: str, sentence: str
) -> None:
    sign_in(client, person)
    answer = client.post(
        "/en/ideeen/nieuw",
        data={
            **TYPED,
            "call": "slim",
            "action": "send",
            "csrf_token": csrf_token(client),
            "image": a_file(content, name),
        },
    )
    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(Idea))
        assert not db.session.scalar(select(func.count()).select_from(Draft))


@pytest.mark.one_database
def test_a_stranger_keeps_the_text_and_is_asked_for_the_image_again(
    app: Flask, client: FlaskClient, person: int
) -> None:
    typed = {"neighbourhood": "Wyck", "latitude": "50.85051", "longitude": "5.70209"}
    assert an_answer(client, image=a_file(), image_alt=ALT, **typed).location.startswith("/inloggen")
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(Idea))
    sign_in(client, person)
    page = visit(client, "/ideeen/nieuw")
    assert page.one("#image_alt")["value"] == ALT
    assert page.one('[name="latitude"]')["value"] == "50.85051"
    assert "Kies je afbeelding opnieuw" in page.text


def test_a_place_is_rounded_and_lies_in_the_city(app: Flask, client: FlaskClient, person: int) -> None:
    sign_in(client, person)
    page = visit(client, "/ideeen/nieuw")
    policy = page.response.headers["Content-Security-Policy"]
    assert maps.ORIGIN in policy
    assert page.texts("#neighbourhood option") == ["De hele stad", "Heer", "Wyck"]
    for wrong in (
        {"latitude": "52.37", "longitude": "4.89"},
        {"latitude": "nan", "longitude": "5.7"},
        {"latitude": "1e400", "longitude": "5.7"},
        {"latitude": "50.85", "longitude": ""},
        {"neighbourhood": "Atlantis"},
    ):
        answer = page.submit(FORM, {**TYPED, **wrong}, button="send")
        assert answer.status_code == 400, wrong
        assert look_at(client, answer).links(".errors a") == [
            "#neighbourhood" if "neighbourhood" in wrong else "#latitude"
        ]
    place = {"latitude": "50.850512345", "longitude": "5.702087654", "neighbourhood": "Wyck"}
    response = page.submit(FORM, {**TYPED, **place}, button="send")
    assert response.status_code == 303
    with app.app_context():
        idea = db.session.scalars(select(Idea)).one()
        assert (idea.latitude, idea.longitude, idea.neighbourhood) == (50.8505, 5.7021, "Wyck")
    shown = visit(client, response.location)
    assert "De speld wijst de plek aan, bij Wyck." in shown.text
    assert maps.ORIGIN not in shown.response.headers["Content-Security-Policy"]


def test_a_challenge_asks_its_questions_all_at_once(app: Flask, client: FlaskClient, person: int) -> None:
    with app.app_context():
        process = db.session.scalars(select(factories.Process)).one()
        factories.a_call(process, slug="daag-uit", kind=CallKind.CHALLENGE)
        db.session.commit()
    sign_in(client, person)
    page = visit(client, "/ideeen/nieuw?oproep=daag-uit")
    answer = page.submit(FORM, {**TYPED, "call": "daag-uit", "team": "wij"}, button="send")
    assert answer.status_code == 400
    assert look_at(client, answer).links(".errors a") == ["#task", "#team", "#means", "#better"]
    draft = page.submit(FORM, {**TYPED, "call": "daag-uit", "team": "wij"}, button="draft")
    assert draft.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(IdeaChallenge)).one().team == "wij"
    edit = draft.location + "/bewerken"
    again = visit(client, edit)
    assert again.one("#team").get_text(strip=True) == "wij"
    assert again.submit(f'form[action="{edit}"]', ANSWERS, button="send").status_code == 303
    shown = visit(client, draft.location)
    for answer_text in ANSWERS.values():
        assert answer_text in shown.text
    # An idea in another call has no answers, whatever was sent.
    other = visit(client, "/ideeen/nieuw").submit(FORM, {**TYPED, "call": "slim", **ANSWERS}, button="send")
    assert other.status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(IdeaChallenge)).all()) == 1
        moderator = factories.a_person(Role.MODERATOR)
        db.session.commit()
        number = moderator.id
    review = visit(
        sign_in(app.test_client(), number), f"/moderatie/ideeen/{draft.location.rpartition('/')[2]}"
    )
    assert ANSWERS["better"] in review.text
    # Who signs in with it, perhaps by a mail that another asked for, reads every word before it is sent.
    stranger = app.test_client()
    form = visit(stranger, "/ideeen/nieuw?oproep=daag-uit")
    sent = form.submit(FORM, {**TYPED, "call": "daag-uit", **ANSWERS}, button="send")
    promised = visit(stranger, sent.location).text
    for answer_text in ANSWERS.values():
        assert answer_text in promised


def test_staff_post_for_somebody_else_and_do_not_decide_on_it(app: Flask, person: int) -> None:
    with app.app_context():
        staff = {
            role: factories.a_person(role) for role in (Role.MODERATOR, Role.ORGANISER, Role.FACILITATOR)
        }
        other = factories.a_person(Role.MODERATOR)
        db.session.commit()
        numbers = {role: someone.id for role, someone in staff.items()}
        colleague = other.id
    given = {
        **TYPED,
        "for_other": "y",
        "channel": "meeting",
        "note": "Jongerenavond in de bieb",
        "display_name": "Sem (15)",
        "may_show_name": "y",
    }
    for outsider in (person, numbers[Role.FACILITATOR]):
        page = visit(sign_in(app.test_client(), outsider), "/ideeen/nieuw")
        assert not page.all('[name="for_other"]')
        page.client.post(
            "/ideeen/nieuw", data={**given, "call": "slim", "csrf_token": csrf_token(page.client)}
        )
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(IdeaOrigin))
        assert not db.session.scalar(select(func.count()).where(Person.email.is_(None)))
    client = sign_in(app.test_client(), numbers[Role.MODERATOR])
    page = visit(client, "/ideeen/nieuw")
    answer = page.submit(FORM, {**given, "channel": None, "may_show_name": None}, button="send")
    assert answer.status_code == 400
    assert look_at(client, answer).links(".errors a") == ["#channel", "#may_show_name"]
    sent = page.submit(FORM, given, button="send")
    assert sent.location == "/ideeen/nieuw?oproep=slim"
    page.submit(FORM, given, button="send")  # the same form again
    with app.app_context():
        origin = db.session.scalars(select(IdeaOrigin)).one()
        idea = db.session.get_one(Idea, origin.idea_id)
        assert (origin.posted_by_id, origin.channel) == (numbers[Role.MODERATOR], "meeting")
        assert (idea.author.name, idea.author.email, idea.state) == ("Sem (15)", None, IdeaState.SUBMITTED)
        line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ideas.post_for_other")).one()
        assert (line.actor_id, line.subject_id, line.why) == (numbers[Role.MODERATOR], idea.id, given["note"])
        number = idea.id
    review = f"/moderatie/ideeen/{number}"
    mine = visit(client, review)
    assert "Jongerenavond in de bieb" in mine.text
    assert "Een andere moderator beslist erover." in mine.text
    post = {"csrf_token": csrf_token(client), "publish-version": "1", "version": "1"}
    assert client.post(f"{review}/plaatsen", data=post).status_code == 403
    fresh = visit(sign_in(app.test_client(), colleague), review)
    assert not fresh.all(f'form[action="{review}/terugsturen"]'), (
        "nobody could change it and send it in again"
    )
    sent_back = {"return-version": "1", "return-sentence": "Vertel nog bij wie je dit wilt doen.", **post}
    refused = fresh.client.post(
        f"{review}/terugsturen", data={**sent_back, "csrf_token": csrf_token(fresh.client)}
    )
    assert (refused.status_code, "zonder account" in refused.text) == (403, True)
    assert fresh.submit(f'form[action="{review}/plaatsen"]').status_code == 303
    shown = visit(app.test_client(), f"/ideeen/{number}")
    assert "Uit een jongerenbijeenkomst : Jongerenavond in de bieb" in shown.text
    assert "Sem (15)" in shown.text
    assert "Uit een jongerenbijeenkomst" in visit(app.test_client(), "/ideeen").text
    # Without a name nobody is named, and a call that is not for everybody is answered by people themselves.
    organiser = sign_in(sign_out(client), numbers[Role.ORGANISER])
    plain = {**given, "channel": "paper", "display_name": "", "may_show_name": None}
    assert visit(organiser, "/ideeen/nieuw").submit(FORM, plain, button="send").status_code == 303
    with app.app_context():
        db.session.scalars(select(factories.Call)).one().audience = Audience.COUNCIL
        db.session.commit()
    assert not visit(organiser, "/ideeen/nieuw").all('[name="for_other"]')
