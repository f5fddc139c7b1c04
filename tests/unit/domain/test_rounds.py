"""The rules of live rounds: equal answers, counts that agree, groups that may be shown, codes that are forgiven."""

from itertools import product
from random import Random

import pytest

from app.domain import join_codes, rounds
from app.domain.ballot import GROUPS
from app.domain.voting_codes import ALPHABET


@pytest.mark.parametrize(
    ("one", "other"),
    [("Meer bomen", "meer  BOMEN!"), ("Café's", "cafes"), ("  Groen. ", "groen"), ("Straße", "STRASSE")],
)
def test_answers_that_differ_in_dress_only_are_equal(one: str, other: str) -> None:
    assert rounds.key_of(one) == rounds.key_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Meer bomen", "Meer banken"), ("1", "2"), ("♥♥", "☺☺"), ("!!", "??")]
)
def test_other_answers_are_not(one: str, other: str) -> None:
    assert rounds.key_of(one) != rounds.key_of(other)


def test_counts_agree_when_two_people_found_all_the_same() -> None:
    assert rounds.agreed({1: {1: 4, -1: 0}, 2: {1: 4, -1: 0}}, (1, -1)) == {1: 4, -1: 0}
    assert rounds.agreed({1: {1: 4, -1: 0}, 2: {1: 4, -1: 1}}, (1, -1)) is None
    assert rounds.agreed({1: {1: 4}, 2: {1: 4}}, (1, -1)) is None
    assert rounds.agreed({1: {1: 4}}, (1,)) is None
    assert rounds.agreed({}, (1,)) is None
    assert rounds.agreed({1: {1: 4}, 2: {1: 4}, 3: {1: 4}}, (1,)) is None


def test_what_is_left_out_can_never_be_subtracted() -> None:
    """Every outcome of up to six people per group: who is left out is nobody, or three people at least."""
    for sizes in product(range(7), repeat=3):
        heads = dict(zip(GROUPS, sizes, strict=True))
        shown = rounds.shown_groups(heads)
        assert all(heads[group] >= 3 for group in shown)
        left_out = sum(heads[group] for group in GROUPS if group not in shown)
        assert left_out == 0 or left_out >= 3 or sum(sizes) < 3


def test_an_order_by_lot_stays_and_differs() -> None:
    ids = list(range(8))
    orders = [tuple(rounds.shuffled(ids, who, 5)) for who in range(50)]
    assert orders == [tuple(rounds.shuffled(ids, who, 5)) for who in range(50)]
    assert len({order[0] for order in orders}) == 8
    assert all(sorted(order) == ids for order in orders)


def test_a_made_code_reads_as_itself_first() -> None:
    chance = Random(7)
    for _ in range(200):
        code = join_codes.make(chance.randrange)
        assert set(code) <= set(ALPHABET)
        readings = join_codes.readings(code.lower())
        assert readings[0] == code
        assert len(readings) == len(set(readings)) <= 512


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFG", "ABCDE!", "ÄBCDEF", "A" * 5000])
def test_what_cannot_be_a_code_has_no_readings(typed: str) -> None:
    assert join_codes.readings(typed) == []
