"""People in the room who vote by HTTP, each with a session of their own, and remember which votes were acknowledged."""

import contextlib
import http.client
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from app.db import db
from app.models.vote import Vote
from tests.support.page import csrf_token, sign_in
from tests.support.room import Room


@dataclass
class Voter:
    """Somebody with a telephone: what it sends with every vote."""

    person: int
    cookie: str
    token: str

    def cast(self, port: int, idea: int) -> int:
        """Vote for an idea; the status of the answer, or 0 when none came."""
        headers = {
            "Cookie": f"session={self.cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        body = urlencode({"csrf_token": self.token, "choice": "for"})
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection,
        ):
            connection.request("POST", f"/ideeen/{idea}/stem", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        return 0


def voters(app: Flask, room: Room, number: int) -> list[Voter]:
    """New people who are signed in."""
    found = []
    for _ in range(number):
        client = sign_in(app.test_client(), person := room.person())
        token = csrf_token(client)
        cookie = client.get_cookie("session")
        assert cookie is not None
        found.append(Voter(person, cookie.value, token))
    return found


@dataclass
class Crowd:
    """Votes of many people, one after the other from a thread of its own, until it is stopped or all have voted."""

    port: int
    people: list[Voter]
    idea: int
    pause: float = 0.05
    acknowledged: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._vote, daemon=True)
        self._thread.start()

    def _vote(self) -> None:
        for voter in self.people:
            # Who gets no answer, or hears that it went wrong, presses the button again; a vote is never a toggle.
            while not self.stopped.wait(self.pause):
                status = voter.cast(self.port, self.idea)
                self.statuses.append(status)
                if status == 200:
                    self.acknowledged.append(voter.person)
                    break

    def finish(self, seconds: float = 60.0) -> None:
        """Wait until everybody has voted."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"{len(self.acknowledged)} of {len(self.people)} could vote"


def recorded(app: Flask, idea: int) -> set[int]:
    """Whose votes for an idea stand in the table."""
    with app.app_context():
        found = set(db.session.scalars(select(Vote.person_id).where(Vote.idea_id == idea, Vote.value == 1)))
        db.session.rollback()
    return found


def total(app: Flask, room: Room) -> int:
    """How many votes there are on the ideas of a room."""
    ideas = [idea for some in room.ideas.values() for idea in some]
    with app.app_context():
        found = len(
            db.session.scalars(select(Vote.person_id).where(Vote.idea_id.in_(ideas), Vote.value != 0)).all()
        )
        db.session.rollback()
    return found
