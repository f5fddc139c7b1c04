"""A call for the council: others are refused with the sentence, and at the minute of its deadline it is closed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.models import Idea
from app.models.process import Audience, CallKind
from tests import factories
from tests.support import csrf_token, sign_in, visit

DEADLINE = datetime(2031, 2, 6, 23, 0, tzinfo=UTC)
ELEMENT = {
    "title": "Wat mag een camera tellen?",
    "summary": "Zoek uit wat er mag zonder mensen te herkennen.",
    "body": "Andere steden tellen voetgangers met camera's. Zoek uit wat daarvan hier mag, en onder welke eisen.",
    "themes": "groen",
}


@pytest.fixture
def call(app: Flask) -> None:
    with app.app_context():
        call = factories.a_call(
            factories.a_process(starts_at=DEADLINE - timedelta(days=9)),
            slug="onderzoek",
            open_now=False,
            kind=CallKind.RESEARCH,
            audience=Audience.COUNCIL,
        )
        factories.a_phase(call, starts_at=DEADLINE - timedelta(days=9), ends_at=DEADLINE)
        factories.a_theme(call.process, slug="groen")
        db.session.commit()


def send(app: Flask, group: Group, key: str) -> tuple[int, str]:
    with app.app_context():
        person = factories.a_person(group=group).id
        db.session.commit()
    client = sign_in(app.test_client(), person)
    form = {
        **ELEMENT,
        "call": "onderzoek",
        "submission_key": key,
        "csrf_token": csrf_token(client),
        "send": "1",
    }
    answer = client.post("/ideeen/nieuw?oproep=onderzoek", data=form)
    return answer.status_code, answer.text


def ideas(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Idea)) or 0


@pytest.mark.usefixtures("call")
def test_only_the_council_and_only_until_the_minute(app: Flask) -> None:
    with time_machine.travel(DEADLINE - timedelta(seconds=1), tick=False):
        for group in (Group.RESIDENT, Group.PARTNER):
            status, text = send(app, group, group)
            assert status == 403
            assert "Alleen raadsleden kunnen op deze oproep reageren." in text
            assert ELEMENT["body"][:40] in text, "what was typed is handed back"
        assert send(app, Group.COUNCIL, "op-tijd")[0] == 303
    assert ideas(app) == 1
    with time_machine.travel(DEADLINE, tick=False):
        status, text = send(app, Group.COUNCIL, "te-laat")
        assert status == 403
        assert "Deze oproep is gesloten." in text
    assert ideas(app) == 1


@pytest.mark.usefixtures("call")
@pytest.mark.one_database
def test_the_page_counts_down_to_the_minute(app: Flask, client: FlaskClient) -> None:
    with time_machine.travel(DEADLINE - timedelta(hours=5), tick=False):
        with app.app_context():
            slug = db.session.scalar(select(factories.Process.slug))
        page = visit(client, f"/trajecten/{slug}")
        (shown,) = page.all(".countdown")
    assert shown.get_text() == "Nog 5 uur"
    assert shown["data-until"] == DEADLINE.isoformat()
    assert shown["data-pattern"] == "Nog #"
    assert "tot 7 februari 2031, 00:00" in page.text or "tot 7 februari 2031 00:00" in page.text
