"""Where to go next: only places on this site."""

import re
from urllib.parse import unquote

LONGEST = 500
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


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
