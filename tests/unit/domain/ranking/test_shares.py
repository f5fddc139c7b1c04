"""Equal shares, Add1 and Phragmen give the published and the independently computed outcomes, exactly."""

from fractions import Fraction
from typing import Any

import pytest

from app.domain.ranking.ballots import Ballots
from app.domain.ranking.comparisons import most_votes, phragmen, priorities, support_weights
from app.domain.ranking.shares import (
    EXACT_PURCHASES,
    ExactShares,
    FloatShares,
    TooManyPurchases,
    add_one,
    equal_shares,
    purses,
)
from tests.unit.domain.ranking.vectors import TEN, VECTORS, ballots

ORACLE = VECTORS["oracle_instances"]["instances"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["mes"] if case["utility"] == "cost"], ids=lambda c: c["name"]
)
def test_published_elections_with_every_step(case: dict[str, Any]) -> None:
    items = case["items"]
    folded, weights = ballots(items, case["ballots"])
    outcome = equal_shares(folded, case["cost"], weights, range(len(items)), case["budget"])
    assert [items[item] for item in outcome.items] == case["selected"]
    for purchase, step in zip(outcome.purchases, case["trace"], strict=True):
        assert purchase.price == Fraction(step["max_payment"])
        assert purchase.effective_weight == Fraction(step["effective_votes"])
        assert [items[item] for item in purchase.tied] == step["tied"]


@pytest.mark.parametrize("case", VECTORS["mes_phragmen_completion"], ids=lambda c: c["name"])
def test_equal_shares_completed_by_phragmen(case: dict[str, Any]) -> None:
    items = case["items"]
    folded, weights = ballots(items, case["ballots"])
    order = range(len(items))
    first = equal_shares(folded, case["cost"], weights, order, case["budget"])
    assert [items[item] for item in first.items] == case["phase1"]
    assert [purchase.price for purchase in first.purchases] == [
        Fraction(x) for x in case["phase1_max_payment"]
    ]
    left = case["budget"] - sum(case["cost"][item] for item in first.items)
    second = phragmen(
        folded, case["cost"], weights, order, left, start=purses(folded, weights, first), taken=first.items
    )
    assert [items[load.item] for load in second] == case["phase2"]
    assert [load.time for load in second] == [Fraction(x) for x in case["phase2_times"]]


def test_phragmen_of_the_running_example() -> None:
    case = VECTORS["phragmen"][0]
    folded, weights = ballots(case["items"], case["ballots"])
    loads = phragmen(folded, case["cost"], weights, range(7), case["budget"])
    assert [case["items"][load.item] for load in loads] == case["selected"]
    assert [load.time for load in loads] == [Fraction(load) for load in case["loads"]]


def test_phragmen_with_durations_passes_over_what_does_not_fit() -> None:
    case = VECTORS["phragmen"][1]
    folded, weights = ballots(case["items"], case["ballots"])
    for stop_at_first, key in ((True, "selected_stop_first"), (False, "selected_skip")):
        loads = phragmen(folded, case["cost"], weights, range(3), case["budget"], stop_at_first)
        assert [case["items"][load.item] for load in loads] == case[key]
    assert [load.time for load in loads] == [Fraction(time) for time in case["times"]]


@pytest.mark.parametrize("case", ORACLE, ids=range(len(ORACLE)))
def test_instances_of_an_independent_library(case: dict[str, Any]) -> None:
    cost, budget, order = case["cost"], case["budget"], range(len(case["cost"]))
    folded, weights = ballots(list(order), case["ballots"], case["weights"])
    shares = equal_shares(folded, cost, weights, order, budget)
    assert shares.exact
    assert list(shares.items) == case["mes_cost"]
    # The library gives minutes without end; the house stops at three budgets.
    completed = add_one(folded, cost, weights, order, budget, most_budgets=None)
    assert sorted(completed.items) == sorted(case["mes_add1"])
    loads = phragmen(folded, cost, weights, order, budget, stop_at_first=True)
    assert sorted(load.item for load in loads) == case["phragmen_stop_first"]
    rest = phragmen(
        folded,
        cost,
        weights,
        order,
        budget - sum(cost[item] for item in shares.items),
        start=purses(folded, weights, shares),
        taken=shares.items,
    )
    assert [*shares.items, *(load.item for load in rest)] == case["mes_plus_phragmen_skip"]


