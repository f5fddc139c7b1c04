"""S4 and S5: accounts on one network that vote alike, and accounts that move as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.integrity import Base, Finding, Kind, Thresholds
from app.domain.integrity.columns import week_of
from tests.unit.domain.integrity.talk import DAY, HOUR, MINUTE, Talk

MONDAY = 1_780_272_000.0
"""Midnight on 1 June 2026, a Monday."""
QUIET = Base(0.99, 0.99)


def of(kind: Kind, talk: Talk, thresholds: Thresholds | None = None) -> list[Finding]:
    return [each for each in talk.found(thresholds, QUIET) if each.kind is kind]


def household(accounts: int, young: int, *, apart: float = HOUR, ideas: tuple[int, ...] = (1,)) -> Talk:
    """So many accounts on one network vote for the same; so many of them were made shortly after one another."""
    talk = Talk()
    for n in range(accounts):
        created = MONDAY - DAY + apart * n if n < young else MONDAY - (100 + 30 * n) * DAY
        person = talk.person(created)
        talk.traces.append((person, week(MONDAY), 3))
        for idea in ideas:
            talk.vote(idea, person, 1, MONDAY + HOUR * (n + 1) + idea)
    return talk


def week(moment: float) -> int:
    return int(week_of(np.array([moment]))[0])


def test_weeks_begin_on_monday_at_midnight() -> None:
    assert week(MONDAY) == week(MONDAY - 1) + 1
    assert week(MONDAY + 7 * DAY - 1) == week(MONDAY)


@pytest.mark.parametrize(("accounts", "young", "expected"), [(5, 3, 1), (4, 4, 0), (5, 2, 0), (8, 8, 1)])
def test_five_on_a_network_of_which_three_are_young(accounts: int, young: int, expected: int) -> None:
    assert len(of(Kind.SAME_NETWORK, household(accounts, young))) == expected


@pytest.mark.parametrize(("apart", "expected"), [(24 * HOUR, 1), (24.1 * HOUR, 0)])
def test_made_within_two_days_of_each_other(apart: float, expected: int) -> None:
    assert len(of(Kind.SAME_NETWORK, household(5, 3, apart=apart))) == expected


def test_a_large_family_with_old_accounts_does_not_stand_out() -> None:
    assert of(Kind.SAME_NETWORK, household(9, 0)) == []


def test_who_votes_differently_is_not_alike() -> None:
    talk = household(5, 5)
    idea, person, _value, moment = talk.votes.pop()
    talk.vote(idea, person, -1, moment)
    assert of(Kind.SAME_NETWORK, talk) == []


def test_votes_of_another_week_lie_on_no_known_network() -> None:
    talk = household(5, 5)
    talk.traces = [(person, number - 1, network) for person, number, network in talk.traces]
    assert of(Kind.SAME_NETWORK, talk) == []


def test_one_finding_for_a_network_on_several_ideas() -> None:
    talk = household(6, 6, ideas=(1, 2, 3))
    (found,) = of(Kind.SAME_NETWORK, talk)
    assert (found.idea, found.direction, len(found)) == (None, 1, 18)
    assert (found.figures["accounts"], found.figures["ideas"], found.figures["created"]) == (6, 3, 6)
    (single,) = of(Kind.SAME_NETWORK, household(6, 6))
    assert single.idea == 1


def test_two_networks_are_not_added_up() -> None:
    talk = household(8, 8)
    talk.traces = [(person, number, person % 2) for person, number, _network in talk.traces]
    assert of(Kind.SAME_NETWORK, talk) == []


def test_somebody_on_two_networks_counts_on_both() -> None:
    talk = household(5, 5)
    talk.traces += [(person, number, 4) for person, number, _network in talk.traces]
    assert len(of(Kind.SAME_NETWORK, talk)) == 2


def test_the_network_of_a_workshop_is_muted() -> None:
    talk = household(9, 9)
    talk.muted = {(idea, person) for idea, person, _value, _moment in talk.votes}
    assert of(Kind.SAME_NETWORK, talk) == []


def choir(
    members: int = 3,
    ideas: int = 8,
    *,
    within: float = 5.0,
    alone: int = 0,
    differ: int = 0,
    together: int = 99,
) -> Talk:
    """People who vote on the same ideas within some seconds; the first also on `alone` others, and differently on
    `differ` of the same; only the first `together` ideas at the same time."""
    talk = Talk()
    people = [talk.person(MONDAY - (20 + n) * DAY) for n in range(members)]
    for step in range(ideas):
        for n, person in enumerate(people):
            value = -1 if n == 0 and step < differ else 1
            gap = within if step < together else 20 * MINUTE
            talk.vote(step + 1, person, value, MONDAY + DAY * step + gap * n)
    for step in range(alone):
        talk.vote(1000 + step, people[0], 1, MONDAY + HOUR * step)
    return talk


@pytest.mark.parametrize(("members", "expected"), [(2, 0), (3, 1), (6, 1)])
def test_a_ring_has_three_members(members: int, expected: int) -> None:
    assert len(of(Kind.RING, choir(members))) == expected


@pytest.mark.parametrize(("ideas", "expected"), [(7, 0), (8, 1)])
def test_eight_common_ideas(ideas: int, expected: int) -> None:
    assert len(of(Kind.RING, choir(ideas=ideas))) == expected


@pytest.mark.parametrize(("together", "expected"), [(4, 0), (5, 1)])
def test_five_times_together(together: int, expected: int) -> None:
    assert len(of(Kind.RING, choir(ideas=12, together=together))) == expected


@pytest.mark.parametrize(("within", "expected"), [(60.0, 1), (60.5, 0)])
def test_within_a_minute_of_the_next(within: float, expected: int) -> None:
    assert len(of(Kind.RING, choir(within=within))) == expected


def test_nearly_always_alike() -> None:
    assert len(of(Kind.RING, choir(ideas=20, differ=1))) == 1, "19 of 20 is 95 %"
    assert of(Kind.RING, choir(ideas=20, differ=2)) == [], "the first no longer fits, and two are no ring"


def test_hardly_on_anything_else() -> None:
    assert len(of(Kind.RING, choir(ideas=8, alone=2))) == 1, "8 of 10 is 80 %"
    assert of(Kind.RING, choir(ideas=8, alone=3)) == []


def test_a_ring_names_the_votes_that_two_of_them_cast_alike() -> None:
    talk = choir(members=4, ideas=10, alone=2)
    (found,) = of(Kind.RING, talk)
    assert (found.idea, found.direction, len(found)) == (None, 1, 40)
    assert (found.figures["accounts"], found.figures["ideas"]) == (4, 10)


def test_two_rings_are_two_findings() -> None:
    talk, other = choir(), choir(4)
    for idea, person, value, moment in other.votes:
        talk.created[person + 1000] = other.created[person]
        talk.vote(idea + 50, person + 1000, value, moment)
    assert sorted(each.figures["accounts"] for each in of(Kind.RING, talk)) == [3, 4]


def test_people_who_click_through_a_list_at_the_same_time_are_no_ring() -> None:
    """Thirty people in a room vote on the same ten ideas at the same time, each as they think."""
    talk, lots = Talk(), np.random.default_rng(3)
    for _person in range(30):
        person = talk.person(MONDAY - 20 * DAY)
        for idea in range(10):
            value = 1 if lots.random() < 0.6 else -1
            talk.vote(idea + 1, person, value, MONDAY + 5 * MINUTE * idea + float(lots.uniform(0, 60)))
    assert of(Kind.RING, talk) == []


@given(st.permutations(range(24)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_changes_nothing(order: list[int]) -> None:
    talk = choir()
    talk.votes = [talk.votes[place] for place in order]
    (found,) = of(Kind.RING, talk)
    assert len(found) == 24
    assert found.mark == of(Kind.RING, choir())[0].mark
