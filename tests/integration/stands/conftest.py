"""A workshop whose standing was sealed, and what the tests of this room do with it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.models import AuditEntry
from app.models.seal import SealReason, Snapshot
from app.records import seals
from tests.support.room import Room, a_room


@dataclass
class Sealer:
    """The room, with standings sealed by hand."""

    room: Room

    def seal(self, *, workshop: bool = True, reason: SealReason = SealReason.WORKSHOP) -> int:
        """Seal the standing of the room now; its number (id)."""
        with self.room.app.app_context():
            number = self.room.workshop if workshop else None
            return seals.seal(self.room.call, reason, datetime.now(UTC), workshop_id=number).id

    def snapshot(self, number: int) -> Snapshot:
        """A sealed standing with its documents."""
        with self.room.app.app_context():
            found = db.session.get_one(Snapshot, number)
            db.session.expunge(found)
            return found

    def lines(self, action: str) -> list[dict[str, Any]]:
        """What the audit log says about an action, oldest first."""
        with self.room.app.app_context():
            rows = db.session.scalars(
                select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
            )
            return [
                {"actor": row.actor_id, "subject": row.subject_id, "why": row.why, "after": row.after}
                for row in rows
            ]


@pytest.fixture
def room(app: Flask) -> Room:
    """Groen and Maas on the agenda, Fietsen not."""
    return a_room(app)


@pytest.fixture
def sealer(room: Room) -> Sealer:
    """The same, to be sealed."""
    return Sealer(room)
