"""Friction that rises with attack: the level, what is asked of whom at each, and what is never asked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from app.db import db
from app.domain import pressure as rules
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.domain.pressure import Flow, level_of
from app.kit import proof
from app.models import AuditEntry, ContactMessage, Idea, MailMessage, Person, Pressure, SignInCode, Vote
from app.models.person import Role
from app.policies import friction as policy
from app.policies.friction import CONTACT, POST, REPORT, SIGN_IN, level_asked
from app.records import pressure
from tests import factories
from tests.support import csrf_token, sign_in, visit
from tests.support.proofs import solved

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=30)
MESSAGE = "Mag ik vragen wanneer het werkatelier precies is?"


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ZEROS", {1: 4, 2: 4, 3: 4})


def put(app: Flask, level: int, minutes: int = 30) -> None:
    with app.app_context():
        now = datetime.now(UTC)
        db.session.add(
            Pressure(level=level, started_at=now, until=now + timedelta(minutes=minutes), figures={})
        )
        db.session.commit()


def ask(client: FlaskClient, email: str, **fields: str) -> tuple[int, str]:
    client.get("/inloggen")
    answer = client.post("/inloggen", data={"csrf_token": csrf_token(client), "email": email, **fields})
    return answer.status_code, answer.text


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    """Send a form, whatever the answer is."""
    return client.post(path, data={"csrf_token": csrf_token(client), **data})


def mails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(MailMessage.recipient).order_by(MailMessage.id)))


@pytest.mark.parametrize(
    ("sign_ins", "submissions", "level"),
    [
        (0, 0, 0),
        (59, 19, 0),
        (60, 0, 1),
        (0, 20, 1),
        (180, 0, 2),
        (0, 60, 2),
        (600, 0, 3),
        (0, 200, 3),
        (40, 40, 1),
    ],
)
def test_a_full_room_is_calm_and_a_flood_is_not(sign_ins: int, submissions: int, level: int) -> None:
    assert level_of([Flow("sign_ins", sign_ins, []), Flow("submissions", submissions, [0] * 14)]) == level


def test_what_is_usual_here_counts_and_one_old_attack_does_not() -> None:
    busy = [9000] * 14
    assert Flow("sign_ins", 399, busy).level == 0
    assert Flow("sign_ins", 400, busy).level == 1
    assert Flow("submissions", 60, [0] * 12 + [10_000] * 2).level == 2


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_who_is_asked_what(level: int) -> None:
    young = Person(group=Group.RESIDENT, created_at=NOW - timedelta(hours=47))
    known = Person(group=Group.RESIDENT, created_at=NOW - timedelta(hours=48))
    council = Person(group=Group.COUNCIL, created_at=NOW)
    staff = factories.Person(group=Group.RESIDENT, created_at=NOW)
    staff.role_rows = [factories.PersonRole(role=Role.MODERATOR)]
    for purpose in (SIGN_IN, POST, REPORT, CONTACT):
        for somebody in (known, council, staff):
            assert level_asked(purpose, somebody, level, NOW) == 0
    assert level_asked(SIGN_IN, None, level, NOW) == level
    assert level_asked(CONTACT, None, level, NOW) == level
    assert level_asked(REPORT, None, level, NOW) == max(1, level)
    assert level_asked(POST, young, level, NOW) == (level if level >= 2 else 0)


def _codes(number: int, at: datetime) -> list[dict[str, object]]:
    return [
        {
            "email": f"x{one}@onbekend.example",
            "request_hash": f"{one:064d}",
            "code_hash": "",
            "link_hash": f"l{one:063d}",
            "created_at": at,
            "expires_at": at + timedelta(minutes=10),
            "tries_left": 5,
            "next_path": "",
            "language": "nl",
        }
        for one in range(number)
    ]


def test_the_level_rises_at_once_and_falls_a_step_at_a_time(app: Flask) -> None:
    with app.app_context():
        assert pressure.level(NOW) == 0
        db.session.execute(insert(SignInCode), _codes(610, NOW))
        db.session.commit()
        pressure.job(NOW)
        assert pressure.level(NOW) == 3
        pressure.job(NOW + timedelta(seconds=10))
        assert db.session.scalar(select(func.count()).select_from(Pressure)) == 3, (
            "one stretch each, not a row a time"
        )
        later = [(14, 3), (16, 2), (29, 2), (31, 1), (44, 1), (46, 0)]
        assert [(minutes, pressure.level(NOW + timedelta(minutes=minutes))) for minutes, _ in later] == later
        pressure.job(NOW + timedelta(minutes=9))
        assert pressure.level(NOW + timedelta(minutes=23)) == 3, "while it goes on, it stays"


def test_known_addresses_do_not_press(app: Flask) -> None:
    with app.app_context():
        for number in range(70):
            factories.a_person(email=f"x{number}@onbekend.example", created_at=OLD)
        db.session.execute(insert(SignInCode), _codes(70, NOW))
        db.session.commit()
        pressure.job(NOW)
        assert pressure.level(NOW) == 0


def test_asking_for_a_mail_raises_it_without_waiting_for_a_job(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(insert(SignInCode), _codes(59, datetime.now(UTC)))
        db.session.commit()
    assert ask(client, "nog@onbekend.example")[0] == 303
    status, page = ask(app.test_client(), "weer@onbekend.example")
    assert status == 429
    assert "proof_token" in page


def test_calm_asks_nothing_of_anybody(app: Flask, client: FlaskClient) -> None:
    for path in ("/inloggen", "/contact"):
        assert "proof" not in visit(client, path).text
    assert ask(client, "nieuw@voorbeeld.example")[0] == 303


def test_a_stranger_does_the_work_and_gets_the_mail(app: Flask, client: FlaskClient) -> None:
    put(app, 1)
    visit(client, "/inloggen")
    status, again = ask(client, "nieuw@voorbeeld.example")
    assert status == 429
    assert "geen programma" in again
    assert 'value="nieuw@voorbeeld.example"' in again
    assert mails(app) == []
    fields = solved(again)
    assert ask(client, "nieuw@voorbeeld.example", **fields)[0] == 303
    assert mails(app) == ["nieuw@voorbeeld.example"]
    status, again = ask(client, "ander@voorbeeld.example", **fields)
    assert status == 429, "a proof is good once"
    other = solved(client.get("/contact").text)
    assert ask(client, "ander@voorbeeld.example", **other)[0] == 429, "a proof is good for one kind of form"
    assert mails(app) == ["nieuw@voorbeeld.example"]


def test_without_a_proof_the_page_does_not_tell_who_has_an_account(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_person(email="inge@voorbeeld.example", created_at=OLD)
        db.session.commit()
    put(app, 3)

    def told(email: str) -> str:
        status, page = ask(app.test_client(), email)
        assert status == 429
        page = re.sub(r'(name="(?:csrf|proof)_token"[^>]* value=)"[^"]+"', r"\1", page)
        return page.replace(email, "…")

    assert told("inge@voorbeeld.example") == told("nooit@voorbeeld.example")
    assert mails(app) == ["inge@voorbeeld.example"], "who is known comes in by the link all the same"


def test_without_javascript_waiting_is_enough(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, 1)
    page = client.get("/inloggen").text
    assert "<noscript>" in page
    token = solved(page)["proof_token"]
    status, again = ask(client, "nieuw@voorbeeld.example", proof_token=token, proof_answer="")
    assert status == 429
    assert re.search(r"Wacht 1\d seconden", again)
    assert f'value="{token}"' in again, "waiting goes on where it was"
    monkeypatch.setattr(proof, "WAIT", dict.fromkeys((1, 2, 3), timedelta(0)))
    assert ask(client, "nieuw@voorbeeld.example", proof_token=token, proof_answer="")[0] == 303
    assert mails(app) == ["nieuw@voorbeeld.example"]


def test_the_contact_form_asks_strangers_and_keeps_the_text(app: Flask, client: FlaskClient) -> None:
    put(app, 2)
    with app.app_context():
        factories.a_process()
        known = factories.a_person(created_at=OLD).id
        db.session.commit()
    data = {"csrf_token": csrf_token(client), "name": "", "email": "", "body": MESSAGE}
    answer = client.post("/contact", data=data)
    assert answer.status_code == 429
    assert MESSAGE in answer.text
    assert client.post("/contact", data={**data, **solved(answer.text)}).status_code == 303
    assert "proof" not in sign_in(client, known).get("/contact").text
    assert send(client, "/contact", body=MESSAGE).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ContactMessage)) == 2


class City:
    """A call, an idea to talk about, and people who are new and known."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            call = factories.a_call()
            theme = factories.a_theme(call.process)
            idea = factories.an_idea(call, factories.a_person(created_at=OLD))
            self.call, self.theme, self.idea = call.slug, theme.slug, idea.id
            self.young = factories.a_person().id
            self.known = factories.a_person(created_at=OLD).id
            self.staff = factories.a_person(Role.MODERATOR, created_at=OLD).id
            db.session.commit()

    def form(self, number: int = 1) -> dict[str, object]:
        return {
            "call": self.call,
            "title": f"Een bank bij bushalte {number}",
            "summary": "Dan kunnen mensen even zitten.",
            "body": "Wie oud is kan niet zo lang staan, en de bus komt niet altijd op tijd.",
            "themes": [self.theme],
            "action": "send",
        }


