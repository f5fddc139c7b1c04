"""An evening that is going on: Groen and Maas on the agenda, Fietsen not, a facilitator at the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.models import AuditEntry, Outcome, OutcomeRevision, Process, Workshop
from app.models.person import Role
from app.models.process import Activity, ProcessState
from tests.support import Page, post, sign_in
from tests.support.room import Room, a_room


@dataclass
class Evening:
    """A workshop that began an hour ago, with what tests do to it."""

    room: Room
    facilitator: int

    @property
    def app(self) -> Flask:
        return self.room.app

    @property
    def path(self) -> str:
        return f"{self.room.path}/opbrengsten"

    def of(self, theme: str, more: str = "") -> str:
        """The address of a theme."""
        return f"{self.path}/{self.room.themes[theme]}{more}"

    def began(self, ago: timedelta | None) -> None:
        """Let it have begun so long ago; None leaves it without a date."""
        with self.app.app_context():
            moment = None if ago is None else datetime.now(UTC) - ago
            activity = select(Workshop.activity_id).where(Workshop.id == self.room.workshop).scalar_subquery()
            db.session.execute(update(Activity).where(Activity.id == activity).values(starts_at=moment))
            db.session.commit()

    def close(self) -> None:
        """The organiser closes the process."""
        with self.app.app_context():
            db.session.execute(
                update(Process).where(Process.id == self.room.process).values(state=ProcessState.CLOSED)
            )
            db.session.commit()

    def write(self, client: FlaskClient, theme: str = "Groen", status: int = 303, **words: Any) -> Any:
        """Send the form of a theme."""
        data = {"conclusion": "Meer bomen.", "number": "0", **words}
        return post(client, self.of(theme), status, **data)

    def finish(self, client: FlaskClient, status: int = 303) -> Any:
        return post(client, f"{self.path}/afronden", status)

    def outcome(self, theme: str = "Groen") -> dict[str, Any] | None:
        """What stands in the database."""
        with self.app.app_context():
            row = db.session.scalar(select(Outcome).where(Outcome.theme_id == self.room.themes[theme]))
            if row is None:
                return None
            return {
                "conclusion": row.conclusion,
                "elements": row.elements,
                "questions": row.questions,
                "taken_by": row.taken_by,
                "number": row.number,
            }

    def revisions(self) -> list[tuple[int, str, str]]:
        """Number, conclusion and reason of every text."""
        with self.app.app_context():
            rows = db.session.scalars(select(OutcomeRevision).order_by(OutcomeRevision.number))
            return [(row.number, row.conclusion, row.why) for row in rows]

    def lines(self) -> list[str]:
        """What the audit log says was done."""
        with self.app.app_context():
            return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))

    def later(self, ago: timedelta) -> None:
        """Let the texts so far have been written earlier."""
        with self.app.app_context():
            for row in db.session.scalars(select(OutcomeRevision)):
                row.written_at -= ago
            db.session.commit()


def one(page: Page, selector: str) -> Tag:
    """The one thing on a page that tests look at."""
    found = page.soup.select_one(selector)
    assert found is not None, f"no {selector} on {page.path}"
    return found


def value(page: Page, selector: str) -> str:
    """What stands in a field."""
    return str(one(page, selector)["value"])


@pytest.fixture
def evening(app: Flask) -> Evening:
    room = a_room(app)
    found = Evening(room, room.person(Role.FACILITATOR))
    found.began(timedelta(hours=1))
    return found


@pytest.fixture
def desk(evening: Evening, client: FlaskClient) -> FlaskClient:
    """The facilitator, signed in."""
    return sign_in(client, evening.facilitator)


@pytest.fixture
def stranger(evening: Evening) -> FlaskClient:
    """Somebody who did not sign in."""
    return evening.app.test_client()


@pytest.fixture
def another(evening: Evening) -> Callable[[], FlaskClient]:
    """Another facilitator at another desk."""

    def make() -> FlaskClient:
        return sign_in(evening.app.test_client(), evening.room.person(Role.FACILITATOR))

    return make
