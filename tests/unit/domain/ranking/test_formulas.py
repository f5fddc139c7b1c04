"""The formulas give the published and the exact values."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from app.domain.ranking import Method, Parameters, Tallies, Weighting, last_states, rank_ideas, recent_support
from app.domain.ranking import scores as formulas
from tests.unit.domain.ranking.vectors import TEN, VECTORS, all_in

SMALL = VECTORS["ideas_small"]
GROUPS = tuple(SMALL["groups"])
TALLIES = Tallies.of(range(7), GROUPS, SMALL["for_"], SMALL["against"])


def scores(method: Method) -> list[float]:
    """Scores of the seven small ideas in the order of their numbers."""
    ranking = rank_ideas(TALLIES, all_in(GROUPS), method)
    return [score for _, score in sorted(zip(ranking.place.tolist(), ranking.score.tolist(), strict=True))]


@pytest.mark.parametrize("row", VECTORS["wilson"]["published_newcombe1998"])
def test_wilson_gives_the_intervals_that_newcombe_published(row: dict[str, float]) -> None:
    low, high = formulas.wilson(row["p"], row["n"])
    assert round(float(low), 4) == row["low"]
    assert round(float(high), 4) == row["high"]


@pytest.mark.parametrize("row", VECTORS["wilson"]["computed"])
def test_wilson_holds_at_the_edges(row: dict[str, float]) -> None:
    low, high = formulas.wilson(row["p"], row["n"])
    assert float(low) == pytest.approx(row["low"], abs=TEN)
    assert float(high) == pytest.approx(row["high"], abs=TEN)


@pytest.mark.parametrize("row", VECTORS["wilson"]["orderings"])
def test_wilson_prefers_more_evidence(row: dict[str, list[int]]) -> None:
    assert formulas.wilson(*row["lower"])[0] < formulas.wilson(*row["higher"])[0]


@pytest.mark.parametrize(
    ("method", "key"),
    [
        (Method.DRAAGVLAK, "balanced_float"),
        (Method.BRUG, "bridging"),
        (Method.ZEKERHEID, "wilson"),
        (Method.NETTO, "net"),
        (Method.OMSTREDEN, "controversy_default"),
        (Method.GROEPSVERSCHIL, "group_gap"),
    ],
)
def test_every_method_scores_the_seven_small_ideas(method: Method, key: str) -> None:
    assert scores(method) == pytest.approx(SMALL[key], abs=TEN)


def test_draagvlak_equals_exact_fractions_to_the_twelfth_place() -> None:
    for score, exact in zip(scores(Method.DRAAGVLAK), SMALL["balanced"], strict=True):
        assert abs(Fraction(score) - Fraction(exact)) < Fraction(1, 10**12)


def test_the_group_averages_are_exact() -> None:
    ranking = rank_ideas(TALLIES, all_in(GROUPS))
    assert ranking.mu == tuple(Fraction(mean) for mean in SMALL["mu"])


@pytest.mark.parametrize(
    ("method", "key"),
    [
        (Method.DRAAGVLAK, "rank_balanced"),
        (Method.BRUG, "rank_bridging"),
        (Method.ZEKERHEID, "rank_wilson"),
    ],
)
def test_the_order_of_the_small_ideas(method: Method, key: str) -> None:
    assert list(rank_ideas(TALLIES, all_in(GROUPS), method).ids) == SMALL[key]


@pytest.mark.parametrize("row", VECTORS["hot"]["trend_halflife7d"])
def test_actueel_halves_in_a_week(row: dict[str, list[list[float]]]) -> None:
    signs, ages = [vote[0] for vote in row["votes"]], [vote[1] for vote in row["votes"]]
    assert recent_support([0] * len(signs), signs, ages, 1)[0] == pytest.approx(row["score"], abs=TEN)


def test_actueel_ranks_by_the_faded_sum_and_asks_for_it() -> None:
    recent = [0.5, 3.0, 1.0, 0.0, 0.0, 7.25, -1.0]
    assert rank_ideas(TALLIES, all_in(GROUPS), Method.ACTUEEL, recent=recent).ids[:3] == (5, 1, 2)
    with pytest.raises(ValueError, match="Actueel"):
        rank_ideas(TALLIES, all_in(GROUPS), Method.ACTUEEL)
    with pytest.raises(ValueError, match="one number per idea"):
        rank_ideas(TALLIES, all_in(GROUPS), Method.ACTUEEL, recent=[1.0])


def test_the_last_event_of_a_voter_counts() -> None:
    small = VECTORS["events_small"]
    events = [event for event in small["events"] if event[0] not in small["quarantined"]]
    voters = sorted({event[0] for event in events})
    last = last_states(
        [voters.index(event[0]) for event in events],
        [0] * len(events),
        [event[3] for event in events],
        [event[4] for event in events],
    )
    values = [events[index][2] for index in last.tolist()]
    assert {"for": values.count(1), "against": values.count(-1)} == small["expected"]["i1"]


def test_events_of_the_same_moment_follow_their_sequence() -> None:
    assert last_states([0, 0, 0], [0, 0, 0], [5, 5, 4], [2, 1, 9]).tolist() == [0]
    assert last_states([], [], [], []).tolist() == []


def test_the_band_is_the_root_of_the_weighted_variances() -> None:
    ranking = rank_ideas(TALLIES, all_in(GROUPS))
    assert ranking.band is not None
    row = ranking.rows()[2]
    variance = sum(
        a * (1 - a) / (p + q + 6) / 9 for a, p, q in zip(row.approval, row.for_, row.against, strict=True)
    )
    assert row.band == pytest.approx(1.959963984540054 * variance**0.5)
    assert rank_ideas(TALLIES, all_in(GROUPS), Method.NETTO).band is None


def test_groups_may_weigh_differently() -> None:
    parameters = Parameters(GROUPS, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)), n_min=0)
    assert parameters.whole_weights == (3, 2, 1)
    for row in rank_ideas(TALLIES, parameters).rows():
        a = row.approval
        assert row.score == pytest.approx((3 * a[0] + 2 * a[1] + a[2]) / 6, abs=1e-12)


def test_per_person_takes_everybody_as_one_group() -> None:
    ranking = rank_ideas(TALLIES, all_in(GROUPS), weighting=Weighting.PER_PERSON)
    (mean,) = ranking.mu
    for row in ranking.rows():
        assert row.score == pytest.approx((row.p + 5 * float(mean)) / (row.n + 5), abs=1e-12)


def test_parameters_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        Parameters(weights=(Fraction(1, 2), Fraction(1, 2), Fraction(1, 2)))
    with pytest.raises(ValueError, match="exactly one weight"):
        Parameters(weights=(Fraction(1),))
    with pytest.raises(ValueError, match="each once"):
        Parameters.equal(("a", "a"))
    with pytest.raises(ValueError, match="above zero"):
        Parameters(m=0)
    with pytest.raises(ValueError, match="Thresholds"):
        Parameters(n_min=-1)


def test_rounding_never_leaves_a_negative_zero() -> None:
    low = formulas.wilson([0] * 40, np.arange(40))[0]
    assert not np.signbit(low).any()
    assert all(a <= b for a, b in pairwise(formulas.wilson(np.arange(50), 50)[0].tolist()))
