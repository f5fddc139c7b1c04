"""The direct agenda vote: up to five themes each, however many ideas there are and however often somebody votes."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.ranking import Ballots, Item, Parameters, Weighting, draft_agenda, ticked_ballots
from app.domain.ranking.ballots import whole_weights

GROUPS = ("resident", "council", "partner")
ITEMS = tuple(range(100, 108))
PARAMETERS = Parameters()
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
people = st.lists(
    st.tuples(st.sets(st.sampled_from(range(len(ITEMS))), max_size=5), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)
weightings = st.sampled_from(list(Weighting))


def ballots_of(ticks: list[tuple[set[int], int]], items: tuple[int, ...] = ITEMS) -> Ballots:
    """Ballots of people as (ticked columns, group), handed over in the order of their numbers."""
    pairs = [(voter, item) for voter, (ticked, _) in enumerate(ticks) for item in sorted(ticked)]
    return ticked_ballots(
        [pair[0] for pair in pairs], [pair[1] for pair in pairs], [group for _, group in ticks], items, GROUPS
    )


@quick
@given(people)
def test_ballots_hold_what_everybody_ticked(ticks: list[tuple[set[int], int]]) -> None:
    ballots = ballots_of(ticks)
    for group in range(3):
        assert ballots.voters()[group] == sum(1 for ticked, whose in ticks if ticked and whose == group)
        for item in range(len(ITEMS)):
            wanted = sum(1 for ticked, whose in ticks if item in ticked and whose == group)
            assert ballots.supporters(item)[group] == wanted


@quick
@given(people, st.integers(0, 6))
def test_the_themes_that_compete_have_enough_ticks(ticks: list[tuple[set[int], int]], least: int) -> None:
    heads = [sum(item in ticked for ticked, _ in ticks) for item in range(len(ITEMS))]
    found = ballots_of(ticks).supported(least)
    assert set(found) == {ITEMS[item] for item, count in enumerate(heads) if count >= least}
    counts = [heads[ITEMS.index(int(item))] for item in found]
    assert counts == sorted(counts, reverse=True)
    for one, two in pairwise(found):
        if heads[ITEMS.index(int(one))] == heads[ITEMS.index(int(two))]:
            assert ITEMS.index(int(one)) < ITEMS.index(int(two))


def test_somebody_with_one_tick_counts_as_much_as_somebody_with_five() -> None:
    """No number of votes is asked for, and no share of a ballot: money is divided by person."""
    one = draft_agenda(
        ballots_of([({0}, 0)] * 5 + [({1, 2, 3, 4, 5}, 0)] * 5),
        [Item(item, 30) for item in ITEMS],
        60,
        PARAMETERS,
    )
    assert one.voters == (10, 0, 0)
    assert one.items[0] in ITEMS
    assert ITEMS[0] in one.items


def test_who_ticked_nothing_takes_no_share() -> None:
    items = [Item(item, 30) for item in ITEMS]
    some = [({0}, 0), ({0, 1}, 0), ({1}, 1)]
    with_them = draft_agenda(ballots_of([*some, (set(), 0), (set(), 1)]), items, 60, PARAMETERS)
    assert with_them == draft_agenda(ballots_of(some), items, 60, PARAMETERS)


@quick
@given(people, st.integers(1, 15), st.integers(0, 2), st.integers(30, 180), weightings)
def test_a_bloc_that_ticks_alike_gets_the_time_of_its_weight(
    ticks: list[tuple[set[int], int]], size: int, group: int, budget: int, weighting: Weighting
) -> None:
    """A group of people with a share of the weight of at least minutes / budget, alone with their theme."""
    bloc = len(ITEMS)
    ballots = ballots_of([*ticks, *[({bloc}, group)] * size], (*ITEMS, 999))
    counted = ballots.voters()
    weights = whole_weights(counted, PARAMETERS, weighting)
    total = sum(weight * heads for weight, heads in zip(weights, counted, strict=True))
    minutes = int(Fraction(weights[group] * size, total) * budget)
    assume(minutes >= 1)
    items: list[Any] = [*(Item(item, 30) for item in ITEMS), Item(999, minutes)]
    draft = draft_agenda(ballots, items, budget, PARAMETERS, weighting, "seed")
    assert 999 in draft.items
    assert draft.certificate.holds


@quick
@given(people, st.randoms(use_true_random=False))
def test_the_order_in_which_people_come_changes_nothing(
    ticks: list[tuple[set[int], int]], random: Any
) -> None:
    shuffled = list(ticks)
    random.shuffle(shuffled)
    one, two = ballots_of(ticks), ballots_of(shuffled)
    assert np.array_equal(one.supports, two.supports)
    assert np.array_equal(one.count, two.count)
    assert one.masks() == two.masks()
