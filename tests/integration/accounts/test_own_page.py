"""The own page: everything of one person, for that person alone."""

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, Side, VoteValue
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.models.area import Area
from app.models.argument import ArgumentState
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person, Role
from tests import factories
from tests.support.page import look_at, sign_in, visit

PROFILE = "main form[action='/mijn']"


def test_ideas_stand_by_state_with_their_next_step(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge, call = factories.a_person(name="Inge"), factories.a_call()
        moderator = factories.a_person(Role.MODERATOR)
        for state in IdeaState:
            factories.an_idea(call, inge, state=state, title=f"Mijn idee dat {state.value} is")
        factories.an_idea(call, inge, title="Mijn idee op de agenda", public_status=PublicStatus.ON_AGENDA)
        factories.an_idea(call, title="Een idee van een ander")
        returned = factories.an_idea(
            call, inge, state=IdeaState.RETURNED, title="Teruggestuurd met een vraag"
        )
        for verb, sentence in (
            (ModerationVerb.RETURN, "De eerste vraag."),
            (ModerationVerb.RETURN, "Waar <b>precies</b>?"),
        ):
            db.session.add(
                ModerationDecision(
                    idea_id=returned.id,
                    verb=verb,
                    reason=RefusalReason.UNCLEAR,
                    sentence=sentence,
                    moderator_id=moderator.id,
                    decided_at=datetime.now(UTC),
                )
            )
            db.session.flush()
        db.session.commit()
        sign_in(client, inge)
    page = visit(client, "/mijn", max_queries=8)
    titles = page.texts("#own-ideas ~ .mine__list h3")
    assert titles[:3] == [
        "Teruggestuurd met een vraag",
        "Mijn idee dat returned is",
        "Mijn idee dat draft is",
    ]
    assert len(titles) == len(IdeaState) + 2
    assert "Een idee van een ander" not in page.text
    assert "Waar <b>precies</b>?" in page.text
    assert "De eerste vraag." not in page.text
    assert "Ga verder met ‘Mijn idee dat draft is’" in page.text
    assert "Hoe het er nu mee staat: Op de agenda." in page.text


def test_votes_are_counted_and_never_shown(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge, call = factories.a_person(), factories.a_call()
        for value in (VoteValue.FOR, VoteValue.AGAINST, VoteValue.WITHDRAWN):
            factories.a_vote(factories.an_idea(call, title=f"Gestemd met waarde {value}"), inge, value)
        factories.a_vote(factories.an_idea(call))
        db.session.commit()
        sign_in(client, inge)
    page = visit(client, "/mijn")
    assert "2 stemmen" in page.texts(".stat")
    assert "Gestemd met waarde" not in page.html


def test_arguments_stand_with_their_idea(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge, idea = factories.a_person(), factories.an_idea(title="Bankjes aan de Maas")
        first = factories.an_argument(idea, inge, Side.AGAINST, body="Dit lijkt mij te duur voor de stad.")
        factories.an_argument(idea, inge, parent_id=first.id, body="En daarbij komt het onderhoud nog.")
        factories.an_argument(idea, inge, state=ArgumentState.HIDDEN, body="Dit is een verborgen argument.")
        factories.an_argument(idea, inge, state=ArgumentState.DELETED, body="Dit is een gewist argument.")
        factories.an_argument(idea, body="Dit is het argument van een ander.")
        db.session.commit()
        sign_in(client, inge)
    page = visit(client, "/mijn")
    items = page.texts("#own-arguments ~ .mine__list li")
    assert len(items) == 3
    assert "3 reacties" in page.texts(".stat")
    assert any("Argument tegen" in item and "te duur" in item for item in items)
    assert any(item.startswith("Een reactie") and "onderhoud" in item for item in items)
    assert any("Verborgen door een moderator" in item for item in items)


def test_kind_and_organisation_stand_in_words(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        zuyd = factories.an_organisation(name="Zuyd Hogeschool")
        petra = factories.a_person(
            Role.FACILITATOR, name="Petra", group=Group.PARTNER, organisation_id=zuyd.id, is_delegate=True
        )
        colleague = factories.a_person(group=Group.PARTNER, organisation_id=zuyd.id)
        db.session.commit()
        sign_in(client, petra)
        other = sign_in(app.test_client(), colleague)
    page = visit(client, "/mijn")
    assert page.h1 == "Petra"
    for words in ("Partner in de stad", "Begeleider", "Je stemt namens Zuyd Hogeschool."):
        assert words in page.text
    assert "De afgevaardigde van Zuyd Hogeschool stemt" in visit(other, "/mijn").text


def test_details_can_be_changed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person(name="Inge", email="inge@voorbeeld.example")
        db.session.commit()
        number = inge.id
        sign_in(client, inge)
    page = visit(client, "/mijn")
    answer = page.submit(PROFILE, name="  Inge \n de Wit", language="en")
    assert answer.headers["Location"] == "/mijn"
    page = visit(client, "/mijn")
    assert page.h1 == "Inge de Wit"
    assert "Je gegevens zijn bewaard." in page.text
    with app.app_context():
        found = db.session.get_one(Person, number)
        assert (found.name, found.language) == ("Inge de Wit", "en")
        assert (found.email, found.group) == ("inge@voorbeeld.example", Group.RESIDENT)


def test_the_digits_of_a_postcode_tell_the_neighbourhood(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person(name="Inge", neighbourhood="Heer")
        db.session.add(
            Area(slug="wyck", name="Wyck", latitude=50.85, longitude=5.7, postcodes="6221 6222", position=1)
        )
        db.session.commit()
        number = inge.id
        sign_in(client, inge)
    page = visit(client, "/mijn")
    assert "of elk deel van de stad meedoet" in page.text

    def kept() -> tuple[str, str]:
        with app.app_context():
            found = db.session.get_one(Person, number)
            return found.postcode, found.neighbourhood

    # Who says nothing keeps the neighbourhood that was known already.
    for typed, expected in {
        "": ("", "Heer"),
        " 6221 ab ": ("6221", "Wyck"),
        "6222": ("6222", "Wyck"),
        "1012": ("1012", ""),
        "6221XX": ("6221", "Wyck"),
    }.items():
        assert visit(client, "/mijn").submit(PROFILE, postcode=typed).status_code == 303, typed
        assert kept() == expected
    assert "We tellen je mee in Wyck." in visit(client, "/mijn").text
    for wrong in ("0999", "622", "62210", "Wyck", "6221-X", "６２２１", "<6221>"):
        page = look_at(client, visit(client, "/mijn").submit(PROFILE, postcode=wrong), "/mijn")
        assert page.status == 400, wrong
        assert "Vul vier cijfers in" in page.one("#postcode-error").get_text()
        assert kept() == ("6221", "Wyck")
    assert visit(client, "/mijn/naam").submit("main form.form", name="Inge", postcode="").status_code == 303
    assert kept() == ("", "")
    assert "Wyck" not in visit(app.test_client(), "/").text


def test_a_bad_name_is_refused_and_nothing_changes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person(name="Inge")
        db.session.commit()
        sign_in(client, inge)
    for name, words in {
        "": "Vul een naam in van minstens 2 tekens.",
        "x": "Vul een naam in van minstens 2 tekens.",
        "x" * 81: "hoogstens 80 tekens; dit zijn er 81",
        "--": "minstens twee letters of cijfers",
        "inge@voorbeeld.example": "geen e-mailadres of webadres",
        "http://voorbeeld.example": "geen e-mailadres of webadres",
    }.items():
        page = look_at(client, visit(client, "/mijn").submit(PROFILE, name=name), "/mijn")
        assert page.status == 400
        assert words in page.text
        assert page.links("[data-error-summary] a")[0] == "#name"
    assert visit(client, "/mijn").h1 == "Inge"


def test_an_unknown_language_is_refused(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person()
        db.session.commit()
        sign_in(client, inge)
    assert visit(client, "/mijn").submit(PROFILE, language="fr").status_code == 400


def test_an_empty_page_says_what_to_do(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person()
        db.session.commit()
        sign_in(client, inge)
    page = visit(client, "/mijn")
    assert "Je hebt nog geen idee geplaatst" in page.text
    assert visit(client, "/en/mijn").soup.h1


def test_the_page_is_kept_by_nobody_else(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person()
        db.session.commit()
        sign_in(client, inge)
    assert visit(client, "/mijn").response.headers["Cache-Control"] == "private, no-store"
