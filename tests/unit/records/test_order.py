"""Orders of ideas and places in them: every page comes once, also when ideas come and go between two pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ranking import Method, Parameters, Tallies, Weighting, rank_ideas
from app.records.order import Recent, Sheet, Sort
from app.records.ordering import Ordering
from app.records.ranking_rules import Rules
from app.records.traits import Traits

RULES = Rules(Parameters(n_min=2), Weighting.PER_GROUP, "seed")


def a_sheet(ids: Sequence[int], for_: Sequence[int] = (), against: Sequence[int] = ()) -> Sheet:
    """Ideas with these votes of residents, published a second apart, except every third, which shares its moment."""
    n = len(ids)
    yes = np.zeros((n, 3), dtype=np.int64)
    no = np.zeros((n, 3), dtype=np.int64)
    yes[:, 0] = list(for_) or [number % 5 for number in ids]
    no[:, 0] = list(against) or [number % 3 for number in ids]
    published = np.array([1_000_000 * (number - number % 3) for number in ids], dtype=np.int64)
    return Sheet(
        ids=np.array(ids, dtype=np.int64),
        published=published,
        arguments=np.array([number % 4 for number in ids], dtype=np.int64),
        traits=Traits(n),
        tallies=Tallies(tuple(ids), RULES.parameters.groups, yes, no),
        rules=RULES,
        version=(),
    )


def pages(ordering: Ordering, size: int = 3) -> list[int]:
    """All ideas by turning pages forward."""
    found: list[int] = []
    start = 0
    while start < len(ordering.ids):
        shown = range(start, min(start + size, len(ordering.ids)))
        found += [int(ordering.ids[place]) for place in shown]
        place = ordering.find(ordering.cursor(shown[-1]))
        assert place is not None
        start = place[1]
    return found


@pytest.mark.parametrize("sort", Sort)
@given(ids=st.lists(st.integers(1, 10_000), unique=True, max_size=40))
def test_turning_pages_shows_everything_once(sort: Sort, ids: list[int]) -> None:
    ordering = a_sheet(ids).ordering(sort, "lot")
    assert pages(ordering) == ordering.ids.tolist()
    assert sorted(ordering.ids.tolist()) == sorted(ids)


@pytest.mark.parametrize("sort", [sort for sort in Sort if not sort.tells_counts])
@given(
    ids=st.lists(st.integers(1, 500), unique=True, min_size=5, max_size=40),
    gone=st.sets(st.integers(0, 39)),
    new=st.sets(st.integers(501, 999), max_size=9),
    turn=st.integers(0, 4),
)
def test_what_comes_and_goes_between_pages_moves_nothing_else(
    sort: Sort, ids: list[int], gone: set[int], new: set[int], turn: int
) -> None:
    before = a_sheet(ids).ordering(sort, "lot")
    cursor = before.cursor(turn)
    seen = before.ids[: turn + 1].tolist()
    left = [number for place, number in enumerate(ids) if place not in gone]
    after = a_sheet([*left, *new]).ordering(sort, "lot")
    place = after.find(cursor)
    assert place is not None
    rest = [number for number in after.ids[place[1] :].tolist() if number not in new]
    assert rest == [number for number in before.ids[turn + 1 :].tolist() if number in left]
    assert not set(rest) & set(seen)


@given(ids=st.lists(st.integers(1, 10_000), unique=True, min_size=30, max_size=60))
def test_random_order_follows_the_lot(ids: list[int]) -> None:
    sheet = a_sheet(ids)
    one, again, other = (sheet.ordering(Sort.RANDOM, lot).ids.tolist() for lot in ("a", "a", "b"))
    assert one == again != other


def test_random_order_favours_no_idea() -> None:
    sheet = a_sheet(range(1, 21))
    first = [int(sheet.ordering(Sort.RANDOM, f"lot {number}").ids[0]) for number in range(4000)]
    counts = np.bincount(first, minlength=21)[1:]
    # 200 expected each; five standard deviations to both sides.
    assert counts.min() > 130
    assert counts.max() < 270


def test_votes_do_not_move_the_random_order() -> None:
    before, after = a_sheet([5, 3, 9, 7]), a_sheet([5, 3, 9, 7], for_=[9, 0, 0, 4], against=[1, 1, 1, 1])
    assert before.ordering(Sort.RANDOM, "x").ids.tolist() == after.ordering(Sort.RANDOM, "x").ids.tolist()


def test_votes_order_both_ways() -> None:
    sheet = a_sheet([1, 2, 3, 4], for_=[5, 9, 5, 0], against=[1, 0, 0, 3])
    assert sheet.ordering(Sort.VOTES_DESC).ids.tolist() == [2, 3, 1, 4]
    assert sheet.ordering(Sort.VOTES_ASC).ids.tolist() == [4, 1, 3, 2]


@pytest.mark.parametrize("method", [method for method in Method if method is not Method.ACTUEEL])
def test_ranked_orders_are_the_ranking(method: Method) -> None:
    ids = list(range(1, 40))
    sheet = a_sheet(ids, for_=[(7 * i) % 11 for i in ids], against=[(5 * i) % 7 for i in ids])
    ranking = rank_ideas(sheet.tallies, RULES.parameters, method, RULES.seed, RULES.weighting)
    expected = [*ranking.ids, *(row.id for row in ranking.too_few)]
    assert sheet.ordering(Sort(method.value)).ids.tolist() == expected


@pytest.mark.parametrize("method", [method for method in Method if method.sees_groups])
def test_the_address_of_a_page_does_not_tell_an_exact_score(method: Method) -> None:
    ids = list(range(1, 40))
    ordering = a_sheet(ids, for_=[(7 * i) % 11 for i in ids], against=[(5 * i) % 7 for i in ids]).ordering(
        Sort(method.value)
    )
    ranked = int((ordering.first < 1000).sum())
    assert ranked > 20
    assert 1 <= int(ordering.first[:ranked].min()) <= int(ordering.first[:ranked].max()) <= ranked


def test_a_page_of_a_ranking_goes_on_behind_its_last_idea_when_others_vanish() -> None:
    ids = list(range(1, 13))
    before = a_sheet(ids, for_=ids, against=[2] * 12).ordering(Sort.DRAAGVLAK)
    cursor, last = before.cursor(5), int(before.ids[5])
    left = [number for number in ids if number not in before.ids[:3].tolist()]
    after = a_sheet(left, for_=left, against=[2] * 9).ordering(Sort.DRAAGVLAK)
    place = after.find(cursor)
    assert place is not None
    assert after.ids[place[0]] == last


AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
SUPPORT = [3.5, -2.0, 0.0, 3.5, 0.001, -0.25, 12.0, -40.0, 0.0, 1e-9]


def lately(at: datetime, days: float = 0.0) -> Sheet:
    """Ten ideas with their recent support of `days` ago faded to a moment; the third has too few votes."""
    ids = list(range(1, 11))
    sheet = a_sheet(ids, for_=[9, 9, 1, 9, 9, 9, 9, 9, 9, 9], against=[0] * 10)
    left = 2.0 ** (-days / 7)
    sheet.recent = Recent(at, 7.0, {number: SUPPORT[number - 1] * left for number in ids})
    return sheet


def test_actueel_orders_by_recent_support_and_fades_for_all_alike() -> None:
    sheet = lately(AT)
    ranking = sheet.ranking(Method.ACTUEEL)
    assert sheet.ordering(Sort.ACTUEEL).ids.tolist() == [*ranking.ids, 3]
    assert ranking.ids[0] == 7
    assert set(ranking.ids[1:3]) == {1, 4}
    assert ranking.ids[3:] == (5, 10, 9, 6, 2, 8)
    week = sheet.ranking(Method.ACTUEEL, now=AT + timedelta(days=7))
    assert week.ids == ranking.ids
    assert week.score[0] == 6.0
    assert sheet.ranking(Method.ACTUEEL, now=AT + timedelta(days=7, seconds=20)) is week
    # Of the same age a fresh vote weighs more and more: 12 - 3.5 takes 9 votes now, half of it in a week.
    assert ranking.rows(1, 2)[0].votes_up == 9
    assert week.rows(1, 2)[0].votes_up == 5


def test_a_place_in_actueel_stays_good_when_it_is_summed_up_again() -> None:
    before = lately(AT).ordering(Sort.ACTUEEL)
    after = lately(AT + timedelta(days=3), 3.0).ordering(Sort.ACTUEEL)
    for place in range(10):
        assert after.find(before.cursor(place)) == (place, place + 1)


def test_an_idea_that_came_after_the_summing_up_has_nothing_yet() -> None:
    sheet = a_sheet([1, 2], for_=[5, 5], against=[0, 0])
    sheet.recent = Recent(AT, 7.0, {1: -1.0})
    assert sheet.ordering(Sort.ACTUEEL).ids.tolist() == [2, 1]


@pytest.mark.parametrize("weighting", Weighting)
def test_a_ranking_by_another_weighting_is_one_call_away(weighting: Weighting) -> None:
    sheet = a_sheet(list(range(1, 20)))
    expected = rank_ideas(sheet.tallies, RULES.parameters, Method.DRAAGVLAK, RULES.seed, weighting)
    found = sheet.ranking(Method.DRAAGVLAK, weighting)
    assert (found.ids, found.weighting) == (expected.ids, weighting)
    assert sheet.ranking(Method.DRAAGVLAK).weighting is RULES.weighting


@given(st.text(max_size=40) | st.from_regex(r"-?\d{1,25}\.-?\d{1,25}\.\d{1,25}", fullmatch=True))
def test_nonsense_in_the_address_is_a_place_or_nothing(cursor: str) -> None:
    for sort in Sort:
        place = a_sheet([4, 8, 15]).ordering(sort, "lot").find(cursor)
        assert place is None or 0 <= place[0] <= place[1] <= 3


def test_an_empty_sheet_has_every_order() -> None:
    assert all(a_sheet([]).ordering(sort, "lot").ids.tolist() == [] for sort in Sort)
