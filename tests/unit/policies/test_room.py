"""From when until when the pages of an evening keep who leads it signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.models.process import ProcessState
from app.policies.room import hours_awake

STARTS = datetime(2026, 5, 20, 17, tzinfo=UTC)
HOUR = 3600


@dataclass
class Facts:
    process_state: ProcessState = ProcessState.OPEN
    starts_at: datetime | None = STARTS
    ends_at: datetime | None = None
    minutes: int = 120
    doors_until: datetime | None = None
    finished_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        raise AssertionError("nobody asks")


@pytest.mark.parametrize(
    ("hours", "span"),
    [
        (-24, (21, 28)),
        (-4, (1, 8)),
        (-3, (0, 7)),
        (0, (0, 4)),
        (2, (0, 2)),
        (3.5, (0, 0.5)),
        (4, None),
        (24, None),
    ],
)
def test_from_three_hours_before_until_two_after(hours: float, span: tuple[float, float] | None) -> None:
    found = hours_awake(Facts(), STARTS + timedelta(hours=hours))
    assert found == (None if span is None else (span[0] * HOUR, span[1] * HOUR))


def test_the_end_that_was_said_counts() -> None:
    assert hours_awake(Facts(ends_at=STARTS + timedelta(hours=5)), STARTS) == (0, 7 * HOUR)


def test_without_a_date_as_long_as_somebody_holds_the_doors_open() -> None:
    facts = Facts(starts_at=None)
    assert hours_awake(facts, STARTS) is None
    facts.doors_until = STARTS + timedelta(hours=8)
    assert hours_awake(facts, STARTS) == (0, 8 * HOUR)
    assert hours_awake(facts, STARTS + timedelta(hours=8)) is None


def test_doors_that_were_closed_by_hand_change_nothing() -> None:
    facts = Facts(doors_until=STARTS - timedelta(hours=5))
    assert hours_awake(facts, STARTS - timedelta(hours=4)) == (HOUR, 8 * HOUR)


def test_not_once_it_was_finished_or_closed() -> None:
    assert hours_awake(Facts(finished_at=STARTS), STARTS) is None
    assert hours_awake(Facts(process_state=ProcessState.CLOSED), STARTS) is None
