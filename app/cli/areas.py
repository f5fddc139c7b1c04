"""Neighbourhoods of the municipality, from a file that is checked as a whole before anything is written."""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.refusal import Refusal
from app.db import db
from app.kit import audit, clock
from app.models.area import Area

areas = AppGroup("areas", help="Neighbourhoods of the municipality.")

MOST_BYTES = 2_000_000
LONGEST_NAME = 80
KNOWN = frozenset({"name", "code", "year", "latitude", "longitude", "postcodes", "approximate"})
_CODE = re.compile(r"(WK|BU)\d{6,8}")
_POSTCODE = re.compile(r"[1-9]\d{3}")
_NETHERLANDS = ((50.7, 53.7), (3.2, 7.3))
"""Latitudes and longitudes; whoever swaps the two hears of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A neighbourhood as a file tells it."""

    name: str
    latitude: float
    longitude: float
    code: str = ""
    year: int | None = None
    postcodes: tuple[str, ...] = ()
    approximate: bool = False

    @property
    def slug(self) -> str:
        """The name as an address has it."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode("ascii").lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@areas.command("load")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def load(file: Path) -> None:
    """Put the neighbourhoods of FILE (JSON, see docs/examples/areas.json) in the place of those there are.

    Ideas keep the name of a neighbourhood that is gone.
    """
    try:
        content = file.read_bytes()[: MOST_BYTES + 1]
    except OSError as fault:
        raise Refusal(f"{file} cannot be read: {fault.strerror or fault}.") from None
    if len(content) > MOST_BYTES:
        raise Refusal(f"{file} is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise Refusal(f"{file} is not JSON: {fault}.") from None
    entries, faults = read(data)
    if faults:
        listed = "\n".join(f"- {fault}" for fault in faults)
        raise Refusal(f"Nothing was loaded. {file} has {len(faults)} fault(s):\n{listed}")
    added, changed, gone = put(entries)
    now = clock.now()
    first = db.session.scalars(select(Area).order_by(Area.position)).first()
    if first is not None:
        after = {"added": added, "changed": changed, "removed": gone}
        audit.record(None, "areas.load", first, now, after=after, why=file.name)
    db.session.commit()
    click.echo(f"{len(entries)} neighbourhoods: {added} new, {changed} changed, {gone} removed.")


def read(data: Any) -> tuple[list[Entry], list[str]]:
    """The neighbourhoods of a file and everything that is wrong with it, all at once."""
    rows = data.get("areas") if isinstance(data, Mapping) else None
    if not isinstance(rows, list) or not rows:
        return [], ['The file needs a list under "areas" with at least one neighbourhood.']
    faults: list[str] = []
    entries: list[Entry] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            faults.append(f"Neighbourhood {number} is not a table of names and values.")
            continue
        wrong = list(_faults(row))
        name = row.get("name")
        called = f"Neighbourhood {number} ({name})" if isinstance(name, str) else f"Neighbourhood {number}"
        faults += [f"{called}: {fault}" for fault in wrong]
        if not wrong:
            entries.append(_entry(row))
    for what, values in (("name", [e.slug for e in entries]), ("code", [e.code for e in entries if e.code])):
        twice = [value for value, times in Counter(values).items() if times > 1]
        faults += [f"The {what} {value} stands in the file more than once." for value in twice]
    return entries, faults


def put(entries: Sequence[Entry]) -> tuple[int, int, int]:
    """Make the table say what the entries say; the caller commits. How many were added, changed and removed."""
    there = {area.slug: area for area in db.session.scalars(select(Area))}
    added = changed = 0
    for position, entry in enumerate(entries):
        area = there.pop(entry.slug, None)
        values = {
            "name": entry.name,
            "code": entry.code,
            "year": entry.year,
            "latitude": entry.latitude,
            "longitude": entry.longitude,
            "is_approximate": entry.approximate,
            "postcodes": " ".join(entry.postcodes),
            "position": position,
        }
        if area is None:
            db.session.add(Area(slug=entry.slug, **values))
            added += 1
        elif any(getattr(area, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(area, name, value)
            changed += 1
    for area in there.values():
        db.session.delete(area)
    db.session.flush()
    return added, changed, len(there)


def _faults(row: Mapping[str, Any]) -> Iterator[str]:
    name = row.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME:
        yield f"the name has 1 to {LONGEST_NAME} characters."
    elif not _entry({"name": name, "latitude": 0, "longitude": 0}).slug:
        yield "the name needs letters or digits."
    for field, (least, most) in zip(("latitude", "longitude"), _NETHERLANDS, strict=True):
        value = row.get(field)
        if not _is_number(value) or not least <= float(value) <= most:
            yield f"the {field} is a number from {least} to {most}, in degrees."
    code, year = row.get("code", ""), row.get("year")
    if not isinstance(code, str) or (code and not _CODE.fullmatch(code)):
        yield "the code begins with WK or BU and has six to eight digits, or is empty."
    if year is not None and not (
        isinstance(year, int) and not isinstance(year, bool) and 1990 <= year <= 2100
    ):
        yield "the year is a number such as 2025, or left out."
    elif code and year is None:
        yield "a code needs the year of its division."
    postcodes = row.get("postcodes", [])
    if (
        not isinstance(postcodes, list)
        or len(postcodes) > 40
        or not all(isinstance(code, str) and _POSTCODE.fullmatch(code) for code in postcodes)
    ):
        yield 'the postcodes are a list of four digits, such as ["6211"].'
    if not isinstance(row.get("approximate", False), bool):
        yield "approximate is true or false."
    for unknown in sorted(set(map(str, row)) - KNOWN):
        yield f"{unknown!r} is not known."


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        name=" ".join(row["name"].split()),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        code=row.get("code", ""),
        year=row.get("year"),
        postcodes=tuple(row.get("postcodes", ())),
        approximate=row.get("approximate", False),
    )
