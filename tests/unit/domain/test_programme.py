"""The order of a workshop, worked out by hand."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.programme import Part, PartKind, Slot, arranged, compose, in_order, known_places

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


KEYS = ("block:90", "theme:1", "block:91", "theme:2", "free", "block:92")


def test_parts_stand_where_somebody_put_them_and_begin_one_after_the_other() -> None:
    parts = compose([OPENING], themes(30, 20), [BREAK], [CLOSING], free=5)
    assert [part.key for part in parts] == list(KEYS)
    found = arranged(parts, ["block:90", "theme:2", "block:91", "theme:1", "block:92", "free"])
    assert names(found) == ["opening", "theme1", "break", "theme2", "closing", "free"]
    assert [(part.id, part.begins) for part in found] == [
        (90, 0),
        (2, 10),
        (91, 30),
        (1, 45),
        (92, 75),
        (0, 80),
    ]
    assert arranged(parts, []) == parts


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ((), ("a", "b", "c", "d")),
        (("c", "a"), ("c", "d", "a", "b")),  # b stays behind a, d behind c
        (("d",), ("a", "b", "c", "d")),
        (("b", "x", "b", "a"), ("b", "c", "d", "a")),
        (("d", "c", "b", "a"), ("d", "c", "b", "a")),
    ],
)
def test_who_is_not_named_stays_behind_the_one_before(order: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert in_order(("a", "b", "c", "d"), order) == found


def test_blocks_go_by_their_place_in_documents() -> None:
    assert known_places(["block:7", "theme:3", "block:4", "block:9"], [4, 7]) == [
        *("block:2", "theme:3", "block:1"),
    ]


_keys = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(keys=_keys, order=st.lists(st.sampled_from("abcdefghxy"), max_size=10))
def test_any_order_keeps_every_part_exactly_once(keys: list[str], order: list[str]) -> None:
    found = in_order(keys, order)
    assert sorted(found) == sorted(keys)
    assert in_order(keys, found) == found
    wanted = [key for key in dict.fromkeys(order) if key in keys]
    assert [key for key in found if key in wanted] == wanted


@given(
    minutes=st.lists(st.integers(1, 60), max_size=6),
    breaks=st.integers(0, 3),
    free=st.integers(0, 20),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_the_order_no_minute_is_lost(
    minutes: list[int], breaks: int, free: int, seed: random.Random
) -> None:
    parts = compose(
        [OPENING], themes(*minutes), [Slot(200 + number, 7) for number in range(breaks)], [CLOSING], free
    )
    order = [part.key for part in parts]
    seed.shuffle(order)
    found = arranged(parts, order)
    assert sorted((part.key, part.minutes) for part in found) == sorted(
        (part.key, part.minutes) for part in parts
    )
    assert found[-1].ends == parts[-1].ends
    assert all(after.begins == before.ends for before, after in itertools.pairwise(found))
    assert [part.number for part in found if part.kind is PartKind.THEME] == list(range(1, len(minutes) + 1))
