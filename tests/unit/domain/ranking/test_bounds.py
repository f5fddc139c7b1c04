"""Where figures are withheld a reader still knows between which numbers every score lies."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from app.domain.ranking import (
    Method,
    Parameters,
    Tallies,
    approval_bounds,
    mean_bounds,
    rank_ideas,
    score_bounds,
)
from app.domain.ranking.public_check import verify_public
from tests.unit.domain.ranking import sealed
from tests.unit.domain.ranking.sealed import counted, standing, themes_of
from tests.unit.domain.ranking.test_publishing import ROUND, votes_of

BY_GROUP = (Method.DRAAGVLAK, Method.BRUG, Method.GROEPSVERSCHIL)
PARAMETERS = Parameters(weights=(Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)))


def a_coarse_standing() -> dict[str, Any]:
    """One idea has two council votes, so that neither its figures nor the averages may be told."""
    rows = [row for row in ROUND if row[0] != 3 or row[1] != "council"]
    public = standing(counted(votes_of([*rows, (3, "council", 1, 1)]), themes_of(8))).public
    assert public["outputs"]["ideas"]["draagvlak:per_group"]["mu"] is None
    return public


def test_whatever_is_withheld_the_truth_lies_between_the_bounds() -> None:
    """Every way to fill in what an idea withholds, with the averages that follow from it."""
    told = [((7, 4, 3), (2, 1, 4), 14, 7), ((5, None, None), (3, None, None), 7, 4)]
    known = [(list(yes), list(no), p, q) for yes, no, p, q in told]
    means = mean_bounds(known, 3)
    tried = 0
    for council_for, council_against in product(range(3), range(2)):
        filled = [
            ((7, 4, 3), (2, 1, 4)),
            ((5, council_for, 2 - council_for), (3, council_against, 1 - council_against)),
        ]
        tallies = Tallies.of(
            [1, 2], PARAMETERS.groups, [row[0] for row in filled], [row[1] for row in filled]
        )
        for method in BY_GROUP:
            ranking = rank_ideas(tallies, PARAMETERS, method)
            for low_high, mean in zip(means, ranking.mu, strict=True):
                assert low_high[0] <= mean <= low_high[1]
            for number, score in zip(ranking.ids, ranking.score.tolist(), strict=True):
                row = known[int(number) - 1]
                low, high = score_bounds(method, approval_bounds(row, means, PARAMETERS.m), PARAMETERS)
                assert low - 1e-12 <= score <= high + 1e-12
                tried += 1
    assert tried == 6 * 3 * 2


def test_with_nothing_withheld_the_bounds_are_the_score() -> None:
    known = [([7, 4, 3], [2, 1, 4], 14, 7), ([5, 1, 1], [3, 0, 1], 7, 4)]
    tallies = Tallies.of([1, 2], PARAMETERS.groups, [row[0] for row in known], [row[1] for row in known])
    means = mean_bounds(known, 3)
    assert [low for low, _high in means] == [high for _low, high in means]
    for method in BY_GROUP:
        ranking = rank_ideas(tallies, PARAMETERS, method)
        for number, score in zip(ranking.ids, ranking.score.tolist(), strict=True):
            bounds = approval_bounds(known[int(number) - 1], means, PARAMETERS.m)
            assert score_bounds(method, bounds, PARAMETERS) == pytest.approx((score, score), abs=1e-12)


def test_a_method_that_does_not_look_at_groups_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="netto"):
        score_bounds(Method.NETTO, [(Fraction(0), Fraction(1))] * 3, PARAMETERS)


def test_the_bounds_of_a_standing_are_narrow_where_the_idea_itself_is_shown() -> None:
    public = a_coarse_standing()
    known = {row[0]: tuple(row[1:]) for row in public["inputs"]["tallies"]}
    means = mean_bounds(list(known.values()), 3)
    for row in public["outputs"]["ideas"]["draagvlak:per_group"]["rows"]:
        low, high = score_bounds(
            Method.DRAAGVLAK, approval_bounds(known[row["id"]], means, PARAMETERS.m), PARAMETERS
        )
        assert low - 0.005 <= float(row["score"]) <= high + 0.005
        if None not in row["for"]:
            assert high - low < 0.03


def test_a_coarse_score_that_was_changed_is_found() -> None:
    public = a_coarse_standing()
    assert verify_public(sealed.canonical(public)) == []
    rows = public["outputs"]["ideas"]["draagvlak:per_group"]["rows"]
    rows[0]["score"] = f"{float(rows[0]['score']) + 0.06:.12f}"
    (found,) = verify_public(sealed.canonical(public))
    assert found.path == "outputs.ideas.draagvlak:per_group.rows.0.score"
    assert "between" in found.should_be
