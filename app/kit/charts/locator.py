"""Where something lies: the neighbourhoods as dots and a pin, without the picture of the city."""

from collections.abc import Sequence
from math import cos, radians

from markupsafe import Markup

from app.kit.charts.marks import n

WIDTH, HEIGHT, EDGE = 320.0, 200.0, 22.0
Place = tuple[float, float]
"""Latitude and longitude in degrees."""


def locator(title: str, dots: Sequence[Place], near: Place | None, pin: Place | None) -> Markup:
    """A small map: every neighbourhood a dot, `near` a large one, the pin where it was put."""
    everything = [*dots, *(place for place in (near, pin) if place is not None)]
    if not everything:
        return Markup("")
    south, north = min(place[0] for place in everything), max(place[0] for place in everything)
    west, east = min(place[1] for place in everything), max(place[1] for place in everything)
    narrow = cos(radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * EDGE) / max((east - west) * narrow, 1e-6),
        (HEIGHT - 2 * EDGE) / max(north - south, 1e-6),
        20_000.0,
    )

    def at(place: Place) -> tuple[str, str]:
        x = WIDTH / 2 + (place[1] - (west + east) / 2) * narrow * scale
        y = HEIGHT / 2 - (place[0] - (south + north) / 2) * scale
        return n(x), n(y)

    parts = [
        Markup('<circle class="locator__dot" cx="{}" cy="{}" r="3.5"/>').format(*at(dot)) for dot in dots
    ]
    if near is not None:
        parts.append(Markup('<circle class="locator__near" cx="{}" cy="{}" r="7"/>').format(*at(near)))
    if pin is not None:
        x, y = at(pin)
        parts.append(
            Markup(
                '<path class="locator__pin" transform="translate({} {})" '
                'd="M0 0C-4-9-11-13-11-20a11 11 0 0 1 22 0C11-13 4-9 0 0Z"/>'
            ).format(x, y)
        )
    return Markup('<svg class="locator" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        n(WIDTH), n(HEIGHT), title, Markup("").join(parts)
    )
