"""Ideas get their places, lots, shared ranks and explanations; those with few votes stand apart."""

from itertools import pairwise

import pytest

from app.domain.ranking import IdeaRanking, Method, Parameters, Tallies, Weighting, lot, rank_ideas
from tests.unit.domain.ranking.vectors import all_in

GROUPS = ("resident", "council", "partner")


def of(*rows: tuple[list[int], list[int]]) -> Tallies:
    """Tallies of ideas 1, 2, … from (for per group, against per group)."""
    ids = [f"idea {number}" for number in range(1, len(rows) + 1)]
    return Tallies.of(ids, GROUPS, [row[0] for row in rows], [row[1] for row in rows])


def with_votes(tallies: Tallies, row: int, group: int, sign: int, k: int) -> Tallies:
    """The same with k votes more for (+1) or against (-1) one idea."""
    for_, against = tallies.for_.copy(), tallies.against.copy()
    (for_ if sign > 0 else against)[row, group] += k
    return Tallies(tallies.ids, tallies.groups, for_, against)


def test_equal_score_and_votes_share_a_rank_and_the_lot_orders_them() -> None:
    tallies = of(
        ([9, 1, 1], [0, 0, 0]), ([5, 1, 1], [1, 0, 0]), ([5, 1, 1], [1, 0, 0]), ([1, 0, 0], [6, 0, 0])
    )
    ranking = rank_ideas(tallies, Parameters(), seed="seed")
    assert ranking.rank.tolist() == [1, 2, 2, 4]
    assert list(ranking.ids[1:3]) == sorted(ranking.ids[1:3], key=lambda idea: lot("seed", idea))
    rows = ranking.rows()
    assert rows[1].ties_with == (rows[2].id,)
    assert rows[2].tied == 1
    assert rows[0].ties_with == ()


def test_another_seed_can_swap_equals_but_nothing_else() -> None:
    tallies = of(*[([5, 1, 1], [1, 0, 0])] * 6, ([9, 1, 1], [0, 0, 0]))
    orders = {rank_ideas(tallies, Parameters(), seed=str(seed)).ids for seed in range(8)}
    assert len(orders) > 1
    assert {order[0] for order in orders} == {"idea 7"}


def test_more_votes_come_first_among_equal_scores() -> None:
    tallies = of(([5, 0, 0], [3, 0, 0]), ([6, 0, 0], [4, 0, 0]), ([7, 0, 0], [5, 0, 0]))
    ranking = rank_ideas(tallies, Parameters(), Method.NETTO)
    assert ranking.ids == ("idea 3", "idea 2", "idea 1")
    assert ranking.rank.tolist() == [1, 2, 3]


def test_ideas_with_too_few_votes_stand_apart_and_do_not_move_the_averages() -> None:
    rows = [([9, 1, 1], [0, 0, 0]), ([5, 1, 1], [1, 0, 0])]
    few = [([4, 0, 0], [0, 0, 0]), ([1, 0, 0], [2, 0, 0]), ([0, 0, 0], [0, 0, 0])]
    ranking = rank_ideas(of(*rows, *few), Parameters())
    assert ranking.mu == rank_ideas(of(*rows), Parameters()).mu
    assert [row.n for row in ranking.too_few] == [4, 3, 0]
    assert all(row.rank is None and row.score is None for row in ranking.too_few)
    assert len(ranking) == 2


def test_an_empty_table_gives_an_empty_ranking() -> None:
    for method in set(Method) - {Method.ACTUEEL}:
        ranking = rank_ideas(of(), Parameters(), method)
        assert ranking.rows() == []
        assert ranking.too_few == ()


def test_a_slice_of_rows_equals_the_whole() -> None:
    ranking = rank_ideas(MANY, Parameters())
    assert ranking.rows(3, 6) == ranking.rows()[3:6]
    assert ranking.rows(40, 60) == []


MANY = of(
    ([30, 4, 2], [5, 1, 0]),
    ([20, 1, 2], [9, 3, 1]),
    ([12, 0, 1], [2, 0, 0]),
    ([8, 2, 0], [8, 2, 2]),
    ([40, 1, 0], [41, 6, 1]),
    ([6, 0, 0], [3, 1, 1]),
    ([6, 0, 0], [3, 1, 1]),
    ([3, 5, 4], [2, 0, 0]),
)


