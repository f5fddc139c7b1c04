"""Where the picture of a map comes from, how it is credited, and how exact a place may be."""

ORIGIN = "https://service.pdok.nl"
"""The only other site that a page with a map fetches anything from; it learns no address of ours, see kit/headers."""
TILES = f"{ORIGIN}/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{{z}}/{{x}}/{{y}}.png"
CREDIT = "Kadaster"
DECIMALS = 4
"""Of a degree: about ten metres, so that a place never points at somebody's front door."""


def rounded(degrees: float) -> float:
    """A latitude or longitude as exact as we keep it."""
    return round(degrees, DECIMALS)
