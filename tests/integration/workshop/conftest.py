"""A workshop that can be worked out by hand."""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models.person import Role
from app.models.seal import SealReason
from app.records import seals, standings
from tests.support import Page, sign_in, visit
from tests.support.room import Room, a_room


@pytest.fixture
def room(app: Flask) -> Room:
    """Groen and Maas on the agenda, Fietsen not."""
    return a_room(app)


@pytest.fixture
def desk(room: Room, client: FlaskClient) -> FlaskClient:
    """A facilitator, signed in."""
    return sign_in(client, room.person(Role.FACILITATOR, name="Fien de Begeleider"))


@pytest.fixture
def seal(room: Room) -> Callable[[], int]:
    """Seal the standing of the room for its workshop; its number in the chain."""

    def sealed(*, workshop: bool = True) -> int:
        with room.app.app_context():
            reason = SealReason.WORKSHOP if workshop else SealReason.SCHEDULED
            number = room.workshop if workshop else None
            return seals.seal(room.call, reason, datetime.now(UTC), workshop_id=number).number

    return sealed


@dataclass
class Builder:
    """What tests do on the builder."""

    room: Room
    client: FlaskClient

    def page(self) -> Page:
        return visit(self.client, f"{self.room.path}/agenda")

    def draft(self) -> list[str]:
        """The parts of the draft in order, without clock times."""
        return [re.sub(r"^\d\d:\d\d ", "", text) for text in self.page().texts(".arrange__name")]

    def key(self, title: str) -> str:
        """The key of a part."""
        if title in self.room.themes:
            return f"theme:{self.room.themes[title]}"
        with self.room.app.app_context():
            return next(
                f"block:{row.id}" for row in standings.fixed_items(self.room.workshop) if row.title == title
            )

    def move(self, title: str, to: str, reason: str = "Eerst het water.") -> TestResponse:
        """Press a button of the draft as it stands."""
        page, key = self.page(), self.key(title)
        button = page.one(f"#part-{key.replace(':', '-')}-{to}")
        return page.submit(
            'form[action$="/agenda/volgorde"]', {"order-reason": reason}, button=str(button["value"])
        )

    def publish(self, note: str = "Dit is er nieuw aan.") -> TestResponse:
        return self.page().submit('form[action$="/agenda/publiceren"]', {"publish-note": note})

    def fix(
        self, theme: str, kind: str, minutes: int = 30, reason: str = "De raad vroeg erom."
    ) -> TestResponse:
        return self.page().submit(
            'form[action$="/agenda/themas"]',
            {
                "theme-theme": str(self.room.themes[theme]),
                "theme-minutes": str(minutes),
                "theme-reason": reason,
                "theme-kind": kind,
            },
        )

    def basis(self, value: str) -> TestResponse:
        return self.page().submit('form[action$="/agenda/stand"]', {"basis-basis": value})

    def follow(self, page: TestResponse) -> str:
        """The text of the builder after a form."""
        assert page.status_code == 303, page.get_data(as_text=True)[:2000]
        return self.page().text


@pytest.fixture
def builder(room: Room, desk: FlaskClient) -> Builder:
    return Builder(room, desk)


def at_once(senders: Sequence[Callable[[], int]]) -> list[int]:
    """What all of them answer when they begin in the same moment."""
    start = threading.Barrier(len(senders))
    answers: list[int] = []

    def run(send: Callable[[], int]) -> None:
        start.wait()
        answers.append(send())

    threads = [threading.Thread(target=run, args=(send,)) for send in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
