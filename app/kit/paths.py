"""What addresses hold: numbers that a database can hold, and ways on that stay on this site."""

import re
from typing import Any
from urllib.parse import unquote

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_NUMBER = 2**31 - 1
LONGEST = 500
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class Number(IntegerConverter):
    """A number of something in the database; a larger one is no page (404) instead of a fault of the database."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_NUMBER, **options})


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


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Number
