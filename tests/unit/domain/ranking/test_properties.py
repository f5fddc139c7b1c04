"""What must hold for any votes: order does not matter, support never hurts, money adds up, promises are
kept.
"""

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.ranking import (
    Ballots,
    Item,
    Method,
    Parameters,
    Tallies,
    Votes,
    Weighting,
    draft_agenda,
    last_states,
    rank_ideas,
    rank_themes,
    shares,
    tally,
)
from app.domain.ranking import scores as formulas
from app.domain.ranking.ballots import fold, whole_weights
from app.domain.ranking.comparisons import priorities, support_weights
from app.domain.ranking.shares import ExactShares, FloatShares, add_one

GROUPS = ("resident", "council", "partner")
ALL = Parameters(n_min=0, min_supporters=0, min_votes=0)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

counts = st.lists(st.integers(0, 400), min_size=3, max_size=3)
tables = st.lists(st.tuples(counts, counts), min_size=1, max_size=12)


def tallies_of(table: list[tuple[list[int], list[int]]]) -> Tallies:
    """Tallies of ideas 0, 1, …"""
    return Tallies.of(range(len(table)), GROUPS, [row[0] for row in table], [row[1] for row in table])


@st.composite
def elections(draw: st.DrawFn) -> tuple[Ballots, list[Item], int]:
    """Up to thirty voters of three groups, up to seven items, and a budget."""
    n_items = draw(st.integers(1, 7))
    items = [Item(f"t{t}", draw(st.sampled_from([10, 15, 20, 30, 45, 60]))) for t in range(n_items)]
    masks = draw(
        st.lists(st.tuples(st.integers(0, 2**n_items - 1), st.integers(0, 2)), min_size=1, max_size=30)
    )
    supports = np.array([[bool(mask >> t & 1) for t in range(n_items)] for mask, _ in masks])
    ballots = fold([item.id for item in items], GROUPS, supports, [group for _, group in masks])
    return ballots, items, draw(st.integers(10, 180))


weightings = st.sampled_from(list(Weighting))


@quick
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_ideas_in_the_table_changes_nothing(table: Any, random: Any) -> None:
    tallies = tallies_of(table)
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = Tallies(
        tuple(tallies.ids[i] for i in order), GROUPS, tallies.for_[order], tallies.against[order]
    )
    for method in set(Method) - {Method.ACTUEEL}:
        one, other = rank_ideas(tallies, ALL, method, "seed"), rank_ideas(shuffled, ALL, method, "seed")
        assert one.ids == other.ids
        assert one.rank.tolist() == other.rank.tolist()
        assert one.score.tolist() == other.score.tolist()


@quick
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from([1, -1, 0])), max_size=80),
    st.randoms(use_true_random=False),
)
def test_the_order_of_voters_changes_nothing(events: list[tuple[int, int, int]], random: Any) -> None:
    last = {(voter, idea): value for voter, idea, value in events}
    rows = [(voter, idea, value) for (voter, idea), value in last.items()]
    names = list(range(10))
    random.shuffle(names)
    ids, themes = list(range(6)), ["x", "y", "z"]
    pairs = ([0, 1, 2, 3, 4, 5, 5], [0, 0, 1, 1, 2, 2, 0])

    def outcome(name: list[int], rows: list[tuple[int, int, int]]) -> tuple[Any, Any]:
        group = [0] * 10
        for voter in range(10):
            group[name[voter]] = voter % 3
        votes = Votes.of([name[r[0]] for r in rows], [r[1] for r in rows], [r[2] for r in rows], group, 6)
        ranking = rank_themes(votes, ids, pairs, themes, ALL, "seed")
        return ranking.rows, ranking.ideas.rows()

    shuffled = rows[:]
    random.shuffle(shuffled)
    assert outcome(list(range(10)), rows) == outcome(names, shuffled)


@quick
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from([1, -1, 0]), st.integers(0, 9)),
        max_size=60,
    )
)
def test_tallies_equal_a_count_of_last_states_by_hand(events: list[tuple[int, int, int, int]]) -> None:
    last: dict[tuple[int, int], tuple[int, int, int]] = {}
    for sequence, (voter, idea, value, time) in enumerate(events):
        last[voter, idea] = max(last.get((voter, idea), (-1, -1, 0)), (time, sequence, value))
    keep = last_states(
        [e[0] for e in events], [e[1] for e in events], [e[3] for e in events], range(len(events))
    ).tolist()
    votes = Votes.of(
        [events[i][0] for i in keep],
        [events[i][1] for i in keep],
        [events[i][2] for i in keep],
        [0, 1, 2] * 2,
        5,
    )
    counted = tally(votes, range(5), GROUPS)
    for idea in range(5):
        for group in range(3):
            values = [v for (voter, i), (_, _, v) in last.items() if i == idea and voter % 3 == group]
            assert counted.for_[idea, group] == values.count(1)
            assert counted.against[idea, group] == values.count(-1)


