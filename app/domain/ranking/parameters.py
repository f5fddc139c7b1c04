"""The names of the methods and the settings that every ranking is computed, printed and recomputed with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm
from statistics import NormalDist

from app.domain.decision import N_

Z95 = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""

PLACES = 12
"""Scores are compared and stored after rounding to this many decimals: no processor decides a rank."""


def certainty_of(z: float) -> float:
    """How often a value lies within z standard errors, in percent with one decimal: 95.0 for Z95."""
    return round(200 * NormalDist().cdf(z) - 100, 1)


def z_of(certainty: float) -> float:
    """How many standard errors hold a value so often (percent, below 100); the reverse of `certainty_of`."""
    return Z95 if certainty == 95 else round(NormalDist().inv_cdf((100 + certainty) / 200), 12)


class Method(StrEnum):
    """The ways to order ideas. The value is the key in addresses; `versioned` is the name on a sealed
    standing.
    """

    DRAAGVLAK = "draagvlak"
    BRUG = "brug"
    ZEKERHEID = "zekerheid"
    NETTO = "netto"
    OMSTREDEN = "omstreden"
    GROEPSVERSCHIL = "groepsverschil"
    ACTUEEL = "actueel"

    @property
    def versioned(self) -> str:
        """The name with its version, such as `draagvlak@1`."""
        return f"{self.value}@1"

    @property
    def rises_with_support(self) -> bool:
        """Whether a for-vote can only raise the score and an against-vote can only lower it."""
        return self not in (Method.OMSTREDEN, Method.GROEPSVERSCHIL)

    @property
    def sees_groups(self) -> bool:
        """Whether it matters which group a vote comes from."""
        return self in (Method.DRAAGVLAK, Method.BRUG, Method.GROEPSVERSCHIL)

    @property
    def heeds_weighting(self) -> bool:
        """Whether the order differs per group and per person."""
        return self in (Method.DRAAGVLAK, Method.BRUG)


class ThemeMethod(StrEnum):
    """The ways to order themes; `meerderheid` counts every person once per theme and is the default."""

    MEERDERHEID = "meerderheid"
    BEREIK = "bereik"
    TOP3 = "top3"

    @property
    def heeds_weighting(self) -> bool:
        """Whether the order differs per group and per person."""
        return self is not ThemeMethod.BEREIK

    @property
    def versioned(self) -> str:
        """The name with its version, such as `meerderheid@1`."""
        return f"{self.value}@1"


class AgendaMethod(StrEnum):
    """The ways to fill an agenda; `mes_add1` decides, the others are shown beside it as a comparison."""

    MES_ADD1 = "mes_add1"
    PHRAGMEN = "phragmen"
    GREEDY = "meeste_stemmen"

    @property
    def versioned(self) -> str:
        """The name with its version, such as `mes_add1@1`."""
        return f"{self.value}@1"


class Weighting(StrEnum):
    """Whether the groups weigh by their set weights, or every person weighs alike."""

    PER_GROUP = "per_group"
    PER_PERSON = "per_person"


def _thirds() -> tuple[Fraction, ...]:
    return (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every number that a ranking depends on besides the votes.

    groups: keys of the groups, in the order of the columns of every table. weights: weight of each group;
    not negative, together 1. m: number of imagined average votes per group (votes). n_min: votes an idea
    needs before it is ranked. z: width of bands and of the Wilson bound in standard errors. k: damping of
    the weight of a small group (voters). half_life_days: age at which a vote counts half in Actueel. calm:
    votes at which Omstreden counts half. min_supporters: supporters a theme needs. min_votes: votes a person
    needs before an inferred ballot counts.

    Raises ValueError with a sentence when a value makes no sense.
    """

    groups: tuple[str, ...] = ("resident", "council", "partner")
    weights: tuple[Fraction, ...] = field(default_factory=_thirds)
    m: int = 5
    n_min: int = 5
    z: float = Z95
    k: int = 10
    half_life_days: float = 7.0
    calm: int = 10
    min_supporters: int = 5
    min_votes: int = 3

    def __post_init__(self) -> None:
        if not self.groups or len(set(self.groups)) != len(self.groups):
            raise ValueError(N_("The groups must be named, each once."))
        if len(self.weights) != len(self.groups):
            raise ValueError(N_("Every group needs exactly one weight."))
        if min(self.weights) < 0 or sum(self.weights) != 1:
            raise ValueError(N_("The weights of the groups must not be negative and must add up to 1."))
        if self.m < 1 or self.k < 0 or self.calm < 1 or self.half_life_days <= 0 or self.z < 0:
            raise ValueError(
                N_("m, calm and half_life_days must be above zero; k and z must not be negative.")
            )
        if min(self.n_min, self.min_supporters, self.min_votes) < 0:
            raise ValueError(N_("Thresholds must not be negative."))

    @classmethod
    def equal(cls, groups: Sequence[str], **settings: int | float) -> "Parameters":
        """Parameters for any groups that all weigh the same."""
        keys = tuple(groups)
        return cls(keys, (Fraction(1, len(keys)),) * len(keys), **settings)  # type: ignore[arg-type]

    @property
    def whole_weights(self) -> tuple[int, ...]:
        """The group weights as the smallest whole numbers with the same proportions."""
        common = lcm(*(weight.denominator for weight in self.weights))
        whole = [int(weight * common) for weight in self.weights]
        divisor = gcd(*whole)
        return tuple(value // divisor for value in whole)
