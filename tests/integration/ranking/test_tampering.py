"""Every column of a sealed standing changed by hand, and standings taken away: `verify` names what does not fit."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from app.db import db
from app.domain.ranking.canonical import sha256
from app.models.seal import SealReason, Snapshot
from app.models.workshop import Workshop
from app.records import seals
from tests.support.room import Room, a_room

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def verified(app: Flask) -> tuple[int, str]:
    """How `verify --all` ends, and what it says."""
    result = app.test_cli_runner().invoke(args=["ranking", "verify", "--all"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


@pytest.fixture
def room(app: Flask) -> Room:
    """A room with two standings, the second for its workshop."""
    made = a_room(app)
    with app.app_context():
        seals.seal(made.call, SealReason.COUNCIL, datetime.now(UTC))
        seals.seal(made.call, SealReason.WORKSHOP, datetime.now(UTC), workshop_id=made.workshop)
    return made


def change(app: Flask, **columns: Any) -> None:
    """Change the second standing behind everybody's back."""
    with app.app_context():
        db.session.execute(update(Snapshot).where(Snapshot.number == 2).values(columns))
        db.session.commit()


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ({"number": 7}, "number"),
        ({"digest": "0" * 64}, "digest"),
        ({"previous_digest": "0" * 64}, "previous"),
        ({"previous_digest": None}, "previous"),
        ({"reason": SealReason.COUNCIL}, "reason"),
        ({"workshop_id": None}, "workshop"),
        ({"cut_off": LONG_AGO}, "times.cut_off"),
        ({"sealed_at": LONG_AGO}, "times.sealed_at"),
        ({"votes": 1}, "inputs.votes"),
        ({"voters": 1}, "inputs.voters"),
        ({"public": ""}, "digest"),
        ({"public": "{}", "digest": sha256("{}")}, "public"),
        ({"public": "[]", "digest": sha256("[]")}, "public"),
        ({"public": "{", "digest": sha256("{")}, "public"),
        ({"audit": ""}, ""),
        ({"audit": "[]"}, ""),
    ],
)
def test_a_changed_column_is_named(app: Flask, room: Room, columns: dict[str, Any], path: str) -> None:
    assert verified(app)[0] == 0
    change(app, **columns)
    ends, said = verified(app)
    assert ends == 1
    assert f"{path}: it says" in said


@pytest.mark.one_database
def test_a_reason_that_nobody_knows_is_named(app: Flask, room: Room) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE snapshot SET reason = 'zomaar' WHERE number = 2"))
        db.session.commit()
    ends, said = verified(app)
    assert (ends, "zomaar" in said) == (1, True)


def test_a_standing_for_no_workshop_is_not_given_to_one(app: Flask, room: Room) -> None:
    with app.app_context():
        db.session.execute(update(Snapshot).where(Snapshot.number == 1).values(workshop_id=room.workshop))
        db.session.commit()
    ends, said = verified(app)
    assert (ends, "workshop: it says" in said) == (1, True)


def test_a_workshop_that_is_gone_changes_nothing(app: Flask, room: Room) -> None:
    with app.app_context():
        db.session.execute(delete(Workshop).where(Workshop.id == room.workshop))
        db.session.commit()
    assert verified(app)[0] == 0


def gone(which: Callable[[], Any]) -> None:
    db.session.execute(delete(Snapshot).where(which()))
    db.session.commit()


@pytest.mark.parametrize("which", [lambda: Snapshot.number == 2, lambda: Snapshot.number > 0])
def test_the_log_knows_of_standings_that_are_gone(app: Flask, room: Room, which: Callable[[], Any]) -> None:
    with app.app_context():
        gone(which)
        # Whoever takes the last ones away can also put the promised lots back.
        db.session.execute(text("UPDATE process SET tie_seed = 'x'"))
        db.session.commit()
    ends, said = verified(app)
    assert ends == 1
    assert "the audit log: snapshot: it says nothing" in said
