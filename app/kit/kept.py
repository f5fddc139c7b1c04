"""What many requests need and few change: read at most once a second in this process, by one of them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from flask import current_app

Value = TypeVar("Value")
LIFETIME = 1.0
"""Seconds, unless a kind has a life of its own; the setting KEEP_SECONDS shortens it, and tests keep nothing."""
CAPACITY = 64


class _Entry:
    """A value, when it goes stale, and the lock of whoever reads it anew."""

    __slots__ = ("lock", "stale_at", "value")

    def __init__(self) -> None:
        self.lock = Lock()
        self.stale_at = 0.0
        self.value: Any = None


class Kept(Generic[Value]):
    """Values of one kind by key, separate for every application. None is never kept."""

    def __init__(self, name: str, lifetime: float = LIFETIME) -> None:
        self._name = f"kept:{name}"
        self._lifetime = lifetime

    def get(self, key: Hashable, read: Callable[[Value | None], Value | None]) -> Value | None:
        """The value, read anew when it is stale; `read` is handed the stale one.

        While one thread reads, the others make do with the stale value; only the very first makes them wait.
        """
        entry = self._entry(key)
        if entry.value is not None and time.monotonic() < entry.stale_at:
            return cast(Value, entry.value)
        if not entry.lock.acquire(blocking=entry.value is None):
            return cast(Value, entry.value)
        try:
            if entry.value is None or time.monotonic() >= entry.stale_at:
                entry.value = read(entry.value)
                entry.stale_at = time.monotonic() + _at_most(self._lifetime)
            return cast("Value | None", entry.value)
        finally:
            entry.lock.release()

    def forget(self) -> None:
        """Read everything anew at the next asking: something was changed here."""
        for entry in list(self._entries().values()):
            entry.stale_at = 0.0

    def _entries(self) -> "OrderedDict[Hashable, _Entry]":
        found: OrderedDict[Hashable, _Entry] = current_app.extensions.setdefault(self._name, OrderedDict())
        return found

    def _entry(self, key: Hashable) -> _Entry:
        entries = self._entries()
        entry = entries.get(key)
        if entry is None:
            entry = entries.setdefault(key, _Entry())
            while len(entries) > CAPACITY:
                entries.popitem(last=False)
        return entry


def _at_most(lifetime: float) -> float:
    return min(
        lifetime, float(current_app.config.get("KEEP_SECONDS", 0.0 if current_app.testing else lifetime))
    )
