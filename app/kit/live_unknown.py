"""Numbers of which it was just seen that there is no such thing: whoever asks again costs nothing."""

import time
from collections import OrderedDict
from collections.abc import Hashable

REMEMBERED = 1.0
"""Seconds; what is made meanwhile is there for whoever comes back (after a second at least)."""
MOST = 1000
"""A stranger who counts upwards pushes out the numbers that he asked for first."""


class Unknown:
    """Remembers them for a moment."""

    def __init__(self) -> None:
        self._until: OrderedDict[Hashable, float] = OrderedDict()

    def __contains__(self, what: Hashable) -> bool:
        return self._until.get(what, 0.0) > time.monotonic()

    def add(self, what: Hashable) -> None:
        """It is not there now."""
        self._until.pop(what, None)
        self._until[what] = time.monotonic() + REMEMBERED
        if len(self._until) > MOST:
            self._until.popitem(last=False)
