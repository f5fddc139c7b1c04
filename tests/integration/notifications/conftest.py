"""People who follow things, and what they find in their inbox."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from app.db import db
from app.features.notifications import fan_out
from app.models import Notice
from app.models.following import NoticeKind
from app.models.person import Role
from app.records import follows, notices
from tests import factories
from tests.support import sign_in


class Town:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            process = factories.a_process(title="Slimme stad")
            call = factories.a_call(process, title="Waar kiezen we voor?")
            theme = factories.a_theme(process, title="Energie")
            author = factories.a_person(name="Inge")
            idea = factories.an_idea(call, author, themes=[theme], title="Een bank bij elke bushalte")
            self.process, self.slug, self.call, self.theme = process.id, process.slug, call.id, theme.id
            self.author, self.idea = author.id, idea.id
            self.organiser = factories.a_person(Role.ORGANISER).id
            self.moderator = factories.a_person(Role.MODERATOR).id
            db.session.commit()

    def person(self, **values: Any) -> int:
        """Somebody."""
        with self.app.app_context():
            person = factories.a_person(**values)
            db.session.commit()
            return person.id

    def follower(self, subject: follows.Subject, number: int, **values: Any) -> int:
        """Somebody who follows something since long."""
        person = self.person(**values)
        with self.app.app_context():
            follows.begin(person, subject, number, datetime(2020, 1, 1, tzinfo=UTC))
            db.session.commit()
        return person

    def client(self, person: int) -> FlaskClient:
        """The browser of somebody."""
        return sign_in(self.app.test_client(), person)

    def do(self, what: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Call a verb of a room on things given by number, in a context of its own."""
        with self.app.app_context():
            found = [db.session.get_one(*arg) if isinstance(arg, tuple) else arg for arg in args]
            return what(*found, **values)

    def tell(self, person: int, key: str = "test:1", at: datetime | None = None, **values: Any) -> None:
        """Put a message into somebody's inbox."""
        given = {"kind": NoticeKind.STATUS, "title": "Nieuws", "text": "Er is iets gebeurd.", **values}
        with self.app.app_context():
            when = at or datetime.now(UTC)
            notices.tell(
                [person], given["kind"], key, given["title"], given["text"], f"/ideeen/{self.idea}", when
            )
            db.session.commit()

    def spread(self, **values: Any) -> int:
        """Let the job tell what waits; how many batches it took."""
        with self.app.app_context():
            return fan_out.tell_all(datetime.now(UTC), **values)

    def inbox(self, person: int) -> Sequence[Notice]:
        """What somebody was told, oldest first."""
        with self.app.app_context():
            return db.session.scalars(
                select(Notice).where(Notice.person_id == person).order_by(Notice.id)
            ).all()

    def titles(self, person: int) -> list[str]:
        """The same as titles."""
        return [notice.title for notice in self.inbox(person)]

    def all(self, table: Any) -> Sequence[Any]:
        """Every row of a table."""
        with self.app.app_context():
            return db.session.scalars(select(table).order_by(*inspect(table).primary_key)).all()

    def get(self, table: Any, number: int) -> Any:
        """One row."""
        with self.app.app_context():
            return db.session.get_one(table, number)


@pytest.fixture
def town(app: Flask) -> Town:
    return Town(app)
