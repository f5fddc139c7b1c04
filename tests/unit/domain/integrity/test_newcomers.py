"""S1 and S2 at their thresholds: one vote, one minute or one percent decides, and it decides the right way."""

import pytest

from app.domain.integrity import Base, Kind, Thresholds
from tests.unit.domain.integrity.talk import DAY, HOUR, MINUTE, Talk

START = 1_780_000_000.0
RARE = Base(new=0.01, one_off=0.01)


def talk_of(new: int, old: int, *, age: float = HOUR, apart: float = MINUTE, value: int = 1) -> Talk:
    """Votes on idea 1 by so many new accounts, and before those by so many old ones who vote a lot."""
    talk = Talk()
    for n in range(old):
        person = talk.person(START - 90 * DAY)
        talk.elsewhere[person] = 20
        talk.vote(1, person, value, START + 7 * n)
    for n in range(new):
        moment = START + 30 * MINUTE + apart * n
        person = talk.person(moment - age)
        talk.elsewhere[person] = 20
        talk.vote(1, person, value, moment)
    return talk


def kinds(talk: Talk, base: Base = RARE, thresholds: Thresholds | None = None) -> set[Kind]:
    return {each.kind for each in talk.found(thresholds, base)} & {Kind.NEW_ACCOUNTS, Kind.ONE_OFF}


@pytest.mark.parametrize(("new", "expected"), [(9, set()), (10, {Kind.NEW_ACCOUNTS})])
def test_ten_new_accounts_stand_out_and_nine_do_not(new: int, expected: set[Kind]) -> None:
    assert kinds(talk_of(new, 0)) == expected


@pytest.mark.parametrize(("old", "expected"), [(20, {Kind.NEW_ACCOUNTS}), (21, set())])
def test_half_of_the_votes_of_the_day(old: int, expected: set[Kind]) -> None:
    assert kinds(talk_of(20, old)) == expected


@pytest.mark.parametrize(("hours", "expected"), [(47.9, {Kind.NEW_ACCOUNTS}), (48.1, set())])
def test_an_account_is_new_for_two_days(hours: float, expected: set[Kind]) -> None:
    assert kinds(talk_of(20, 0, age=hours * HOUR)) == expected


def test_three_times_the_usual_share() -> None:
    talk = talk_of(24, 12)  # two thirds
    assert kinds(talk, Base(0.2, 0.01)) == {Kind.NEW_ACCOUNTS}
    assert kinds(talk, Base(0.23, 0.01)) == set()


def test_the_chance_must_be_below_one_in_a_million() -> None:
    # Ten of ten: 0.25^10 is just below 1e-6, 0.26^10 just above.
    talk = talk_of(10, 0)
    assert 0.25**10 < 1e-6 < 0.26**10
    assert kinds(talk, Base(0.25, 0.01)) == {Kind.NEW_ACCOUNTS}
    assert kinds(talk, Base(0.26, 0.01)) == set()


def test_votes_spread_over_more_than_a_day_are_not_added_up() -> None:
    assert kinds(talk_of(20, 0, apart=2.5 * HOUR)) == {Kind.NEW_ACCOUNTS}
    assert kinds(talk_of(20, 0, apart=2.7 * HOUR)) == set(), "nine in any day"


def test_directions_and_ideas_are_not_added_up() -> None:
    talk = talk_of(9, 0)
    for n in range(9):
        person = talk.person(START)
        talk.vote(1, person, -1, START + HOUR + n)
        talk.vote(2, person, 1, START + HOUR + n)
    assert kinds(talk) == set()


def test_the_finding_names_its_votes_and_numbers() -> None:
    talk = talk_of(31, 9, value=-1)
    (found,) = [each for each in talk.found(base=RARE) if each.kind is Kind.NEW_ACCOUNTS]
    assert (found.idea, found.direction) == (1, -1)
    assert (found.figures["x"], found.figures["n"], found.figures["votes"]) == (31, 40, 31)
    assert found.figures["usual"] == 0.01
    new = {(idea, person) for idea, person, _value, moment in talk.votes if moment >= START + 30 * MINUTE}
    assert found.pairs == new


def test_two_waves_in_different_weeks_are_two_findings() -> None:
    talk = talk_of(15, 0)
    for n in range(12):
        moment = START + 10 * DAY + 60 * n
        talk.vote(1, talk.person(moment - HOUR), 1, moment)
    found = [each for each in talk.found(base=RARE) if each.kind is Kind.NEW_ACCOUNTS]
    assert [len(each) for each in found] == [15, 12]
    assert found[0].mark != found[1].mark


def one_off(few: int, many: int) -> Talk:
    """Votes on idea 1 by people with one vote and by people with many, a day apart, so that nothing else stands out."""
    talk = Talk()
    for n in range(few + many):
        person = talk.person(START - 90 * DAY)
        talk.elsewhere[person] = 0 if n < few else 20
        talk.vote(1, person, 1, START + DAY * n)
    return talk


@pytest.mark.parametrize(
    ("few", "many", "expected"),
    [(9, 0, set()), (10, 0, {Kind.ONE_OFF}), (40, 60, {Kind.ONE_OFF}), (39, 60, set())],
)
def test_people_who_hardly_vote(few: int, many: int, expected: set[Kind]) -> None:
    assert kinds(one_off(few, many)) == expected


@pytest.mark.parametrize(("elsewhere", "expected"), [(1, {Kind.ONE_OFF}), (2, set())])
def test_two_votes_in_all_is_hardly(elsewhere: int, expected: set[Kind]) -> None:
    talk = one_off(20, 0)
    talk.elsewhere = dict.fromkeys(talk.elsewhere, elsewhere)
    assert kinds(talk) == expected


def test_votes_from_a_workshop_are_no_new_accounts() -> None:
    talk = talk_of(30, 0)
    talk.muted = {(idea, person) for idea, person, _value, _moment in talk.votes}
    assert kinds(talk) == set()


def test_muted_votes_do_not_hide_an_attack_among_the_others() -> None:
    talk = talk_of(12, 40)
    assert kinds(talk) == set()
    talk.muted = {(1, person) for _idea, person, _value, moment in talk.votes if moment < START + 30 * MINUTE}
    assert kinds(talk) == {Kind.NEW_ACCOUNTS}, "the workshop is not counted as others either"


def test_thresholds_move_what_stands_out() -> None:
    assert kinds(talk_of(9, 0), thresholds=Thresholds(new_votes=9)) == {Kind.NEW_ACCOUNTS}
    assert kinds(talk_of(12, 0), thresholds=Thresholds(rarity=30)) == set()