@quick
@given(tables, weightings)
def test_scores_equal_exact_fractions(table: Any, weighting: Weighting) -> None:
    tallies = tallies_of(table)
    ranking = rank_ideas(tallies, ALL, Method.DRAAGVLAK, weighting=weighting)
    for row in ranking.rows():
        yes, no = list(row.for_), list(row.against)
        if weighting is Weighting.PER_PERSON:
            yes, no = [row.p], [row.q]
        a = [(p + 5 * mu) / (p + q + 5) for p, q, mu in zip(yes, no, ranking.mu, strict=True)]
        error: Fraction = Fraction(row.score or 0) - sum(a, Fraction(0)) / len(a)
        assert abs(error) < Fraction(1, 10**12)
    bridge = rank_ideas(tallies, ALL, Method.BRUG, weighting=weighting)
    for row in bridge.rows():
        if weighting is Weighting.PER_GROUP:
            groups = zip(row.for_, row.against, bridge.mu, strict=True)
            product: Fraction = prod(((p + 5 * mu) / (p + q + 5) for p, q, mu in groups), start=Fraction(1))
            # (x + e)^3 and (x - e)^3 enclose the exact product.
            x, e = Fraction(row.score or 0), Fraction(2, 10**12)
            assert (x - e) ** 3 < product < (x + e) ** 3


@quick
@given(tables, st.integers(0, 11), st.integers(0, 2))
def test_one_more_vote_for_never_lowers_an_idea(table: Any, row: int, group: int) -> None:
    row %= len(table)
    tallies = tallies_of(table)
    for_ = tallies.for_.copy()
    for_[row, group] += 1
    more = Tallies(tallies.ids, GROUPS, for_, tallies.against)
    for method in (Method.DRAAGVLAK, Method.BRUG, Method.ZEKERHEID, Method.NETTO):
        before, after = rank_ideas(tallies, ALL, method), rank_ideas(more, ALL, method)
        old, new = (dict(zip(r.ids, r.score.tolist(), strict=True)) for r in (before, after))
        assert new[row] >= old[row]
        if method in (Method.ZEKERHEID, Method.NETTO):
            assert after.rank_of()[row] <= before.rank_of()[row]
        else:
            # With the averages held still, no other idea moves, so the place cannot get worse either.
            still = formulas.score(method, for_, tallies.against, ALL, before.mu)
            assert still[row] >= old[row]
            assert all(still[int(i)] == old[i] for i in old if i != row)


@quick
@given(elections(), weightings)
def test_money_adds_up_and_the_promise_is_kept(election: Any, weighting: Weighting) -> None:
    ballots, items, budget = election
    draft = draft_agenda(ballots, items, budget, ALL, weighting, "seed")
    assert draft.used <= budget
    assert draft.certificate.holds
    for entry in draft.entries:
        assert sum(Fraction(paid or 0) for paid in entry.paid) + Fraction(entry.common or 0) == entry.minutes
        assert all(
            (paid or 0) >= (highest or 0) >= 0
            for paid, highest in zip(entry.paid, entry.highest, strict=True)
        )
    assert {*draft.items, *(item.id for item in draft.left_out)} == {item.id for item in items}
    assert not any(item.fits_time and item.weight for item in draft.left_out)


def race(election: Any, weighting: Weighting) -> tuple[Ballots, list[int], tuple[int, ...], list[int], int]:
    """The arguments of equal shares."""
    ballots, items, budget = election
    costs = [item.minutes for item in items]
    weights = whole_weights(ballots.voters(), ALL, weighting)
    return (
        ballots,
        costs,
        weights,
        priorities(ballots.items, costs, support_weights(ballots, weights), ""),
        budget,
    )


@quick
@given(elections(), weightings)
def test_floats_choose_what_fractions_choose(election: Any, weighting: Weighting) -> None:
    ballots, costs, weights, priority, budget = race(election, weighting)
    exact = ExactShares(ballots, costs, weights, priority).run(budget)
    floats = FloatShares(ballots, costs, weights, priority).run(budget)
    assert floats.items == exact.items
    for one, other in zip(floats.purchases, exact.purchases, strict=True):
        assert one.paid == pytest.approx([float(paid) for paid in other.paid], abs=1e-9)


@quick
@given(elections(), st.integers(2, 7))
def test_cloning_every_ballot_changes_nothing(election: Any, times: int) -> None:
    ballots, costs, weights, priority, budget = race(election, Weighting.PER_PERSON)
    many = Ballots(ballots.items, ballots.groups, ballots.supports, ballots.group, ballots.count * times)
    one, other = (add_one(b, costs, weights, priority, budget) for b in (ballots, many))
    assert (one.items, one.endowment) == (other.items, other.endowment)
    assert [p.paid for p in one.purchases] == [p.paid for p in other.purchases]


