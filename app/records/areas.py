"""The neighbourhoods of the municipality, for forms, filters and maps: read by all, changed by a command."""

from dataclasses import dataclass
from math import cos, hypot, radians

from sqlalchemy import select

from app.db import db
from app.kit.kept import Kept
from app.models.area import Area

KEPT_FOR = 60.0
"""Seconds: neighbourhoods change once a year, and by a command on the server."""
KILOMETRES_PER_DEGREE = 111.2
FURTHEST = 25.0
"""Kilometres from the nearest middle of a neighbourhood within which a place may lie."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A neighbourhood with its middle."""

    slug: str
    name: str
    code: str
    year: int | None
    latitude: float
    longitude: float
    is_approximate: bool
    postcodes: str


_kept: Kept[tuple[AreaRow, ...]] = Kept("areas", KEPT_FOR)


def everywhere() -> tuple[AreaRow, ...]:
    """Every neighbourhood in the order of the list; nothing where the site has none."""
    return _kept.get("all", lambda _stale: _read()) or ()


def named(name: str) -> AreaRow | None:
    """The neighbourhood of this name, if the site has it."""
    return next((area for area in everywhere() if area.name == name), None)


def of_postcode(four_digits: str) -> AreaRow | None:
    """A neighbourhood in which this four-digit postcode lies; the first, where it lies in several."""
    return next((area for area in everywhere() if four_digits in area.postcodes.split()), None)


def distance(area: AreaRow, latitude: float, longitude: float) -> float:
    """Kilometres from the middle of a neighbourhood, flat, as a city is."""
    east = (area.longitude - longitude) * cos(radians(latitude))
    return hypot(area.latitude - latitude, east) * KILOMETRES_PER_DEGREE


def nearest(latitude: float, longitude: float) -> AreaRow | None:
    """The neighbourhood whose middle lies closest to a place, when it lies in or around the municipality."""
    area = min(everywhere(), key=lambda row: distance(row, latitude, longitude), default=None)
    return area if area is not None and distance(area, latitude, longitude) <= FURTHEST else None


def _read() -> tuple[AreaRow, ...]:
    rows = db.session.execute(
        select(
            Area.slug,
            Area.name,
            Area.code,
            Area.year,
            Area.latitude,
            Area.longitude,
            Area.is_approximate,
            Area.postcodes,
        ).order_by(Area.position, Area.name)
    )
    return tuple(AreaRow(*row) for row in rows)
