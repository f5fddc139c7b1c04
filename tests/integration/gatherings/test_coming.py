"""Coming to an activity: first come first served, who waits moves up, and the note is for the organisers alone."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.features.gatherings import service
from app.models import Activity, MailMessage, Notice, Registration
from app.models.gathering import RegistrationState
from app.models.person import Role
from app.records import erasure, registrations
from tests import factories
from tests.support import post, sign_in, visit

TOMORROW = datetime.now(UTC) + timedelta(days=1)
FORM = "form[action$='/aanmelden']"


def an_evening(app: Flask, **values: object) -> int:
    with app.app_context():
        process = factories.a_process(slug="visie")
        base = {"title": "Werkatelier", "starts_at": TOMORROW, "ends_at": TOMORROW + timedelta(hours=2)}
        activity = factories.an_activity(process, **{**base, "place": "Stadhuis", **values})
        db.session.commit()
        return activity.id


def people(app: Flask, number: int) -> list[int]:
    with app.app_context():
        made = [factories.a_person().id for _ in range(number)]
        db.session.commit()
        return made


def states(app: Flask) -> dict[int, RegistrationState]:
    with app.app_context():
        return {
            row.person_id: row.state
            for row in db.session.scalars(select(Registration).order_by(Registration.person_id))
        }


def test_from_asking_to_moving_up(app: Flask, client: FlaskClient) -> None:
    evening, (first, second) = an_evening(app, capacity=1), people(app, 2)
    page = visit(app.test_client(), f"/activiteiten/{evening}")
    assert "Nog 1 plek van de 1." in page.text
    assert client.get(f"/activiteiten/{evening}/aanmelden").status_code == 303, (
        "who is not signed in does so first"
    )

    sign_in(client, first)
    sent = visit(client, f"/activiteiten/{evening}/aanmelden").submit(FORM, note="Ik kom met een rolstoel.")
    assert sent.location == f"/activiteiten/{evening}#come"
    page = visit(client, f"/activiteiten/{evening}", max_queries=8)
    assert "Je staat op de lijst." in page.text
    assert "rolstoel" not in visit(app.test_client(), f"/activiteiten/{evening}").text

    other = sign_in(app.test_client(), second)
    visit(other, f"/activiteiten/{evening}/aanmelden").submit(FORM)
    page = visit(other, f"/activiteiten/{evening}")
    assert "Je wacht op een plek. 0 mensen wachten al langer." in page.text
    assert "Alle 1 plekken zijn bezet." in page.text
    assert states(app) == {first: "coming", second: "waiting"}

    post(client, f"/activiteiten/{evening}/afmelden")
    assert states(app) == {first: "cancelled", second: "coming"}
    with app.app_context():
        told = db.session.execute(select(Notice.person_id, Notice.title, Notice.path)).all()
        assert [tuple(row) for row in told] == [
            (second, "Er is plek voor je: Werkatelier", f"/activiteiten/{evening}")
        ]
        kinds = db.session.scalars(select(MailMessage.kind)).all()
        assert kinds == ["registration", "registration"]
        assert db.session.scalar(select(Registration.note).where(Registration.person_id == first)) == ""
    post(client, f"/activiteiten/{evening}/afmelden")
    assert states(app) == {first: "cancelled", second: "coming"}, "pressing again changes nothing"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"capacity": None}, "Voor deze activiteit hoef je je niet aan te melden: kom gewoon."),
        ({"capacity": 9, "starts_at": TOMORROW - timedelta(days=2)}, "Deze activiteit is begonnen."),
        ({"capacity": 9, "registration_ends_at": TOMORROW - timedelta(days=2)}, "De aanmelding is gesloten."),
    ],
    ids=["no list", "begun", "closed"],
)
@pytest.mark.one_database
def test_a_no_comes_with_its_sentence(
    app: Flask, client: FlaskClient, values: dict[str, object], sentence: str
) -> None:
    evening, (person,) = an_evening(app, **values), people(app, 1)
    sign_in(client, person)
    page = visit(client, f"/activiteiten/{evening}/aanmelden")
    assert sentence in page.text
    assert not page.all(FORM)
    assert sentence in post(client, f"/activiteiten/{evening}/aanmelden", 403).text
    assert states(app) == {}


def test_of_twenty_who_ask_for_five_places_at_once_five_come(app: Flask) -> None:
    evening, everybody = an_evening(app, capacity=5), people(app, 20)
    gate, outcomes = threading.Barrier(len(everybody)), {}

    def ask(person: int) -> None:
        with app.app_context():
            gate.wait()
            outcomes[person] = registrations.register(evening, person, "", datetime.now(UTC))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=ask, args=(person,)) for person in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes.values()) == ["coming"] * 5 + ["waiting"] * 15
    assert states(app) == outcomes


def test_more_places_and_a_deleted_account_let_the_longest_waiting_move_up(app: Flask) -> None:
    evening, everybody = an_evening(app, capacity=1), people(app, 4)
    with app.app_context():
        organiser = factories.a_person(Role.ORGANISER)
        for turn, person in enumerate(everybody):
            registrations.register(evening, person, "", datetime.now(UTC) + timedelta(seconds=turn))
        db.session.commit()
        activity = db.session.get_one(Activity, evening)
        plan = service.Plan(activity.starts_at, activity.ends_at, "", "Stadhuis", 2, None)
        service.arrange(organiser, evening, plan, service.mark(activity), datetime.now(UTC))
    assert list(states(app).values()) == ["coming", "coming", "waiting", "waiting"]
    with app.app_context():
        erasure.erase(everybody[0], datetime.now(UTC))
        db.session.commit()
    assert states(app) == {everybody[1]: "coming", everybody[2]: "coming", everybody[3]: "waiting"}
