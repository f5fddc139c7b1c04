"""The order of a workshop, worked out by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.programme import Part, PartKind, Slot, compose

OPENING, BREAK, CLOSING = Slot(90, 10), Slot(91, 15), Slot(92, 5)


def themes(*minutes: int) -> list[Slot]:
    return [Slot(number, length) for number, length in enumerate(minutes, start=1)]


def names(parts: tuple[Part, ...]) -> list[str]:
    return [f"{part.kind}{part.number or ''}" for part in parts]


def test_blocks_stand_around_the_themes_and_the_break_in_the_middle() -> None:
    parts = compose([OPENING], themes(30, 20, 25, 25), [BREAK], [CLOSING])
    assert names(parts) == ["opening", "theme1", "theme2", "break", "theme3", "theme4", "closing"]
    assert [part.begins for part in parts] == [0, 10, 40, 60, 75, 100, 125]
    assert parts[-1].ends == 130


@pytest.mark.parametrize(
    ("minutes", "after"),
    [
        ((60, 10, 10), 1),  # 60 of 80 is nearer to 40 than 70
        ((10, 10, 60), 2),
        ((20, 20, 20), 1),  # 20 and 40 are as near to 30: the earlier
        ((20, 20), 1),
        ((5, 90), 1),  # never before the first or after the last
    ],
)
def test_the_break_comes_where_the_work_is_half_done(minutes: tuple[int, ...], after: int) -> None:
    assert names(compose([], themes(*minutes), [BREAK], [])).index("break") == after


def test_two_breaks_divide_the_work_in_three() -> None:
    parts = compose([], themes(20, 20, 20, 20, 20, 20), [BREAK, Slot(93, 5)], [])
    assert names(parts) == [
        *("theme1", "theme2", "break", "theme3", "theme4", "break", "theme5", "theme6"),
    ]
    assert [part.id for part in parts if part.kind is PartKind.BREAK] == [91, 93]


def test_minutes_to_spare_come_before_the_closing() -> None:
    parts = compose([OPENING], themes(30), [], [CLOSING], free=5)
    assert names(parts) == ["opening", "theme1", "free", "closing"]
    assert (parts[2].minutes, parts[3].begins) == (5, 45)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [((), ["opening", "break", "closing"]), ((30,), ["opening", "theme1", "break", "closing"])],
)
def test_with_at_most_one_theme_the_break_follows_it(minutes: tuple[int, ...], expected: list[str]) -> None:
    assert names(compose([OPENING], themes(*minutes), [BREAK], [CLOSING])) == expected


def test_an_empty_workshop_has_no_programme() -> None:
    assert compose([], [], [], []) == ()


LENGTHS = st.lists(st.integers(1, 90), max_size=8)


@given(LENGTHS, LENGTHS, st.integers(0, 30))
def test_nothing_is_lost_and_no_minute_is_counted_twice(
    lengths: list[int], breaks: list[int], free: int
) -> None:
    parts = compose([OPENING], themes(*lengths), [Slot(90 + b, b) for b in breaks], [CLOSING], free)
    assert sum(part.minutes for part in parts) == sum(lengths) + sum(breaks) + free + 15
    assert [part.number for part in parts if part.number] == list(range(1, len(lengths) + 1))
    assert [part.minutes for part in parts if part.kind is PartKind.BREAK] == breaks
    for before, after in itertools.pairwise(parts):
        assert after.begins == before.ends
