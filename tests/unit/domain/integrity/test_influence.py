"""S6 and S7, thresholds, and what all findings have in common."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.integrity import Finding, Kind, Thresholds, thresholds_from
from app.domain.integrity.influence import (
    agenda_influence,
    influence,
    jumps,
    moved,
    with_votes,
    without_votes,
)
from app.domain.integrity.thresholds import LIMITS, least
from app.domain.ranking import IdeaRanking, Parameters, Tallies, rank_ideas
from app.models.integrity import SignalKind

GROUP = Parameters.equal(("all",))


def ranking(votes: dict[int, tuple[int, int]]) -> IdeaRanking:
    """Ideas with votes for and against."""
    table = np.array(list(votes.values()))
    return rank_ideas(Tallies.of(list(votes), ("all",), table[:, :1], table[:, 1:]), GROUP, seed="lots")


def ladder(**changes: tuple[int, int]) -> IdeaRanking:
    """Thirty ideas, each a little less liked than the one before: idea 1 stands first."""
    votes = {number: (200 - 4 * number, 4 * number) for number in range(1, 31)}
    votes.update({int(name.removeprefix("idea")): counts for name, counts in changes.items()})
    return ranking(votes)


def flagged(idea: int, number: int = 12) -> Finding:
    people = np.arange(number)
    return Finding(Kind.BURST, "", idea, 1, {}, np.full(number, idea), people)


@pytest.mark.parametrize(("against", "expected"), [(96, 0), (100, 1)])
def test_five_places(against: int, expected: int) -> None:
    """Idea 20 (80 against) moves behind 24 (four places) or 25 (five)."""
    with_, without = ladder(), ladder(idea20=(200 - against - 2, against + 2))
    rows = moved(with_, without, {20: 12})
    found = influence(rows, {20: flagged(20)}, Thresholds(), 30)
    assert len(found) == expected
    if expected:
        assert (found[0].figures["rank"], found[0].figures["rank_without"], found[0].figures["shift"]) == (
            20,
            25,
            5,
        )
        assert found[0].figures["votes"] == 12


def test_entering_the_first_ten_is_influence_however_near() -> None:
    with_, without = ladder(), ladder(idea10=(200 - 46, 46))
    (found,) = influence(moved(with_, without, {10: 12}), {10: flagged(10)}, Thresholds(), 30)
    assert (found.figures["rank"], found.figures["rank_without"], found.figures["top_changes"]) == (
        10,
        11,
        True,
    )


def test_an_idea_that_is_ranked_by_these_votes_only() -> None:
    with_, without = ladder(idea31=(12, 0)), ladder(idea31=(2, 0))
    row = next(each for each in moved(with_, without, {31: 10}) if each.idea == 31)
    assert row.rank_without is None
    (found,) = influence([row], {31: flagged(31)}, Thresholds(), 31)
    assert found.figures["rank_without"] is None


def test_ideas_without_votes_that_stand_out_are_not_blamed() -> None:
    with_, without = ladder(), ladder(idea20=(60, 140))
    assert influence(moved(with_, without, {20: 12}), {}, Thresholds(), 30) == []


def test_agendas() -> None:
    titles = {1: "Groen", 2: "Fietsen", 3: "Maas"}
    assert agenda_influence(9, (1, 2), (2, 1), titles, flagged(1)) == [], "another order is the same agenda"
    (found,) = agenda_influence(9, (1, 2), (1, 3), titles, flagged(1))
    assert (found.idea, found.mark) == (None, "agenda-9")
    assert (found.figures["leaves"], found.figures["comes"]) == (["Fietsen"], ["Maas"])


@pytest.mark.parametrize(("places", "expected"), [(19, 0), (20, 1)])
def test_twenty_places_in_a_day(places: int, expected: int) -> None:
    now = ladder(idea30=(200 - 4 * (30 - places) + 2, 4 * (30 - places) - 2))
    assert now.rank_of()[30] == 30 - places
    found = jumps(now, ladder(), {30: flagged(30)}, Thresholds())
    assert len(found) == expected
    assert jumps(now, ladder(), {}, Thresholds()) == [], "only with another signal"


def test_votes_taken_away_and_put_back_leave_everything_as_it_was() -> None:
    before = Tallies.of([1, 2], ("a", "b"), [[3, 1], [5, 0]], [[1, 1], [0, 2]])
    votes = (np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, -1, -1]))
    after = without_votes(before, *votes)
    assert after.for_.tolist() == [[2, 1], [5, 0]]
    assert after.against.tolist() == [[1, 0], [0, 1]]
    again = with_votes(after, *votes)
    assert (again.for_ == before.for_).all()
    assert (again.against == before.against).all()
    with pytest.raises(ValueError, match="never negative"):
        without_votes(before, np.array([1, 1]), np.array([1, 1]), np.array([1, 1]))


def test_the_tables_know_the_same_kinds() -> None:
    assert [kind.value for kind in Kind] == [kind.value for kind in SignalKind]


def test_thresholds_keep_only_what_differs() -> None:
    assert thresholds_from({}) == Thresholds()
    assert least(Thresholds()) == {}
    assert least(Thresholds(new_votes=12, new_share=0.6)) == {"new_votes": 12, "new_share": 0.6}
    assert set(LIMITS) == set(Thresholds.__dataclass_fields__)


@given(st.sampled_from(sorted(LIMITS)), st.data())
def test_every_threshold_has_limits(name: str, data: st.DataObject) -> None:
    limit = LIMITS[name]
    number = (
        st.integers(int(limit.least), int(limit.most))
        if limit.places == 0
        else st.floats(limit.least, limit.most)
    )
    value = data.draw(number)
    if name == "network_created":
        value = min(value, Thresholds().network_accounts)
    if name == "network_accounts":
        value = max(value, Thresholds().network_created)
    given: dict[str, Any] = {name: value}
    chosen = Thresholds(**given)
    assert thresholds_from(least(chosen)) == chosen
    for wrong in (limit.least - 1, limit.most + 1, "5", None, True):
        with pytest.raises(ValueError, match="threshold"):
            thresholds_from({name: wrong})


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="not known"):
        thresholds_from({"unheard": 1})
    with pytest.raises(ValueError, match="on one network"):
        Thresholds(network_accounts=3, network_created=4)
