"""Themes count every person once, however many ideas stand in them."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from app.domain.ranking import (
    Parameters,
    ThemeMethod,
    ThemeRanking,
    Votes,
    Weighting,
    infer_ballots,
    rank_themes,
    theme_rankings,
)
from tests.unit.domain.ranking.vectors import VECTORS, all_in

SMALL = VECTORS["theme_small"]
GROUPS = ("inwoner", "raad", "partner")
VOTERS = [f"u{number}" for number in range(1, 8)]
IDEAS = list(SMALL["themes"])
THEMES = ("A", "B", "C")
PAIRS = [
    (IDEAS.index(idea), THEMES.index(theme)) for idea, themes in SMALL["themes"].items() for theme in themes
]


def small_votes() -> Votes:
    """The thirteen votes of seven people."""
    groups = {voter: group for voter, group, _, _ in SMALL["votes"]}
    return Votes.of(
        [VOTERS.index(row[0]) for row in SMALL["votes"]],
        [IDEAS.index(row[2]) for row in SMALL["votes"]],
        [row[3] for row in SMALL["votes"]],
        [GROUPS.index(groups[voter]) for voter in VOTERS],
        len(IDEAS),
    )


def ranked(votes: Votes | None = None, parameters: Parameters | None = None, **settings: Any) -> ThemeRanking:
    """The small example ranked."""
    idea_themes = ([pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS])
    chosen = parameters or all_in(GROUPS)
    return rank_themes(votes or small_votes(), IDEAS, idea_themes, THEMES, chosen, **settings)


def test_everybody_has_one_position_per_theme() -> None:
    stand = ranked().positions
    expected = {(voter, theme): net for voter, theme, net in SMALL["net_per_voter_theme"]}
    for row, voter in enumerate(VOTERS):
        for column, theme in enumerate(THEMES):
            assert stand.voted[row, column] == ((voter, theme) in expected)
            assert stand.net[row, column] == expected.get((voter, theme), 0)
    assert stand.supporters().tolist() == SMALL["supporters"]
    assert stand.opponents().tolist() == SMALL["opponents"]
    assert stand.neutral().tolist() == [[0, 0, 0], [2, 0, 0], [1, 0, 0]]


def test_scores_equal_exact_fractions() -> None:
    ranking = ranked()
    assert ranking.mu == tuple(Fraction(mean) for mean in SMALL["mu"])
    for row in ranking.rows:
        exact = Fraction(SMALL["score"][THEMES.index(str(row.id))])
        assert abs(Fraction(row.score) - exact) < Fraction(1, 10**12)


def test_equal_themes_share_a_rank_only_with_equal_numbers() -> None:
    rows = ranked().rows
    assert [(row.id, row.rank) for row in rows] == [("B", 1), ("A", 2), ("C", 3)]


def test_ballots_are_the_themes_a_voter_supports() -> None:
    stand = ranked().positions
    for row, voter in enumerate(VOTERS):
        supported = [theme for column, theme in enumerate(THEMES) if stand.net[row, column] > 0]
        assert supported == SMALL["ballots"][voter]
    folded = infer_ballots(stand, THEMES, 0)
    classes = sorted(zip(folded.masks(), folded.group.tolist(), folded.count.tolist(), strict=True))
    assert classes == [(1, 0, 2), (2, 0, 1), (2, 1, 1), (7, 2, 1)]


def test_a_voter_needs_three_votes_for_an_inferred_ballot() -> None:
    assert sum(infer_ballots(ranked().positions, THEMES, 4).voters()) == 0
    assert sum(infer_ballots(ranked().positions, THEMES, 3).voters()) == 1
    assert sum(infer_ballots(ranked().positions, THEMES, 2).voters()) == 3


def test_an_idea_in_a_theme_twice_counts_once_and_withdrawn_votes_do_not_count() -> None:
    votes = small_votes()
    doubled = ([pair[0] for pair in PAIRS * 2], [pair[1] for pair in PAIRS * 2])
    again = rank_themes(votes, IDEAS, doubled, THEMES, all_in(GROUPS))
    assert again.rows == ranked().rows
    withdrawn = Votes.of(
        [*votes.voter, 5], [*votes.idea, 0], [*votes.value, 0], votes.voter_group, votes.n_ideas
    )
    assert ranked(withdrawn).rows == ranked().rows


def test_thresholds_keep_small_themes_and_ideas_apart() -> None:
    ranking = ranked(parameters=all_in(GROUPS, min_supporters=3))
    assert [row.id for row in ranking.rows] == ["B", "A"]
    assert [(row.id, row.rank) for row in ranking.too_few] == [("C", None)]
    strict = ranked(parameters=all_in(GROUPS, n_min=3))
    assert set(strict.ideas.ids) == {"i1", "i3"}
    assert {row.id: row.ideas for row in strict.rows} == {"A": 1, "B": 1, "C": 0}


def test_the_alternates_count_reach_and_the_best_three_ideas() -> None:
    reach = ranked(method=ThemeMethod.BEREIK).rows
    assert [(row.id, row.score) for row in reach] == [("A", 3.0), ("B", 3.0), ("C", 1.0)]
    by_idea = dict(zip(ranked().ideas.ids, ranked().ideas.score.tolist(), strict=True))
    for row in ranked(method=ThemeMethod.TOP3).rows:
        mine = sorted((by_idea[idea] for idea in IDEAS if row.id in SMALL["themes"][idea]), reverse=True)
        assert row.score == pytest.approx(sum(mine[:3]) / len(mine[:3]), abs=1e-12)
        assert [by_idea[idea] for idea in row.top] == mine[:3]


def test_per_person_pools_the_supporters() -> None:
    ranking = ranked(weighting=Weighting.PER_PERSON)
    mean = (3 + 3 + 1 + 1) / (7 + 4 + 2)
    for row in ranking.rows:
        p, q = sum(row.supporters), sum(row.opponents)
        assert row.score == pytest.approx((p + 5 * mean) / (p + q + 5), abs=1e-12)


def test_all_methods_and_weightings_at_once_equal_one_at_a_time() -> None:
    idea_themes = ([pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS])
    found = theme_rankings(small_votes(), IDEAS, idea_themes, THEMES, all_in(GROUPS), "seed")
    assert len(found) == len(ThemeMethod) * len(Weighting)
    for (method, weighting), ranking in found.items():
        alone = ranked(seed="seed", method=method, weighting=weighting)
        assert (ranking.rows, ranking.too_few, ranking.mu) == (alone.rows, alone.too_few, alone.mu)


def test_votes_that_point_nowhere_are_refused() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        Votes.of([3], [0], [1], [0, 0], 1)
    with pytest.raises(ValueError, match="equally long"):
        Votes.of([0], [0, 0], [1, 1], [0], 1)
    with pytest.raises(ValueError, match="one id per idea"):
        rank_themes(small_votes(), IDEAS[:2], ([0], [0]), THEMES, all_in(GROUPS))


def test_nobody_voting_gives_themes_without_rank() -> None:
    ranking = ranked(Votes.of([], [], [], np.zeros(0), len(IDEAS)), Parameters.equal(GROUPS))
    assert ranking.rows == ()
    assert [row.reach for row in ranking.too_few] == [0, 0, 0]
