"""The public document: what a reader computes with it alone, and what nobody can work out from it."""

from fractions import Fraction
from itertools import pairwise, product
from math import sqrt
from typing import Any

import numpy as np
import pytest

from app.domain.ballot import Group, groups_to_show
from app.domain.ranking import Votes
from app.domain.ranking.public_check import verify_public
from app.domain.ranking.publishing import fewest_behind
from tests.unit.domain.ranking import sealed
from tests.unit.domain.ranking.sealed import GROUPS, counted, drawn, standing, themes_of


def votes_of(rows: list[tuple[int, str, int, int]]) -> Votes:
    """Votes from (idea, group, for, against) with a new voter for every vote."""
    voter, idea, value, group = list[int](), list[int](), list[int](), list[int]()
    for number, name, yes, no in rows:
        for sign in [1] * yes + [-1] * no:
            voter.append(len(voter))
            idea.append(number)
            value.append(sign)
            group.append(GROUPS.index(name))
    return Votes.of(voter, idea, value, group, max(row[0] for row in rows) + 1)


ROUND = [
    row
    for idea in range(8)
    for row in ((idea, "resident", 9 + idea, 4), (idea, "council", 5, 3 + idea % 3), (idea, "partner", 4, 3))
]
"""Eight ideas of which every group has many votes."""


