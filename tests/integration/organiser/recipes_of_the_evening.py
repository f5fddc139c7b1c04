"""What the actions of an evening need: a screen with its desk, what the room concluded, and pictures."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from app.db import db
from app.models import Workshop
from app.models.outcome import WorkshopEvening
from app.models.process import Theme
from app.models.screen import Screen
from tests import factories
from tests.support.evenings import an_evening
from tests.support.room import Room, a_room

from .conftest import Office
from .recipes_of_organisers import Recipe

MESSAGE = "De koffie staat klaar."


def at_the_desk(data: dict[str, Any], prefix: str = "", **screen: Any) -> Recipe:
    """A button of the desk, pressed on the screen as it is: untouched, or with these values."""

    def make(office: Office) -> dict[str, Any]:
        workshop = an_evening(office.app).room.workshop
        if screen:
            with office.app.app_context():
                row = Screen(workshop_id=workshop, number=1, changed_at=datetime.now(UTC), **screen)
                db.session.add(row)
                db.session.commit()
        fields = {**data, "number": 1 if screen else 0}
        return {"workshop_id": workshop, "data": {f"{prefix}{name}": value for name, value in fields.items()}}

    return make


def _began(office: Office) -> Room:
    """A workshop that began an hour ago, with ideas on its agenda."""
    room = a_room(office.app)
    with office.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        workshop.activity.starts_at = datetime.now(UTC) - timedelta(hours=1)
        db.session.commit()
    return room


def _first_text(office: Office) -> dict[str, Any]:
    room = _began(office)
    data = {"conclusion": "Er komen meer bomen.", "points": "Groen dichtbij", "number": 0}
    return {"workshop_id": room.workshop, "theme_id": room.themes["Groen"], "data": data}


def _concluded(office: Office) -> tuple[int, int]:
    """An evening on which the room concluded something on Groen; the numbers of the workshop and the theme."""
    room = _began(office)
    with office.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        factories.an_outcome(workshop, db.session.get_one(Theme, room.themes["Groen"]))
        db.session.commit()
    return room.workshop, room.themes["Groen"]


def _remove(office: Office) -> dict[str, Any]:
    workshop, theme = _concluded(office)
    return {"workshop_id": workshop, "theme_id": theme, "data": {"number": 1}}


def _finish(office: Office) -> dict[str, Any]:
    return {"workshop_id": _concluded(office)[0], "data": {}}


def _reopen(office: Office) -> dict[str, Any]:
    workshop, _theme = _concluded(office)
    now = datetime.now(UTC)
    with office.app.app_context():
        db.session.add(WorkshopEvening(workshop_id=workshop, finished_at=now, told_at=now))
        db.session.commit()
    return {"workshop_id": workshop, "data": {}}


def _add_picture(office: Office) -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(drawn, "PNG")
    data = {
        "alt": "Een flap met drie kolommen briefjes.",
        "agreed": "y",
        "file": (drawn.getvalue(), "flap.png"),
    }
    return {"workshop_id": _began(office).workshop, "data": data}


def _pictures(office: Office) -> tuple[int, list[int]]:
    """An evening with three pictures in their order; the numbers of the workshop and of the pictures."""
    room = _began(office)
    with office.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        made = [
            factories.a_picture(workshop, position=place, digest=str(place) * 32).id for place in range(3)
        ]
        db.session.commit()
    return room.workshop, made


def _describe(office: Office) -> dict[str, Any]:
    workshop, (first, *_others) = _pictures(office)
    data = {f"p{first}-alt": "Een tafel vol kaarten en stiften."}
    return {"workshop_id": workshop, "picture_id": first, "data": data}


def _move(office: Office) -> dict[str, Any]:
    workshop, (first, *_others) = _pictures(office)
    return {"workshop_id": workshop, "picture_id": first, "data": {"to": 1}}


def _remove_picture(office: Office) -> dict[str, Any]:
    workshop, (first, *_others) = _pictures(office)
    return {"workshop_id": workshop, "picture_id": first, "data": {}}


EVENING: dict[str, Recipe] = {
    "desk.go": at_the_desk({"key": "themes"}),
    "desk.start_timer": at_the_desk({"minutes": 5}, "timer-"),
    "desk.turn_timer": at_the_desk({"verb": "resume"}, timer_seconds=300, timer_left=200),
    "desk.freeze": at_the_desk({"on": "yes"}),
    "desk.hide_names": at_the_desk({"on": "yes"}),
    "desk.spare": at_the_desk({"on": "yes"}),
    "desk.tell": at_the_desk({"text": MESSAGE, "ends": "5"}, "message-"),
    "desk.end_message": at_the_desk({}, message=MESSAGE),
    "outcomes.save": _first_text,
    "outcomes.keep": _first_text,
    "outcomes.remove": _remove,
    "outcomes.finish": _finish,
    "outcomes.reopen": _reopen,
    "evening_pictures.add": _add_picture,
    "evening_pictures.describe": _describe,
    "evening_pictures.move": _move,
    "evening_pictures.remove": _remove_picture,
}
