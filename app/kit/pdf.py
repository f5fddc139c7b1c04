"""Paper: PDF files that screen readers understand (PDF/UA-1), set by Typst from templates/pdf/ and plain data."""

import json
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import typst
from flask import current_app

MEDIA_TYPE = "application/pdf"


def render(template: str, data: dict[str, Any]) -> bytes:
    """The PDF that templates/pdf/<template>.typ makes of `data`: plain JSON values, which stay data.

    Texts of people can never become markup, because they reach the template as strings and not as source.
    A thousand short pages take about half a second.
    """
    folder = Path(str(current_app.jinja_loader.searchpath[0])) / "pdf"  # type: ignore[union-attr]
    source: Path = folder / f"{template}.typ"
    made = typst.compile(
        source,
        root=folder,
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


def printable(text: str) -> str:
    """A text without the signs that the house font has no drawing for, such as emoji; a PDF/UA may not hold them."""
    return " ".join("".join(sign for sign in text if ord(sign) in _signs() or sign.isspace()).split())


@cache
def _signs() -> frozenset[int]:
    """The signs that the house font can draw, read once; the font tools are loaded by whoever makes paper only."""
    with import_module("fontTools.ttLib").TTFont(_fonts() / "SourceSans3[wght].ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _fonts() -> Path:
    """The folder of the house font, as its package brings it."""
    return Path(str(resources.files("fontpkg_source_sans_3") / "files"))
