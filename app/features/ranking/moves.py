"""What changes when people weigh the other way: per row its place there, and for all rows one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.ranking import Weighting
from app.kit.words import word

TOP = 10


@dataclass(frozen=True, slots=True)
class Move:
    """The place of a row by both weightings; `there` is None where the row has no place the other way."""

    here: int
    there: int | None
    weighting: Weighting
    """The weighting of this page."""

    @property
    def icon(self) -> str:
        """The arrow that goes with the words; none for a row that stays."""
        if self.there is None or self.there == self.here:
            return ""
        return "arrow-up" if self.here < self.there else "arrow-down"

    @property
    def text(self) -> str:
        """How far the row stands from its place the other way."""
        other = short_name(other_than(self.weighting)).lower()
        if self.there is None:
            return ""
        if self.there == self.here:
            return _("Same place %(other)s", other=other)
        if self.here < self.there:
            return str(
                ngettext(
                    "%(num)d place higher than %(other)s (place %(place)s there)",
                    "%(num)d places higher than %(other)s (place %(place)s there)",
                    self.there - self.here,
                    other=other,
                    place=self.there,
                )
            )
        return str(
            ngettext(
                "%(num)d place lower than %(other)s (place %(place)s there)",
                "%(num)d places lower than %(other)s (place %(place)s there)",
                self.here - self.there,
                other=other,
                place=self.there,
            )
        )

    @property
    def mark(self) -> str:
        """Whether the row is in the top ten one way only."""
        if self.here <= TOP and (self.there is None or self.there > TOP):
            return only_there(self.weighting)
        if self.there is not None and self.there <= TOP < self.here:
            return only_there(other_than(self.weighting))
        return ""


def other_than(weighting: Weighting) -> Weighting:
    """The other way to weigh."""
    return Weighting.PER_PERSON if weighting is Weighting.PER_GROUP else Weighting.PER_GROUP


def short_name(weighting: Weighting) -> str:
    """How people weigh, in two words."""
    return word(weighting)


def only_there(weighting: Weighting) -> str:
    """In the top ten by this weighting only."""
    return {
        Weighting.PER_GROUP: _("In the top 10 only per group"),
        Weighting.PER_PERSON: _("In the top 10 only per person"),
    }[weighting]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two rankings of the same things side by side. entered: in the top ten here only; left: there only."""

    weighting: Weighting
    total: int
    same: int
    entered: tuple[int, ...]
    left: tuple[int, ...]

    @property
    def named(self) -> tuple[int, ...]:
        """What stands in the top ten one way only."""
        return (*self.entered, *self.left)

    @property
    def only(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The same by the way to weigh, with its words."""
        pairs = ((self.weighting, self.entered), (other_than(self.weighting), self.left))
        return tuple((only_there(weighting), ids) for weighting, ids in pairs if ids)

    @property
    def sentence(self) -> str:
        """What changes, in one or two sentences."""
        if self.same == self.total:
            return _("Per group and per person the order is the same.")
        if self.entered or self.left:
            first = ngettext(
                "%(num)d place in the top 10 goes to another title.",
                "%(num)d places in the top 10 go to another title.",
                max(len(self.entered), len(self.left)),
            )
        else:
            first = _("The top 10 is made up of the same titles both ways.")
        if not self.same:
            same = _("None of %(all)s has the same place both ways.", all=self.total)
        else:
            same = ngettext(
                "%(num)d of %(all)s has the same place both ways.",
                "%(num)d of %(all)s have the same place both ways.",
                self.same,
                all=self.total,
            )
        return f"{first} {same}"


def compare(here: Mapping[int, int], there: Mapping[int, int], weighting: Weighting) -> Difference:
    """Two rankings as place by id."""
    best, best_there = (
        {number for number, place in places.items() if place <= TOP} for places in (here, there)
    )
    return Difference(
        weighting=weighting,
        total=len(here),
        same=sum(there.get(number) == place for number, place in here.items()),
        entered=tuple(sorted(best - best_there, key=here.__getitem__)),
        left=tuple(sorted(best_there - best, key=there.__getitem__)),
    )
