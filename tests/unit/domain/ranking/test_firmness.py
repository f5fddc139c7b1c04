"""How firm a place is, tried out vote by vote: what is told is the smallest number that does it, both ways to weigh."""

from fractions import Fraction

import numpy as np
import pytest

from app.domain.ranking import (
    IdeaRanking,
    IdeaRow,
    Method,
    Parameters,
    Tallies,
    Weighting,
    rank_ideas,
    scores,
)

MOST = 200
WEIGHTS = (
    (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)),
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)),
)


def _target(rows: list[IdeaRow], row: IdeaRow, sign: int) -> IdeaRow | None:
    """Which row is to be passed: the nearest better one, or the first that is equal or worse."""
    assert row.rank is not None
    if sign > 0:
        return rows[row.rank - 2] if row.rank > 1 else None
    behind = [other for other in rows if (other.rank or 0) >= row.rank and other.id != row.id]
    return behind[0] if behind else None


def _passes(ranking: IdeaRanking, row: IdeaRow, target: IdeaRow, sign: int, votes: int) -> bool:
    for group in range(3):
        yes, no = np.array([row.for_]), np.array([row.against])
        (yes if sign > 0 else no)[0, group] += votes
        score = float(
            scores.score(ranking.method, yes, no, ranking.parameters, ranking.mu, ranking.weighting)[0]
        )
        n = row.n + votes
        assert target.score is not None
        if (sign * score, sign * n) > (sign * target.score, sign * target.n):
            return True
    return False


@pytest.mark.parametrize("weights", WEIGHTS, ids=["equal", "unequal"])
@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("method", [Method.DRAAGVLAK, Method.BRUG])
def test_the_number_of_votes_is_the_smallest_that_does_it(
    method: Method, weighting: Weighting, weights: tuple[Fraction, ...]
) -> None:
    draw = np.random.default_rng(7)
    for _ in range(12):
        size = int(draw.integers(2, 9))
        parameters = Parameters(n_min=0, weights=weights)
        tallies = Tallies.of(
            list(range(size)),
            parameters.groups,
            draw.integers(0, 9, (size, 3)),
            draw.integers(0, 6, (size, 3)),
        )
        ranking = rank_ideas(tallies, parameters, method, "seed", weighting)
        rows = ranking.rows()
        for row in rows:
            for sign, told in ((+1, row.votes_up), (-1, row.votes_down)):
                target = _target(rows, row, sign)
                if target is None:
                    assert told is None
                    continue
                tried = (votes for votes in range(1, MOST) if _passes(ranking, row, target, sign, votes))
                assert next(tried, None) == (told if told is None or told < MOST else None)


@pytest.mark.parametrize("weighting", Weighting)
def test_the_band_is_as_wide_as_the_formula_says(weighting: Weighting) -> None:
    parameters = Parameters(weights=WEIGHTS[1], n_min=0, z=1.5)
    draw = np.random.default_rng(8)
    tallies = Tallies.of(
        list(range(20)), parameters.groups, draw.integers(0, 30, (20, 3)), draw.integers(0, 20, (20, 3))
    )
    ranking = rank_ideas(tallies, parameters, Method.DRAAGVLAK, "seed", weighting)
    for row in ranking.rows():
        if weighting is Weighting.PER_PERSON:
            share = (row.p + parameters.m * float(ranking.mu[0])) / (row.n + parameters.m)
            terms = [(1.0, share, row.n)]
        else:
            sizes = [yes + no for yes, no in zip(row.for_, row.against, strict=True)]
            terms = list(zip(map(float, parameters.weights), row.approval, sizes, strict=True))
        width = sum(w**2 * a * (1 - a) / (n + parameters.m + 1) for w, a, n in terms) ** 0.5
        assert row.band == pytest.approx(1.5 * width, abs=1e-12)
