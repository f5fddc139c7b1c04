"""A hub in this process, and something to follow that tests change at will."""

import itertools
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import Flask

from app.kit import live, live_channels
from app.kit.live_places import Places
from tests.support.streams import until


@dataclass
class Thing:
    """A channel `ding` whose version and content a test sets; counts how often each was asked for."""

    version: str = "1"
    content: str | None = "een"
    numbers: Container[int] = range(2**31)
    """Which of it there are."""
    asked: list[int] = field(default_factory=list)
    """For which numbers it was asked whether there are."""
    looks: int = 0
    builds: list[tuple[int, str, datetime]] = field(default_factory=list)
    fault: Exception | None = None
    away: Exception | None = None

    def channel(self) -> live.Channel:
        return live.Channel("ding", self._exists, self._version, self._frame)

    def change(self, content: str | None) -> None:
        self.content = content
        self.version = str(next(_numbers))

    def _exists(self, key: int) -> bool:
        self.asked.append(key)
        if self.away:
            raise self.away
        return key in self.numbers

    def _version(self, _key: int) -> str:
        self.looks += 1
        if self.fault:
            raise self.fault
        return self.version

    def _frame(self, key: int, language: str, now: datetime) -> live.Frame | None:
        self.builds.append((key, language, now))
        if self.content is None:
            return None
        said = f'{{"says": "{self.content}", "language": "{language}"}}'
        return live.Frame(said.encode(), f"{self.content}-{language}")


_numbers = itertools.count(2)


@pytest.fixture
def thing(monkeypatch: pytest.MonkeyPatch) -> Thing:
    """Something to follow, beside what the site offers."""
    thing = Thing()
    monkeypatch.setattr(live_channels, "_channels", {**live_channels._channels})
    live.register(thing.channel())
    return thing


@pytest.fixture
def make_hub(app: Flask) -> Iterator[Callable[..., live.Hub]]:
    """Makes hubs that end with the test."""
    made: list[live.Hub] = []

    def make(most: int = 100, most_each: int = 100) -> live.Hub:
        made.append(live.Hub(app, Places(most, most_each)))
        return made[-1]

    yield make
    for hub in made:
        hub.close()
        assert until(lambda hub=hub: not hub._topics)  # type: ignore[misc]


@pytest.fixture
def hub(make_hub: Callable[..., live.Hub]) -> live.Hub:
    """A hub with room for a hundred."""
    return make_hub()
