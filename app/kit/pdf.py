"""Paper: PDF files that screen readers understand (PDF/UA-1), set by Typst from templates/pdf/ and plain data."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import typst
from flask import current_app

MEDIA_TYPE = "application/pdf"


def render(template: str, data: dict[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF that templates/pdf/<template>.typ makes of `data`: plain JSON values, which stay data.

    Texts of people can never become markup, because they reach the template as strings and not as source.
    `pictures` are files that the template finds under their names. A thousand short pages take about half a second.
    """
    folder = Path(str(current_app.jinja_loader.searchpath[0])) / "pdf"  # type: ignore[union-attr]
    if not pictures:
        return _set(folder, template, data)
    # Typst reads pictures from files beside the template only.
    with TemporaryDirectory(prefix="paper-") as made:
        beside = Path(made)
        for source in folder.glob("*.typ"):
            copyfile(source, beside / source.name)
        for name, content in pictures.items():
            (beside / name).write_bytes(content)
        return _set(beside, template, data)


def _set(folder: Path, template: str, data: dict[str, Any]) -> bytes:
    source: Path = folder / f"{template}.typ"
    made = typst.compile(
        source,
        root=folder,
        font_paths=_known_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


def drawn(svg: str) -> bytes:
    """A drawing as PNG, for documents that take no drawings; its colours and width have to be in it."""
    made = typst.compile(
        _DRAWING,
        font_paths=_known_fonts(),
        sys_inputs={"svg": svg},
        format="png",
        ppi=200,
    )
    if not isinstance(made, bytes):
        raise TypeError("A drawing is one page.")
    return made


_DRAWING = (
    b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")\n'
)


def printable(text: str) -> str:
    """A text without the signs that the house font has no drawing for, such as emoji; a PDF/UA may not hold them."""
    return " ".join("".join(sign for sign in text if ord(sign) in _signs() or sign.isspace()).split())


@cache
def _signs() -> frozenset[int]:
    """The signs that the house font can draw, read once; the font tools are loaded by whoever makes paper only."""
    with import_module("fontTools.ttLib").TTFont(_fonts() / "SourceSans3[wght].ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _known_fonts() -> typst.Fonts:
    """The house font alone, looked through once."""
    return typst.Fonts(include_system_fonts=False, font_paths=[_fonts()])


@cache
def _fonts() -> Path:
    """The folder of the house font, as its package brings it."""
    return Path(str(resources.files("fontpkg_source_sans_3") / "files"))
