"""Charts: drawings that name themselves, keep to their room and never trust words."""

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from app.kit import charts
from app.kit.charts import Bar, Group, Item

SVG = "{http://www.w3.org/2000/svg}"


def parse(drawing: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(
        str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def words(drawing: Markup) -> list[str]:
    return [text.text or "" for text in parse(drawing).iter(f"{SVG}text")]


DRAWINGS = {
    "bars": charts.bars("Votes per theme", [Bar("Water", 12, "12 votes", 4), Bar("Care", 0)]),
    "grouped_bars": charts.grouped_bars("Per group", ["For"], [Group("Council", [60], ["60%"])]),
    "for_against": charts.for_against("All votes", 30, 10, "30 for", "10 against"),
    "time_bar": charts.time_bar("Agenda", [Item("Welcome", 10), Item("Water", 50, 4)]),
    "line": charts.line("People", [("1 Oct", 2), ("8 Oct", 9), ("15 Oct", 30)]),
    "sparkline": charts.sparkline("More and more", [1, 2, 5]),
    "nothing": charts.line("People", []),
    "no bars": charts.bars("Votes per theme", []),
    "no votes": charts.for_against("All votes", 0, 0, "0 for", "0 against"),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_every_chart_is_one_image_with_a_name(drawing: Markup) -> None:
    root = parse(drawing)
    assert root.get("role") == "img"
    assert root.get("aria-label")


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_no_width_lies_outside_the_drawing(drawing: Markup) -> None:
    shares = [float(number) for number in re.findall(r'"(-?[\d.]+)%"', drawing)]
    assert all(0 <= share <= 100 for share in shares)


def test_words_from_people_stay_words() -> None:
    drawing = charts.bars("<script>", [Bar('"><script>alert(1)</script>', 3)])
    assert "<script" not in drawing
    assert '"><script>alert(1)</script>' in words(drawing)


def test_the_longest_bar_sets_the_scale() -> None:
    drawing = parse(charts.bars("Votes", [Bar("a", 10), Bar("b", 5)]))
    longest, half = (float((bar.get("width") or "").rstrip("%")) for bar in drawing.iter(f"{SVG}rect"))
    assert longest == charts.ROOM_FOR_WORDS
    assert half == pytest.approx(longest / 2)


def test_a_long_label_is_cut_with_dots() -> None:
    shown = words(charts.bars("Votes", [Bar("x" * 80, 1)]))[0]
    assert len(shown) == charts.LONGEST_LABEL
    assert shown.endswith("…")


def test_a_withheld_number_is_said_and_not_drawn() -> None:
    group = Group("Partners", [None], ["67%"])
    drawing = charts.grouped_bars("Per group", ["For"], [group], withheld="fewer than 3 votes")
    assert "67%" not in drawing
    assert "fewer than 3 votes" in words(drawing)
    assert "<rect" not in drawing


def test_an_agenda_item_is_as_wide_as_its_minutes() -> None:
    parts = parse(charts.time_bar("Agenda", [Item("Welcome", 15), Item("Water", 45)])).findall(f"{SVG}svg")
    assert [part.get("width") for part in parts] == ["25%", "75%"]
    assert [part.get("x") for part in parts] == ["0%", "25%"]


@pytest.mark.parametrize(
    ("most", "top"), [(0, "4"), (4, "4"), (5, "8"), (21, "40"), (1204, "2000"), (40001, "80000")]
)
def test_the_scale_of_a_line_ends_on_a_round_number(most: float, top: str) -> None:
    assert top in words(charts.line("People", [("a", 0), ("b", most)]))
