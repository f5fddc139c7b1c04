"""S3: many votes in ten minutes, against the idea's own rate and against what the whole call does at that moment."""

import pytest

from app.domain.integrity import Base, Finding, Kind
from tests.unit.domain.integrity.talk import DAY, HOUR, MINUTE, Talk

START = 1_780_012_800.0
NOTHING_NEW = Base(0.99, 0.99)
"""So that S1 and S2 are silent."""


def bursts(talk: Talk) -> list[Finding]:
    return [each for each in talk.found(base=NOTHING_NEW) if each.kind is Kind.BURST]


def wave(talk: Talk, idea: int, number: int, start: float, apart: float = 20.0, value: int = 1) -> None:
    for n in range(number):
        talk.vote(idea, talk.person(START - 90 * DAY), value, start + apart * n)


def steady(per_hour: int = 1, days: int = 10, idea: int = 1) -> Talk:
    """An idea that gets a vote now and then, day and night."""
    talk = Talk()
    wave(talk, idea, per_hour * 24 * days, START, HOUR / per_hour)
    return talk


@pytest.mark.parametrize(("number", "expected"), [(14, 0), (15, 1)])
def test_fifteen_in_ten_minutes(number: int, expected: int) -> None:
    talk = steady()
    wave(talk, 1, number, START + 5 * DAY + 1800, 30)  # between two of the steady ones
    assert len(bursts(talk)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(42.0, 1), (43.0, 0)])
def test_the_window_is_ten_minutes(seconds: float, expected: int) -> None:
    talk = steady()
    wave(talk, 1, 15, START + 5 * DAY + 1800, seconds)  # fourteen steps of 42 s are 588 s, of 43 s 602 s
    assert len(bursts(talk)) == expected


def test_its_numbers_and_votes() -> None:
    talk = steady()
    wave(talk, 1, 40, START + 5 * DAY + 1800, 7.5, value=-1)
    (found,) = bursts(talk)
    assert (found.idea, found.direction, len(found)) == (1, -1, 40)
    assert found.figures["x"] == 40
    assert found.figures["expected"] == 0.5, "nobody was against before: the least that is ever expected"
    assert found.figures["from"] == START + 5 * DAY + 1800
    assert found.mark == "2026-06-03T00:30"


def test_a_long_burst_is_one_finding_with_all_its_votes() -> None:
    talk = steady()
    wave(talk, 1, 200, START + 5 * DAY + 1800, 15)  # fifty minutes
    (found,) = bursts(talk)
    assert len(found) in (200, 201)
    assert found.figures["x"] in (41, 42)


def test_a_busy_idea_may_get_many_votes() -> None:
    talk = steady(per_hour=90)
    wave(talk, 1, 20, START + 5 * DAY + 1800, 25)
    assert bursts(talk) == [], "fifteen in ten minutes is what it always gets"


def test_when_everything_is_busy_nothing_stands_out() -> None:
    """A newsletter: all ideas get twenty votes in ten minutes, in the middle of a quiet week."""
    talk = Talk()
    for idea in range(1, 31):
        wave(talk, idea, 24 * 10, START + idea, HOUR)
    alone = START + 5 * DAY + 1800
    for idea in range(1, 31):
        wave(talk, idea, 20, alone + idea, 25)
    assert bursts(talk) == []


def test_when_only_one_is_busy_it_stands_out() -> None:
    talk = Talk()
    for idea in range(1, 31):
        wave(talk, idea, 24 * 10, START + idea, HOUR)
    wave(talk, 7, 20, START + 5 * DAY + 1800, 25)
    assert [each.idea for each in bursts(talk)] == [7]


def test_those_who_answer_an_attack_do_not_excuse_it() -> None:
    talk = Talk()
    for idea in range(1, 31):
        wave(talk, idea, 24 * 10, START + idea, HOUR)
    wave(talk, 7, 40, START + 5 * DAY + 1800, 12)
    wave(talk, 7, 40, START + 5 * DAY + 1806, 12, value=-1)
    assert sorted((each.idea, each.direction) for each in bursts(talk)) == [(7, -1), (7, 1)]


def test_day_and_night() -> None:
    """Votes that always come from seven to eight in the evening are no burst, at four in the morning they are."""
    talk = Talk()
    evening = START // DAY * DAY + 19 * HOUR
    for day in range(20):
        for idea in range(1, 4):
            wave(talk, idea, 60, evening + day * DAY + idea, 60)  # ten in ten minutes
    wave(talk, 1, 8, evening + 10 * DAY + 5 * MINUTE, 60)
    assert bursts(talk) == [], "eighteen at seven in the evening"
    wave(talk, 1, 18, evening + 10 * DAY + 9 * HOUR, 30)
    assert [each.figures["from"] for each in bursts(talk)] == [evening + 10 * DAY + 9 * HOUR]


def test_a_workshop_is_muted() -> None:
    talk = steady()
    before = set(talk.votes)
    wave(talk, 1, 40, START + 5 * DAY + 1800, 7.5)
    talk.muted = {(idea, person) for idea, person, _value, _moment in set(talk.votes) - before}
    assert bursts(talk) == []