@pytest.fixture
def city(app: Flask) -> City:
    return City(app)


def argue(client: FlaskClient, city: City, number: int, **fields: str) -> int:
    body = f"Een goed idee, om deze reden: het helpt {number} mensen in de buurt."
    path = f"/ideeen/{city.idea}/argumenten"
    return send(client, path, side="for", body=body, **fields).status_code


def test_a_new_account_posts_freely_at_level_one_and_works_for_it_at_two(
    app: Flask, client: FlaskClient, city: City
) -> None:
    sign_in(client, city.young)
    put(app, 1)
    assert argue(client, city, 1) == 303
    put(app, 2)
    assert argue(client, city, 2) == 429
    page = client.get(f"/ideeen/{city.idea}/argumenten").text
    assert argue(client, city, 2, **solved(page)) == 303
    answer = send(client, "/ideeen/nieuw", **city.form())
    assert answer.status_code == 429
    assert "Een bank bij bushalte 1" in answer.text
    assert send(client, "/ideeen/nieuw", **city.form(), **solved(answer.text)).status_code == 303
    assert send(client, "/ideeen/nieuw", **{**city.form(2), "action": "draft"}).status_code == 303, (
        "a draft is free"
    )


def test_who_is_known_never_sees_it_and_nobody_does_who_votes(app: Flask, city: City) -> None:
    put(app, 3)
    for person in (city.known, city.staff):
        client = sign_in(app.test_client(), person)
        assert "proof" not in client.get(f"/ideeen/{city.idea}").text
        assert "proof" not in client.get("/ideeen/nieuw").text
        assert argue(client, city, 1) == 303
        assert send(client, "/ideeen/nieuw", **city.form()).status_code == 303
    for person in (city.young, city.known):
        client = sign_in(app.test_client(), person)
        assert send(client, f"/ideeen/{city.idea}/stem", choice="for").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 2