@quick
@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_items_and_ballots_changes_nothing(election: Any, random: Any) -> None:
    ballots, items, budget = election
    columns, rows = list(range(len(items))), list(range(len(ballots.count)))
    random.shuffle(columns)
    random.shuffle(rows)
    shuffled = Ballots(
        tuple(ballots.items[c] for c in columns),
        GROUPS,
        ballots.supports[rows][:, columns],
        ballots.group[rows],
        ballots.count[rows],
    )
    one = draft_agenda(ballots, items, budget, ALL, seed="seed")
    other = draft_agenda(shuffled, [items[c] for c in columns], budget, ALL, seed="seed")
    assert one.entries == other.entries
    assert one.comparisons == other.comparisons


@quick
@given(elections(), st.integers(1, 60), st.integers(1, 4))
def test_a_bloc_with_the_weight_for_its_item_gets_it(election: Any, minutes: int, extra: int) -> None:
    ballots, items, budget = election
    minutes = min(minutes, budget)
    heads = sum(ballots.voters())
    # The smallest bloc of residents whose share is at least minutes / budget, and a few more.
    size = -(-minutes * heads // (budget - minutes)) + extra if budget > minutes else extra
    if budget == minutes:
        heads, ballots = 0, fold(ballots.items, GROUPS, ballots.supports[:0], [])
    supports = np.zeros((len(ballots.count) + 1, len(items) + 1), dtype=np.bool_)
    supports[:-1, :-1] = ballots.supports
    supports[-1, -1] = True
    joint = fold([*ballots.items, "bloc"], GROUPS, supports, [*ballots.group, 0], [*ballots.count, size])
    assert size * budget >= minutes * (heads + size)
    draft = draft_agenda(joint, [*items, Item("bloc", minutes)], budget, ALL, Weighting.PER_PERSON, "seed")
    assert "bloc" in draft.items


@quick
@given(elections(), weightings)
def test_floats_complete_the_agenda_that_fractions_complete(election: Any, weighting: Weighting) -> None:
    ballots, costs, weights, priority, budget = race(election, weighting)
    exact = add_one(ballots, costs, weights, priority, budget)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "EXACT_ITEMS", 0)
        floats = add_one(ballots, costs, weights, priority, budget)
    assert (exact.exact, floats.exact) == (True, False)
    assert (floats.items, floats.endowment) == (exact.items, exact.endowment)
    assert floats.money_behind == pytest.approx([float(money) for money in exact.money_behind], abs=1e-9)


@quick
@given(elections(), st.integers(5, 60), st.lists(st.integers(0, 12), min_size=3, max_size=3), weightings)
def test_a_bloc_of_any_groups_with_the_weight_for_its_item_gets_it(
    election: Any, minutes: int, bloc: list[int], weighting: Weighting
) -> None:
    ballots, items, budget = election
    minutes = min(minutes, budget)
    supports = np.zeros((len(ballots.count) + 3, len(items) + 1), dtype=np.bool_)
    supports[:-3, :-1] = ballots.supports
    supports[-3:, -1] = True
    joint = fold(
        [*ballots.items, "bloc"], GROUPS, supports, [*ballots.group, 0, 1, 2], [*ballots.count, *bloc]
    )
    weights = whole_weights(joint.voters(), ALL, weighting)
    total, mine = (
        sum(w * heads for w, heads in zip(weights, who, strict=True)) for who in (joint.voters(), bloc)
    )
    assume(mine > 0 and mine * budget >= minutes * total)
    draft = draft_agenda(joint, [*items, Item("bloc", minutes)], budget, ALL, weighting, "seed")
    assert "bloc" in draft.items


@quick
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from([1, -1])), max_size=80),
    st.integers(0, 9),
    st.integers(0, 5),
)
def test_one_more_vote_for_never_costs_a_theme_a_supporter(
    events: list[tuple[int, int, int]], voter: int, idea: int
) -> None:
    last = {(who, what): value for who, what, value in events}
    pairs = ([0, 1, 2, 3, 4, 5, 5], [0, 0, 1, 1, 2, 2, 0])

    def supporters(votes: dict[tuple[int, int], int]) -> list[tuple[int, ...]]:
        rows = [(who, what, value) for (who, what), value in votes.items()]
        table = Votes.of([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [0, 1] * 5, 6)
        ranking = rank_themes(table, range(6), pairs, "xyz", ALL, "seed")
        return [row.supporters for row in sorted(ranking.rows, key=lambda row: str(row.id))]

    before, after = supporters(last), supporters({**last, (voter, idea): 1})
    for one, other in zip(before, after, strict=True):
        assert all(more >= less for less, more in zip(one, other, strict=True))
