"""An audit log with lines of two members of staff."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.db import db
from app.domain.audit_chain import Verdict
from app.kit import audit
from app.models import AuditEntry, Idea, Person
from app.models.person import Role
from app.records import audit_log
from tests import factories
from tests.support import sign_in

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Archive:
    """What a test of the log does with it; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.organiser = factories.a_person(Role.ORGANISER, name="Olaf").id
            self.moderator = factories.a_person(Role.MODERATOR, name="Mira").id
            self.idea = factories.an_idea(title="Een bank bij elke bushalte").id
            db.session.commit()

    def write(self, count: int = 1, *, action: str = "moderation.hide", **values: Any) -> list[int]:
        """Lines as staff leave them, a transaction each; their numbers."""
        with self.app.app_context():
            for number in range(count):
                idea = db.session.get_one(Idea, self.idea)
                actor = db.session.get_one(Person, values.get("actor", self.moderator))
                audit.record(
                    actor,
                    action,
                    idea,
                    values.get("at", NOW + timedelta(minutes=number)),
                    before=values.get("before", {"state": "published"}),
                    after=values.get("after", {"state": "hidden", "reason": "insult"}),
                    why=values.get("why", f"Reden nummer {number}."),
                )
                db.session.commit()
            return list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))[-count:]

    def verify(self, noted: str | None = None) -> Verdict:
        """What comes of computing the chain anew."""
        with self.app.app_context():
            return audit_log.verify(noted)

    def sql(self, statement: str, **values: object) -> None:
        """Something that somebody does behind the back of the site."""
        with self.app.app_context():
            db.session.execute(text(statement), values)
            db.session.commit()

    def rows(self) -> Sequence[Any]:
        """The lines as they stand, oldest first."""
        with self.app.app_context():
            return db.session.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).all()

    @property
    def head(self) -> str:
        """The digest of the head."""
        with self.app.app_context():
            return audit_log.head().digest


@pytest.fixture
def archive(app: Flask) -> Archive:
    """An organiser, a moderator and an idea; no lines yet."""
    return Archive(app)


@pytest.fixture
def desk(archive: Archive, client: FlaskClient) -> FlaskClient:
    """The organiser, signed in."""
    return sign_in(client, archive.organiser)
