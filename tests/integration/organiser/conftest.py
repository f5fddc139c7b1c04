"""An organiser with ideas to answer and messages to handle."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models import AuditEntry, Call, ContactMessage, Person
from app.models.person import Role
from tests import factories
from tests.support import sign_in


class Office:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.call = factories.a_call(title="Waar moet de stad slim in zijn?").id
            self.organiser = factories.a_person(Role.ORGANISER, name="Olaf").id
            self.second = factories.a_person(Role.ORGANISER, name="Odile").id
            self.author = factories.a_person(name="Inge", email="inge@voorbeeld.example").id
            db.session.commit()

    def idea(self, author: int | None = None, **values: Any) -> int:
        """A published idea unless told otherwise."""
        with self.app.app_context():
            call = db.session.get_one(Call, self.call)
            person = db.session.get_one(Person, author or self.author)
            idea = factories.an_idea(call, person, **{"title": "Een bank bij elke bushalte", **values})
            db.session.commit()
            return idea.id

    def message(self, *, handled: bool = False, **values: Any) -> int:
        """What a visitor wrote."""
        with self.app.app_context():
            now = datetime.now(UTC)
            given = {
                "name": "Trees",
                "email": "trees@voorbeeld.example",
                "body": "Kan ik ook bellen?",
                **values,
            }
            message = ContactMessage(created_at=now, handled_at=now if handled else None, **given)
            db.session.add(message)
            db.session.commit()
            return message.id

    def person(self, *roles: Role, **values: Any) -> int:
        """Somebody."""
        with self.app.app_context():
            person = factories.a_person(*roles, **values)
            db.session.commit()
            return person.id

    @cached_property
    def everything(self) -> int:
        """Somebody with every task on the site."""
        return self.person(Role.MODERATOR, Role.FACILITATOR, Role.ORGANISER)

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

    def log(self, lines: Sequence[AuditEntry]) -> None:
        """Write lines into the audit log."""
        with self.app.app_context():
            db.session.add_all(lines)
            db.session.commit()


@pytest.fixture
def office(app: Flask) -> Office:
    """Two organisers, an author and a call."""
    return Office(app)


@pytest.fixture
def desk(office: Office, client: FlaskClient) -> FlaskClient:
    """The first organiser, signed in."""
    return sign_in(client, office.organiser)
