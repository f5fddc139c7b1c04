"""What can be followed: rooms register how to tell that something changed, and how to build what is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown, as bytes of JSON, and a name that differs when anything in it does."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of thing that can be followed.

    `exists(key)` is one cheap statement that says whether there is such a thing. `version(key)` is one too; the string
    differs after everything that changes the frame. `frame(key, language, now)` builds it, None when there is no such
    thing any more. All run without anybody signed in.
    """

    name: str
    exists: Callable[[int], bool]
    version: Callable[[int], str]
    frame: Callable[[int, str, datetime], Frame | None]


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Add a channel; called by a room when it is set up. Registering the same name again replaces it."""
    _channels[channel.name] = channel


def find(name: str) -> Channel | None:
    """The channel of this name."""
    return _channels.get(name)
