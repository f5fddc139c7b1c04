"""Charts as SVG drawn on the server: pure functions from plain numbers to markup; colours come from classes in the CSS.

Every chart names itself (title, desc) for screen readers; the page shows the same figures as a table beside it
with the `chart` macro. Tones are the numbers 0..6 of the themes. Widths are shares of the drawing's width and
heights are pixels, so that letters keep their size on a phone and on a wide screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

LONGEST_LABEL = 38  # letters that fit beside each other on a phone; the table has the whole label
ROOM_FOR_WORDS = 62  # percent of the width for the longest bar; its words stand behind it


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
            _text("0", y + 16, _short(row.label)),
            _rect("0", y + 24, f"{_n(width)}%", 20, f"c-{_tone(row.tone)}", 5),
            _text(f"{_n(width)}%", y + 40, row.words, "c-strong", shift=8),
        ]
    return _svg(title, description, max(len(rows) * 58 - 12, 0), parts)


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
        parts.append(_text("0", y + 17, _short(group.label), "c-strong"))
        y += 28
        for place, (value, words) in enumerate(zip(group.values, group.texts, strict=True)):
            parts.append(_text("0", y + 16, series[place], "c-quiet"))
            if value is None:
                parts.append(_text("72", y + 16, withheld, "c-quiet"))
            else:
                width = 100 * min(max(value / top, 0), 1)
                bar = _rect("0", 0, "100%", 20, "c-ground", 5) + _rect(
                    "0", 0, f"{_n(width)}%", 20, colours[place % 6], 5
                )
                parts.append(
                    _inner("72", y, f"{ROOM_FOR_WORDS}%", 20, bar + _text("100%", 16, words, shift=8))
                )
            y += 28
        y += 14
    return _svg(title, description, max(y - 22, 0), parts)


def for_against(
    title: str, count_for: int, count_against: int, words_for: str, words_against: str, description: str = ""
) -> Markup:
    """One bar, for on the left and against on the right, with their words under it."""
    total = count_for + count_against
    parts = [_rect("0", 0, "100%", 24, "c-against" if total else "c-ground", 5)]
    if count_for:
        share = 100 * count_for / total
        parts.append(_rect("0", 0, f"{_n(share)}%", 24, "c-for", 5))
    if count_for and count_against:
        parts.append(_rect(f"{_n(share)}%", 0, "4", 24, "c-gap"))
    parts += [_text("0", 46, words_for, "c-strong"), _text("100%", 46, words_against, "c-strong", "end")]
    return _svg(title, description, 52, parts)


def time_bar(title: str, items: Sequence[Item], minute: str = "min", description: str = "") -> Markup:
    """The agenda as one bar of time: each item as wide as its minutes, numbered as in the list beside it."""
    total = sum(item.minutes for item in items) or 1
    parts: list[Markup] = []
    x = 0.0
    for number, item in enumerate(items, start=1):
        width = 100 * item.minutes / total
        mark = str(number) if item.mark is None else item.mark
        low = 24 if width >= 18 else 33
        middle = _text("50%", low, mark, "c-strong", "middle") if mark and width >= 5 else Markup("")
        if width >= 18:
            middle += _text("50%", 44, f"{item.minutes} {minute}", "", "middle")
        tone = _tone(item.tone)
        box = _rect("0", 0, "100%", 58, f"c-soft-{tone}") + _rect("0", 52, "100%", 6, f"c-{tone}")
        parts.append(
            _inner(
                f"{_n(x)}%",
                0,
                f"{_n(width)}%",
                58,
                box + _rect("100%", 0, "3", 58, "c-gap", shift=-3) + middle,
            )
        )
        x += width
    return _svg(title, description, 58, parts, "chart__svg chart__svg--wide")


def line(title: str, points: Sequence[tuple[str, float]], ticks: int = 4, description: str = "") -> Markup:
    """A line over time from zero up; words under the first and last point, and the last value at its end."""
    height, foot, head = 240, 28, 12
    room, top = height - foot - head, _round_up(max((value for _, value in points), default=0))
    parts: list[Markup] = []
    for step in range(ticks + 1):
        y = head + room * step / ticks
        parts.append(_text("0", y - 5, f"{top * (ticks - step) / ticks:g}", "c-quiet"))
        parts.append(_rect("0", y, "100%", 1, "c-grid"))
    if points:
        last = max(len(points) - 1, 1)
        spots = [(92 * i / last, 100 * (1 - value / top)) for i, (_, value) in enumerate(points)]
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in spots)
        parts.append(
            Markup(
                '<svg y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" '
                'overflow="visible">'
                '<path class="c-area" d="M{}L{} 100L0 100Z"/><path class="c-line" d="M{}"/></svg>'
            ).format(head, _n(room), path, _n(spots[-1][0]), path)
        )
        x, y = f"{_n(spots[-1][0])}%", head + room * spots[-1][1] / 100
        parts.append(Markup('<circle class="c-dot" cx="{}" cy="{}" r="6"/>').format(x, _n(y)))
        parts.append(_text(x, y - 14, f"{points[-1][1]:g}", "c-strong", "end", shift=6))
        parts.append(_text("0", height - 6, points[0][0], "c-quiet"))
        parts.append(_text(x, height - 6, points[-1][0], "c-quiet", "end", shift=6))
    return _svg(title, description, height, parts)


def sparkline(title: str, values: Sequence[float]) -> Markup:
    """A small line without axes; its title carries the meaning."""
    if not values:
        return Markup("")
    low, high = min(values), max(values)
    span, last = (high - low) or 1, max(len(values) - 1, 1)
    spots = [(3 + 114 * i / last, 28 - 24 * (value - low) / span) for i, value in enumerate(values)]
    path = "L".join(f"{_n(x)} {_n(y)}" for x, y in spots)
    return Markup(
        '<svg class="sparkline" viewBox="0 0 120 32" role="img" aria-label="{}"><path class="c-line" d="M{}"/>'
        '<circle class="c-dot" cx="{}" cy="{}" r="3.5"/></svg>'
    ).format(title, path, _n(spots[-1][0]), _n(spots[-1][1]))


def _svg(
    title: str, description: str, height: float, parts: Sequence[Markup], css: str = "chart__svg"
) -> Markup:
    more = Markup("<desc>{}</desc>").format(description) if description else Markup("")
    return Markup(
        '<svg class="{}" width="100%" height="{}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>'
    ).format(css, _n(height), title, title, more, Markup("").join(parts))


def _inner(x: str, y: float, width: str, height: float, content: Markup) -> Markup:
    return Markup('<svg x="{}" y="{}" width="{}" height="{}" overflow="visible">{}</svg>').format(
        x, _n(y), width, _n(height), content
    )


def _rect(x: str, y: float, width: str, height: float, css: str, radius: int = 0, shift: int = 0) -> Markup:
    rounded = Markup(' rx="{}"').format(radius) if radius else Markup("")
    moved = Markup(' transform="translate({})"').format(shift) if shift else Markup("")
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"{}{}/>').format(
        css, x, _n(y), width, _n(height), rounded, moved
    )


def _text(x: str, y: float, words: str, css: str = "", anchor: str = "", shift: int = 0) -> Markup:
    more = Markup("").join(
        Markup(' {}="{}"').format(name, value)
        for name, value in (("class", css), ("text-anchor", anchor), ("dx", shift or ""))
        if value
    )
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(x, _n(y), more, words)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def _tone(tone: int) -> int:
    return tone if 0 <= tone <= 6 else 0


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200 and so on: a scale whose four steps are whole numbers."""
    step = 4.0
    while value > step * 5:
        step *= 10
    return next(step * factor for factor in (1, 2, 5) if value <= step * factor)