@pytest.mark.parametrize(("who", "most"), [("young", 5), ("known", 5), ("staff", 20)])
def test_five_ideas_an_hour_and_the_text_is_kept(
    app: Flask, client: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch, who: str, most: int
) -> None:
    monkeypatch.setattr("app.features.ideas.service.MOST_NEW", 100)
    sign_in(client, getattr(city, who))
    for number in range(most):
        assert send(client, "/ideeen/nieuw", **city.form(number)).status_code == 303
    answer = send(client, "/ideeen/nieuw", **city.form(99))
    assert answer.status_code == 429
    assert f"{most} ideeën ingestuurd" in answer.text
    assert "Een bank bij bushalte 99" in answer.text
    with app.app_context():
        for idea in db.session.scalars(select(Idea).where(Idea.state == IdeaState.SUBMITTED)):
            assert idea.submitted_at
            idea.submitted_at -= timedelta(hours=1)
        db.session.commit()
    assert send(client, "/ideeen/nieuw", **city.form(99)).status_code == 303


def test_thirty_arguments_an_hour_and_the_text_is_handed_back(
    app: Flask, client: FlaskClient, city: City
) -> None:
    with app.app_context():
        idea, person = db.session.get_one(Idea, city.idea), db.session.get_one(Person, city.known)
        for _ in range(29):
            factories.an_argument(idea, person, created_at=datetime.now(UTC))
        db.session.commit()
    sign_in(client, city.known)
    assert argue(client, city, 1) == 303
    assert argue(client, city, 1) == 303, "the same text again is the same argument"
    body = "Een goed idee, om deze reden: het helpt veel mensen."
    answer = send(client, f"/ideeen/{city.idea}/argumenten", side="for", body=body)
    assert answer.status_code == 429
    assert body in answer.text
    assert "30 keer" in answer.text


