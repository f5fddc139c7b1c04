"""The screen as something to follow: another version after everything that it shows, and not a word while counts are
hidden."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.features.projector import board, channel
from app.kit import live
from app.models.outcome import Outcome
from app.models.room import Attendee
from app.models.screen import Scene, Screen
from app.models.workshop import Workshop
from app.records import attendees
from tests.support.evenings import text
from tests.support.page import visit
from tests.support.room import Room, a_room
from tests.support.statements import statements
from tests.support.streams import until, watching


@pytest.fixture
def room(app: Flask) -> Room:
    """Groen and Maas on the agenda, Fietsen not."""
    return a_room(app)


def version(app: Flask, workshop: int) -> str:
    with app.app_context():
        found = channel.version(workshop)
        db.session.rollback()
    return found


def desk(room: Room) -> None:
    with room.app.app_context():
        screen = db.session.get(Screen, room.workshop) or Screen(workshop_id=room.workshop, number=0)
        screen.number, screen.scene, screen.changed_at = screen.number + 1, Scene.THEMES, datetime.now(UTC)
        db.session.add(screen)
        db.session.commit()


def longer(room: Room) -> None:
    with room.app.app_context():
        db.session.execute(update(Workshop).where(Workshop.id == room.workshop).values(minutes=120))
        db.session.commit()


def arrives(room: Room) -> None:
    with room.app.app_context():
        number = len(db.session.scalars(select(Attendee.id)).all())
        db.session.add(
            Attendee(
                workshop_id=room.workshop,
                token_hash=attendees.token_hash(f"phone {number}"),
                group=Group.RESIDENT,
                arrived_at=datetime.now(UTC),
            )
        )
        db.session.commit()


def writes(room: Room) -> None:
    with room.app.app_context():
        found = db.session.scalars(select(Outcome)).first()
        if found is None:
            found = Outcome(
                workshop_id=room.workshop, conclusion="Bomen.", number=0, recorded_at=datetime.now(UTC)
            )
            db.session.add(found)
        found.number += 1
        db.session.commit()


CHANGES: dict[str, Callable[[Room], object]] = {
    "somebody who arrives": arrives,
    "an outcome": writes,
    "a vote": lambda room: room.vote("Maas", group=Group.COUNCIL),
    "a result that was computed": lambda room: room.refresh(),
    "the desk": desk,
    "the minutes": longer,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_version_differs_after(app: Flask, room: Room, name: str) -> None:
    if name == "a result that was computed":
        room.vote("Maas")
    before = version(app, room.workshop)
    assert before == version(app, room.workshop)
    CHANGES[name](room)
    after = version(app, room.workshop)
    assert after != before
    CHANGES[name](room)
    if name in ("a vote", "the desk", "somebody who arrives", "an outcome"):
        assert version(app, room.workshop) not in (before, after)


def test_the_version_of_nothing_is_nothing(app: Flask, room: Room) -> None:
    assert version(app, room.workshop + 1) == ""


def test_a_version_costs_two_statements(app: Flask, room: Room) -> None:
    with app.app_context(), statements() as seen:
        channel.version(room.workshop)
        db.session.rollback()
    assert len(seen) == 2


def test_a_stream_brings_the_bytes_that_the_screen_asks_for(app: Flask, room: Room, hub: live.Hub) -> None:
    desk(room)
    follower = watching(hub, "scherm", room.workshop)
    follower.shows(lambda seen: True)
    asked = app.test_client().get(f"{room.path}/scherm/stand")
    assert follower.frames[0].data == asked.text
    assert f'"{follower.frames[0].id}"' == asked.headers["ETag"]
    english = watching(hub, "scherm", room.workshop, "en")
    assert english.shows(lambda seen: "votes by" in seen["picture"])


def test_a_vote_comes_through(room: Room, hub: live.Hub) -> None:
    desk(room)
    follower = watching(hub, "scherm", room.workshop)
    before = text(follower.shows(lambda seen: True)["picture"])
    room.vote("Maas", group=Group.COUNCIL)
    after = text(follower.shows(lambda seen: text(seen["picture"]) != before)["picture"])
    assert "60 stemmen" in before
    assert "63 stemmen" not in before
    assert "63 stemmen" in after
    assert "60 stemmen" not in after


def test_while_counts_are_hidden_nothing_is_told_not_even_that_somebody_voted(
    room: Room, hub: live.Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    plain = board.of_workshop

    def counted(*given: object) -> object:
        built.append(1)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(board, "of_workshop", counted)
    room.hide_counts()
    desk(room)
    follower = watching(hub, "scherm", room.workshop)
    told = text(follower.shows(lambda seen: seen["hidden"])["picture"])
    assert not any(word in told for word in ("Groen", "Maas", "Fietsen", "%", "stemmen van"))
    for _ in range(3):
        before = len(built)
        room.vote("Maas", group=Group.COUNCIL)
        hub.wake()
        assert until(lambda before=before: len(built) > before)  # type: ignore[misc]
    time.sleep(0.3)
    # The votes were noticed here, and nobody else noticed anything.
    assert len(follower.events) == 1


def test_the_page_and_its_stream_begin_alike(app: Flask, room: Room, hub: live.Hub) -> None:
    desk(room)
    follower = watching(hub, "scherm", room.workshop)
    shown = follower.shows(lambda seen: seen["scene"] == "themes")
    page = visit(app.test_client(), f"{room.path}/scherm")
    assert text(shown["picture"]) == text(str(page.one("[data-picture]")))
