"""Amounts as bars: beside each other, per group, for and against, and the minutes of an agenda."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.kit.charts.marks import ROOM_FOR_WORDS, inner, n, rect, short, svg, text, tone_of


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its size, and optionally other words for the size and the tone of its theme."""

    label: str
    value: float
    text: str = ""
    tone: int = 0

    @property
    def words(self) -> str:
        return self.text or f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of bars on the same scale, such as the votes on an idea in each group of people.

    A value of None is withheld; the chart says so in the bar's place.
    """

    label: str
    values: Sequence[float | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an agenda. `mark` is what stands in it, when that is not its running number."""

    title: str
    minutes: int
    tone: int = 0
    mark: str | None = None


def bars(title: str, rows: Sequence[Bar], description: str = "") -> Markup:
    """Horizontal bars under their labels, each with its words behind it; the longest sets the scale."""
    top = max((row.value for row in rows), default=0) or 1
    parts: list[Markup] = []
    for place, row in enumerate(rows):
        y, width = place * 58, ROOM_FOR_WORDS * max(row.value, 0) / top
        parts += [
            text("0", y + 16, short(row.label)),
            rect("0", y + 24, f"{n(width)}%", 20, f"c-{tone_of(row.tone)}", 5),
            text(f"{n(width)}%", y + 40, row.words, "c-strong", shift=8),
        ]
    return svg(title, description, max(len(rows) * 58 - 12, 0), parts)


def grouped_bars(
    title: str,
    series: Sequence[str],
    groups: Sequence[Group],
    top: float = 100,
    withheld: str = "–",
    description: str = "",
) -> Markup:
    """For every group one bar per series on one scale from 0 to `top`; a withheld value keeps its place in words.

    `series` holds short words (for, against); two series get the colours of for and against.
    """
    colours = ("c-for", "c-against") if len(series) <= 2 else tuple(f"c-{tone}" for tone in range(1, 7))
    parts: list[Markup] = []
    y = 0
    for group in groups:
        parts.append(text("0", y + 17, short(group.label), "c-strong"))
        y += 28
        for place, (value, words) in enumerate(zip(group.values, group.texts, strict=True)):
            parts.append(text("0", y + 16, series[place], "c-quiet"))
            if value is None:
                parts.append(text("72", y + 16, withheld, "c-quiet"))
            else:
                width = 100 * min(max(value / top, 0), 1)
                bar = rect("0", 0, "100%", 20, "c-ground", 5) + rect(
                    "0", 0, f"{n(width)}%", 20, colours[place % 6], 5
                )
                parts.append(inner("72", y, f"{ROOM_FOR_WORDS}%", 20, bar + text("100%", 16, words, shift=8)))
            y += 28
        y += 14
    return svg(title, description, max(y - 22, 0), parts)


def for_against(
    title: str, count_for: int, count_against: int, words_for: str, words_against: str, description: str = ""
) -> Markup:
    """One bar, for on the left and against on the right, with their words under it."""
    total = count_for + count_against
    parts = [rect("0", 0, "100%", 24, "c-against" if total else "c-ground", 5)]
    if count_for:
        share = 100 * count_for / total
        parts.append(rect("0", 0, f"{n(share)}%", 24, "c-for", 5))
    if count_for and count_against:
        parts.append(rect(f"{n(share)}%", 0, "4", 24, "c-gap"))
    parts += [text("0", 46, words_for, "c-strong"), text("100%", 46, words_against, "c-strong", "end")]
    return svg(title, description, 52, parts)


def time_bar(title: str, items: Sequence[Item], minute: str = "min", description: str = "") -> Markup:
    """The agenda as one bar of time: each item as wide as its minutes, numbered as in the list beside it."""
    total = sum(item.minutes for item in items) or 1
    parts: list[Markup] = []
    x = 0.0
    for number, item in enumerate(items, start=1):
        width = 100 * item.minutes / total
        mark = str(number) if item.mark is None else item.mark
        low = 24 if width >= 18 else 33
        middle = text("50%", low, mark, "c-strong", "middle") if mark and width >= 5 else Markup("")
        if width >= 18:
            middle += text("50%", 44, f"{item.minutes} {minute}", "", "middle")
        tone = tone_of(item.tone)
        box = rect("0", 0, "100%", 58, f"c-soft-{tone}") + rect("0", 52, "100%", 6, f"c-{tone}")
        parts.append(
            inner(
                f"{n(x)}%",
                0,
                f"{n(width)}%",
                58,
                box + rect("100%", 0, "3", 58, "c-gap", shift=-3) + middle,
            )
        )
        x += width
    return svg(title, description, 58, parts, "chart__svg chart__svg--wide")
