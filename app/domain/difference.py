"""What changed between two texts, word by word, so that people can read it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\s+|\w+|[^\w\s]+")
MOST_PIECES = 4_000
"""Of one text; a longer one is compared by its paragraphs, which takes a moment instead of minutes."""


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what became of it."""

    change: Change
    text: str


def between(before: str, after: str) -> list[Piece]:
    """The new text with what went and what came, in reading order: what went stands before what came in its place."""
    old, new = _pieces(before), _pieces(after)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _add(found, Change.SAME, "".join(new[j1:j2]))
            continue
        _add(found, Change.GONE, "".join(old[i1:i2]))
        _add(found, Change.NEW, "".join(new[j1:j2]))
    return _smoothed(found)


def _pieces(text: str) -> list[str]:
    pieces = _PIECES.findall(text)
    return pieces if len(pieces) <= MOST_PIECES else re.split(r"(\n+)", text)


def _add(found: list[Piece], change: Change, text: str) -> None:
    if text:
        found.append(Piece(change, text))


def _smoothed(pieces: list[Piece]) -> list[Piece]:
    """Join what went and came around a lone space, so that a rewritten sentence reads as one change and not as ten."""
    found: list[Piece] = []
    gone = new = ""
    for place, piece in enumerate(pieces):
        between_changes = gone + new and place + 1 < len(pieces) and pieces[place + 1].change != Change.SAME
        if piece.change == Change.GONE:
            gone += piece.text
        elif piece.change == Change.NEW:
            new += piece.text
        elif between_changes and not piece.text.strip() and "\n" not in piece.text:
            gone += piece.text
            new += piece.text
        else:
            _flush(found, gone, new)
            gone = new = ""
            found.append(piece)
    _flush(found, gone, new)
    return found


def _flush(found: list[Piece], gone: str, new: str) -> None:
    _add(found, Change.GONE, gone)
    _add(found, Change.NEW, new)
