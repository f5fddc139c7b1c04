"""How many may follow one process, all together and from one address."""

from collections import Counter, defaultdict
from collections.abc import Hashable

from app.kit.networks import network

THINGS_EACH = 20
"""Different things that one address may follow: a hall follows one or two, a town hall with ten workshops at once
twenty. Each takes a watcher, which looks four times a second."""


class Full(RuntimeError):
    """Nobody else can follow now."""


class Places:
    """Counts who follows what. A room full of telephones shares one address, a stranger with many connections too."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._callers: Counter[str] = Counter()
        self._things: defaultdict[str, Counter[Hashable]] = defaultdict(Counter)
        self.taken = 0

    def take(self, caller: str, thing: Hashable = None) -> None:
        """Count somebody in who follows this thing. Raises Full."""
        place = network(caller)
        if self.taken >= self._most or self._callers.get(place, 0) >= self._most_each:
            raise Full
        things = self._things.get(place) or ()
        if thing not in things and len(things) >= THINGS_EACH:
            raise Full
        self._callers[place] += 1
        self._things[place][thing] += 1
        self.taken += 1

    def give_back(self, caller: str, thing: Hashable = None) -> None:
        """Count somebody out who followed this thing."""
        place = network(caller)
        things = self._things[place]
        things[thing] -= 1
        if not things[thing]:
            del things[thing]
        self._callers[place] -= 1
        if not self._callers[place]:
            del self._callers[place], self._things[place]
        self.taken -= 1