def test_an_organiser_sets_the_level_with_a_reason_and_an_end(
    app: Flask, client: FlaskClient, city: City
) -> None:
    with app.app_context():
        organiser = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    put(app, 3)
    sign_in(client, organiser)
    assert "niveau 3" in visit(client, "/beheer/drukte").text
    why = "Vanavond maken veertig mensen in de zaal een account."
    assert send(client, "/beheer/drukte", level="0", hours="4", why="kort").status_code == 400
    assert send(client, "/beheer/drukte", level="0", hours="4", why=why).status_code == 303
    assert why in visit(client, "/beheer/drukte").text
    assert "proof" not in app.test_client().get("/inloggen").text, "by hand goes before what was measured"
    with app.app_context():
        assert pressure.level(datetime.now(UTC) + timedelta(hours=4, minutes=1)) == 0
        assert [pressure.state(datetime.now(UTC)).by_hand] == [True]
    assert send(client, "/beheer/drukte/loslaten").status_code == 303
    assert "proof" in app.test_client().get("/inloggen").text
    assert send(client, "/beheer/drukte/loslaten").status_code == 303, "twice is no fault"
    with app.app_context():
        lines = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [line.action for line in lines] == ["friction.set_level", "friction.end_level"]
        assert (lines[0].before, lines[0].after["level"], lines[0].why) == ({"level": 3}, 0, why)


def test_the_throttle_says_when_and_keeps_the_text(
    app: Flask, client: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(policy.PER_MINUTE, 1, 3)
    put(app, 1)
    with app.app_context():
        call = db.session.get_one(Idea, city.idea).call
        for _ in range(3):
            factories.an_idea(
                call, factories.a_person(), state=IdeaState.SUBMITTED, submitted_at=datetime.now(UTC)
            )
        db.session.commit()
    sign_in(client, city.young)
    answer = send(client, "/ideeen/nieuw", **city.form(7))
    assert answer.status_code == 429
    assert "Probeer het over een paar minuten opnieuw; je tekst is bewaard." in answer.text
    assert "Een bank bij bushalte 7" in answer.text
    assert argue(client, city, 1) == 429
    known = sign_in(app.test_client(), city.known)
    assert send(known, "/ideeen/nieuw", **city.form(8)).status_code == 303
    assert argue(known, city, 1) == 303
    assert max(policy.PER_MINUTE) == rules.HIGHEST


def test_a_level_that_organisers_fixed_goes_before_what_is_measured(
    app: Flask, client: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An evening where everybody makes an account and posts: the organisers fixed level 0, and all of it comes in."""
    for level in policy.PER_MINUTE:
        monkeypatch.setitem(policy.PER_MINUTE, level, 3)
    with app.app_context():
        call = db.session.get_one(Idea, city.idea).call
        for _ in range(rules.FLOORS["submissions"] * rules.STEPS[-1]):
            factories.an_idea(
                call, factories.a_person(), state=IdeaState.SUBMITTED, submitted_at=datetime.now(UTC)
            )
        pressure.set_by_hand(0, "Avond in de bibliotheek", NOW + timedelta(hours=4), NOW)
        db.session.commit()
        assert level_of(pressure.flows(datetime.now(UTC))) == rules.HIGHEST
    sign_in(client, city.young)
    assert argue(client, city, 1) == 303
    assert send(client, "/ideeen/nieuw", **city.form(7)).status_code == 303
    with app.app_context():
        pressure.job(datetime.now(UTC))
    assert argue(client, city, 2) == 303, "what a job wrote down meanwhile makes no difference"
    with app.app_context():
        pressure.end_by_hand(datetime.now(UTC))
        db.session.commit()
    assert argue(client, city, 3) == 429
