"""A way in stations, from top to bottom, so that the words stand beside them at every width."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.kit.charts.marks import n, rect, short, svg, text

ROW = 56  # pixels between two stations
RADIUS = 11


@dataclass(frozen=True, slots=True)
class Stop:
    """A station: what it is called, the words under it, and past, now, next, late or ended."""

    title: str
    words: str
    state: str


def way(title: str, stops: Sequence[Stop], description: str = "") -> Markup:
    """The stations on one line: full dots are past, a large one is now, open ones are to come, a cross is an end."""
    parts: list[Markup] = []
    for place, stop in enumerate(stops):
        y = place * ROW + 18
        if place + 1 < len(stops):
            reached = stops[place + 1].state in ("past", "now", "ended")
            parts.append(rect("12", y, "4", ROW, "c-way" if reached else "c-grid"))
        parts.append(_dot(stop.state, y))
        words = "c-quiet" if stop.state == "next" else "c-strong"
        parts.append(text("40", y + (0 if stop.words else 6), short(stop.title), words))
        if stop.words:
            parts.append(text("40", y + 20, short(stop.words), "c-quiet"))
    return svg(title, description, max(len(stops) * ROW - 6, 0), parts, "chart__svg chart__svg--way")


def _dot(state: str, y: float) -> Markup:
    css = {
        "past": "c-way",
        "now": "c-way c-way--now",
        "ended": "c-way--ended",
        "late": "c-way--late",
    }.get(state, "c-way--next")
    size = RADIUS + 3 if state in ("now", "ended") else RADIUS
    dot = Markup('<circle class="{}" cx="14" cy="{}" r="{}"/>').format(css, n(y), size)
    if state == "ended":
        return dot + Markup('<path class="c-way__cross" d="M9 {}l10 10m0 -10l-10 10"/>').format(n(y - 5))
    if state == "past":
        return dot + Markup('<path class="c-way__check" d="M9 {}l4 4l7 -8"/>').format(n(y))
    return dot
