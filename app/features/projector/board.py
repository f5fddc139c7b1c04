"""What the screen in the room shows, built once for everybody who looks: page and updates are the same thing.

Everybody may look, from anywhere, so nothing of it holds the code to join in. A screen in the room has that in its own
page, where a facilitator opened it (records/screen_codes.py), and puts it in the pictures by itself (js/screen.mjs).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from markupsafe import Markup

from app.domain.evening import Scene
from app.kit import i18n
from app.kit.kept import Kept
from app.records import evening as evenings
from app.records import evening_words, screen_codes, showing
from app.records.agendas import WorkshopRow
from app.records.evening import Evening
from app.records.scene_ranking import Row
from app.records.screen_codes import Joining
from app.records.screens import ScreenRow

LIFETIME = 0.3
"""Seconds that a board is shared; with the poll of the screen it keeps a vote within two seconds of the wall."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the screen: as HTML for the page, as text for who reads along, and as the bytes of an update."""

    workshop: WorkshopRow
    call_title: str
    number: int
    content: Row
    picture: Markup
    text: Markup
    said: str
    timer: Row
    before: str
    after: str
    body: bytes
    etag: str
    drawn: Row = field(repr=False)
    """What the picture is drawn from."""
    joining: Joining | None = field(repr=False)
    """The code to join in, which stands nowhere else in here; None once nobody can come in with it any more."""

    def opened_with(self, key: str) -> Joining | None:
        """The code, for a screen that was opened with this key; None where it is another one or over."""
        return self.joining if self.joining and self.joining.opens(key) else None

    def picture_with(self, joining: Joining) -> Markup:
        """The picture as a screen in the room has it: with the code. Never kept and never pushed."""
        return Markup(_drawn("projector/_frame.html", self.drawn | {"joining": joining}))  # noqa: S704

    @property
    def is_hidden(self) -> bool:
        return bool(self.content["hidden"])


_boards: Kept[Board] = Kept("boards", LIFETIME)


def of_workshop(workshop_id: int, language: str, now: datetime) -> Board | None:
    """The board that follows the control desk, in this language and at most a moment old."""
    return _boards.get((workshop_id, language), lambda _stale: _speaking(language, read, workshop_id, now))


def fixed(workshop_id: int, scene: Scene, language: str, now: datetime) -> Board | None:
    """The board of a second screen: one scene, whatever the desk does."""
    return _boards.get(
        (workshop_id, language, scene), lambda _stale: _speaking(language, read, workshop_id, now, scene)
    )


def _speaking(language: str, made: Callable[..., Board | None], *given: Any) -> Board | None:
    with i18n.speaking(language):
        return made(*given)


def read(workshop_id: int, now: datetime, scene: Scene | None = None) -> Board | None:
    """The same, from the database at this moment and in the language of the moment."""
    found = evenings.of_workshop(workshop_id, now)
    if found is None:
        return None
    row = found.screen
    content = showing.now(found, row, now) if scene is None else showing.fixed(found, row, scene, now)
    return _board(found, row, content, now)


def _board(found: Evening, row: ScreenRow, content: Row, now: datetime) -> Board:
    overlay = showing.overlay(row, now)
    following = found.script.following(row.step, row.place)
    before = found.script.before(row.step, row.place)
    joining = screen_codes.joining(found, now)
    root = "/en" if i18n.language() == "en" else ""
    drawn = {
        "content": content,
        "overlay": overlay,
        "host": urlsplit(current_app.config["SITE"].site_url).netloc,
        "way": screen_codes.WAY,
        "joining": None,
        "phone": f"{root}/werkateliers/{found.workshop.id}/meedoen",
        "after": evening_words.public(following) if following else "",
    }
    frame: Row = {
        "number": row.number,
        "scene": content["scene"],
        "picture": _drawn("projector/_frame.html", drawn),
        "text": _drawn("projector/_follow.html", drawn),
        "hidden": content["hidden"],
        "said": evening_words.said(content),
        "mark": joining.mark if joining else "",
        "message": overlay["message"],
        "messageEnds": row.message_ends_at.isoformat() if overlay["message"] and row.message_ends_at else "",
        "timer": overlay["timer"],
        "before": before.key if before else "",
        "after": following.key if following else "",
        "frozen": bool(row.frozen),
        "spare": row.spare,
    }
    body = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
    return Board(
        workshop=found.workshop,
        call_title=found.frame.call.title,
        number=row.number,
        content=content,
        picture=Markup(frame["picture"]),  # noqa: S704
        text=Markup(frame["text"]),  # noqa: S704
        said=frame["said"],
        timer=frame["timer"],
        before=frame["before"],
        after=frame["after"],
        body=body,
        etag=hashlib.sha256(body).hexdigest()[:20],
        drawn=drawn,
        joining=joining,
    )


def _drawn(template: str, values: Row) -> str:
    """A piece of HTML without a request, so that whoever pushes an update makes the same bytes as the page."""
    return current_app.jinja_env.get_template(template).render(**values)
