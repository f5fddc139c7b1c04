"""Figures in tenths that still add up to their total when people add them up as they are shown."""

from collections.abc import Sequence
from fractions import Fraction

TENTH = Fraction(1, 10)


def in_tenths(parts: Sequence[Fraction | float | str | int], total: int) -> tuple[Fraction, ...]:
    """Round every part to a tenth, up or down, so that together they are exactly `total` (largest remainder).

    The parts, not negative, add up to `total` themselves. Those that lose most by rounding down are rounded up.
    """
    exact = [Fraction(part) / TENTH for part in parts]
    down = [int(part) for part in exact]
    missing = total * 10 - sum(down)
    by_loss = sorted(range(len(exact)), key=lambda place: (down[place] - exact[place], place))
    raised = set(by_loss[:missing])
    return tuple((number + (place in raised)) * TENTH for place, number in enumerate(down))
