"""From where on something stands out: the numbers of every signal, with their limits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.domain.decision import N_


@dataclass(frozen=True, slots=True)
class Limit:
    """What a threshold may be set to; `places` decimals."""

    least: float
    most: float
    places: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on votes stand out. Raises ValueError with a sentence when a number makes no sense.

    rarity: the chance that it happens by itself lies below 1 in 10^rarity (S1, S2, S3).
    times_usual: shares count from so many times the usual share of the platform (S1, S2).
    new_hours, new_votes, new_share: S1, accounts younger than so many hours, in a day.
    one_off_most, one_off_votes, one_off_share: S2, people with at most so many votes in all.
    burst_minutes, burst_votes: S3. network_accounts, network_hours, network_created: S4, so many accounts on a
    network vote alike, of which so many were made within so many hours.
    ring_seconds, ring_together, ring_common, ring_agreement, ring_overlap, ring_size: S5. shift: S6, places.
    jump: S7, places in a day.
    """

    rarity: int = 6
    times_usual: float = 3.0
    new_hours: int = 48
    new_votes: int = 10
    new_share: float = 0.5
    one_off_most: int = 2
    one_off_votes: int = 10
    one_off_share: float = 0.4
    burst_minutes: int = 10
    burst_votes: int = 15
    network_accounts: int = 5
    network_hours: int = 48
    network_created: int = 3
    ring_seconds: int = 60
    ring_together: int = 5
    ring_common: int = 8
    ring_agreement: float = 0.95
    ring_overlap: float = 0.8
    ring_size: int = 3
    shift: int = 5
    jump: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            value, limit = getattr(self, field.name), LIMITS[field.name]
            whole = limit.places == 0
            good = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
            if not good or not limit.least <= value <= limit.most:
                raise ValueError(N_("A threshold of the signals is not a number within its limits."))
        if self.network_created > self.network_accounts:
            raise ValueError(N_("No more accounts can be new than there must be on one network."))

    @property
    def log_rarity(self) -> float:
        """The natural logarithm of the chance below which something stands out."""
        return -self.rarity * LN10


LN10 = 2.302585092994046
LIMITS: Mapping[str, Limit] = {
    "rarity": Limit(2, 30),
    "times_usual": Limit(1, 20, 1),
    "new_hours": Limit(1, 720),
    "new_votes": Limit(3, 1000),
    "new_share": Limit(0.05, 1, 2),
    "one_off_most": Limit(1, 20),
    "one_off_votes": Limit(3, 1000),
    "one_off_share": Limit(0.05, 1, 2),
    "burst_minutes": Limit(1, 120),
    "burst_votes": Limit(3, 1000),
    "network_accounts": Limit(2, 100),
    "network_hours": Limit(1, 720),
    "network_created": Limit(1, 100),
    "ring_seconds": Limit(1, 600),
    "ring_together": Limit(2, 100),
    "ring_common": Limit(2, 200),
    "ring_agreement": Limit(0.5, 1, 2),
    "ring_overlap": Limit(0.1, 1, 2),
    "ring_size": Limit(2, 50),
    "shift": Limit(1, 100),
    "jump": Limit(2, 500),
}


def thresholds_from(settings: Mapping[str, Any]) -> Thresholds:
    """The thresholds of a process: the defaults with what its settings change. Raises ValueError with a sentence."""
    if set(settings) - set(LIMITS):
        raise ValueError(N_("A threshold of the signals is not known."))
    return Thresholds(**settings)


def least(thresholds: Thresholds) -> dict[str, int | float]:
    """Of all thresholds only those that differ from the usual ones: what a process keeps."""
    usual = Thresholds()
    return {
        name: getattr(thresholds, name)
        for name in LIMITS
        if getattr(thresholds, name) != getattr(usual, name)
    }
