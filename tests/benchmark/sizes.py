"""How much data a measurement runs on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of things; ideas are popular in the proportions of a long tail."""

    ideas: int
    votes: int
    arguments: int
    people: int


SIZES = {
    "S": Size(ideas=200, votes=5_000, arguments=1_000, people=30_000),
    "A": Size(ideas=2_000, votes=200_000, arguments=50_000, people=30_000),
    "B": Size(ideas=10_000, votes=1_000_000, arguments=50_000, people=30_000),
}
RANKED = Size(ideas=2_000, votes=1_000_000, arguments=75, people=50_000)
"""What a ranking is measured with."""

ON_THE_IDEA_PAGE = 75
"""Arguments of the idea whose page is measured."""
