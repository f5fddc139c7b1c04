"""What is different between two agendas, worked out by hand, and the fewest parts that moved."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agenda_changes import Change, ChangeKind, changes, moved_keys


def part(
    key: str, title: str, minutes: int = 30, ideas: tuple[Any, ...] = (), kind: str = "theme"
) -> dict[str, Any]:
    return {"key": key, "title": title, "minutes": minutes, "ideas": list(ideas), "kind": kind}


def document(*parts: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "title": "Avond",
        "startsAt": None,
        "place": "Stadhuis",
        "minutes": 120,
        "stand": None,
        "deviations": [],
        "parts": list(parts),
    } | values


WELCOME, GREEN, WATER = (
    part("block:1", "Welkom", 10, kind="opening"),
    part("theme:1", "Groen"),
    part("theme:2", "Maas"),
)


def test_the_same_agenda_has_no_changes() -> None:
    assert changes(document(WELCOME, GREEN), document(WELCOME, GREEN)) == ()


def test_titles_of_ideas_are_no_change() -> None:
    named = part("theme:1", "Groen", ideas=({"id": 4, "title": "Bomen"},))
    assert changes(document(part("theme:1", "Groen", ideas=(4,))), document(named)) == ()
    assert [
        each.kind for each in changes(document(named), document(part("theme:1", "Groen", ideas=(5,))))
    ] == [ChangeKind.IDEAS]


def test_everything_that_changed_is_told_in_order() -> None:
    pinned = {
        "kind": "pinned",
        "themeId": 3,
        "minutes": 20,
        "title": "Fietsen",
        "reason": "De raad vroeg erom.",
    }
    after = document(
        WATER | {"minutes": 40},
        WELCOME | {"title": "Ontvangst"},
        part("theme:3", "Fietsen", 20),
        place="Pakhuis",
        minutes=130,
        startsAt="2031-05-20T17:00:00+00:00",
        stand={"number": 2, "digest": "ab"},
        deviations=[pinned],
    )
    assert changes(document(WELCOME, GREEN, WATER), after) == (
        Change(ChangeKind.START, "", None, "2031-05-20T17:00:00+00:00"),
        Change(ChangeKind.PLACE, "", "Stadhuis", "Pakhuis"),
        Change(ChangeKind.LENGTH, "", 120, 130),
        Change(ChangeKind.STAND, "", None, 2),
        Change(ChangeKind.DROPPED, "Groen", 30, None, "theme"),
        Change(ChangeKind.RETIMED, "Maas", 30, 40, "theme"),
        Change(ChangeKind.RENAMED, "Ontvangst", "Welkom", "Ontvangst", "opening"),
        Change(ChangeKind.MOVED, "Ontvangst", 1, 2, "opening"),
        Change(ChangeKind.ADDED, "Fietsen", None, 20, "theme"),
        Change(ChangeKind.DEVIATION, "Fietsen", "pinned", "De raad vroeg erom."),
    )
    assert Change(ChangeKind.NO_DEVIATION, "Fietsen", "pinned", "De raad vroeg erom.") in changes(
        after, document()
    )


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [("abc", "abc", 0), ("abc", "cab", 1), ("abc", "bca", 1), ("abcd", "dcba", 3), ("", "", 0)],
)
def test_the_fewest_parts_moved(before: str, after: str, moved: int) -> None:
    assert len(moved_keys(before, after)) == moved


@given(after=st.permutations("abcde"))
def test_who_did_not_move_keeps_its_order_and_no_smaller_set_would_do(after: list[str]) -> None:
    before = list("abcde")
    stayed = [key for key in after if key not in moved_keys(before, after)]
    assert stayed == sorted(stayed)
    longer = itertools.combinations(after, len(stayed) + 1)
    assert not any(list(keys) == sorted(keys) for keys in longer)