def test_a_reader_computes_every_order_that_does_not_look_at_groups_by_hand() -> None:
    """With fractions and a few lines, not with our functions."""
    public = standing(counted(drawn(5, voters=90), themes_of(12))).public
    m, z = public["parameters"]["m"], float(public["parameters"]["z"])
    rows = [row for row in public["inputs"]["tallies"] if row[3] + row[4] >= public["parameters"]["n_min"]]
    p, q = sum(row[3] for row in rows), sum(row[4] for row in rows)
    mu = Fraction(p + 1, p + q + 2)
    scores: dict[str, dict[int, Fraction]] = {
        "draagvlak:per_person": {r[0]: (r[3] + m * mu) / (r[3] + r[4] + m) for r in rows},
        "brug:per_person": {r[0]: (r[3] + m * mu) / (r[3] + r[4] + m) for r in rows},
        "netto:per_group": {r[0]: Fraction(r[3] - r[4]) for r in rows},
        "omstreden:per_group": {
            r[0]: Fraction(4 * r[3] * r[4], (r[3] + r[4]) ** 2)
            * Fraction(r[3] + r[4], r[3] + r[4] + public["parameters"]["calm"])
            for r in rows
        },
    }
    for key, expected in scores.items():
        told = {row["id"]: Fraction(row["score"]) for row in public["outputs"]["ideas"][key]["rows"]}
        assert told.keys() == expected.keys()
        assert all(abs(told[idea] - expected[idea]) <= Fraction(1, 10**12) for idea in told)
        ranks = [row["rank"] for row in public["outputs"]["ideas"][key]["rows"]]
        assert ranks == sorted(ranks)
    for row in public["outputs"]["ideas"]["zekerheid:per_group"]["rows"]:
        n, share = row["n"], row["p"] / row["n"]
        low = (share + z * z / (2 * n) - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (
            1 + z * z / n
        )
        assert float(row["score"]) == pytest.approx(max(low, 0.0), abs=1e-11)


def test_a_reader_computes_support_by_group_where_every_group_is_shown() -> None:
    public = standing(counted(votes_of(ROUND), themes_of(8))).public
    weights = [Fraction(weight) for weight in public["parameters"]["weights"]]
    m = public["parameters"]["m"]
    rows = {row[0]: row for row in public["inputs"]["tallies"]}
    sums = [(sum(r[1][g] for r in rows.values()), sum(r[2][g] for r in rows.values())) for g in range(3)]
    mu = [Fraction(p + 1, p + q + 2) for p, q in sums]
    record = public["outputs"]["ideas"]["draagvlak:per_group"]
    assert [Fraction(mean) for mean in record["mu"]] == mu
    for row in record["rows"]:
        _idea, p, q, *_totals = rows[row["id"]]
        a = [(p[g] + m * mu[g]) / (p[g] + q[g] + m) for g in range(3)]
        score = sum(weight * share for weight, share in zip(weights, a, strict=True))
        assert abs(Fraction(row["score"]) - score) <= Fraction(1, 10**12)
    for better, worse in pairwise(record["rows"]):
        assert Fraction(better["score"]) >= Fraction(worse["score"])


def test_a_reader_finds_a_score_that_was_changed() -> None:
    public = sealed.parse(sealed.usual().public_text)
    rows = public["outputs"]["ideas"]["draagvlak:per_person"]["rows"]
    rows[2]["score"] = "0.600000000000"
    (found,) = verify_public(sealed.canonical(public))
    assert found.path == "outputs.ideas.draagvlak:per_person.rows.2.2"
    public = sealed.parse(sealed.usual().public_text)
    public["inputs"]["tallies"][3][3] += 1
    assert verify_public(sealed.canonical(public))[0].path.startswith("inputs.")


def hidden_cells(public: dict[str, Any]) -> list[tuple[int, int]]:
    return [
        (row[0], group)
        for row in public["inputs"]["tallies"]
        for group, figure in enumerate(row[1])
        if figure is None
    ]


def test_what_is_withheld_on_a_page_is_withheld_in_every_record() -> None:
    public = standing(counted(drawn(7, small=0.06), themes_of(12))).public
    cells = set(hidden_cells(public))
    assert cells
    audit = sealed.parse(standing(counted(drawn(7, small=0.06), themes_of(12))).audit_text)
    for row in audit["inputs"]["tallies"]:
        shown = groups_to_show(
            {Group(name): (yes, no) for name, yes, no in zip(GROUPS, row[1], row[2], strict=True)}
        )
        assert {(row[0], g) for g in range(3) if Group(GROUPS[g]) not in shown} == {
            cell for cell in cells if cell[0] == row[0]
        }
    for key, record in public["outputs"]["ideas"].items():
        for row in (*record["rows"], *record["too_few"]):
            for figures in (row["for"], row["against"], row["approval"]):
                told = {(row["id"], group) for group, figure in enumerate(figures) if figure is None}
                assert told == {cell for cell in cells if cell[0] == row["id"]} or (
                    record["mu"] is None and None in figures
                )
            by_group = key in ("draagvlak:per_group", "brug:per_group") or key.startswith("groepsverschil")
            if by_group and None in row["for"] and row["score"] is not None:
                assert Fraction(row["score"]) * 100 % 1 == 0
                assert (row["band"], row["votes_up"], row["votes_down"], row["firmness"]) == (None,) * 4


def test_one_withheld_idea_cannot_be_found_by_subtracting_from_the_means() -> None:
    """One idea has two council votes; with the means of all ideas, those two would be what is left."""
    rows = [row for row in ROUND if row[0] != 3 or row[1] != "council"]
    of = counted(votes_of([*rows, (3, "council", 1, 1)]), themes_of(8))
    assert of.smallest["ideas"] == 2
    public = standing(of).public
    assert {cell[0] for cell in hidden_cells(public)} == {14}
    for key, record in public["outputs"]["ideas"].items():
        pooled = key.endswith("per_person") and not key.startswith("groepsverschil")
        assert (record["mu"] is None) is not pooled
        for row in (*record["rows"], *record["too_few"]):
            assert row["approval"] == [None, None, None]
        if key in ("draagvlak:per_group", "brug:per_group", "groepsverschil:per_person"):
            assert all(Fraction(row["score"]) * 100 % 1 == 0 for row in record["rows"])
            assert {row["band"] for row in record["rows"]} == {None}
    themes = public["outputs"]["themes"]["top3:per_group"]["rows"]
    assert all(Fraction(row["score"]) * 100 % 1 == 0 for row in themes)
    # Whoever looks at everybody as one group still computes everything.
    assert verify_public(sealed.canonical(public)) == []


def test_one_person_in_many_withheld_ideas_cannot_be_found_either() -> None:
    """Six votes of the council are withheld, but they are all of one person."""
    rows = [row for row in ROUND if row[1] != "council"]
    votes = votes_of(rows)
    extra = [(idea, len(votes.voter_group)) for idea in range(6)]
    votes = Votes.of(
        [*votes.voter.tolist(), *(voter for _idea, voter in extra)],
        [*votes.idea.tolist(), *(idea for idea, _voter in extra)],
        [*votes.value.tolist(), *[1] * 6],
        [*votes.voter_group.tolist(), 1],
        8,
    )
    of = counted(votes, themes_of(8))
    assert of.smallest["ideas"] == 1
    assert standing(of).public["outputs"]["ideas"]["draagvlak:per_group"]["mu"] is None


def test_means_of_many_withheld_people_are_told() -> None:
    rows = [row for row in ROUND if row[1] != "council" or row[0] > 3]
    few = [(idea, "council", 1, 1) for idea in range(4)]
    of = counted(votes_of([*rows, *few]), themes_of(8))
    assert of.smallest["ideas"] == 8
    record = standing(of).public["outputs"]["ideas"]["draagvlak:per_group"]
    assert record["mu"] is not None
    exact = {row["id"]: Fraction(row["score"]) * 100 % 1 != 0 for row in record["rows"]}
    assert [exact[idea] for idea in range(11, 19)] == [False] * 4 + [True] * 4


def sums_that_follow(hidden: np.ndarray[Any, Any], counts: np.ndarray[Any, Any]) -> list[int]:
    """All sums of withheld counts that combining row sums and column sums can isolate, by trying every choice."""
    height, width = hidden.shape
    found = []
    for rows in product((False, True), repeat=height):
        for columns in product((False, True), repeat=width):
            r, c = np.array(rows), np.array(columns)
            plus = hidden & r[:, None] & ~c[None, :]
            minus = hidden & ~r[:, None] & c[None, :]
            if plus.any() != minus.any():
                found.append(int(counts[plus | minus].sum()))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_no_sum_of_one_or_two_people_follows_where_the_means_are_told(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 7, (4, 3))
    counts[counts == 6] = rng.integers(1, 3)
    shown = [
        groups_to_show({Group(name): (int(n), 0) for name, n in zip(GROUPS, row, strict=True)})
        for row in counts
    ]
    hidden = np.array([[Group(name) not in groups for name in GROUPS] for groups in shown])
    row, column = np.nonzero(counts)
    row, column = (np.repeat(side, counts[counts > 0]) for side in (row, column))
    fewest = fewest_behind(hidden, row, column, np.arange(len(row)))
    # Rows as a whole tell their own sum with or without means; those of one or two votes are public as totals.
    whole = {int(counts[place][hidden[place]].sum()) for place in range(len(counts))}
    small = [total for total in sums_that_follow(hidden, counts) if 0 < total < 3 and total not in whole]
    if fewest is None or fewest >= 3:
        assert not small


def test_few_voters_of_a_group_are_not_counted_out() -> None:
    votes = votes_of(
        [(0, "resident", 9, 4), (0, "council", 1, 0), (1, "partner", 5, 0), (1, "resident", 3, 3)]
    )
    public = standing(counted(votes, [[101], [102]])).public
    voters = public["inputs"]["voters"]
    assert voters["council"] is None
    assert [group for group, heads in voters.items() if heads is None] != ["council"]
    assert "recent" not in public["inputs"]
    assert public.keys().isdisjoint({"key"})
    for record in (public["outputs"]["ideas"][f"actueel:{w}"] for w in ("per_group", "per_person")):
        assert all(Fraction(row["score"]) * 10 % 1 == 0 for row in record["rows"])
