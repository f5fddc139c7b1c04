"""From a vote to the screen on the site as it is really served: votes by HTTP, standings by the job."""

import http.client
import json
import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlencode

from flask import Flask

from app.domain.ballot import Group
from tests.support import csrf_token, serving, sign_in
from tests.support.evenings import text
from tests.support.room import Room, a_room

PATIENCE = 20
"""Seconds; how fast it is, is measured elsewhere. Here it must come at all, on a machine that is busy with tests."""


def ask(port: int, room: Room, scene: str, etag: str = "") -> tuple[int, str, str]:
    """The status, the name of the state and the words of a scene."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        address = f"{room.path}/scherm/stand?beeld={scene}"
        connection.request("GET", address, headers={"If-None-Match": etag} if etag else {})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, answer.headers["ETag"], text(json.loads(body)["picture"]) if body else ""


def follow(port: int, room: Room, scene: str, arrived: Callable[[str], bool]) -> str:
    """Ask as a screen does until the state is as expected."""
    deadline, etag, last = time.monotonic() + PATIENCE, "", ""
    while time.monotonic() < deadline:
        status, etag, words = ask(port, room, scene, etag)
        assert status in (200, 304)
        last = words or last
        if words and arrived(words):
            return words
        time.sleep(0.1)
    raise AssertionError(f"the screen still shows {last}")


def cast(app: Flask, port: int, person: int, idea: int) -> None:
    client = sign_in(app.test_client(), person)
    token = csrf_token(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    headers = {
        "Cookie": f"session={cookie.value}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        body = urlencode({"csrf_token": token, "choice": "for"})
        connection.request("POST", f"/ideeen/{idea}/stem", body, headers)
        assert connection.getresponse().status == 200


def test_votes_reach_the_ideas_the_themes_and_the_agenda(app: Flask, database: str) -> None:
    room = a_room(app, votes=False)
    with serving.serving(database) as server:
        assert "Zodra genoeg mensen hebben gestemd" in ask(server.port, room, "ideeen")[2]
        people = [room.person(group=Group.COUNCIL) for _ in range(5)]
        for person in people:
            for idea in room.ideas["Maas"]:
                cast(app, server.port, person, idea)
        counted = follow(server.port, room, "ideeen", lambda seen: "15 stemmen" in seen)
        assert counted.count("5 stemmen") == 4
        # Nobody asked for it: a job of the server computed the themes and drafted the agenda.
        ranked = follow(server.port, room, "themas", lambda seen: "5 voorstanders" in seen)
        assert "1 Maas" in ranked
        assert "15 stemmen van 5 mensen" in ranked
        assert "Maas 30 min" in follow(server.port, room, "agenda", lambda seen: "Maas" in seen)
