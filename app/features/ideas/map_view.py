"""Ideas on a map: the same list by neighbourhood, a drawing for who has no scripts, and the points for who has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

import numpy as np
from flask import url_for
from sqlalchemy import select

from app.db import db
from app.features.ideas.listing import Choice, Listing
from app.models.idea import Idea
from app.records import areas, traits
from app.records.areas import AreaRow

SHOWN = 8
"""Ideas of each neighbourhood that stand on the page; the others are a link away."""
MOST_POINTS = 3000
WIDTH, HEIGHT, EDGE = 480, 400, 36
SMALLEST, LARGEST = 13, 30


@dataclass(frozen=True, slots=True)
class Line:
    """One idea in the list beside the map."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Place:
    """A neighbourhood with its ideas; without a name those that name none."""

    name: str
    count: int
    href: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A neighbourhood in the drawing: where, how large, and what it says."""

    name: str
    count: int
    href: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class MapPage:
    """What the page with the map holds."""

    places: tuple[Place, ...]
    dots: tuple[Dot, ...]
    areas: tuple[AreaRow, ...]
    points: str
    """The address of the points."""
    unplaced: int
    """Ideas that stand nowhere on the map."""
    size: tuple[int, int] = (WIDTH, HEIGHT)


def read(found: Listing) -> MapPage:
    """The page of a list; one statement for the titles."""
    every = areas.everywhere()
    rows = _by_area(found)
    shown = [int(found.sheet.ids[row]) for members in rows.values() for row in members[:SHOWN]]
    titles = _titles(shown)
    names = dict(found.sheet.traits.area_names)
    places = []
    for key, members in rows.items():
        name = names.get(key, "")
        numbers = [int(found.sheet.ids[row]) for row in members[:SHOWN]]
        lines = tuple(Line(number, titles[number]) for number in numbers if number in titles)
        places.append(Place(name, len(members), _list_of(found.choice, name) if key else "", lines))
    places.sort(key=lambda place: (not place.name, place.name.casefold()))
    here = {traits.area_key(place.name): place for place in places}
    known = {traits.area_key(area.name): area for area in every}
    exact = ~np.isnan(found.sheet.traits.latitude)
    unplaced = sum(
        int(not exact[row]) for key, members in rows.items() if key not in known for row in members
    )
    return MapPage(
        places=tuple(places),
        dots=_dots([(area, here[key]) for key, area in known.items() if key in here], every),
        areas=every,
        points=points_of(found.choice),
        unplaced=unplaced,
    )


def points_of(choice: Choice) -> str:
    """The address of the points of a view."""
    return choice.address(base=url_for("lists.points"), oproep=choice.call.slug, sort="", kaart="")


def points(found: Listing) -> dict[str, Any]:
    """Where ideas stand, as GeoJSON: their own place, else the middle of their neighbourhood. Nothing about votes."""
    its = found.sheet.traits
    known = {traits.area_key(area.name): area for area in areas.everywhere()}
    placed: dict[int, tuple[float, float, bool]] = {}
    for row in np.flatnonzero(found.found).tolist():
        area = known.get(traits.area_key(its.areas[row]))
        number = int(found.sheet.ids[row])
        if not np.isnan(its.latitude[row]):
            placed[number] = (float(its.longitude[row]), float(its.latitude[row]), True)
        elif area is not None:
            placed[number] = (area.longitude, area.latitude, False)
        if len(placed) == MOST_POINTS:
            break
    titles = _titles(list(placed))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": number,
                "geometry": {"type": "Point", "coordinates": [east, north]},
                "properties": {"title": titles[number], "exact": exact},
            }
            for number, (east, north, exact) in placed.items()
            if number in titles
        ],
    }


def _by_area(found: Listing) -> dict[str, list[int]]:
    """The rows of what was found by neighbourhood, newest first."""
    rows: dict[str, list[int]] = {}
    for row in np.flatnonzero(found.found).tolist():
        rows.setdefault(traits.area_key(found.sheet.traits.areas[row]), []).append(row)
    return rows


def _list_of(choice: Choice, area: str) -> str:
    return choice.address(buurt=area, kaart="")


def _titles(ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(select(Idea.id, Idea.title).where(Idea.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _dots(here: Sequence[tuple[AreaRow, Place]], every: Sequence[AreaRow]) -> tuple[Dot, ...]:
    """Neighbourhoods as circles whose surface is their number of ideas, on a flat drawing of the municipality."""
    if not here:
        return ()
    middle = radians(sum(area.latitude for area in every) / len(every))
    across = [area.longitude * cos(middle) for area in every]
    up = [area.latitude for area in every]
    wide, high = max(across) - min(across), max(up) - min(up)
    scale = min((WIDTH - 2 * EDGE) / (wide or 1), (HEIGHT - 2 * EDGE) / (high or 1))
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    most = max(place.count for _area, place in here)
    return tuple(
        Dot(
            name=place.name,
            count=place.count,
            href=place.href,
            x=round(left + (area.longitude * cos(middle) - min(across)) * scale, 1),
            y=round(top + (max(up) - area.latitude) * scale, 1),
            radius=round(SMALLEST + (LARGEST - SMALLEST) * sqrt(place.count / most), 1),
        )
        for area, place in sorted(here, key=lambda pair: -pair[1].count)
    )
