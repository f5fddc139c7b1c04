"""How late a promised answer is, and when to remind of it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.promises import days_late, days_left, is_reminder_due

DUE = datetime(2026, 6, 15, 22, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "late", "left"),
    [(-8 * DAY, 0, 8), (-HOUR, 0, 0), (0 * DAY, 0, 0), (HOUR, 1, 0), (DAY, 2, 0), (3 * DAY - HOUR, 3, 0)],
)
def test_days_are_counted_from_the_promised_moment(since: timedelta, late: int, left: int) -> None:
    assert (days_late(DUE, DUE + since), days_left(DUE, DUE + since)) == (late, left)


def reminders(started: datetime, every: timedelta = HOUR) -> list[timedelta]:
    """When somebody who looks every so often is reminded, from the promised moment."""
    found, reminded, now = [], None, started
    while now < DUE + 30 * DAY:
        if is_reminder_due(started, DUE, reminded, now):
            found.append(now - DUE)
            reminded = now
        now += every
    return found


def test_a_week_before_a_day_before_and_at_the_moment() -> None:
    assert reminders(DUE - 40 * DAY) == [-7 * DAY, -DAY, 0 * DAY]


def test_a_promise_for_three_days_skips_the_week() -> None:
    assert reminders(DUE - 3 * DAY) == [-DAY, 0 * DAY]


def test_who_could_not_be_told_in_time_is_told_once() -> None:
    assert reminders(DUE - 40 * DAY, every=60 * DAY) == [20 * DAY]
    assert is_reminder_due(DUE - 40 * DAY, DUE, None, DUE + 5 * DAY)
    assert not is_reminder_due(DUE - 40 * DAY, DUE, DUE + 5 * DAY, DUE + 9 * DAY)


def test_not_before_the_first_moment() -> None:
    assert not is_reminder_due(DUE - 40 * DAY, DUE, None, DUE - 7 * DAY - HOUR)
