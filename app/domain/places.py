"""One thing at another place of an order. Buttons name the place itself, so that the same click twice moves it once."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def moved(order: Sequence[T], one: T, to: int) -> tuple[T, ...]:
    """The order with one of its things at a place, counted from 0; beyond the first or last it stands there.

    What the order does not have moves nothing, and neither does what stands there already.
    """
    others = [other for other in order if other != one]
    to = min(max(to, 0), len(others))
    return (*others[:to], one, *others[to:]) if one in order else tuple(order)
