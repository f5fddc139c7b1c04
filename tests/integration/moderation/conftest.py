"""A moderator with texts to decide on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import signals
from app.models import Argument, AuditEntry, Call, Idea, MailMessage, ModerationDecision, Person
from app.models.person import Role
from tests import factories
from tests.support import sign_in


class Room:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            call = factories.a_call(title="Waar moet de stad slim in zijn?")
            self.call = call.id
            self.moderator = factories.a_person(Role.MODERATOR, name="Mo").id
            self.second = factories.a_person(Role.MODERATOR, name="Mia").id
            self.author = factories.a_person(name="Inge", email="inge@voorbeeld.example").id
            self.reader = factories.a_person(name="Rik", email="rik@voorbeeld.example").id
            db.session.commit()

    def idea(self, state: IdeaState = IdeaState.SUBMITTED, author: int | None = None, **values: Any) -> int:
        """An idea, submitted an hour ago unless told otherwise."""
        with self.app.app_context():
            given = {"submitted_at": hours_ago(1), "title": "Een bank bij elke bushalte", **values}
            call = db.session.get_one(Call, self.call)
            person = db.session.get_one(Person, author or self.author)
            idea = factories.an_idea(call, person, state=state, **given)
            db.session.commit()
            return idea.id

    def argument(self, idea: int, author: int | None = None, **values: Any) -> int:
        """A published argument on an idea."""
        with self.app.app_context():
            person = db.session.get_one(Person, author or self.author)
            argument = factories.an_argument(db.session.get_one(Idea, idea), person, **values)
            db.session.commit()
            return argument.id

    def report(
        self,
        *,
        idea: int | None = None,
        argument: int | None = None,
        by: int | None = None,
        at: datetime | None = None,
        handled: bool = False,
    ) -> int:
        """A report on a text."""
        with self.app.app_context():
            text = db.session.get_one(Idea, idea) if idea else db.session.get_one(Argument, argument)
            report = factories.a_report(
                text,
                db.session.get_one(Person, by or self.reader),
                explanation="Dit is <b>gemeen</b>.",
                created_at=at or hours_ago(1),
                handled_at=hours_ago(0) if handled else None,
            )
            db.session.commit()
            return report.id

    def person(self, *roles: Role, **values: Any) -> int:
        """Somebody."""
        with self.app.app_context():
            person = factories.a_person(*roles, **values)
            db.session.commit()
            return person.id

    def get(self, table: type[Any], number: int) -> Any:
        """A row as it stands now."""
        with self.app.app_context():
            found = db.session.get_one(table, number)
            db.session.expunge_all()
            return found

    def all(self, table: type[Any]) -> list[Any]:
        """All rows of a table, oldest first."""
        with self.app.app_context():
            rows = list(db.session.scalars(select(table).order_by(table.id)))
            db.session.expunge_all()
            return rows

    def all_by(self, table: type[Any]) -> list[Any]:
        """All rows of a table that has no number of its own, in the order of its key."""
        with self.app.app_context():
            rows = list(db.session.scalars(select(table).order_by(*table.__table__.primary_key)))
            db.session.expunge_all()
            return rows

    def written(self) -> tuple[list[Any], list[Any], list[Any]]:
        """The decisions, audit lines and mails so far."""
        return self.all(ModerationDecision), self.all(AuditEntry), self.all(MailMessage)


def hours_ago(hours: float) -> datetime:
    """A moment before now."""
    return datetime.now(UTC) - timedelta(hours=hours)


@pytest.fixture
def room(app: Flask) -> Room:
    """Two moderators, an author, a reader, and a call."""
    return Room(app)


@pytest.fixture
def desk(room: Room, client: FlaskClient) -> FlaskClient:
    """The first moderator, signed in."""
    return sign_in(client, room.moderator)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, object]]]:
    """What was announced after commits, in order."""
    said: list[tuple[str, object]] = []

    def hear(name: str) -> Callable[..., None]:
        def note(sender: object = None, **_: object) -> None:
            said.append((name, sender))

        return note

    changed, mailed = hear("idea_changed"), hear("mail_queued")
    with signals.idea_changed.connected_to(changed), signals.mail_queued.connected_to(mailed):
        yield said
