"""Organisers say per call whether people tick the themes of its agenda: with a reason, until the voting is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models import AuditEntry, Call, Phase, Process
from app.models.person import Role
from app.models.process import ProcessState
from app.records import agenda_ballots, standings
from tests import factories
from tests.support import post, sign_in, visit

REASON = "De raad vroeg om een eigen keuze."


class Desk:
    """A call that an organiser looks after."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        with app.app_context():
            call = factories.a_call(title="Waar kiezen we voor?")
            self.call, self.slug = call.id, call.slug
            self.theme = factories.a_theme(call.process, title="De Maas").id
            self.workshop = factories.a_workshop(call).id
            self.organiser = factories.a_person(Role.ORGANISER, name="Olaf").id
            db.session.commit()
        sign_in(client, self.organiser)

    @property
    def path(self) -> str:
        return f"/beheer/oproepen/{self.call}"

    def turn(self, seen: str, reason: str = REASON, status: int = 303) -> None:
        data: dict[str, Any] = {"vote-seen": seen, "vote-reason": reason}
        post(self.client, f"{self.path}/agendastem", status, **data)

    def is_open(self) -> bool:
        with self.app.app_context():
            return db.session.scalars(select(Call.agenda_ballot).where(Call.id == self.call)).one()

    def log(self) -> list[tuple[str, dict[str, Any], dict[str, Any], str]]:
        with self.app.app_context():
            rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(row.action, row.before, row.after, row.why) for row in rows]

    def tick(self, people: int) -> None:
        with self.app.app_context():
            for _ in range(people):
                person = factories.a_person()
                agenda_ballots.put(self.call, person.id, [self.theme], datetime.now(UTC))
            db.session.commit()


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    return Desk(app, client)


def test_opening_and_closing_leave_a_line_each(desk: Desk) -> None:
    page = visit(desk.client, desk.path)
    assert "Uit de stemmen op ideeën" in page.text
    answer = page.submit("main form", {"vote-reason": REASON})
    assert answer.headers["Location"] == desk.path
    assert desk.is_open()
    assert "Mensen vinken zelf thema's aan" in visit(desk.client, desk.path).text
    assert visit(desk.client, desk.path).submit("main form", {"vote-reason": REASON}).status_code == 303
    assert not desk.is_open()
    off, on = {"agenda_ballot": False}, {"agenda_ballot": True}
    assert desk.log() == [
        ("voting.open_agenda_vote", off, on, REASON),
        ("voting.close_agenda_vote", on, off, REASON),
    ]
    lines = visit(desk.client, "/beheer/logboek").text
    assert "liet mensen zelf de thema's van een agenda aanvinken" in lines
    assert "Waar kiezen we voor?" in lines


def test_people_can_tick_from_then_on(desk: Desk) -> None:
    there = f"/agendastem?oproep={desk.slug}"
    assert not visit(desk.client, there).all("main form")
    desk.turn("closed")
    assert visit(desk.client, there).all("main form")


def on_the_agenda(desk: Desk) -> list[str]:
    return visit(desk.client, f"/werkateliers/{desk.workshop}").texts(".agenda__title a")


def test_the_agenda_follows_at_once(desk: Desk) -> None:
    desk.turn("closed")
    desk.tick(6)
    desk.turn("open")
    assert (
        visit(desk.client, desk.path).text.count("6 mensen hebben thema's aangevinkt. Dat telt niet mee") == 1
    )
    assert on_the_agenda(desk) == []
    desk.turn("closed")
    assert on_the_agenda(desk) == ["De Maas"]
    with desk.app.app_context():
        numbers = standings.read(desk.call, standings.NUMBERS)
        assert numbers is not None
        assert numbers.data["people"] == 6


@pytest.mark.parametrize("reason", ["", "te kort", "x" * 501])
def test_without_a_reason_nothing_happens(desk: Desk, reason: str) -> None:
    desk.turn("closed", reason, 400)
    assert not desk.is_open()
    assert desk.log() == []


def test_the_second_of_two_is_told_so(desk: Desk) -> None:
    desk.turn("closed")
    desk.turn("closed", status=409)
    assert desk.is_open()
    assert len(desk.log()) == 1


def test_a_form_that_does_not_say_what_was_seen_is_refused(desk: Desk) -> None:
    for seen in ("", "misschien"):
        desk.turn(seen, status=400)
    assert not desk.is_open()


def change_phases(desk: Desk, **values: Any) -> None:
    with desk.app.app_context():
        for phase in db.session.scalars(select(Phase).where(Phase.call_id == desk.call)):
            for name, value in values.items():
                setattr(phase, name, value)
        db.session.commit()


def test_after_the_voting_it_stays_as_it_was(desk: Desk) -> None:
    change_phases(desk, ends_at=datetime.now(UTC) - timedelta(hours=1))
    page = visit(desk.client, desk.path)
    assert "De stemronde is voorbij." in page.text
    assert not page.all("main form")
    desk.turn("closed", status=403)
    assert not desk.is_open()


def test_where_nobody_votes_there_is_nothing_to_open(desk: Desk) -> None:
    change_phases(desk, may_vote=False)
    assert "Bij deze oproep stemt niemand." in visit(desk.client, desk.path).text
    desk.turn("closed", status=403)


def test_before_the_voting_it_can_be_opened(desk: Desk) -> None:
    now = datetime.now(UTC)
    change_phases(desk, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=9))
    desk.turn("closed")
    assert desk.is_open()


def test_a_closed_process_stays_as_it_is(desk: Desk) -> None:
    with desk.app.app_context():
        db.session.get_one(
            Process, db.session.get_one(Call, desk.call).process_id
        ).state = ProcessState.CLOSED
        db.session.commit()
    assert "Dit traject is gesloten." in visit(desk.client, desk.path).text
    desk.turn("closed", status=403)
    assert not desk.is_open()


def test_while_counts_are_hidden_organisers_do_not_see_them_either(desk: Desk) -> None:
    desk.turn("closed")
    desk.tick(7)
    change_phases(desk, hides_counts=True)
    text = visit(desk.client, desk.path).text
    assert "7" not in text
    assert "Je ziet de aantallen als deze stemronde voorbij is." in text


def test_all_calls_stand_in_one_list(desk: Desk) -> None:
    page = visit(desk.client, "/beheer/oproepen")
    assert "Waar kiezen we voor?" in page.text
    assert desk.path in page.links("main a")
    assert "/beheer/oproepen" in visit(desk.client, "/beheer/trajecten").links("main a")


def test_a_call_that_does_not_exist(desk: Desk) -> None:
    assert desk.client.get("/beheer/oproepen/99999").status_code == 404
    post(
        desk.client,
        "/beheer/oproepen/99999/agendastem",
        404,
        **{"vote-seen": "closed", "vote-reason": REASON},
    )
