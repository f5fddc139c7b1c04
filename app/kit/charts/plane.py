"""Two amounts against each other: every thing a dot, and along the diagonal the band in which they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from app.kit.charts.marks import inner, n, svg, text

HEIGHT = 300  # pixels of the plane itself
HEAD, FOOT = 30, 58
LEFT, WIDE = 15.0, 79.0  # percent
PHONE = 230.0  # pixels that the plane is wide on a phone: marks that keep apart there do so anywhere
MARK = (13.0, 18.0)  # pixels that a sign of a mark is wide, and a mark high


class Side(StrEnum):
    """Where a dot belongs; drawn in its own colour."""

    DIFFER = "differ"
    AGREE = "agree"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing: shares from 0 to 1, where it belongs, and the mark that names it in the list beside the drawing."""

    x: float
    y: float
    side: Side = Side.REST
    mark: str = ""


def plane(
    title: str,
    dots: Sequence[Dot],
    across: str,
    up: str,
    band: float = 0.15,
    shares: Sequence[str] = ("0%", "50%", "100%"),
    description: str = "",
) -> Markup:
    """Dots in a square of shares. `across` and `up` name the axes; `shares` are the words of 0, a half and 1.

    On the diagonal both shares are equal; in the band they differ by at most `band`.
    """
    parts = [text("0", 18, f"↑ {up}", "c-strong")]
    plot = [_band(band)]
    for step, words in enumerate(shares):
        share = step / (len(shares) - 1)
        y = HEIGHT * (1 - share)
        plot.append(Markup('<line class="c-rule" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(n(y)))
        plot.append(
            Markup('<line class="c-rule" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>').format(
                n(100 * share), HEIGHT
            )
        )
        plot.append(text("0", y + 5, words, "c-quiet", "end", shift=-8))
        anchor = ("start", "middle", "end")[min(step, 2)] if step in (0, len(shares) - 1) else "middle"
        plot.append(text(f"{n(100 * share)}%", HEIGHT + 22, words, "c-quiet", anchor))
    ordered = sorted(dots, key=lambda dot: (bool(dot.mark), dot.side is not Side.REST))
    for dot in ordered:
        plot.append(
            Markup('<circle class="c-spot c-spot--{}" cx="{}%" cy="{}" r="{}"/>').format(
                dot.side.value,
                n(100 * _within(dot.x)),
                n(HEIGHT * (1 - _within(dot.y))),
                7 if dot.mark else 4,
            )
        )
    plot += _marks([dot for dot in dots if dot.mark])
    parts.append(inner(f"{n(LEFT)}%", HEAD, f"{n(WIDE)}%", HEIGHT, Markup("").join(plot)))
    parts.append(text("100%", HEAD + HEIGHT + 48, f"{across} →", "c-strong", "end"))
    return svg(title, description, HEAD + HEIGHT + FOOT, parts, "chart__svg chart__svg--plane")


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _band(width: float) -> Markup:
    w = n(100 * width)
    rest = n(100 - 100 * width)
    return Markup(
        '<svg width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="c-band" d="M0 100L0 {rest}L{rest} 0L100 0L100 {w}L{w} 100Z"/>'
        '<path class="c-diagonal" d="M0 100L100 0"/></svg>'
    ).format(HEIGHT, rest=rest, w=w)


_PLACES = (
    (12, 6, "start"),
    (-12, 6, "end"),
    (0, -13, "middle"),
    (0, 25, "middle"),
    (12, -9, "start"),
    (-12, 21, "end"),
)
"""Where a mark may stand beside its dot: shift across, shift down, anchor."""


def _marks(dots: Sequence[Dot]) -> list[Markup]:
    """The marks, each where it covers as little as possible of the dots and marks before it."""
    taken = [_box(PHONE * _within(dot.x) - 7, HEIGHT * (1 - _within(dot.y)) - 7, 14, 14) for dot in dots]
    drawn = []
    for dot in dots:
        x, y = PHONE * _within(dot.x), HEIGHT * (1 - _within(dot.y))
        width = MARK[0] * len(dot.mark)
        best: tuple[float, int, tuple[float, float, float, float]] | None = None
        for number, (across, down, anchor) in enumerate(_PLACES):
            left = x + across - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            box = _box(left, y + down - 14, width, MARK[1])
            hidden = sum(_overlap(box, other) for other in taken)
            outside = max(0.0, -6 - box[0]) + max(0.0, box[2] - PHONE - 16)
            found = (hidden + 20 * outside, number, box)
            best = found if best is None or found < best else best
        assert best is not None
        taken.append(best[2])
        across, down, anchor = _PLACES[best[1]]
        drawn.append(text(f"{n(100 * _within(dot.x))}%", y + down, dot.mark, "c-mark", anchor, shift=across))
    return drawn


def _box(left: float, top: float, width: float, height: float) -> tuple[float, float, float, float]:
    return left, top, left + width, top + height


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0
