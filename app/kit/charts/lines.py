"""What changes over time, as lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.kit.charts.marks import n, rect, svg, text, tone_of


def line(title: str, points: Sequence[tuple[str, float]], ticks: int = 4, description: str = "") -> Markup:
    """A line over time from zero up; words under the first and last point, and the last value at its end."""
    height, foot, head = 240, 28, 12
    room, top = height - foot - head, round_up(max((value for _, value in points), default=0))
    parts: list[Markup] = []
    for step in range(ticks + 1):
        y = head + room * step / ticks
        parts.append(text("0", y - 5, f"{top * (ticks - step) / ticks:g}", "c-quiet"))
        parts.append(rect("0", y, "100%", 1, "c-grid"))
    if points:
        last = max(len(points) - 1, 1)
        spots = [(92 * i / last, 100 * (1 - value / top)) for i, (_, value) in enumerate(points)]
        path = "L".join(f"{n(x)} {n(y)}" for x, y in spots)
        parts.append(
            Markup(
                '<svg y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" '
                'overflow="visible">'
                '<path class="c-area" d="M{}L{} 100L0 100Z"/><path class="c-line" d="M{}"/></svg>'
            ).format(head, n(room), path, n(spots[-1][0]), path)
        )
        x, y = f"{n(spots[-1][0])}%", head + room * spots[-1][1] / 100
        parts.append(Markup('<circle class="c-dot" cx="{}" cy="{}" r="6"/>').format(x, n(y)))
        parts.append(text(x, y - 14, f"{points[-1][1]:g}", "c-strong", "end", shift=6))
        parts.append(text("0", height - 6, points[0][0], "c-quiet"))
        parts.append(text(x, height - 6, points[-1][0], "c-quiet", "end", shift=6))
    return svg(title, description, height, parts)


def sparkline(title: str, values: Sequence[float]) -> Markup:
    """A small line without axes; its title carries the meaning."""
    if not values:
        return Markup("")
    low, high = min(values), max(values)
    span, last = (high - low) or 1, max(len(values) - 1, 1)
    spots = [(3 + 114 * i / last, 28 - 24 * (value - low) / span) for i, value in enumerate(values)]
    path = "L".join(f"{n(x)} {n(y)}" for x, y in spots)
    return Markup(
        '<svg class="sparkline" viewBox="0 0 120 32" role="img" aria-label="{}"><path class="c-line" d="M{}"/>'
        '<circle class="c-dot" cx="{}" cy="{}" r="3.5"/></svg>'
    ).format(title, path, n(spots[-1][0]), n(spots[-1][1]))


def round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200 and so on: a scale whose four steps are whole numbers."""
    step = 4.0
    while value > step * 5:
        step *= 10
    return next(step * factor for factor in (1, 2, 5) if value <= step * factor)


PLACE = 40  # pixels between two places
LEFT, RIGHT = 7.0, 92.0  # percent of the width between which the lines run


@dataclass(frozen=True, slots=True)
class Course:
    """Where one thing stood from day to day: a place from 1, or None while it had none; `mark` stands at its end."""

    mark: str
    places: Sequence[int | None]
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that matters: how far along the days (0 to 1), and the words above it."""

    at: float
    words: str


def places(
    title: str,
    courses: Sequence[Course],
    first: str,
    last: str,
    marks: Sequence[Mark] = (),
    description: str = "",
) -> Markup:
    """Places over time, the first on top; every line ends in its mark, and moments that matter are upright lines.

    `first` and `last` are the words under both ends. A course with one day is a dot.
    """
    lowest = max((place for course in courses for place in course.places if place is not None), default=1)
    head, foot = 34, 30
    room = PLACE * lowest
    height = head + room + foot
    parts: list[Markup] = []
    for place in range(1, lowest + 1):
        y = head + PLACE * (place - 0.5)
        parts.append(rect(f"{n(LEFT)}%", y, f"{n(RIGHT - LEFT)}%", 1, "c-grid"))
        parts.append(text("0", y + 5, str(place), "c-quiet"))
    for mark in marks:
        x = f"{n(LEFT + (RIGHT - LEFT) * min(max(mark.at, 0), 1))}%"
        parts.append(rect(x, head - 8, "2", room + 8, "c-seal"))
        parts.append(text(x, head - 14, mark.words, "c-strong", "middle"))
    for course in courses:
        spots = _spots(course.places, lowest)
        strokes = "".join(f"M{'L'.join(run)}" for run in _runs(spots) if len(run) > 1)
        if strokes:
            parts.append(
                Markup(
                    '<svg x="{}%" y="{}" width="{}%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" '
                    'overflow="visible"><path class="c-course c-stroke-{}" d="{}"/></svg>'
                ).format(n(LEFT), head, n(RIGHT - LEFT), room, tone_of(course.tone), strokes)
            )
    for course in courses:
        end = next((place for place in reversed(course.places) if place is not None), None)
        if end is None:
            continue
        day = max(i for i, place in enumerate(course.places) if place is not None)
        x = f"{n(LEFT + (RIGHT - LEFT) * day / max(len(course.places) - 1, 1))}%"
        y = head + PLACE * (end - 0.5)
        parts.append(
            Markup('<circle class="c-end c-stroke-{}" cx="{}" cy="{}" r="14"/>').format(
                tone_of(course.tone), x, n(y)
            )
        )
        parts.append(text(x, y + 6, course.mark, "c-strong", "middle"))
    parts.append(text("0", height - 6, first, "c-quiet"))
    parts.append(text("100%", height - 6, last, "c-quiet", "end"))
    return svg(title, description, height, parts)


def _spots(steps: Sequence[int | None], lowest: int) -> list[str | None]:
    wide = max(len(steps) - 1, 1)
    return [
        None if place is None else f"{n(100 * day / wide)} {n(100 * (place - 0.5) / lowest)}"
        for day, place in enumerate(steps)
    ]


def _runs(spots: Sequence[str | None]) -> list[list[str]]:
    """The stretches without a gap."""
    runs: list[list[str]] = [[]]
    for spot in spots:
        if spot is not None:
            runs[-1].append(spot)
        elif runs[-1]:
            runs.append([])
    return runs
