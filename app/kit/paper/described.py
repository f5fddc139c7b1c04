"""What a document on paper is made of: plain values, with no word of how it is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup


class TextKind(StrEnum):
    """How a paragraph speaks."""

    BODY = "body"
    LEAD = "lead"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading under the title. level: 1 for a chapter, 2 for what stands in it, 3 within that; none is left out."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, divided by empty lines."""

    text: str
    kind: TextKind = TextKind.BODY


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; with numbers when the order tells something."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. numbers: which columns hold figures, counted from 0; widths: parts of the width."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of app.kit.charts; alt says in words what it shows."""

    svg: Markup
    alt: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the bytes of a JPEG, PNG or WebP file; alt says what is to be seen on it."""

    data: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Room to write by hand: so many empty lines."""

    count: int


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Part = Heading | Text | Bullets | Table | Figure | Picture | Lines | PageBreak


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. language: two letters; site: who gives it out; facts: names and values under the title."""

    title: str
    language: str
    site: str
    lead: str = ""
    kicker: str = ""
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[Part] = ()
