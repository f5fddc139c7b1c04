"""Charts as SVG drawn on the server: pure functions from plain numbers to markup; colours come from classes in the CSS.

Every chart names itself (title, desc) for screen readers; the page shows the same figures as a table beside it with the
`chart` macro. Tones are the numbers 0..6 of the themes. Units are those of the viewBox; the page scales the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 640
LETTER = 8.1  # the mean width of a letter at 16 units, for room beside bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its size, and optionally another text for the size and the tone of its theme."""

    label: str
    value: float
    text: str = ""
    tone: int = 0

    @property
    def words(self) -> str:
        return self.text or f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of bars on the same scale, such as the support of an idea in each group of people.

    A value of None is withheld; `withheld` says so in the bar's place.
    """

    label: str
    values: Sequence[float | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an agenda."""

    title: str
    minutes: int
    tone: int = 0


def bars(title: str, rows: Sequence[Bar], description: str = "") -> Markup:
    """Horizontal bars under their words; the longest fills the width."""
    top = max((row.value for row in rows), default=0) or 1
    parts: list[Markup] = []
    y = 0.0
    for row in rows:
        room = WIDTH - LETTER * len(row.words) - 16
        parts += [
            _text(0, y + 16, row.label),
            _rect(0, y + 24, room, 20, "c-ground", 10),
            _rect(0, y + 24, max(room * row.value / top, 4) if row.value > 0 else 0, 20, f"c-{_tone(row.tone)}", 10),
            _text(WIDTH, y + 40, row.words, "c-strong", "end"),
        ]
        y += 60
    return _svg(title, description, y, parts)


def grouped_bars(title: str, series: Sequence[str], groups: Sequence[Group], top: float = 100, withheld: str = "–",
                 description: str = "") -> Markup:  # fmt: skip
    """For every group one bar per series on the same scale from 0 to `top`; a withheld value keeps its place in words."""
    parts: list[Markup] = []
    y = 0.0
    side = max((len(name) for name in series), default=0) * LETTER + 12
    for group in groups:
        parts.append(_text(0, y + 17, group.label, "c-strong"))
        y += 28
        for place, (value, words) in enumerate(zip(group.values, group.texts, strict=True)):
            room = WIDTH - side - 64
            parts.append(_text(0, y + 15, series[place], "c-quiet"))
            if value is None:
                parts.append(_text(side, y + 15, withheld, "c-quiet"))
            else:
                parts += [
                    _rect(side, y, room, 20, "c-ground", 4),
                    _rect(side, y, room * min(value / top, 1), 20, f"c-{_tone(place + 1)}", 4),
                    _text(WIDTH, y + 15, words, "", "end"),
                ]
            y += 27
        y += 14
    return _svg(title, description, y - 14 if groups else 0, parts)


def for_against(title: str, count_for: int, count_against: int, words_for: str, words_against: str,
                description: str = "") -> Markup:  # fmt: skip
    """One bar, for on the left and against on the right, each with its words under it."""
    total = count_for + count_against
    split = WIDTH * count_for / total if total else WIDTH / 2
    left, right = ("c-for", "c-against") if total else ("c-ground", "c-ground")
    parts = [
        _rect(0, 0, max(split - 2, 0), 26, left, 5),
        _rect(min(split + 2, WIDTH), 0, max(WIDTH - split - 2, 0), 26, right, 5),
        _text(0, 48, words_for, "c-strong"),
        _text(WIDTH, 48, words_against, "c-strong", "end"),
    ]
    return _svg(title, description, 54, parts)


def time_bar(title: str, items: Sequence[Item], minute: str = "min", description: str = "") -> Markup:
    """The agenda as one bar of time: each item as wide as its minutes, numbered as in the list beside it."""
    total = sum(item.minutes for item in items) or 1
    parts: list[Markup] = []
    x = 0.0
    for number, item in enumerate(items, start=1):
        width = WIDTH * item.minutes / total
        parts.append(_rect(x + 1, 0, max(width - 2, 1), 56, f"c-soft-{_tone(item.tone)}", 6))
        parts.append(_rect(x + 1, 50, max(width - 2, 1), 6, f"c-{_tone(item.tone)}", 3))
        if width >= 22:
            parts.append(_text(x + width / 2, 24, str(number), "c-strong", "middle"))
        if width >= 58:
            parts.append(_text(x + width / 2, 43, f"{item.minutes} {minute}", "", "middle"))
        x += width
    return _svg(title, description, 58, parts)


def line(title: str, points: Sequence[tuple[str, float]], ticks: int = 4, description: str = "") -> Markup:
    """A line over time from zero up, with words under the first, middle and last point and the last value at its end."""
    height, foot, left = 220.0, 26.0, 48.0
    top = _round_up(max((value for _, value in points), default=0))
    room_x, room_y = WIDTH - left - 44, height - foot - 14
    last = max(len(points) - 1, 1)
    spots = [(left + room_x * i / last, 14 + room_y * (1 - value / top)) for i, (_, value) in enumerate(points)]
    parts: list[Markup] = []
    for step in range(ticks + 1):
        y = 14 + room_y * step / ticks
        parts.append(Markup('<path class="c-grid" d="M{} {}H{}"/>').format(_n(left), _n(y), _n(left + room_x)))
        parts.append(_text(left - 8, y + 5, f"{top * (ticks - step) / ticks:g}", "c-quiet", "end"))
    if spots:
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in spots)
        base = _n(14 + room_y)
        parts.append(Markup('<path class="c-area" d="M{}L{} {}L{} {}Z"/>').format(path, _n(spots[-1][0]), base, _n(spots[0][0]), base))
        parts.append(Markup('<path class="c-line" d="M{}"/>').format(path))
        parts.append(Markup('<circle class="c-dot" cx="{}" cy="{}" r="6"/>').format(_n(spots[-1][0]), _n(spots[-1][1])))
        parts.append(_text(spots[-1][0] + 11, spots[-1][1] + 5, f"{points[-1][1]:g}", "c-strong"))
        marks = {0: "start", last // 2: "middle", last: "end"} if len(points) > 2 else {0: "start", last: "end"}
        for place, anchor in marks.items():
            if place < len(points):
                parts.append(_text(spots[place][0], height - 4, points[place][0], "c-quiet", anchor))
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


def _svg(title: str, description: str, height: float, parts: Sequence[Markup]) -> Markup:
    more = Markup("<desc>{}</desc>").format(description) if description else Markup("")
    return Markup('<svg class="chart__svg" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>').format(
        WIDTH, _n(height), title, title, more, Markup("").join(parts)
    )


def _rect(x: float, y: float, width: float, height: float, css: str, radius: float = 0) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        css, _n(x), _n(y), _n(width), _n(height), _n(min(radius, width / 2))
    )


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(css, _n(x), _n(y), anchor, escape(words))


def _tone(tone: int) -> int:
    return tone if 0 <= tone <= 6 else 0


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200 and so on: a scale whose four steps are whole numbers."""
    step = 4.0
    for _ in range(12):
        for factor in (1, 2, 5):
            if value <= step * factor:
                return step * factor
        step *= 10
    return value
