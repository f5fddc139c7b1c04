"""The marks that every drawing is made of: an image with a name, boxes, words; widths in percent, heights in pixels."""

from collections.abc import Sequence

from markupsafe import Markup

LONGEST_LABEL = 38  # letters that fit beside each other on a phone; the table has the whole label
ROOM_FOR_WORDS = 62  # percent of the width for the longest bar; its words stand behind it


def svg(
    title: str, description: str, height: float, parts: Sequence[Markup], css: str = "chart__svg"
) -> Markup:
    more = Markup("<desc>{}</desc>").format(description) if description else Markup("")
    return Markup(
        '<svg class="{}" width="100%" height="{}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>'
    ).format(css, n(height), title, title, more, Markup("").join(parts))


def inner(x: str, y: float, width: str, height: float, content: Markup) -> Markup:
    return Markup('<svg x="{}" y="{}" width="{}" height="{}" overflow="visible">{}</svg>').format(
        x, n(y), width, n(height), content
    )


def rect(x: str, y: float, width: str, height: float, css: str, radius: int = 0, shift: int = 0) -> Markup:
    rounded = Markup(' rx="{}"').format(radius) if radius else Markup("")
    moved = Markup(' transform="translate({})"').format(shift) if shift else Markup("")
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"{}{}/>').format(
        css, x, n(y), width, n(height), rounded, moved
    )


def text(x: str, y: float, words: str, css: str = "", anchor: str = "", shift: int = 0) -> Markup:
    more = Markup("").join(
        Markup(' {}="{}"').format(name, value)
        for name, value in (("class", css), ("text-anchor", anchor), ("dx", shift or ""))
        if value
    )
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(x, n(y), more, words)


def short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def tone_of(tone: int) -> int:
    return tone if 0 <= tone <= 6 else 0


def n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
