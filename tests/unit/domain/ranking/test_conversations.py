"""Real conversations, from vote events to agenda, give the expected digests and numbers."""

import hashlib
from typing import Any

import pytest

from app.domain.ranking import (
    Method,
    ThemeRanking,
    Weighting,
    draft_agenda,
    infer_ballots,
    rank_ideas,
    rank_themes,
    tally,
)
from app.domain.ranking.agenda import Item
from app.domain.ranking.ballots import Ballots, product_weights
from app.domain.ranking.certificate import certify
from app.domain.ranking.comparisons import most_votes, phragmen, support_weights
from app.domain.ranking.shares import add_one, equal_shares, purses
from tests.unit.domain.ranking.vectors import TEN, VECTORS, all_in, conversation

GROUPS = ("g0", "g1", "none")
NAMES = list(VECTORS["polis"])
THEMES = list(range(10))
COSTS = [20 + 5 * (theme % 5) for theme in THEMES]
MINUTES = 180


def themes_of(name: str) -> ThemeRanking:
    """The themes of a conversation: the last two digits of an idea's number."""
    talk = conversation(name)
    pairs = [(row, theme) for row, idea in enumerate(talk.ids) for theme in {idea % 10, idea // 10 % 10}]
    idea_themes = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return rank_themes(talk.votes, talk.ids, idea_themes, THEMES, all_in(GROUPS))


@pytest.mark.parametrize("name", NAMES)
def test_the_last_vote_of_everybody_is_counted(name: str) -> None:
    talk, expected = conversation(name), VECTORS["polis"][name]
    tallies = tally(talk.votes, talk.ids, GROUPS)
    assert talk.vote_rows == expected["vote_rows"]
    assert talk.revisions == expected["revisions"]
    assert len(talk.ids) == expected["items"]
    assert {"p": int(tallies.for_.sum()), "q": int(tallies.against.sum())} == expected["totals"]
    assert [float(mean) for mean in rank_ideas(tallies, all_in(GROUPS)).mu] == pytest.approx(
        expected["mu_g"], abs=TEN
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("method", "key", "m", "weighting"),
    [
        (Method.NETTO, "net", 5, Weighting.PER_GROUP),
        (Method.ZEKERHEID, "wilson", 5, Weighting.PER_GROUP),
        (Method.DRAAGVLAK, "balanced", 5, Weighting.PER_GROUP),
        (Method.BRUG, "bridging", 5, Weighting.PER_GROUP),
        (Method.DRAAGVLAK, "beta", 10, Weighting.PER_PERSON),
    ],
)
def test_the_full_order_of_ideas(name: str, method: Method, key: str, m: int, weighting: Weighting) -> None:
    talk, expected = conversation(name), VECTORS["polis"][name]["rankings"][key]
    tallies = tally(talk.votes, talk.ids, GROUPS)
    ranking = rank_ideas(tallies, all_in(GROUPS, m=m), method, weighting=weighting)
    rows = sorted(ranking.rows(), key=lambda row: (row.rank or 0, int(row.id)))
    for row, top in zip(rows[:10], expected["top10"], strict=True):
        assert (row.id, row.p, row.q) == (top["id"], top["p"], top["q"])
        assert row.score == pytest.approx(top["score"], abs=TEN)
    digest = hashlib.sha256(",".join(str(row.id) for row in rows).encode()).hexdigest()
    assert digest == expected["full_ranking_sha256"]


@pytest.mark.parametrize("name", NAMES)
def test_themes(name: str) -> None:
    ranking, expected = themes_of(name), VECTORS["polis"][name]["themes"]
    stand = ranking.positions
    assert stand.supporters().tolist() == expected["supporters"]
    assert stand.opponents().tolist() == expected["opponents"]
    assert [row.id for row in ranking.rows] == expected["rank"]
    by_theme = {row.id: row for row in ranking.rows}
    assert [by_theme[theme].ideas for theme in THEMES] == expected["n_items"]
    assert [by_theme[theme].score for theme in THEMES] == pytest.approx(
        expected["majority_balanced"], abs=TEN
    )


def expected_weights(name: str, weighting: Weighting) -> tuple[int, ...]:
    """The expected outcomes count everybody who voted as A_g, also those whose ballot is empty."""
    if weighting is Weighting.PER_PERSON:
        return (1, 1, 1)
    active = VECTORS["polis"][name]["group_active"]
    return product_weights([active[group] for group in GROUPS], all_in(GROUPS))


def inferred(name: str) -> Ballots:
    """The ballots of a conversation."""
    return infer_ballots(themes_of(name).positions, THEMES, 0)


@pytest.mark.parametrize("weighting", list(Weighting))
@pytest.mark.parametrize("name", NAMES)
def test_agenda_step_by_step(name: str, weighting: Weighting) -> None:
    expected: dict[str, Any] = VECTORS["polis"][name]["agenda"][weighting.value]
    ballots, weights = inferred(name), expected_weights(name, weighting)
    assert dict(zip(GROUPS, weights, strict=True)) == expected["weights"]
    support = support_weights(ballots, weights)
    assert support == expected["supporter_weight"]
    order = sorted(THEMES, key=lambda theme: (COSTS[theme], -support[theme], theme))
    priority = [order.index(theme) for theme in THEMES]

    shares = equal_shares(ballots, COSTS, weights, priority, MINUTES)
    assert list(shares.items) == expected["mes"]
    for purchase, step in zip(shares.purchases, expected["mes_trace"], strict=True):
        assert purchase.item == step["theme"]
        assert float(purchase.price) == pytest.approx(step["max_payment"], abs=TEN)
        assert float(purchase.effective_weight) == pytest.approx(step["effective_weight"], rel=1e-9)

    left = MINUTES - sum(COSTS[theme] for theme in shares.items)
    rest = phragmen(
        ballots, COSTS, weights, priority, left, start=purses(ballots, weights, shares), taken=shares.items
    )
    assert [*shares.items, *(load.item for load in rest)] == expected["mes_plus_phragmen_skip"]
    times = [[load.item, pytest.approx(float(load.time), abs=TEN)] for load in rest]
    assert times == expected["completion_times"]
    loads = phragmen(ballots, COSTS, weights, priority, MINUTES)
    assert [load.item for load in loads] == expected["seq_phragmen_skip"]

    completed = add_one(ballots, COSTS, weights, priority, MINUTES)
    assert str(completed.endowment) == expected["default_virtual_total"]
    assert list(completed.items) == expected["add1_exhaustive_stop"]
    spent = sum(COSTS[theme] for theme in completed.items)
    filling = most_votes(THEMES, COSTS, support, MINUTES - spent, "", completed.items)
    assert [*completed.items, *filling] == expected["default_add1u"]
    assert spent + sum(COSTS[theme] for theme in filling) == expected["default_minutes"]

    greedy = most_votes(THEMES, COSTS, support, MINUTES, "")
    assert greedy == expected["greedy"]
    violations = certify(ballots, COSTS, weights, greedy, MINUTES).violations
    assert list(violations) == expected["ejrplus_violations_greedy"]
    assert certify(ballots, COSTS, weights, expected["default_add1u"], MINUTES).holds


@pytest.mark.parametrize("name", NAMES)
def test_the_draft_per_person_is_the_same_agenda(name: str) -> None:
    expected = VECTORS["polis"][name]["agenda"]["per_person"]
    items = [Item(theme, COSTS[theme]) for theme in THEMES]
    draft = draft_agenda(inferred(name), items, MINUTES, all_in(GROUPS), Weighting.PER_PERSON)
    assert list(draft.items) == expected["default_add1u"]
    assert str(draft.endowment) == expected["default_virtual_total"]
    assert draft.used == expected["default_minutes"]
    assert draft.certificate.holds


def test_a_conversation_without_expected_outcome_is_counted_too() -> None:
    talk = conversation("scoop-hivemind.affordable-housing")
    tallies = tally(talk.votes, talk.ids, GROUPS)
    assert tallies.for_.sum() + tallies.against.sum() <= talk.vote_rows - talk.revisions
    ranking = rank_ideas(tallies, all_in(GROUPS, n_min=5))
    assert len(ranking) + len(ranking.too_few) == len(talk.ids)
