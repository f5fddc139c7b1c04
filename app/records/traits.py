"""What ideas can be chosen by (theme, status, whose, where, answered) as columns, beside the votes of `order.Sheet`."""

import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, exists, type_coerce

from app.models.idea import Idea
from app.models.person import Person
from app.models.response import OfficialResponse

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Selection = tuple[tuple[str, tuple[str, ...]], ...]
"""Per dimension the values of which an idea has at least one."""

THEME, STATUS, GROUP, AREA, ANSWERED, PLACED = "theme", "status", "group", "area", "answered", "placed"
YES = "1"
"""The only value of a dimension that an idea has or has not."""
LONGEST = 60.0
"""Seconds that an author's group may lag behind; everything else here counts up the version of its idea."""
CAPACITY = 256

COLUMNS: tuple[Any, ...] = (
    Idea.author_id,
    type_coerce(Person.group, String),
    Idea.neighbourhood,
    Idea.latitude,
    Idea.longitude,
    exists().where(OfficialResponse.idea_id == Idea.id),
)
"""What is read of every idea, joined with its author."""


Counts = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""Per dimension its values with a number each."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The ideas that answer a selection, and per dimension how many there would be with each value chosen."""

    found: Bools = field(repr=False)
    counts: Counts


class Traits:
    """The traits of the ideas of a sheet, in its order; they outlive it while only votes change."""

    def __init__(
        self,
        size: int,
        authors: Iterable[int] = (),
        areas: Sequence[str] = (),
        places: Sequence[tuple[float | None, float | None]] = (),
        masks: Mapping[str, Mapping[str, Bools]] | None = None,
    ) -> None:
        self.size = size
        self.authors: Ints = np.array(list(authors) or [0] * size, dtype=np.int64)
        self.areas = tuple(areas) or ("",) * size
        filled = places or ((None, None),) * size
        self.latitude, self.longitude = (
            np.array([np.nan if place[side] is None else place[side] for place in filled], dtype=np.float64)
            for side in (0, 1)
        )
        self._values = {name: tuple(found) for name, found in (masks or {}).items()}
        self._masks = dict(masks or {})
        # A product with these counts every value at once.
        self._tables = {
            name: np.array([found[value] for value in found], dtype=np.float32).reshape(len(found), size)
            for name, found in self._masks.items()
        }
        self.area_names = _spelled(self.areas)
        """The neighbourhoods by key, as most ideas write them."""
        self._kept: OrderedDict[Selection, Counted] = OrderedDict()
        self._read_at = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether an author's group may still be as it was read."""
        return time.monotonic() - self._read_at < LONGEST

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values that occur, in order."""
        return self._values.get(dimension, ())

    def mask(self, dimension: str, values: Iterable[str]) -> Bools:
        """The ideas that have one of the values."""
        known = self._masks.get(dimension, {})
        found = np.zeros(self.size, dtype=np.bool_)
        for value in values:
            if value in known:
                found |= known[value]
        return found

    def count(self, selection: Selection, within: Bools | None = None) -> Counted:
        """The ideas that answer a selection, with what every other choice would find; kept while nothing changes.

        within: nothing outside of these counts, such as what a search found; then nothing is kept.
        """
        if within is not None:
            return self._count(selection, within)
        found = self._kept.get(selection)
        if found is None:
            found = self._kept[selection] = self._count(selection, np.ones(self.size, dtype=np.bool_))
            while len(self._kept) > CAPACITY:
                self._kept.popitem(last=False)
        return found

    def _count(self, selection: Selection, within: Bools) -> Counted:
        masks = {name: self.mask(name, values) for name, values in selection}
        found = within.copy()
        for mask in masks.values():
            found &= mask
        counts = []
        for name, table in self._tables.items():
            others = found
            if name in masks:
                others = within.copy()
                for other, mask in masks.items():
                    if other != name:
                        others &= mask
            numbers = (table @ others.astype(np.float32)).astype(np.int64).tolist()
            counts.append((name, tuple(zip(self._values[name], numbers, strict=True))))
        return Counted(found, tuple(counts))


def counts_of(counts: Counts, dimension: str) -> dict[str, int]:
    """The values of a dimension with their numbers."""
    return dict(next((values for name, values in counts if name == dimension), ()))


def _spelled(areas: Iterable[str]) -> tuple[tuple[str, str], ...]:
    names: dict[str, str] = {}
    for name, _count in sorted(Counter(areas).items(), key=lambda pair: (-pair[1], pair[0])):
        if name:
            names.setdefault(area_key(name), name)
    return tuple(names.items())


def area_key(name: str) -> str:
    """A neighbourhood as it is compared: people write Wyck and wyck."""
    return " ".join(name.split()).casefold()


def gather(columns: Sequence[Sequence[Any]], themes: Mapping[int, Bools], statuses: Sequence[str]) -> Traits:
    """Traits from the columns of COLUMNS."""
    authors, groups, areas, latitudes, longitudes, answered = columns
    size = len(authors)
    latitude = np.array([value is not None for value in latitudes], dtype=np.bool_)
    return Traits(
        size,
        authors,
        [" ".join(area.split()) for area in areas],
        list(zip(latitudes, longitudes, strict=True)),
        {
            THEME: {str(number): mask for number, mask in themes.items()},
            STATUS: _masks(statuses),
            GROUP: _masks(groups),
            AREA: _masks([area_key(area) for area in areas]),
            ANSWERED: {YES: np.array([bool(value) for value in answered], dtype=np.bool_)},
            PLACED: {YES: latitude},
        },
    )


def _masks(values: Sequence[str]) -> dict[str, Bools]:
    column = np.array(values, dtype=np.str_)
    return {value: column == value for value in sorted(set(values)) if value}
