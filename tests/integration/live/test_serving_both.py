"""`make run`: the site and its live process, both started again when they die and both stopped at the end."""

import http.client
import os
import signal
import socket
from pathlib import Path

import pytest
from flask import Flask

from tests.support import servers, serving
from tests.support.room import a_room
from tests.support.streams import Stream, numbers, puts_themes_on, until

pytestmark = pytest.mark.one_database
PATIENCE = 60.0
"""Seconds; starting the site twice at once takes long where other tests run as well."""


def answers(port: int) -> bool:
    try:
        return serving.get(port, "/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def masters(server: serving.Served) -> dict[str, int]:
    """The processes that it started: `site` and `live`."""
    pid = server.process.pid
    found = {}
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        command = Path(f"/proc/{child}/cmdline").read_text()
        found["live" if "live.conf.py" in command else "site"] = child
    return found


def test_both_are_served_started_again_and_stopped(app: Flask, database: str) -> None:
    room = a_room(app)
    puts_themes_on(app, room.workshop)
    live_port = servers.free_port()
    with serving.serving(database, "tools.serve", LIVE_PORT=str(live_port)) as server:
        page = serving.get(server.port, f"{room.path}/scherm")[2]
        assert f'data-live="http://127.0.0.1:{live_port}/live/scherm/{room.workshop}"' in page
        stream = Stream(live_port, f"/live/scherm/{room.workshop}")
        assert until(lambda: bool(stream.frames), PATIENCE)
        room.vote("Maas")
        stream.shows(lambda seen: numbers(seen).startswith("63 "))
        before = masters(server)
        assert set(before) == {"site", "live"}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: set(masters(server).values()).isdisjoint(before.values()), PATIENCE)
        assert until(lambda: len(masters(server)) == 2 and answers(server.port), PATIENCE)
        room.vote("Maas")
        stream.shows(lambda seen: numbers(seen).startswith("66 "), PATIENCE)
        after = masters(server)
        stream.close()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=20) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in after.values())
        assert server.said().count("is started again") == 2
        assert "Traceback" not in server.said()


def test_a_port_that_is_taken_leaves_a_site_that_polls(app: Flask, database: str) -> None:
    room = a_room(app)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving.serving(database, "tools.serve", LIVE_PORT=str(port)) as server:
            assert f"port {port} is taken" in server.said()
            assert 'data-live=""' in serving.get(server.port, f"{room.path}/scherm")[2]
            assert set(masters(server)) == {"site"}


def test_a_setting_that_is_wrong_still_stops_the_start_with_a_sentence() -> None:
    server = serving.start(
        "sqlite:////nowhere/at/all",
        "tools.serve",
        SECRET_KEY="",
        DEMO="0",
        LIVE_PORT=str(servers.free_port()),
    )
    with server.output:
        assert server.process.wait(timeout=PATIENCE) == 2
        assert "SECRET_KEY is missing" in server.said()
        assert "Traceback" not in server.said()
        assert "started again" not in server.said()
