"""How many came in when, as columns beside each other: what stands out in one colour on top of the rest."""

from collections.abc import Sequence

from markupsafe import Markup

from app.kit.charts.lines import round_up
from app.kit.charts.marks import n, rect, svg, text

HEIGHT, FOOT, HEAD = 240, 28, 16
LEFT = 8.0
"""Percent of the width for the numbers of the scale."""


def columns(
    title: str, values: Sequence[tuple[int, int]], first: str, last: str, description: str = ""
) -> Markup:
    """One column per step of time, without gaps in time. values: (what stands out, the rest) per step.

    first, last: words under the first and the last column.
    """
    room = HEIGHT - FOOT - HEAD
    top = round_up(max((out + rest for out, rest in values), default=0))
    parts: list[Markup] = []
    for step in range(5):
        y = HEAD + room * step / 4
        parts.append(text("0", y - 4, f"{top * (4 - step) / 4:g}", "c-quiet"))
        parts.append(rect("0", y, "100%", 1, "c-grid"))
    width = (100 - LEFT) / max(len(values), 1)
    for place, (out, rest) in enumerate(values):
        x, foot = f"{LEFT + place * width:.2f}%", float(HEAD + room)
        for amount, css in ((rest, "c-6"), (out, "c-against")):
            height = room * amount / top
            foot -= height
            if amount:
                parts.append(rect(x, foot, f"{width * 0.84:.2f}%", height, css))
    parts.append(text(f"{n(LEFT)}%", HEIGHT - 6, first, "c-quiet"))
    parts.append(text("100%", HEIGHT - 6, last, "c-quiet", "end"))
    return svg(title, description, HEIGHT, parts)
