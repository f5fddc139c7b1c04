"""Something at every station between a workshop and execution, and two organisers."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import PublicStatus
from app.models import Idea, Person
from app.models.person import Role
from tests import factories
from tests.support import sign_in
from tests.support.chamber import Chamber, a_chamber

Found = TypeVar("Found")


class Hall:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            call = factories.a_call(title="Waar moet de stad slim in zijn?")
            author = factories.a_person(name="Inge", email="inge@voorbeeld.example")
            self.author = author.id
            self.organiser = factories.a_person(Role.ORGANISER, name="Olaf").id
            self.second = factories.a_person(Role.ORGANISER, name="Odile").id
            self.made: Chamber = a_chamber(call, author)
            db.session.commit()

    def do(self, work: Callable[[], Found]) -> Found:
        """Run something in a context of its own, and commit."""
        with self.app.app_context():
            found = work()
            db.session.commit()
            return found

    def as_organiser(self, work: Callable[[Person], Found], *, second: bool = False) -> Found:
        """Let an organiser do something."""
        with self.app.app_context():
            return work(db.session.get_one(Person, self.second if second else self.organiser))

    def drop(self, status: PublicStatus) -> None:
        """Take the idea with this status out of the chamber."""
        number = self.made.ideas.pop(status)
        self.do(lambda: db.session.delete(db.session.get_one(Idea, number)))

    def all(self, table: type[Any]) -> list[Any]:
        """All rows of a table."""
        with self.app.app_context():
            rows = list(db.session.scalars(select(table).order_by(table.id)))
            db.session.expunge_all()
            return rows

    def get(self, table: type[Any], number: int) -> Any:
        """A row as it stands now."""
        with self.app.app_context():
            found = db.session.get_one(table, number)
            db.session.expunge_all()
            return found


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A process on its way."""
    return Hall(app)


@pytest.fixture
def desk(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The first organiser, signed in."""
    return sign_in(client, hall.organiser)
