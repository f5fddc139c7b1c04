"""Who may write down what the room concluded, from when to when, and when a change needs a reason."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.models.person import Person, PersonRole, Role
from app.models.process import ProcessState
from app.policies.outcomes import (
    is_correction,
    may_finish,
    may_read_report,
    may_remove,
    may_remove_picture,
    may_write,
)

STARTS = datetime(2026, 5, 20, 17, tzinfo=UTC)


@dataclass
class Facts:
    process_state: ProcessState = ProcessState.OPEN
    starts_at: datetime | None = STARTS
    ends_at: datetime | None = None
    minutes: int = 120


def person(*roles: Role) -> Person:
    return Person(id=1, role_rows=[PersonRole(role=role) for role in roles])


FACILITATOR = person(Role.FACILITATOR)


@pytest.mark.parametrize("who", [None, person(), person(Role.MODERATOR), person(Role.ORGANISER)])
def test_only_facilitators(who: Person | None) -> None:
    assert may_write(who, Facts(), STARTS).refusal == "Only facilitators write down what the room concluded."
    assert not may_finish(who, Facts(), STARTS)
    assert not may_remove(who, Facts(), None, STARTS)
    assert not may_remove_picture(who)
    assert not may_read_report(who, None)
    assert may_read_report(who, STARTS)


@pytest.mark.parametrize(
    ("minutes", "writes", "finishes"),
    [(-241, False, False), (-240, True, False), (-1, True, False), (0, True, True)],
)
def test_from_when(minutes: int, writes: bool, finishes: bool) -> None:
    now = STARTS + timedelta(minutes=minutes)
    assert bool(may_write(FACILITATOR, Facts(), now)) is writes
    assert bool(may_finish(FACILITATOR, Facts(), now)) is finishes


def test_not_without_a_date_and_not_after_closing() -> None:
    assert "no date yet" in may_write(FACILITATOR, Facts(starts_at=None), STARTS).refusal
    closed = Facts(process_state=ProcessState.CLOSED)
    assert "closed" in may_write(FACILITATOR, closed, STARTS).refusal
    assert not may_finish(FACILITATOR, closed, STARTS)
    assert may_remove_picture(FACILITATOR), "who is on a picture can always ask for that"


@pytest.mark.parametrize(
    ("facts", "finished", "after", "corrects"),
    [
        (Facts(), None, timedelta(hours=25, minutes=59), False),
        (Facts(), None, timedelta(hours=26), True),
        (Facts(ends_at=STARTS + timedelta(hours=5)), None, timedelta(hours=28), False),
        (Facts(ends_at=STARTS + timedelta(hours=5)), None, timedelta(hours=29), True),
        (Facts(), STARTS, timedelta(minutes=1), True),
        (Facts(starts_at=None), None, timedelta(days=400), False),
    ],
)
def test_when_a_change_is_a_correction(
    facts: Facts, finished: datetime | None, after: timedelta, corrects: bool
) -> None:
    now = STARTS + after
    assert is_correction(facts, finished, now) is corrects
    if facts.starts_at:
        assert bool(may_remove(FACILITATOR, facts, finished, now)) is not corrects
