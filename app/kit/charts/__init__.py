"""Charts as SVG drawn on the server: pure functions from plain numbers to markup; colours come from classes in the CSS.

Every chart names itself (title, desc) for screen readers; the page shows the same figures as a table beside it
with the `chart` macro. Tones are the numbers 0..6 of the themes. Widths are shares of the drawing's width and
heights are pixels, so that letters keep their size on a phone and on a wide screen.
"""

from app.kit.charts.bars import Bar, Group, Item, bars, for_against, grouped_bars, time_bar
from app.kit.charts.columns import columns
from app.kit.charts.lines import Course, Mark, line, places, sparkline
from app.kit.charts.locator import locator
from app.kit.charts.marks import LONGEST_LABEL, ROOM_FOR_WORDS
from app.kit.charts.plane import Dot, Side, plane
from app.kit.charts.way import Stop, way

__all__ = [
    "LONGEST_LABEL",
    "ROOM_FOR_WORDS",
    "Bar",
    "Course",
    "Dot",
    "Group",
    "Item",
    "Mark",
    "Side",
    "Stop",
    "bars",
    "columns",
    "for_against",
    "grouped_bars",
    "line",
    "locator",
    "places",
    "plane",
    "sparkline",
    "time_bar",
    "way",
]
