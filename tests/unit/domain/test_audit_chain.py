"""The chain of the audit log as arithmetic: known digests, every way to break it, and no false alarm."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit_chain import (
    GENESIS,
    REDACTION,
    SENTENCES,
    Break,
    Fault,
    Head,
    Line,
    Verdict,
    content_of,
    digest_of,
    verify,
)

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
KNOWN_CONTENT = "ffe06cc3056417e75e9ff56838d6499f8ed3985440526b632905f52a48bf8606"
KNOWN_DIGEST = "04323f37e68e1e319808ff405ae27f94ec65b9d4f7ae2d20aeefbbf631cb314a"


def a_line(number: int, previous: str, **values: Any) -> Line:
    """A line that follows the line with this digest."""
    base: dict[str, Any] = {
        "at": NOW + timedelta(minutes=number),
        "actor_id": 7,
        "action": "moderation.hide",
        "subject_type": "idea",
        "subject_id": 12,
        "before": {"state": "published"},
        "after": {"state": "hidden"},
        "why": f"Reden {number}",
        "salt": f"{number:032x}",
        "redacted_at": None,
        **values,
    }
    content = values.get("content_digest") or content_of(
        *(base[name] for name in ("salt", "before", "after", "why"))
    )
    line = Line(
        id=number,
        content_digest=content,
        digest="",
        **{k: v for k, v in base.items() if k != "content_digest"},
    )
    return replace(line, digest=digest_of(previous, line))


def a_chain(numbers: Sequence[int]) -> tuple[list[Line], Head]:
    """Lines with these numbers, and their head."""
    lines: list[Line] = []
    for number in numbers:
        lines.append(a_line(number, lines[-1].digest if lines else GENESIS))
    return lines, head_of(lines)


def head_of(lines: Sequence[Line]) -> Head:
    return Head(lines[-1].id, lines[-1].digest, len(lines)) if lines else Head(None, GENESIS, 0)


def check(lines: Sequence[Line], *heads: Head, noted: str | None = None) -> Verdict:
    def rest(_number: int, seen: int) -> Iterator[Line]:
        return islice(iter(lines), seen, None)

    return verify(lines, heads, rest, noted=noted)


def test_the_formula_is_the_one_that_is_written_down() -> None:
    """Worked out with sha256sum, so that a change of the formula is a change of this test."""
    assert content_of("00", {"state": "published"}, {}, "é") == KNOWN_CONTENT
    line = Line(1, NOW, None, "areas.load", "area", None, {}, {}, "", "", KNOWN_CONTENT, "", None)
    assert digest_of(GENESIS, line) == KNOWN_DIGEST
    elsewhere = replace(line, at=NOW.astimezone(timezone(timedelta(hours=2))))
    assert digest_of(GENESIS, elsewhere) == KNOWN_DIGEST


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3], [4, 9, 10, 800]])
def test_a_chain_that_holds(numbers: list[int]) -> None:
    lines, head = a_chain(numbers)
    verdict = check(lines, head)
    assert (verdict.lines, verdict.redacted, verdict.digest, verdict.broken) == (
        len(lines),
        0,
        head.digest,
        None,
    )
    assert check(lines, head, noted=head.digest).noted == (head.entry_id or 0)


LETTERS = st.text("ab0é", max_size=4)


@given(st.data())
def test_any_change_of_one_line_is_found(data: st.DataObject) -> None:
    lines, head = a_chain([1, 2, 4, 5, 9, 10])
    place = data.draw(st.integers(0, 5))
    name = data.draw(st.sampled_from([field.name for field in fields(Line)]))
    other: Any = {
        "id": st.integers(-5, 20),
        "at": st.datetimes(timezones=st.just(UTC)),
        "actor_id": st.none() | st.integers(1, 20),
        "subject_id": st.none() | st.integers(1, 20),
        "before": st.dictionaries(LETTERS, st.integers() | LETTERS, max_size=2),
        "after": st.dictionaries(LETTERS, st.integers() | LETTERS, max_size=2),
        "redacted_at": st.datetimes(timezones=st.just(UTC)),
    }.get(name, LETTERS)
    value: Any = data.draw(other)
    if value != getattr(lines[place], name):
        lines[place] = replace(lines[place], **{name: value})
        assert check(lines, head).broken is not None


@given(st.permutations(range(6)))
def test_any_other_order_is_found(order: list[int]) -> None:
    lines, head = a_chain([1, 2, 3, 4, 5, 6])
    given_order = [replace(lines[place], id=number) for number, place in enumerate(order, 1)]
    broken = check(given_order, head).broken
    if order == sorted(order):
        assert broken is None
    else:
        first = next(number for number, place in enumerate(order, 1) if place != number - 1)
        assert broken == Break(Fault.REORDERED, first, order.index(first - 1) + 1)


@given(st.sets(st.integers(0, 7), min_size=1, max_size=7))
def test_anything_that_is_removed_is_found(gone: set[int]) -> None:
    lines, head = a_chain(range(1, 9))
    left = [line for place, line in enumerate(lines) if place not in gone]
    broken = check(left, head).broken
    first = min(gone)
    if gone == set(range(first, 8)):
        assert broken == Break(Fault.CUT_OFF, first, lines=first, should=8)
    else:
        following = next(place for place in range(first, 8) if place not in gone)
        assert broken == Break(Fault.REMOVED, following + 1, first)


@pytest.mark.parametrize("well", [False, True])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_line_that_is_put_in_is_found(well: bool, place: int) -> None:
    lines, head = a_chain([10, 20, 30, 40])
    number = (place + 1) * 10 - 5
    previous = lines[place - 1].digest if place else GENESIS
    made = a_line(number, previous if well else "f" * 64)
    assert check([*lines[:place], made, *lines[place:]], head).broken == Break(Fault.INSERTED, number)


def test_several_lines_that_are_put_in_are_found() -> None:
    lines, head = a_chain([10, 20, 30])
    made = [a_line(number, "f" * 64) for number in (11, 12, 13)]
    assert check([lines[0], *made, *lines[1:]], head).broken == Break(Fault.INSERTED, 11)


def test_a_chain_that_was_forged_from_a_line_on_is_told_by_its_head() -> None:
    lines, head = a_chain([1, 2, 3, 4])
    forged = lines[:2]
    for number in (3, 4):
        forged.append(a_line(number, forged[-1].digest, why="Iets anders"))
    assert check(forged, head).broken == Break(Fault.HEAD, 4)
    assert check(forged, head_of(forged)).broken is None, (
        "who forges the head as well is found out by a noted one"
    )
    assert check(forged, head_of(forged), noted=head.digest).broken == Break(Fault.NOTED, 4)
    assert check(forged, head_of(forged), noted=lines[1].digest).noted == 2


@pytest.mark.parametrize("heads", [0, 2])
def test_there_is_exactly_one_head(heads: int) -> None:
    lines, head = a_chain([1, 2])
    assert check(lines, *[head] * heads).broken == Break(Fault.NO_HEAD, 2)


def redacted(line: Line, at: datetime) -> Line:
    return replace(line, before={}, after={}, why="", salt="", redacted_at=at)


def test_words_that_went_are_named_by_a_later_line() -> None:
    lines, _head = a_chain([1, 2, 3])
    at = NOW + timedelta(days=1)
    naming = a_line(4, lines[-1].digest, at=at, action=REDACTION, before={}, after={"lines": [1, 3]})
    whole = [redacted(lines[0], at), lines[1], redacted(lines[2], at), naming]
    verdict = check(whole, head_of(whole))
    assert (verdict.broken, verdict.redacted, verdict.lines) == (None, 2, 4)
    whole[1] = redacted(lines[1], at)
    assert check(whole, head_of(whole)).broken == Break(Fault.UNTOLD, 2)


def test_a_line_names_only_what_went_at_its_moment() -> None:
    lines, _head = a_chain([1, 2])
    at = NOW + timedelta(days=1)
    naming = a_line(3, lines[-1].digest, at=at, action=REDACTION, before={}, after={"lines": [1]})
    whole = [redacted(lines[0], at + timedelta(seconds=1)), lines[1], naming]
    assert check(whole, head_of(whole)).broken == Break(Fault.UNTOLD, 1)


def test_the_words_cannot_be_guessed_once_the_salt_is_gone() -> None:
    words: dict[str, Any] = {"before": {}, "after": {}, "why": "ja"}
    assert content_of("a" * 32, **words) != content_of("b" * 32, **words)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_break_has_a_sentence(fault: Fault) -> None:
    sentence = str(Break(fault, line=41, other=17, lines=3, should=9))
    assert sentence.endswith(".")
    assert "%" not in sentence
    assert set(SENTENCES) == set(Fault)


def test_it_says_how_far_it_is() -> None:
    lines, head = a_chain([1, 2, 3])
    heard: list[int] = []
    verify(lines, [head], lambda _number, _seen: iter(()), step=heard.append)
    assert heard == [1, 2, 3]
