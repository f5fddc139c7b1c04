"""Followers of streams: one in this process, and one that comes by the network and behaves as a browser does."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app.db import db
from app.kit import live
from app.models.screen import Scene, Screen

PATIENCE = 20.0
"""Seconds; how fast it is, is measured elsewhere. Here it must come at all, on a machine that is busy with tests."""


def until(seen: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until it is so, or has taken too long."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if seen():
            return True
        time.sleep(0.01)
    return seen()


def numbers(frame: dict[str, Any]) -> str:
    """How many votes and people the picture in a frame of the screen tells of; empty where it tells none."""
    found = re.search(r'screen__numbers">([^<]*)', str(frame["picture"]))
    return found[1] if found else ""


def puts_themes_on(app: Flask, workshop_id: int) -> None:
    """Let the screen show the ranking of themes with its numbers, as the desk would."""
    with app.app_context():
        db.session.merge(
            Screen(workshop_id=workshop_id, number=1, scene=Scene.THEMES, changed_at=datetime.now(UTC))
        )
        db.session.commit()


@dataclass
class Event:
    """What came, and when."""

    id: str
    name: str
    data: str
    at: float

    @property
    def content(self) -> dict[str, Any]:
        """The frame that it holds."""
        held: dict[str, Any] = json.loads(self.data)
        return held


@dataclass
class Listener:
    """Takes in a stream in a thread of its own, and reads it as a browser does."""

    events: list[Event] = field(default_factory=list)
    retry: float | None = None
    ended: bool = False
    known: str = ""
    _text: str = ""

    def listen(self, chunks: Iterable[bytes]) -> "Listener":
        """Begin to read what comes in pieces."""

        def read() -> None:
            for chunk in chunks:
                self.feed(chunk)
            self.ended = True

        threading.Thread(target=read, daemon=True).start()
        return self

    def feed(self, chunk: bytes) -> None:
        """Take in the next piece."""
        self._text += chunk.decode()
        while "\n\n" in self._text:
            block, _, self._text = self._text.partition("\n\n")
            self._block(block)

    def _block(self, block: str) -> None:
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        if "retry" in fields:
            self.retry = int(fields["retry"][0]) / 1000
        if "data" in fields:
            self.known = fields.get("id", [self.known])[0]
            name = fields.get("event", ["message"])[0]
            self.events.append(Event(self.known, name, "\n".join(fields["data"]), time.monotonic()))

    @property
    def frames(self) -> list[Event]:
        """The frames, without pings."""
        return [event for event in self.events if event.name == "message"]

    @property
    def pings(self) -> int:
        """How many pings came."""
        return len([event for event in self.events if event.name == "ping"])

    @property
    def newest(self) -> dict[str, Any]:
        """What a screen shows now."""
        return self.frames[-1].content if self.frames else {}

    def shows(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the screen shows what is wanted."""
        assert until(lambda: bool(self.frames) and wanted(self.newest), seconds), f"it shows {self.newest}"
        return self.newest


class Stream(Listener):
    """Follows an address as EventSource does: what is lost is opened again, with the name of the last frame."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__()
        self.port, self.path = port, path
        self.opened = 0
        self.statuses: list[int] = []
        self._closing = False
        self._socket: socket.socket | None = None
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while not self._closing:
            with contextlib.suppress(OSError, ValueError, IndexError):
                self._once()
            self._text = ""
            time.sleep(min(self.retry or 0.3, 0.5))  # sooner than a browser, so that tests are quick

    def _once(self) -> None:
        # A network that goes dead without a word is noticed by the silence, as the page does (static/js/live.mjs).
        with socket.create_connection(("127.0.0.1", self.port), timeout=40) as connection:
            self._socket = connection
            known = f"Last-Event-ID: {self.known}\r\n" if self.known else ""
            connection.sendall(
                f"GET {self.path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{known}\r\n".encode()
            )
            with connection.makefile("rb") as answer:
                self.statuses.append(int(answer.readline().split()[1]))
                while answer.readline() not in (b"\r\n", b""):
                    pass
                if self.statuses[-1] != 200:
                    return
                self.opened += 1
                while line := answer.readline():
                    self.feed(line)

    def close(self) -> None:
        """Follow no more."""
        self._closing = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def watching(hub: live.Hub, name: str, key: int = 1, language: str = "nl", **more: str) -> Listener:
    """Follow something in this process."""
    follower = hub.follow(name, key, language, more.get("caller", "127.0.0.1"), more.get("known", ""))

    def chunks() -> Iterable[bytes]:
        try:
            yield from follower
        finally:
            follower.close()

    return Listener().listen(chunks())


def checked_out(app: Flask) -> int:
    """How many connections to the database are in use."""
    with app.app_context():
        return int(db.engine.pool.checkedout())  # type: ignore[attr-defined]
