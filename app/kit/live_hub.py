"""Frames that are pushed to whoever follows: built once per change for everybody, by the process that serves streams.

One watcher per followed thing looks at its version and builds; followers only wait for the newest frame, so one that
is slow misses frames and holds nobody up. Nothing here knows who follows: frames are public. Decision 0039.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import uniform

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.test import EnvironBuilder

from app.db import db
from app.kit import clock
from app.kit.errors import is_away
from app.kit.i18n import DEFAULT_LANGUAGE
from app.kit.live_channels import Channel, Frame, find
from app.kit.live_places import Full, Places
from app.kit.live_unknown import Unknown as Numbers

log = structlog.get_logger()

LOOK = 0.25
"""Seconds between two looks at a version; a wake-up comes in between."""
BREATH = 0.1
"""Seconds between two looks at least, however often somebody wakes."""
BETWEEN = 0.5
"""Seconds between two frames of one thing in one language."""
ANEW = 2.0
"""Seconds after which a frame is built anew although its version is the same: what it shows may end by the clock."""
REST = 1.0
"""Seconds until the next try after a fault, such as a database that is away."""
LINGER = 5.0
"""Seconds that a watcher goes on without followers: after a lost network everybody is back at once."""
FIRST = 5.0
"""Seconds in which the first frame must be there, else whoever asked is told to come back."""
PING = 25.0
"""Seconds of silence after which a stream says that it is still there."""
RETRY = (1.0, 4.0)
"""Seconds after which a follower that lost its stream comes back; everybody gets another number in between."""
PINGED = b"event: ping\ndata: .\n\n"
"""An event and no comment, so that a page knows that its stream lives."""
MOST_TOPICS = 500


class Unknown(LookupError):
    """There is no such thing to follow."""


class Silent(RuntimeError):
    """The first frame could not be built in time."""


class Slot:
    """The newest frame of a thing in one language. There is room for one: who comes late gets the last."""

    def __init__(self) -> None:
        self.newest: tuple[str, bytes] | None = None
        self.turn = threading.Event()
        """Set when `newest` is replaced, and then put aside for a new one."""
        self.first = threading.Event()
        self.version: str | None = None
        self.built_at = self.sent_at = float("-inf")
        self.is_late = self.is_gone = False

    def put(self, frame: Frame | None) -> None:
        """Hand a frame to everybody who waits; one that says nothing new stays here."""
        self.is_gone = frame is None
        if frame is None or self.newest is None or self.newest[0] != frame.etag:
            if frame is not None:
                self.newest = frame.etag, message(frame)
                self.sent_at = time.monotonic()
            self.end_turn()
        self.first.set()

    def end_turn(self) -> None:
        """Wake everybody who waits."""
        over, self.turn = self.turn, threading.Event()
        over.set()


def message(frame: Frame) -> bytes:
    """The frame as an event of a stream."""
    lines = [b"id: " + frame.etag.encode(), *(b"data: " + line for line in frame.body.splitlines())]
    return b"\n".join(lines) + b"\n\n"


class Topic:
    """One thing that is followed, with its watcher."""

    def __init__(self, hub: "Hub", channel: Channel, key: int) -> None:
        self.hub, self.channel, self.key = hub, channel, key
        self.slots: dict[str, Slot] = {}
        self.followers = 0
        self.left_at = time.monotonic()
        self.woken = threading.Event()
        self._is_failing = False

    def watch(self) -> None:
        """Look, build, wait; until nobody follows any more."""
        try:
            while self.hub.keeps(self):
                rest, may_be_woken = self._look()
                if not may_be_woken:
                    self.hub.closed.wait(rest)
                elif self.woken.wait(rest):
                    self.hub.closed.wait(BREATH)
                self.woken.clear()
        finally:
            self.hub.drop(self)

    def _look(self) -> tuple[float, bool]:
        """Build what is out of date; the seconds until the next look, and whether it may come sooner."""
        began = time.monotonic()
        try:
            with reading(self.hub.app):
                version = self.channel.version(self.key)
            took = time.monotonic() - began
            for language, slot in list(self.slots.items()):
                slot.is_late = slot.version != version or began - slot.built_at >= ANEW
                if slot.is_late and began - slot.sent_at >= BETWEEN:
                    self._build(language, slot, version)
        except Exception as error:
            self._note(error)
            return REST, True
        self._is_failing = False
        late = [slot.sent_at + BETWEEN for slot in list(self.slots.values()) if slot.is_late]
        if late:
            # Built when its turn comes, from what there is by then: until then there is no need to look.
            return max(0.0, min(late) - time.monotonic()), False
        # Looking in vain never takes more than a tenth of the time, however large the site.
        return max(LOOK, 10 * took), True

    def _note(self, error: Exception) -> None:
        """Once for as long as it lasts; of a database that is away there is nothing else to tell."""
        if self._is_failing:
            return
        self._is_failing = True
        if isinstance(error, DBAPIError) and is_away(error):
            log.warning("live_database_away", channel=self.channel.name, key=self.key)
        else:
            log.exception("live_look_failed", channel=self.channel.name, key=self.key)

    def _build(self, language: str, slot: Slot, version: str) -> None:
        # One at a time: what is read is shared between frames, and two that read at once would get an older copy.
        with self.hub.building, reading(self.hub.app, language):
            frame = self.channel.frame(self.key, language, clock.now())
        slot.version, slot.built_at, slot.is_late = version, time.monotonic(), False
        slot.put(frame)


@contextmanager
def reading(app: Flask, language: str = DEFAULT_LANGUAGE) -> Iterator[None]:
    """As a visitor whom nobody knows reads a page in this language; the database is let go of at the end."""
    site = app.config["SITE"].site_url
    base = site if language == DEFAULT_LANGUAGE else f"{site}/{language}"
    with app.request_context(EnvironBuilder(path="/", base_url=base).get_environ()):
        try:
            yield
        finally:
            db.session.rollback()


class Follower:
    """The bytes of one stream: first how it stands, then every newer frame, and a ping in the silence."""

    def __init__(self, hub: "Hub", topic: Topic, slot: Slot, caller: str, known: str) -> None:
        self._hub, self._topic, self._slot, self._caller, self._known = hub, topic, slot, caller, known
        self._has_begun = self._has_left = False

    def __iter__(self) -> "Follower":
        return self

    def __next__(self) -> bytes:
        if not self._has_begun:
            self._has_begun = True
            return f"retry: {uniform(*RETRY) * 1000:.0f}\n\n".encode()  # noqa: S311 - spreads people, hides nothing
        while not (self._hub.closed.is_set() or self._slot.is_gone):
            turn = self._slot.turn
            etag, event = self._slot.newest or ("", b"")
            if etag != self._known:
                self._known = etag
                return event
            if not turn.wait(PING * uniform(0.8, 1)):  # noqa: S311
                return PINGED
        raise StopIteration

    def close(self) -> None:
        """Leave; the server calls it however the stream ended."""
        if not self._has_left:
            self._has_left = True
            self._hub.leave(self._topic, self._caller)


class Hub:
    """Everything that is followed in this process."""

    def __init__(self, app: Flask, places: Places) -> None:
        self.app = app
        self.building = threading.Lock()
        self.closed = threading.Event()
        self._places = places
        self._topics: dict[tuple[str, int], Topic] = {}
        self._lock = threading.Lock()
        self._unknown = Numbers()
        self._looking = threading.Lock()

    @property
    def followers(self) -> int:
        """How many follow now."""
        return self._places.taken

    def follow(self, name: str, key: int, language: str, caller: str, known: str = "") -> Follower:
        """The stream of a thing for somebody who calls from this address and knows the frame `known`.

        Raises Unknown, Full or Silent.
        """
        channel = find(name)
        if channel is None:
            raise Unknown(name)
        topic, slot = self._come_in(channel, key, language, caller)
        try:
            if not slot.first.wait(FIRST):
                raise Silent(name)
            if slot.is_gone:
                raise Unknown(f"{name} {key}")
        except BaseException:
            self.leave(topic, caller)
            raise
        return Follower(self, topic, slot, caller, known)

    def _come_in(self, channel: Channel, key: int, language: str, caller: str) -> tuple[Topic, Slot]:
        """A place at a thing. One that nobody follows yet is looked for first: whatever number somebody makes up, no
        watcher begins for it. One look at a time, so that strangers take one connection to the database at most."""
        what = channel.name, key
        if what in self._unknown:
            raise Unknown(what)
        if what in self._topics:
            return self._join(channel, key, language, caller)
        if not self._looking.acquire(timeout=FIRST):
            raise Silent(what)
        try:
            if what not in self._topics and not self._is_there(channel, key):
                raise Unknown(what)
            return self._join(channel, key, language, caller)
        finally:
            self._looking.release()

    def _is_there(self, channel: Channel, key: int) -> bool:
        what = channel.name, key
        if what in self._unknown:
            return False
        try:
            with reading(self.app):
                found = channel.exists(key)
        except DBAPIError as error:
            if is_away(error):
                raise Silent(what) from error
            raise
        if not found:
            self._unknown.add(what)
        return found

    def _join(self, channel: Channel, key: int, language: str, caller: str) -> tuple[Topic, Slot]:
        with self._lock:
            topic = self._topics.get((channel.name, key))
            if self.closed.is_set() or (topic is None and len(self._topics) >= MOST_TOPICS):
                raise Full
            self._places.take(caller, (channel.name, key))
            if topic is None:
                topic = self._topics[channel.name, key] = Topic(self, channel, key)
                threading.Thread(target=topic.watch, name=f"live {channel.name} {key}", daemon=True).start()
            topic.followers += 1
            slot = topic.slots.get(language)
            if slot is None:
                slot = topic.slots[language] = Slot()
        if not slot.first.is_set():
            topic.woken.set()
        return topic, slot

    def leave(self, topic: Topic, caller: str) -> None:
        """Somebody follows no more."""
        with self._lock:
            self._places.give_back(caller, (topic.channel.name, topic.key))
            topic.followers -= 1
            topic.left_at = time.monotonic()

    def keeps(self, topic: Topic) -> bool:
        """Whether a watcher goes on. When not, the thing is taken off the list: the next follower begins anew."""
        with self._lock:
            gone = bool(topic.slots) and all(slot.is_gone for slot in list(topic.slots.values()))
            lingers = not gone and time.monotonic() - topic.left_at < LINGER
            if not self.closed.is_set() and (topic.followers or lingers):
                return True
            self._forget(topic)
            return False

    def drop(self, topic: Topic) -> None:
        """A watcher ended: nobody may go on waiting for it."""
        with self._lock:
            self._forget(topic)
        for slot in list(topic.slots.values()):
            slot.is_gone = True
            slot.first.set()
            slot.end_turn()

    def _forget(self, topic: Topic) -> None:
        if self._topics.get((topic.channel.name, topic.key)) is topic:
            del self._topics[topic.channel.name, topic.key]

    def wake(self) -> None:
        """Somebody wrote something: look now instead of at the next turn."""
        for topic in list(self._topics.values()):
            topic.woken.set()

    def close(self) -> None:
        """Let everybody go, at the end of the process: they come back to the next one."""
        self.closed.set()
        for topic in list(self._topics.values()):
            topic.woken.set()
            for slot in list(topic.slots.values()):
                slot.end_turn()