@pytest.mark.parametrize("weighting", list(Weighting))
@pytest.mark.parametrize("method", [Method.DRAAGVLAK, Method.BRUG, Method.ZEKERHEID, Method.NETTO])
def test_firmness_is_the_smallest_number_of_votes_that_moves_a_row(
    method: Method, weighting: Weighting
) -> None:
    ranking = rank_ideas(MANY, Parameters(), method, weighting=weighting)
    for position, row in enumerate(ranking.rows()):
        place = int(ranking.place[position])
        target = next(
            (p for p in range(position - 1, -1, -1) if ranking.rank[p] < ranking.rank[position]), None
        )
        if target is None:
            assert row.votes_up is None
        else:
            assert row.votes_up == smallest_by_trial(ranking, place, +1, int(ranking.place[target]))
        after = position + 1
        if row.tied or after < len(ranking):
            other = place if row.tied else int(ranking.place[after])
            assert row.votes_down == smallest_by_trial(ranking, place, -1, other)
        else:
            assert row.votes_down is None
        moves = [votes for votes in (row.votes_up, row.votes_down) if votes]
        assert row.firmness == min(moves)


def smallest_by_trial(ranking: IdeaRanking, place: int, sign: int, other: int) -> int | None:
    """Add votes one by one to one group after the other until the idea passes the other one."""
    method, weighting, parameters = ranking.method, ranking.weighting, ranking.parameters
    scored = {int(where): number for number, where in enumerate(ranking.place)}
    target = (float(ranking.score[scored[other]]), int((MANY.for_ + MANY.against)[other].sum()))
    best: int | None = None
    for group in range(3):
        for k in range(1, 200 if best is None else best):
            changed = with_votes(MANY, place, group, sign, k)
            score = one_score(changed, place, method, weighting, parameters, ranking)
            n = int((changed.for_ + changed.against)[place].sum())
            if ((score, n) > target) if sign > 0 else ((score, n) < target):
                best = k
                break
    return best


def one_score(
    tallies: Tallies,
    place: int,
    method: Method,
    weighting: Weighting,
    parameters: Parameters,
    ranking: IdeaRanking,
) -> float:
    """The score of one idea by the formula in plain Python, with the averages of the given ranking."""
    p: list[int] = tallies.for_[place].tolist()
    q: list[int] = tallies.against[place].tolist()
    if method is Method.NETTO:
        return float(sum(p) - sum(q))
    if method is Method.ZEKERHEID:
        n, z = sum(p) + sum(q), parameters.z
        share = sum(p) / n
        half = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
        return float(round((share + z * z / (2 * n) - half) / (1 + z * z / n), 12))
    if weighting is Weighting.PER_PERSON:
        p, q = [sum(p)], [sum(q)]
    a = [(yes + 5 * float(mu)) / (yes + no + 5) for yes, no, mu in zip(p, q, ranking.mu, strict=True)]
    if method is Method.DRAAGVLAK:
        return float(round(sum(a) / len(a), 12))
    product = 1.0
    for share in a:
        product *= share
    return float(round(product ** (1 / len(a)), 12))


@pytest.mark.parametrize("method", [Method.OMSTREDEN, Method.GROEPSVERSCHIL])
def test_firmness_of_disputed_ideas_looks_both_ways(method: Method) -> None:
    rows = rank_ideas(MANY, Parameters(), method).rows()
    assert all(row.firmness is not None for row in rows)
    assert rows[0].votes_up is None


def test_firmness_of_actueel_counts_fresh_votes() -> None:
    recent = [5.0, 4.2, 1.1, 0.0, -1.3, -2.2, -3.1, -8.0]
    rows = rank_ideas(MANY, Parameters(), Method.ACTUEEL, recent=recent).rows()
    assert [row.votes_up for row in rows] == [None, 1, 4, 2, 2, 1, 1, 5]
    assert [row.votes_down for row in rows] == [1, 4, 2, 2, 1, 1, 5, None]


def test_rows_of_the_narrow_table_become_tallies() -> None:
    rows = [(7, "council", 2, 1), (9, "resident", 4, 0), (7, "resident", 1, 1), (5, "partner", 1, 0)]
    tallies = Tallies.from_rows([9, 7, 8], GROUPS, rows)
    assert tallies.for_.tolist() == [[4, 0, 0], [1, 2, 0], [0, 0, 0]]
    assert tallies.against.tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        Tallies.of([1, 1], GROUPS, [[0] * 3] * 2, [[0] * 3] * 2)
    with pytest.raises(ValueError, match="never negative"):
        Tallies.of([1], GROUPS, [[-1, 0, 0]], [[0] * 3])
    with pytest.raises(ValueError, match="same groups"):
        rank_ideas(Tallies.of([1], ("a",), [[1]], [[0]]), Parameters())


def test_scores_decrease_down_the_list() -> None:
    for method in (Method.DRAAGVLAK, Method.BRUG, Method.OMSTREDEN, Method.GROEPSVERSCHIL):
        ranking = rank_ideas(MANY, all_in(GROUPS), method)
        assert all(a >= b for a, b in pairwise(ranking.score.tolist()))
