"""Results become plain JSON and nothing of a single voter is among them."""

import json
from fractions import Fraction

import numpy as np
import pytest

from app.domain.ranking import (
    AgendaMethod,
    Item,
    Method,
    Parameters,
    Tallies,
    ThemeMethod,
    Votes,
    agenda_record,
    draft_agenda,
    ideas_record,
    infer_ballots,
    number,
    plain,
    rank_ideas,
    rank_themes,
    themes_record,
    withhold,
)

GROUPS = ("resident", "council", "partner")


def test_numbers_have_one_form() -> None:
    assert plain(Fraction(3, 6)) == "1/2"
    assert plain(0.1 + 0.2) == "0.300000000000"
    assert plain(-1e-15) == "0.000000000000"
    assert plain(np.int64(3)) == 3
    assert plain((True, None, "x", {1: 2.5})) == [True, None, "x", {"1": "2.500000000000"}]
    assert plain(np.array([1, 2])) == [1, 2]
    assert number("1/4") == number("0.250000000000") == 0.25
    with pytest.raises(TypeError, match="no plain form"):
        plain(object())


def test_methods_carry_their_version() -> None:
    assert {plain(method) for method in Method} == {
        "draagvlak@1",
        "brug@1",
        "zekerheid@1",
        "netto@1",
        "omstreden@1",
        "groepsverschil@1",
        "actueel@1",
    }
    assert plain(ThemeMethod.MEERDERHEID) == "meerderheid@1"
    assert [plain(method) for method in AgendaMethod] == ["mes_add1@1", "phragmen@1", "meeste_stemmen@1"]


def test_a_ranking_as_json() -> None:
    tallies = Tallies.of([1, 2, 3], GROUPS, [[9, 1, 1], [5, 2, 0], [1, 0, 0]], [[0] * 3, [4, 0, 1], [0] * 3])
    record = json.loads(json.dumps(ideas_record(rank_ideas(tallies, Parameters(), seed="s"))))
    assert record["method"] == "draagvlak@1"
    assert record["parameters"]["weights"] == ["1/3", "1/3", "1/3"]
    assert [row["id"] for row in record["rows"]] == [1, 2]
    assert record["rows"][0]["for"] == [9, 1, 1]
    assert len(record["rows"][0]["score"].split(".")[1]) == 12
    assert [row["id"] for row in record["too_few"]] == [3]


def test_from_votes_to_an_agenda_as_json() -> None:
    rng = np.random.default_rng(5)
    voter, idea = np.divmod(np.arange(60 * 12), 12)
    value = np.where(rng.random(60 * 12) < 0.6, 1, -1)
    votes = Votes.of(voter, idea, value, rng.integers(0, 3, 60), 12)
    parameters = Parameters()
    themes = rank_themes(votes, range(12), (np.arange(12), np.arange(12) % 4), "abcd", parameters, "s")
    items = [Item(row.id, 30) for row in themes.rows]
    ballots = infer_ballots(themes.positions, [item.id for item in items], parameters.min_votes)
    draft = draft_agenda(ballots, items, 75, parameters, seed="s")
    record = json.loads(json.dumps(agenda_record(withhold(draft))))
    assert record["method"] == "mes_add1@1"
    assert record["items"] == list(draft.items)
    assert record["certificate"]["holds"] is True
    assert number(record["endowment_ratio"]) == draft.endowment / 75
    for entry in record["entries"]:
        if None not in entry["paid"]:
            assert sum(Fraction(paid) for paid in entry["paid"]) + Fraction(entry["common"]) == 30
    standing = json.loads(json.dumps(themes_record(themes)))
    assert set(standing) == {"method", "weighting", "parameters", "seed", "mu", "rows", "too_few"}
    assert len(standing["rows"]) + len(standing["too_few"]) == 4
