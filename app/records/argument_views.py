"""Which part of a discussion a page shows, and how its address says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.ballot import Side

PAGE = 20
"""Arguments of one side on a page; the replies to them come along."""
ORDER = "argumenten"
"""The place of the order in the address."""
AFTER = {Side.FOR: "voor_na", Side.AGAINST: "tegen_na", Side.QUESTION: "vragen_na"}
"""The place in the address of the argument that a side goes on after."""


class Order(StrEnum):
    """Which arguments come first."""

    HELPFUL = "helpful"
    NEWEST = "nieuw"
    OLDEST = "oud"


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a discussion a page shows."""

    order: Order = Order.HELPFUL
    after: tuple[tuple[Side, int], ...] = ()
    """Per side the number of the argument that it goes on after; none for the sides that begin at the top."""

    @property
    def address(self) -> dict[str, Any]:
        """What stands in the address of this view; nothing for the usual one."""
        order = {} if self.order == Order.HELPFUL else {ORDER: self.order.value}
        return {**order, **{AFTER[side]: str(number) for side, number in self.after}}

    @property
    def query(self) -> str:
        """The same as it stands in the address, with the question mark."""
        return (
            "?" + "&".join(f"{name}={value}" for name, value in self.address.items()) if self.address else ""
        )

    def ordered(self, order: str) -> "View":
        """The same discussion from the top in another order."""
        return View(Order(order))

    def going_on(self, side: Side, after: int | None) -> "View":
        """The same view with one side going on after another argument, or from the top."""
        others = tuple(part for part in self.after if part[0] != side)
        return View(self.order, others if after is None else (*others, (side, after)))


FIRST = View()


def view_of(args: Mapping[str, str]) -> View:
    """The view that an address asks for; what makes no sense is left out."""
    wanted = args.get(ORDER, "")
    order = Order(wanted) if wanted in set(Order) else Order.HELPFUL
    after = ((side, args.get(name, "")) for side, name in AFTER.items())
    known = tuple(
        (side, int(text)) for side, text in after if text.isascii() and text.isdigit() and len(text) < 10
    )
    return View(order, known)
