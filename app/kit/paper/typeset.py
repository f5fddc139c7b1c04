"""A described document as PDF/UA-1, set by Typst from templates/pdf/paper.typ."""

from collections.abc import Mapping
from typing import Any

from app.kit import pdf as press
from app.kit.paper.described import (
    Bullets,
    Figure,
    Heading,
    Lines,
    PageBreak,
    Paper,
    Part,
    Picture,
    Table,
    Text,
)
from app.kit.paper.drawings import standalone


def pdf(paper: Paper) -> bytes:
    """The document as PDF with tags, reading order, language and alternatives for every picture."""
    clean = press.printable
    pictures: dict[str, bytes] = {}
    return press.render(
        "paper",
        {
            "title": _never_empty(paper.title),
            "language": paper.language,
            "site": clean(paper.site),
            "kicker": clean(paper.kicker),
            "lead": clean(paper.lead),
            "facts": [[clean(name), clean(value)] for name, value in paper.facts],
            "parts": [_part(part, pictures) for part in paper.parts],
        },
        pictures,
    )


def _part(part: Part, pictures: dict[str, bytes]) -> Mapping[str, Any]:
    """One part as plain values; the files of pictures go into `pictures` under the name that the part gives."""
    clean = press.printable
    match part:
        case Heading(text, level):
            return {"kind": "heading", "text": _never_empty(text), "level": level + 1}
        case Text(text, kind):
            return {"kind": "text", "as": kind.value, "paragraphs": _paragraphs(text)}
        case Bullets(items, numbered):
            return {"kind": "bullets", "items": [clean(item) for item in items], "numbered": numbered}
        case Table(caption, head, rows, numbers, widths):
            return {
                "kind": "table",
                "caption": clean(caption),
                "head": [clean(name) for name in head],
                "rows": [[clean(cell) for cell in row] for row in rows],
                "numbers": list(numbers),
                "widths": list(widths) or [1] * len(head),
            }
        case Figure(svg, alt):
            return {"kind": "drawing", "svg": standalone(svg), "alt": _never_empty(alt)}
        case Picture(data, alt):
            name = f"picture-{len(pictures) + 1}"
            pictures[name] = data
            return {"kind": "picture", "name": name, "format": _format(data), "alt": _never_empty(alt)}
        case Lines(count):
            return {"kind": "lines", "count": count}
        case PageBreak():
            return {"kind": "break"}


def _never_empty(text: str) -> str:
    """What a PDF/UA may not leave out, also where the house font draws no sign of it: then a dash stands there."""
    return press.printable(text) or "–"


def _format(data: bytes) -> str:
    """Of a picture, by its first bytes."""
    if data.startswith(b"\x89PNG"):
        return "png"
    return "webp" if data[8:12] == b"WEBP" else "jpg"


def _paragraphs(text: str) -> list[str]:
    return [clean for block in text.split("\n\n") if (clean := press.printable(block))]
