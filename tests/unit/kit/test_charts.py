"""Charts: drawings that name themselves, keep to their room and never trust words."""

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from app.kit import charts
from app.kit.charts import Bar, Course, Dot, Group, Item, Mark, Side

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


# --- two shares against each other, and places over time

PLANE = charts.plane(
    "Shares",
    [Dot(0.2, 0.9, Side.DIFFER, "1"), Dot(0.5, 0.5, Side.AGREE, "A"), Dot(0.7, 0.6), Dot(-1, 7)],
    across="Residents for",
    up="Council for",
    band=0.1,
)
PLACES = charts.places(
    "Themes",
    [Course("1", [2, None, 1, 1], 3), Course("2", [1, 1, None, None], 99), Course("3", [None] * 4)],
    "1 Oct",
    "4 Oct",
    [Mark(0.5, "stand 1"), Mark(7, "stand 2")],
)


@pytest.mark.parametrize("drawing", [PLANE, PLACES], ids=["plane", "places"])
def test_new_drawings_name_themselves_and_keep_to_their_room(drawing: Markup) -> None:
    test_every_chart_is_one_image_with_a_name(drawing)
    test_no_width_lies_outside_the_drawing(drawing)
    assert parse(drawing).find(f"{SVG}title") is not None


def test_a_dot_stands_where_its_shares_are() -> None:
    spots = [
        (spot.get("cx"), spot.get("cy"), spot.get("class"), spot.get("r"))
        for spot in parse(PLANE).iter(f"{SVG}circle")
    ]
    assert sorted(spots, key=str) == sorted(
        [
            ("20%", "30", "c-spot c-spot--differ", "7"),
            ("50%", "150", "c-spot c-spot--agree", "7"),
            ("70%", "120", "c-spot c-spot--rest", "4"),
            ("0%", "0", "c-spot c-spot--rest", "4"),
        ],
        key=str,
    )
    # What has a mark is drawn last, so that no other dot hides it.
    assert [spot[3] for spot in spots] == ["4", "4", "7", "7"]
    band = parse(PLANE).find(f".//{SVG}path[@class='c-band']")
    assert band is not None
    assert band.get("d") == "M0 100L0 90L90 0L100 0L100 10L10 100Z"


def test_marks_of_dots_that_lie_close_do_not_cover_each_other() -> None:
    dots = [Dot(0.5 + place / 200, 0.5, Side.AGREE, mark) for place, mark in enumerate("ABCD")]
    drawing = parse(charts.plane("Close", dots, "x", "y"))
    boxes = []
    for text in drawing.iter(f"{SVG}text"):
        if text.get("class") != "c-mark":
            continue
        x = 230 * float((text.get("x") or "").rstrip("%")) / 100 + float(text.get("dx") or 0)
        left = x - {"start": 0, "middle": 6.5, "end": 13}[text.get("text-anchor") or "start"]
        boxes.append((left, float(text.get("y") or 0) - 14))
    assert len(boxes) == 4
    for place, (x, y) in enumerate(boxes):
        for other_x, other_y in boxes[place + 1 :]:
            assert abs(x - other_x) >= 13 or abs(y - other_y) >= 12


def test_a_line_breaks_where_there_was_no_place_and_ends_in_its_mark() -> None:
    drawing = parse(PLACES)
    paths = {path.get("class"): path.get("d") for path in drawing.iter(f"{SVG}path")}
    assert paths == {
        "c-course c-stroke-3": "M66.7 25L100 25",
        "c-course c-stroke-0": "M0 25L33.3 25",
    }
    ends = [(end.get("cx"), end.get("cy")) for end in drawing.iter(f"{SVG}circle")]
    assert ends == [("92%", "54"), ("35.3%", "54")]
    seals = [line.get("x") for line in drawing.iter(f"{SVG}rect") if line.get("class") == "c-seal"]
    assert seals == ["49.5%", "92%"]
    assert words(PLACES)[-2:] == ["1 Oct", "4 Oct"]


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    assert parse(charts.places("Themes", [], "", "")).get("role") == "img"
    assert len(list(parse(charts.plane("Shares", [], "x", "y")).iter(f"{SVG}circle"))) == 0


def test_words_of_the_new_drawings_stay_words() -> None:
    evil = '"><script>alert(1)</script>'
    assert "<script" not in charts.plane(
        evil, [Dot(0.1, 0.1, Side.DIFFER, evil)], evil, evil, shares=(evil,) * 3
    )
    assert "<script" not in charts.places(evil, [Course(evil, [1, 2])], evil, evil, [Mark(0, evil)], evil)