@pytest.mark.parametrize("case", ORACLE, ids=range(len(ORACLE)))
def test_floats_choose_and_pay_the_same_as_fractions(case: dict[str, Any]) -> None:
    cost, budget, order = case["cost"], case["budget"], range(len(case["cost"]))
    folded, weights = ballots(list(order), case["ballots"], case["weights"])
    exact = ExactShares(folded, cost, weights, order).run(budget)
    floats = FloatShares(folded, cost, weights, order).run(budget)
    assert floats.items == exact.items
    for one, other in zip(floats.purchases, exact.purchases, strict=True):
        assert one.tied == other.tied
        assert one.paid == pytest.approx([float(paid) for paid in other.paid])
        assert one.highest == pytest.approx([float(paid) for paid in other.highest])
        assert sum(one.paid) == pytest.approx(cost[one.item], abs=1e-9)
        assert sum(other.paid) == cost[other.item]
    assert floats.money_behind == pytest.approx([float(money) for money in exact.money_behind], abs=TEN)


def test_add1_stops_at_three_budgets() -> None:
    # Ten people want the long item, one person the other: alone he would need eleven times his share.
    folded, weights = ballots(["long", "short"], [["long"]] * 10 + [["short"]])
    outcome = add_one(folded, [60, 30], weights, [0, 1], 90)
    assert outcome.items == (0,)
    assert outcome.endowment == 270
    assert add_one(folded, [60, 30], weights, [0, 1], 90, most_budgets=None).items == (0, 1)


def test_add1_never_buys_what_is_longer_than_the_time() -> None:
    folded, weights = ballots(["day", "hour"], [["day"]] * 9 + [["hour"]])
    outcome = add_one(folded, [100, 60], weights, [0, 1], 90, most_budgets=None)
    assert outcome.items == (1,)


def test_ties_go_to_the_shorter_then_the_heavier_then_the_lot() -> None:
    items, costs = ["a", "b", "c", "d"], [30, 20, 30, 30]
    support = [5, 5, 9, 5]
    order = priorities(items, costs, support, "seed")
    assert order[1] == 0
    assert order[2] == 1
    assert sorted([order[0], order[3]]) == [2, 3]
    flipped = {tuple(priorities(items, costs, support, str(seed))) for seed in range(8)}
    assert len(flipped) == 2


def test_a_tie_is_told() -> None:
    folded, weights = ballots(["a", "b"], [["a"], ["b"]])
    outcome = equal_shares(folded, [10, 10], weights, [1, 0], 20)
    assert outcome.purchases[0].item == 1
    assert outcome.purchases[0].tied == (1, 0)


def test_most_votes_passes_over_what_does_not_fit_or_has_no_support() -> None:
    assert most_votes(["a", "b", "c", "d"], [50, 20, 30, 10], [9, 7, 8, 0], 55, "") == [0]
    assert most_votes(["a", "b", "c", "d"], [50, 20, 30, 10], [9, 7, 8, 0], 55, "", taken=[0]) == [2, 1]


def test_many_items_and_many_purchases_take_the_path_with_floats() -> None:
    many = [f"item {number}" for number in range(70)]
    folded, weights = ballots(many, [[item] for item in many for _ in range(3)])
    outcome = equal_shares(folded, [10] * 70, weights, range(70), 700)
    assert not outcome.exact
    assert outcome.items == tuple(range(70))
    few = many[: EXACT_PURCHASES + 2]
    folded, weights = ballots(few, [[item] for item in few])
    with pytest.raises(TooManyPurchases):
        ExactShares(folded, [10] * len(few), weights, range(len(few))).run(10 * len(few))
    completed = add_one(folded, [10] * len(few), weights, range(len(few)), 10 * len(few))
    assert not completed.exact
    assert len(completed.items) == len(few)


def test_nobody_buys_nothing() -> None:
    folded, weights = ballots(["a"], [])
    for outcome in (
        add_one(folded, [10], weights, [0], 30),
        FloatShares(folded, [10], weights, [0]).run(30),
        equal_shares(folded, [10], weights, [0], 0),
    ):
        assert outcome.items == ()
        assert outcome.money_behind == (0,)
    assert phragmen(folded, [10], weights, [0], 30) == []
    assert support_weights(folded, weights) == [0]


def test_weights_beyond_64_bits_are_exact() -> None:
    rows = [["a", "b"], ["a"], ["b"], ["c"], ["a", "c"]]
    folded, weights = ballots(["a", "b", "c"], rows, [2**40, 2**63 + 1, 3, 2**63 + 1, 2**70])
    outcome = equal_shares(folded, [10, 20, 15], weights, range(3), 40)
    assert outcome.exact
    for purchase in outcome.purchases:
        assert sum(purchase.paid) == [10, 20, 15][purchase.item]
    # Nobody of the heaviest group took part: its weight alone must not matter either.
    some = ballots(["a"], [["a"]])[0]
    empty_group = Ballots(("a",), ("one", "none"), some.supports, some.group, some.count)
    assert equal_shares(empty_group, [10], (1, 2**80), [0], 10).items == (0,)
