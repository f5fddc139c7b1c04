"""Asking people to come and talk about a theme: one mail each, an answer by a link, a name only where it may be."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.features.privacy import service as privacy
from app.features.workshop import inviting
from app.models import AuditEntry, Person, Workshop
from app.models.person import Role
from app.models.process import Process, ProcessState
from app.models.workshop import AgendaInvitation
from app.records import erasure
from tests import factories
from tests.support import csrf_token, post, sign_in, sign_out, visit
from tests.support.letters import Letter, letters
from tests.support.room import Room

from .conftest import Builder, at_once


@pytest.fixture
def partner(room: Room) -> int:
    """Who speaks for a partner."""
    with room.app.app_context():
        organisation = factories.an_organisation(name="Fietsersbond Zuid")
        person = factories.a_person(
            name="Piet Partner",
            email="piet@fietsers.example",
            group=Group.PARTNER,
            organisation=organisation,
            is_delegate=True,
        )
        db.session.commit()
        return person.id


@pytest.fixture
def proposer(room: Room) -> int:
    """Who proposed all ideas of the room."""
    with room.app.app_context():
        db.session.execute(
            update(Person)
            .where(Person.id == room.author)
            .values(name="Ina Indiener", email="ina@indieners.example")
        )
        db.session.commit()
    return room.author


def ask(builder: Builder, theme: str, *people: int, status: int = 303) -> str:
    path = f"{builder.room.path}/agenda/uitnodigen/{builder.room.themes[theme]}"
    return post(builder.client, path, status, people=[str(person) for person in people]).text


def invitations(app: Flask) -> list[Letter]:
    return [letter for letter in letters(app) if letter.kind == "agenda_invitation"]


def link(letter: Letter) -> str:
    found = re.findall(r"\S+/uitnodiging-agenda/\S+", letter.text)
    assert len(found) == 1, letter.text
    return urlsplit(found[0]).path


def rows(room: Room) -> list[tuple[int, str, str | None, bool]]:
    with room.app.app_context():
        found = db.session.scalars(select(AgendaInvitation).order_by(AgendaInvitation.id))
        return [
            (row.person_id, row.role.value, row.answer.value if row.answer else None, row.shows_name)
            for row in found
        ]


def test_people_are_asked_by_mail_and_their_answer_is_tracked(
    builder: Builder, proposer: int, partner: int, app: Flask
) -> None:
    room = builder.room
    page = builder.page()
    assert "Indieners van de ideeën bovenaan" in page.text
    assert "Piet Partner (Fietsersbond Zuid)" in page.text
    ask(builder, "Groen", proposer, partner)
    assert "2 mensen krijgen een mail." in builder.page().text
    assert rows(room) == [(proposer, "proposer", None, False), (partner, "partner", None, False)]
    mails = {letter.recipient: letter for letter in invitations(app)}
    assert set(mails) == {"ina@indieners.example", "piet@fietsers.example"}
    assert "Groen, idee nummer" in mails["ina@indieners.example"].text
    assert "Fietsersbond Zuid" in mails["piet@fietsers.example"].text
    assert "Nog geen antwoord" in builder.page().text
    stranger = app.test_client()
    page = visit(stranger, link(mails["ina@indieners.example"]))
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert rows(room)[0][2] is None, "opening the link answers nothing"
    page.submit("form.form", {"answer": "yes", "shows_name": "y", "note": "Ik neem tekeningen mee."})
    assert rows(room)[0] == (proposer, "proposer", "yes", True)
    assert "Je naam staat op de agenda die iedereen kan lezen." in visit(stranger, page.path).text
    text = builder.page().text
    assert "Komt" in text
    assert "“Ik neem tekeningen mee.”" in text


def test_only_who_says_yes_and_agrees_is_named(
    builder: Builder, proposer: int, partner: int, app: Flask, client: FlaskClient
) -> None:
    room = builder.room
    ask(builder, "Groen", proposer, partner)
    builder.publish()
    links = {letter.recipient: link(letter) for letter in invitations(app)}
    guest = app.test_client()

    def shown() -> str:
        return visit(guest, room.path).text

    assert "Ina" not in shown()
    visit(guest, links["ina@indieners.example"]).submit("form.form", {"answer": "yes"})
    visit(guest, links["piet@fietsers.example"]).submit("form.form", {"answer": "no", "shows_name": "y"})
    assert "Ina" not in shown()
    assert "Piet" not in shown()
    visit(guest, links["ina@indieners.example"]).submit("form.form", {"answer": "yes", "shows_name": "y"})
    visit(guest, links["piet@fietsers.example"]).submit("form.form", {"answer": "yes", "shows_name": "y"})
    assert "Wie erover komt praten Ina Indiener Piet Partner (Fietsersbond Zuid)" in shown()
    visit(guest, links["ina@indieners.example"]).submit("form.form", {"answer": "no", "shows_name": "y"})
    assert "Ina" not in shown()


def test_nobody_is_asked_twice(builder: Builder, proposer: int, app: Flask) -> None:
    ask(builder, "Groen", proposer)
    ask(builder, "Groen", proposer)
    assert "Zij zijn al gevraagd." in builder.page().text
    ask(builder, "Maas", proposer)
    assert len(invitations(app)) == 2, "once for every theme"


def test_ten_clicks_send_one_mail(app: Flask, room: Room, proposer: int) -> None:
    clients = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(10)]
    path = f"{room.path}/agenda/uitnodigen/{room.themes['Groen']}"

    def sender(client: FlaskClient) -> Callable[[], int]:
        data = {"csrf_token": csrf_token(client), "people": str(proposer)}
        return lambda: client.post(path, data=data).status_code

    assert at_once([sender(client) for client in clients]) == [303] * 10
    assert len(invitations(app)) == 1
    assert len(rows(room)) == 1


def test_only_proposers_and_partners_can_be_asked(builder: Builder, proposer: int, app: Flask) -> None:
    stranger = builder.room.person(email="iemand@elders.example")
    text = ask(builder, "Groen", stranger, status=403)
    assert "Deze mensen kun je niet (meer) vragen over dit thema." in text
    ask(builder, "Fietsen", proposer, status=403)  # not on the draft
    ask(builder, "Groen")
    assert "Kies wie je wilt vragen." in builder.page().text
    many = [str(number) for number in range(1, 40)]
    path = f"{builder.room.path}/agenda/uitnodigen/{builder.room.themes['Groen']}"
    post(builder.client, path, 403, people=many)
    assert invitations(app) == []


def test_there_is_a_limit_to_a_workshop(
    builder: Builder, proposer: int, partner: int, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "MOST", 1)
    ask(builder, "Groen", proposer, partner, status=403)
    ask(builder, "Groen", proposer)
    ask(builder, "Groen", partner, status=403)
    assert len(invitations(app)) == 1


@pytest.mark.parametrize("how", ["blocked", "erased"])
def test_a_blocked_or_erased_person_cannot_be_asked(
    builder: Builder, proposer: int, app: Flask, how: str
) -> None:
    with app.app_context():
        if how == "blocked":
            db.session.get_one(Person, proposer).blocked_at = factories.NOW
        else:
            erasure.erase(proposer, factories.NOW)
        db.session.commit()
    assert "Deze mensen kun je niet (meer) vragen" in ask(builder, "Groen", proposer, status=403)
    assert rows(builder.room) == []
    assert invitations(app) == []
    assert str(proposer) not in [str(box["value"]) for box in builder.page().all("[name=people]")]


def test_erasing_takes_the_invitation_and_the_name_along(builder: Builder, proposer: int, app: Flask) -> None:
    ask(builder, "Groen", proposer)
    builder.publish()
    path = link(invitations(app)[0])
    guest = app.test_client()
    visit(guest, path).submit("form.form", {"answer": "yes", "shows_name": "y"})
    assert "Ina" in visit(guest, builder.room.path).text
    with app.app_context():
        erasure.erase(proposer, factories.NOW)
        db.session.commit()
    assert rows(builder.room) == []
    assert "Ina" not in visit(guest, builder.room.path).text
    visit(guest, path, status=404)


def test_an_invitation_that_is_taken_back_opens_nothing(builder: Builder, proposer: int, app: Flask) -> None:
    ask(builder, "Groen", proposer)
    path = link(invitations(app)[0])
    builder.page().submit('form[action$="/intrekken"]')
    visit(app.test_client(), path, status=404)
    with app.app_context():
        actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["workshop.invite", "workshop.withdraw_invitation"]
    ask(builder, "Groen", proposer)
    assert len(invitations(app)) == 2


def test_another_workshop_takes_nothing_back(builder: Builder, proposer: int) -> None:
    ask(builder, "Groen", proposer)
    with builder.room.app.app_context():
        other = factories.a_workshop(factories.a_call()).id
        number = db.session.scalar(select(AgendaInvitation.id))
        db.session.commit()
    post(builder.client, f"/werkateliers/{other}/agenda/uitnodigingen/{number}/intrekken")
    assert len(rows(builder.room)) == 1


@pytest.mark.parametrize("data", [{}, {"answer": "maybe"}, {"answer": "yes", "note": "x" * 301}])
def test_faults_are_shown_and_nothing_is_kept(
    builder: Builder, proposer: int, app: Flask, data: dict[str, str]
) -> None:
    ask(builder, "Groen", proposer)
    path = link(invitations(app)[0])
    text = post(app.test_client(), path, 400, **data).text
    assert "Controleer je antwoorden" in text
    assert rows(builder.room)[0][2] is None


def test_after_the_evening_nobody_answers_any_more(builder: Builder, proposer: int, app: Flask) -> None:
    ask(builder, "Groen", proposer)
    path = link(invitations(app)[0])
    with app.app_context():
        activity = db.session.get_one(Workshop, builder.room.workshop).activity
        assert isinstance(activity.starts_at, datetime)
        activity.starts_at = factories.NOW - timedelta(days=400)
        db.session.commit()
    page = visit(app.test_client(), path)
    assert "Het werkatelier is geweest, dus je kunt niet meer antwoorden." in page.text
    assert not page.all("form.form")
    post(app.test_client(), path, 403, answer="yes")
    assert rows(builder.room)[0][2] is None


def test_a_closed_process_asks_nobody(builder: Builder, proposer: int, app: Flask) -> None:
    assert builder.page().all("[name=people]")
    with app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    assert "Dit traject is gesloten." in ask(builder, "Groen", proposer, status=403)
    assert rows(builder.room) == []
    assert invitations(app) == []
    assert not builder.page().all("[name=people]")


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00"])
def test_made_up_links_lead_nowhere(room: Room, client: FlaskClient, token: str) -> None:
    assert client.get(f"/uitnodiging-agenda/{token}").status_code == 404
    sign_out(client)


def test_people_find_their_invitations_among_their_data(builder: Builder, proposer: int, app: Flask) -> None:
    ask(builder, "Groen", proposer)
    guest = app.test_client()
    visit(guest, link(invitations(app)[0])).submit(
        "form.form", {"answer": "yes", "note": "Ik kom met de fiets."}
    )
    kept = sign_in(app.test_client(), proposer).get("/mijn/gegevens/bestand.json").json
    assert isinstance(kept, dict)
    (row,) = kept["registrations"]
    assert (row["theme"], row["answer"], row["shows_name"]) == ("Groen", "yes", False)
    assert (row["state"], row["note"]) == (None, "Ik kom met de fiets.")


@pytest.mark.parametrize("number", ["9" * 5000, str(2**31), "²", "-1", ""])
def test_a_number_that_is_nobodys_asks_nobody(builder: Builder, proposer: int, number: str) -> None:
    room = builder.room
    path = f"{room.path}/agenda/uitnodigen/{room.themes['Groen']}"
    post(builder.client, path, 303, people=[number])
    assert rows(room) == []
    post(builder.client, path, 303, people=[number, str(proposer)])
    assert [row[0] for row in rows(room)] == [proposer]


def test_what_somebody_told_with_an_answer_is_gone_a_month_after_the_workshop(
    builder: Builder, proposer: int, app: Flask
) -> None:
    ask(builder, "Groen", proposer)
    (letter,) = invitations(app)
    visit(app.test_client(), link(letter)).submit(
        "form.form", {"answer": "yes", "note": "Ik kom met rolstoel."}
    )

    def told(now: datetime) -> str:
        with app.app_context():
            privacy.sweep(now)
            return db.session.scalars(select(AgendaInvitation.note)).one()

    with app.app_context():
        starts = db.session.get_one(Workshop, builder.room.workshop).activity.starts_at
        assert starts is not None
    assert told(starts + timedelta(days=29)) == "Ik kom met rolstoel."
    assert told(starts + timedelta(days=31)) == ""
