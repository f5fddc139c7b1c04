"""Votes reach the screen by a stream, and go on doing so when processes are killed, the database falls over or the
network is lost.

Real processes, on a PostgreSQL that may be stopped; every test uses the same ones and leaves them well.
"""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.support import databases, servers, serving
from tests.support.line import Line
from tests.support.room import Room, a_room
from tests.support.room_voters import Crowd, recorded, total, voters
from tests.support.serving import Served
from tests.support.streams import Stream, numbers, puts_themes_on, until


@dataclass
class Evening:
    """The site and the live process, on a database of their own."""

    app: Flask
    room: Room
    site: Served
    live: Served
    database: servers.OwnPostgresql

    @property
    def path(self) -> str:
        return f"/live/scherm/{self.room.workshop}"

    def crowd(self, number: int) -> Crowd:
        return Crowd(self.site.port, voters(self.app, self.room, number), self.room.ideas["Maas"][0])


@pytest.fixture(scope="module")
def evening() -> Iterator[Evening]:
    """One for all tests here: to start everything takes longer than to test it."""
    database = servers.OwnPostgresql("evening")
    with psycopg.connect(database.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE evening")
    url = database.url("evening")
    app = databases.make_app(url)
    try:
        databases.migrate(app)
        room = a_room(app)
        puts_themes_on(app, room.workshop)
        with serving.serving_both(url) as (site, live):
            yield Evening(app, room, site, live, database)
    finally:
        databases.let_go(app)
        database.stop()


@pytest.fixture
def stream(evening: Evening) -> Iterator[Stream]:
    """The screen in the room."""
    stream = Stream(evening.live.port, evening.path)
    yield stream
    stream.close()


def children(served: Served) -> list[int]:
    master = served.process.pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def shows_all(evening: Evening, stream: Stream) -> None:
    """The screen shows every vote that is in the table."""
    there = total(evening.app, evening.room)
    stream.shows(lambda seen: numbers(seen).startswith(f"{there} "))


def test_votes_come_through(evening: Evening, stream: Stream) -> None:
    stream.shows(lambda seen: numbers(seen).startswith("60 "))
    crowd = evening.crowd(5)
    crowd.finish()
    assert crowd.statuses == [200] * 5
    shows_all(evening, stream)
    assert stream.opened == 1
    # The computed results follow by themselves: the job of the site writes, and the live process sees it.
    stream.shows(lambda seen: "van 25 mensen" in numbers(seen))


def test_a_killed_live_process_comes_back_and_so_does_everybody(evening: Evening, stream: Stream) -> None:
    followers = [stream, *(Stream(evening.live.port, evening.path) for _ in range(10))]
    for follower in followers:
        follower.shows(lambda seen: True)
    crowd = evening.crowd(20)
    assert until(lambda: len(crowd.acknowledged) >= 3)
    killed = children(evening.live)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    crowd.finish()
    # Nobody who voted noticed: other processes take votes.
    assert crowd.statuses == [200] * 20
    for follower in followers:
        shows_all(evening, follower)
        assert follower.opened >= 2
    assert children(evening.live) != killed
    assert {voter.person for voter in crowd.people} <= recorded(evening.app, crowd.idea)
    for follower in followers[1:]:
        follower.close()


def test_a_database_that_falls_over_loses_no_vote_and_nobody_has_to_start_anything(
    evening: Evening, stream: Stream
) -> None:
    stream.shows(lambda seen: True)
    processes = children(evening.site), children(evening.live)
    crowd = evening.crowd(30)
    assert until(lambda: len(crowd.acknowledged) >= 5)
    evening.database.stop("immediate")
    before = len(crowd.statuses)
    assert until(lambda: len(crowd.statuses) > before + 3)
    # Whoever votes or looks meanwhile reads that it went wrong; nothing hangs, nothing leaks, and the stream stays.
    status, _headers, page = serving.get(evening.site.port, "/ideeen")
    assert status == 503
    assert "What you just sent has not been saved" in serving.get(evening.site.port, "/en/ideeen")[2]
    assert not [word for word in ("Traceback", "psycopg", "OperationalError") if word in page]
    assert serving.get(evening.site.port, "/healthz")[0] == 200
    opened = stream.opened
    evening.database.start()
    databases.let_go(evening.app)
    crowd.finish()
    assert set(crowd.statuses) <= {200, 500, 503}
    assert crowd.statuses.count(200) == 30
    assert set(crowd.acknowledged) <= recorded(evening.app, crowd.idea)
    shows_all(evening, stream)
    assert stream.opened == opened == 1
    assert (children(evening.site), children(evening.live)) == processes


def test_who_loses_the_network_comes_back_to_the_newest_frame(evening: Evening, stream: Stream) -> None:
    line = Line(evening.live.port)
    far = Stream(line.port, evening.path)
    far.shows(lambda seen: True)
    shows_all(evening, stream)
    line.cut()
    crowd = evening.crowd(5)
    crowd.finish()
    shows_all(evening, stream)
    missed = numbers(stream.newest)
    assert numbers(far.newest) != missed
    line.mend()
    shows_all(evening, far)
    assert numbers(far.newest) == missed
    # It came back knowing the newest frame: it is not sent again.
    opened = far.opened
    line.cut()
    line.mend()
    assert until(lambda: far.opened > opened)
    time.sleep(0.5)
    assert all(later.id != sooner.id for sooner, later in pairwise(far.frames))
    far.close()
    line.close()


def test_who_does_not_take_what_is_sent_holds_nobody_up(evening: Evening, stream: Stream) -> None:
    stream.shows(lambda seen: True)
    asked = f"GET {evening.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    slow = []
    for _ in range(20):
        end = socket.socket()
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        end.connect(("127.0.0.1", evening.live.port))
        end.sendall(asked)
        slow.append(end)
    crowd = evening.crowd(10)
    crowd.finish()
    shows_all(evening, stream)
    assert stream.opened == 1
    for end in slow:
        with closing(end):
            pass
    assert evening.live.process.poll() is None
    assert "Traceback" not in evening.live.said()
