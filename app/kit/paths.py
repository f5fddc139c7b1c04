"""What addresses hold: numbers that a database can hold, and ways on that stay on this site."""

import re
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask import Flask, has_request_context, request, url_for
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

LARGEST_NUMBER = 2**31 - 1
LONGEST = 500
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class Number(IntegerConverter):
    """A number of something in the database; a larger one is no page (404) instead of a fault of the database."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_NUMBER, **options})


class Name(UnicodeConverter):
    """A name in an address; one with a NUL in it is no page (404) instead of a fault of the database."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def number(text: str) -> int:
    """A number of something in the database behind the question mark, as in `get("voor", type=paths.number)`.

    Raises ValueError for anything else, also for numbers that no database holds.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_NUMBER):
        raise ValueError("Not a number of something in the database.")
    return int(text)


def same_site(path: str | None) -> str:
    """The path when it leads to a page of this site, else nothing.

    A browser reads `//other.example`, `/\\other.example` and `/<tab>/other.example` as another site, so
    a path begins with one slash and holds no backslash, blank or double slash, also not when decoded twice.
    """
    if not path or len(path) > LONGEST or not path.startswith("/") or _FORBIDDEN.search(path):
        return ""
    place = re.split(r"[?#]", path, maxsplit=1)[0]
    for _round in range(3):
        if "//" in place or _FORBIDDEN.sub("", place) != place:
            return ""
        place = unquote(place)
    return path


def split(address: str) -> SplitResult:
    """The parts of a whole address; all empty for what is none: headers hold whatever somebody sends."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


_places: dict[tuple[str, str], str] = {}
_MOST_PLACES = 1000


def place(endpoint: str, **values: Any) -> str:
    """What `url_for` says; the addresses without values, of which every page holds dozens, are made once."""
    if values or not has_request_context():
        return url_for(endpoint, **values)
    key = (request.script_root, endpoint)
    known = _places.get(key)
    if known is None:
        known = url_for(endpoint)
        if len(_places) < _MOST_PLACES:
            _places[key] = known
    return known


def init_app(app: Flask) -> None:
    app.url_map.converters.update(int=Number, string=Name, default=Name)
    app.jinja_env.globals["url_for"] = place
