"""Whole drafts equal a slow second program that follows the definition person by person; so does the library's rule."""

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ranking.comparisons import phragmen
from app.domain.ranking.parameters import Parameters, Weighting
from app.domain.ranking.shares import equal_shares
from tests.oracle import drafts
from tests.oracle.by_definition import Person, Race
from tests.oracle.elections import Election, draw


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32))
def test_every_figure_of_a_draft_is_that_of_the_definition(luck: int) -> None:
    assert drafts.differences(*drafts.draw_case(Random(luck))) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_weights_of_ballots_count_as_that_many_people(luck: int) -> None:
    election = draw(Random(luck), (1, 8), (1, 20), 4, groups=2)
    race = _as_people(election)
    outcome = equal_shares(
        election.ballots, election.costs, election.weights, election.priority, election.budget
    )
    assert list(outcome.items) == [each.item for each in race.equal_shares(election.budget)]
    for purchase, each in zip(outcome.purchases, race.equal_shares(election.budget), strict=True):
        assert list(purchase.paid) == each.paid
    loads = phragmen(
        election.ballots,
        election.costs,
        election.weights,
        election.priority,
        election.budget,
        stop_at_first=True,
    )
    assert [load.item for load in loads] == race.phragmen(stop_at_first=True)


def _as_people(election: Election) -> Race:
    people = [
        Person(group, wish) for group, wish in election.voters for _ in range(election.weights[group]) if wish
    ]
    costs = dict(enumerate(election.costs))
    return Race(costs, people, election.budget, election.seed, (Fraction(1),) * len(election.weights), None)


def test_a_difference_would_be_told() -> None:
    election = Election((30, 20), 40, (1, 1, 1), ((0, frozenset({0})), (1, frozenset({0, 1}))), "seed")
    assert drafts.differences(election, Parameters(), Weighting.PER_PERSON, None, None) == []
    race = Race({0: 30, 1: 20}, [Person(0, frozenset({0}))], 40, "seed", Parameters().weights, None)
    assert race.agenda().items == [0]
    assert race.agenda().behind == {0: Fraction(10), 1: Fraction(0)}
