"""The map library from its packages, made ready for pages that allow no script and no image of elsewhere."""

import re
from importlib.util import find_spec
from pathlib import Path

MAP_FILES = {
    "vendor/leaflet.js": ("leaflet", "leaflet.js"),
    "vendor/leaflet.css": ("leaflet", "leaflet.css"),
    "vendor/markercluster.js": ("leaflet_markercluster", "leaflet.markercluster.js"),
    "vendor/markercluster.css": ("leaflet_markercluster", "MarkerCluster.css"),
}
"""From a file below static/ to the package it comes from and its name there."""
_NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
"""What a tile is set to that is not needed any more; nothing does as well, and our pages allow no such address."""
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_PICTURE = re.compile(r"^\s*(?:background-image|behavior):\s*url\([^)]*\);\s*$", re.MULTILINE)


def content(source: tuple[str, str]) -> str:
    """The text of a file: a script runs as a module, a style sheet asks for no pictures (we draw our own)."""
    text = _path(source).read_text(encoding="utf-8")
    if source[1].endswith(".js"):
        text = text.replace(_NO_PICTURE, "")
        # A module has no `this`; the library hangs itself on what that is.
        return f"(function(){{{_SOURCE_MAP.sub('', text)}\n}}).call(globalThis);\n"
    # In a layer below our own components, so that those have the last word.
    return f"@layer base{{{_PICTURE.sub('', text)}}}\n"


def written_at(source: tuple[str, str]) -> float:
    """When the file, or this recipe, was last written."""
    return max(_path(source).stat().st_mtime, Path(__file__).stat().st_mtime)


def _path(source: tuple[str, str]) -> Path:
    package, name = source
    spec = find_spec(f"xstatic.pkg.{package}")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package xstatic-{package} is not installed.")
    return Path(spec.origin).parent / "data" / name
