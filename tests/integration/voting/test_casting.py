"""Casting, changing and withdrawing a vote: who may, what is said, what is counted, where one returns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState, PublicStatus
from app.kit import signals
from app.models import Call, Idea, Organisation, Person, Phase, Process, Tally, Vote
from app.models.person import Role
from app.models.process import Audience, ProcessState
from app.records import tallies
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, statements, visit

JSON = {"Accept": "application/json"}
SPRING = datetime(2020, 4, 1, tzinfo=UTC)


def an_idea(app: Flask, **values: Any) -> int:
    with app.app_context():
        number = factories.an_idea(**values).id
        db.session.commit()
    return number


def a_person(app: Flask, *roles: Role, **values: Any) -> int:
    with app.app_context():
        number = factories.a_person(*roles, **values).id
        db.session.commit()
    return number


def change(app: Flask, statement: Any) -> None:
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()


def counts(app: Flask, idea: int, group: Group = Group.RESIDENT) -> tuple[int, int]:
    with app.app_context():
        assert tallies.differences() == []
        row = db.session.execute(
            select(Tally.votes_for, Tally.votes_against).where(Tally.idea_id == idea, Tally.group == group)
        ).one()
        return row[0], row[1]


def vote(client: FlaskClient, idea: int, choice: str, status: int = 200) -> dict[str, Any]:
    """Send a vote as a script does."""
    data = {"csrf_token": csrf_token(client), "choice": choice}
    response = client.post(f"/ideeen/{idea}/stem", data=data, headers=JSON)
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == ("application/json" if status == 200 else "application/problem+json")
    answer: dict[str, Any] = response.get_json()
    return answer


def test_a_vote_is_set_changed_and_withdrawn(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    for choice, after in [
        ("for", (1, 0)),
        ("for", (1, 0)),
        ("against", (0, 1)),
        ("withdraw", (0, 0)),
        ("withdraw", (0, 0)),
        ("against", (0, 1)),
    ]:
        post(client, f"/ideeen/{idea}/stem", choice=choice)
        assert counts(app, idea) == after
    with app.app_context():
        assert db.session.scalars(select(Vote.value)).all() == [-1]


def test_the_page_offers_the_ballot_and_says_what_was_chosen(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    page = visit(client, f"/ideeen/{idea}")
    assert page.texts(".vote[aria-pressed=true]") == []
    answer = page.submit("form[data-ballot]", button="for")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/ideeen/{idea}#ballot-{idea}"
    page = visit(client, f"/ideeen/{idea}")
    assert page.texts(".vote[aria-pressed=true]") == ["Voor 1"]
    assert page.texts("[data-mine]") == ["Je stemde voor."]
    answer = page.submit("form[data-ballot]", button="withdraw")
    assert visit(client, f"/ideeen/{idea}").all(".ballot__mine[hidden]")
    assert counts(app, idea) == (0, 0)


DECIDED = (
    "Over dit idee is besloten: {}. Een stem verandert dat niet, maar telt mee in de ranglijst tot deze"
    " stemronde stopt."
)


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (PublicStatus.ADOPTED, "aangenomen"),
        (PublicStatus.NOT_ADOPTED, "niet aangenomen"),
        (PublicStatus.IN_EXECUTION, "in uitvoering"),
        (PublicStatus.DONE, "uitgevoerd"),
    ],
)
def test_where_it_was_decided_the_phase_still_ends_the_voting_and_the_ballot_says_what_a_vote_does(
    app: Flask, client: FlaskClient, status: PublicStatus, named: str
) -> None:
    idea = an_idea(app, public_status=status)
    sentence = DECIDED.format(named)
    stranger = app.test_client()
    assert sentence in visit(stranger, f"/ideeen/{idea}").one(f"#ballot-{idea}").text
    assert sentence in visit(stranger, "/ideeen").one(f"#ballot-{idea}").text
    asked = visit(stranger, f"/ideeen/{idea}").submit(".ballot__form", button="for")
    told = visit(stranger, asked.headers["Location"]).text
    assert f"mee. {sentence}" in told, "the kept vote promises no more than the ballot"
    sign_in(client, a_person(app))
    assert sentence in visit(client, f"/ideeen/{idea}").one(f"#ballot-{idea}").text
    assert sentence in visit(client, "/ideeen").one(f"#ballot-{idea}").text
    assert sentence in post(client, f"/ideeen/{idea}/stem", 400, choice="perhaps").text
    for choice, after in (("for", (1, 0)), ("against", (0, 1)), ("withdraw", (0, 0)), ("for", (1, 0))):
        vote(client, idea, choice)
        assert counts(app, idea) == after
    change(app, update(Phase).values(starts_at=SPRING, ends_at=SPRING + timedelta(days=1)))
    page = visit(client, f"/ideeen/{idea}")
    assert "Het stemmen op dit idee is gesloten." in page.one(f"#ballot-{idea}").text
    assert sentence not in page.text
    vote(client, idea, "against", 403)
    assert counts(app, idea) == (1, 0)


@pytest.mark.parametrize("status", [status for status in PublicStatus if not status.is_decided])
def test_before_it_is_decided_the_ballot_says_nothing_of_it(
    app: Flask, client: FlaskClient, status: PublicStatus
) -> None:
    idea = an_idea(app, public_status=status)
    for path in ("/ideeen", f"/ideeen/{idea}"):
        assert "is besloten" not in visit(client, path).one(f"#ballot-{idea}").text


def test_in_english_the_way_back_is_english(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    answer = visit(client, f"/en/ideeen/{idea}").submit("form[data-ballot]", button="against")
    assert answer.headers["Location"] == f"/en/ideeen/{idea}#ballot-{idea}"
    assert visit(client, f"/en/ideeen/{idea}").texts("[data-mine]") == ["You voted against."]


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/ideeen?sort=random&thema=2", "/ideeen?sort=random&thema=2#ballot-{idea}"),
        ("/en/ideeen", "/en/ideeen#ballot-{idea}"),
        ("https://evil.example/", "/ideeen/{idea}#ballot-{idea}"),
        ("//evil.example/", "/ideeen/{idea}#ballot-{idea}"),
        ("/\\evil.example/", "/ideeen/{idea}#ballot-{idea}"),
        ("javascript:alert(1)", "/ideeen/{idea}#ballot-{idea}"),
        ("", "/ideeen/{idea}#ballot-{idea}"),
    ],
)
@pytest.mark.one_database
def test_one_returns_to_where_the_button_was_pressed(
    app: Flask, client: FlaskClient, back: str, location: str
) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    answer = post(client, f"/ideeen/{idea}/stem", choice="for", back=back)
    assert answer.headers["Location"] == location.format(idea=idea)


def test_a_script_gets_the_present_state(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        idea = factories.an_idea()
        for _ in range(3):
            factories.a_vote(idea)
        factories.a_vote(idea, factories.a_person(group=Group.COUNCIL), VoteValue.AGAINST)
        number = idea.id
        db.session.commit()
    sign_in(client, a_person(app))
    assert vote(client, number, "for") == {
        "choice": "for",
        "sentence": "Je stemde voor.",
        "counts": {"for": 4, "against": 1},
        "groups": {
            group: {"sentence": "niet getoond", "share": None} for group in ("resident", "council", "partner")
        },
    }
    assert vote(client, number, "withdraw")["sentence"] == "Je stem is ingetrokken."
    assert vote(client, number, "against")["choice"] == "against"


def test_hidden_counts_leak_nowhere(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    with app.app_context():
        for _ in range(41):
            factories.a_vote(db.session.get_one(Idea, idea))
        db.session.commit()
    change(app, update(Phase).values(hides_counts=True))
    answer = visit(client, f"/ideeen/{idea}")
    assert "41" not in answer.one(".ballot").get_text()
    sign_in(client, a_person(app))
    said = vote(client, idea, "for")
    assert said == {"choice": "for", "sentence": "Je stemde voor.", "counts": None, "groups": {}}
    page = visit(client, f"/ideeen/{idea}")
    assert "42" not in page.one(".ballot").get_text()
    assert page.all(".ballot [data-count], .ballot [data-group]") == []
    assert "Je ziet de aantallen als deze stemronde voorbij is." in page.text


def _call_off(app: Flask, **values: Any) -> None:
    change(app, update(Call).values(**values))


REFUSALS: list[tuple[str, dict[str, Any], Callable[[Flask], None], str]] = [
    (
        "partner who is no delegate",
        {"group": Group.PARTNER},
        lambda app: None,
        "Jouw organisatie stemt via haar afgevaardigde.",
    ),
    (
        "resident on a call for the council",
        {},
        lambda app: _call_off(app, audience=Audience.COUNCIL),
        "Alleen raadsleden kunnen op deze oproep reageren.",
    ),
    (
        "council member on a call for partners",
        {"group": Group.COUNCIL},
        lambda app: _call_off(app, audience=Audience.PARTNERS),
        "Alleen partners in de stad kunnen op deze oproep reageren.",
    ),
    (
        "phase over",
        {},
        lambda app: change(
            app, update(Phase).values(starts_at=SPRING, ends_at=datetime.now(UTC) - timedelta(seconds=1))
        ),
        "Het stemmen op dit idee is gesloten.",
    ),
    (
        "phase to come",
        {},
        lambda app: change(app, update(Phase).values(starts_at=datetime.now(UTC) + timedelta(days=1))),
        "Het stemmen op dit idee is nog niet begonnen.",
    ),
    (
        "closed process",
        {},
        lambda app: change(app, update(Process).values(state=ProcessState.CLOSED)),
        "Het stemmen op dit idee is gesloten.",
    ),
    *(
        (
            f"{state} idea",
            {},
            lambda app, state=state: change(app, update(Idea).values(state=state)),
            "Je kunt niet op dit idee stemmen.",
        )
        for state in (IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.HIDDEN, IdeaState.WITHDRAWN)
    ),
]


@pytest.mark.parametrize(
    ("person", "prepare", "sentence"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_no_comes_with_its_sentence(
    app: Flask, client: FlaskClient, person: dict[str, Any], prepare: Callable[[Flask], None], sentence: str
) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app, **person))
    prepare(app)
    said = vote(client, idea, "for", 403)
    assert (said["status"], said["detail"]) == (403, sentence)
    refused = post(client, f"/ideeen/{idea}/stem", 403, choice="for")
    assert sentence in look_at(client, refused).text
    with app.app_context():
        assert db.session.scalars(select(Vote.value)).all() == []
        readable = db.session.get_one(Idea, idea).is_published
    if readable:
        page = visit(client, f"/ideeen/{idea}")
        assert sentence in page.one(".ballot").get_text()
        assert page.all(".ballot button") == []


def test_a_delegate_votes_for_the_organisation(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    with app.app_context():
        organisation = Organisation(slug="zuyd", name="Zuyd")
        db.session.add(organisation)
        db.session.flush()
        delegate = factories.a_person(
            group=Group.PARTNER, organisation_id=organisation.id, is_delegate=True
        ).id
        db.session.commit()
    vote(sign_in(client, delegate), idea, "for")
    assert counts(app, idea, Group.PARTNER) == (1, 0)


@pytest.mark.parametrize("role", Role)
def test_staff_vote_as_their_group(app: Flask, client: FlaskClient, role: Role) -> None:
    idea = an_idea(app)
    vote(sign_in(client, a_person(app, role, group=Group.COUNCIL)), idea, "against")
    assert counts(app, idea, Group.COUNCIL) == (0, 1)
    assert counts(app, idea, Group.RESIDENT) == (0, 0)


def test_signed_out_the_buttons_lead_to_signing_in_and_back(app: Flask, client: FlaskClient) -> None:
    """Without a token, and so without a session: the page is the same for every stranger."""
    idea = an_idea(app)
    page = visit(client, f"/ideeen/{idea}")
    assert page.all(".ballot input") == []
    assert "Set-Cookie" not in page.response.headers
    assert "Log in om te stemmen." in page.one(".ballot").get_text()
    answer = page.submit(".ballot__form", button="against")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/inloggen?next=/ideeen/{idea}")


def test_a_stranger_is_led_to_the_sign_in_page(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    said = vote(client, idea, "for", 401)
    assert said["detail"] == "Log in om te stemmen."
    assert said["sign_in"] == f"/inloggen?next=/ideeen/{idea}"
    answer = client.post(f"/ideeen/{idea}/stem", data={"choice": "for"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/inloggen?next=/ideeen/{idea}")
    change(app, update(Phase).values(may_vote=False))
    assert vote(client, idea, "for", 403)["detail"] == "Het stemmen op dit idee is gesloten."


def test_a_blocked_person_is_a_stranger(app: Flask, client: FlaskClient) -> None:
    idea, person = an_idea(app), a_person(app)
    sign_in(client, person)
    change(app, update(Person).where(Person.id == person).values(blocked_at=SPRING))
    assert vote(client, idea, "for", 401)["detail"] == "Log in om te stemmen."
    assert counts(app, idea) == (0, 0)


@pytest.mark.one_database
def test_an_idea_that_does_not_exist(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app))
    assert set(vote(client, 4711, "for", 404)) == {"detail", "status", "title"}
    page = look_at(client, post(client, "/ideeen/4711/stem", 404, choice="for"))
    assert page.h1
    with app.app_context():
        assert db.session.scalars(select(Vote)).all() == []


@pytest.mark.one_database
def test_voting_is_a_post(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app))
    assert client.get(f"/ideeen/{an_idea(app)}/stem").status_code == 405


@pytest.mark.parametrize("choice", ["", "maybe", "1"])
@pytest.mark.one_database
def test_something_else_than_a_choice_is_refused(app: Flask, client: FlaskClient, choice: str) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    assert vote(client, idea, choice, 400)["detail"] == "Kies voor, tegen of intrekken."
    page = look_at(client, post(client, f"/ideeen/{idea}/stem", 400, choice=choice))
    assert "Kies voor, tegen of intrekken." in page.text
    assert page.submit("form[data-ballot]", button="for").status_code == 303


@pytest.mark.one_database
def test_a_form_of_an_older_session_offers_the_ballot_again(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    stale = {"csrf_token": "of another session", "choice": "for"}
    page = look_at(client, client.post(f"/ideeen/{idea}/stem", data=stale))
    assert page.status == 400
    assert "Je sessie was verlopen" in page.text
    assert counts(app, idea) == (0, 0)
    assert page.submit("form[data-ballot]", button="for").status_code == 303
    assert counts(app, idea) == (1, 0)


def test_nobody_forges_a_vote(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    for data in ({"choice": "for"}, {"choice": "for", "csrf_token": "guess"}):
        assert client.post(f"/ideeen/{idea}/stem", data=data, headers=JSON).status_code == 400
    assert counts(app, idea) == (0, 0)


def test_a_vote_takes_few_statements(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    token = csrf_token(client)
    for headers, most in ((None, 5), (JSON, 6)):
        data = {"choice": "for", "csrf_token": token}
        with statements() as sent:
            client.post(f"/ideeen/{idea}/stem", data=data, headers=headers)
        assert len(sent) <= most, "\n".join(sent)


def test_what_was_announced_had_been_committed(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    sign_in(client, a_person(app))
    heard: list[tuple[int, bool, int]] = []

    def hear(number: int) -> None:
        in_transaction = db.session().in_transaction()
        heard.append((number, in_transaction, len(db.session.scalars(select(Vote.value)).all())))
        db.session.rollback()

    with signals.vote_cast.connected_to(hear):
        vote(client, idea, "for")
        vote(client, idea, "maybe", 400)
    assert heard == [(idea, False, 1)]


def test_a_person_may_press_often_but_not_endlessly(app: Flask, client: FlaskClient) -> None:
    idea = an_idea(app)
    other = sign_in(app.test_client(), a_person(app))
    sign_in(client, a_person(app))
    data = {"choice": "for", "csrf_token": csrf_token(client)}
    answers = [client.post(f"/ideeen/{idea}/stem", data=data, headers=JSON).status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    vote(other, idea, "for")  # counted per person, not per address
