"""The timer of the room, by a clock that stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.timer import NO_TIMER, Mood, Timer

NOW = datetime(2031, 5, 20, 17, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_it_runs_says_the_last_minute_and_is_over() -> None:
    timer = NO_TIMER.started(5, NOW)
    assert [timer.mood(later(passed)) for passed in (0, 239, 240, 299, 300, 4000)] == [
        *(Mood.RUNNING, Mood.RUNNING, Mood.LAST, Mood.LAST, Mood.OVER, Mood.OVER),
    ]
    assert [timer.remaining(later(passed)) for passed in (0, 0.4, 1, 299.5, 300, 301)] == [
        300,
        300,
        299,
        1,
        0,
        0,
    ]


def test_paused_it_keeps_what_is_left() -> None:
    paused = NO_TIMER.started(5, NOW).paused(later(100))
    assert (paused.mood(later(9999)), paused.remaining(later(9999))) == (Mood.PAUSED, 200)
    assert paused.paused(later(500)) == paused
    running = paused.resumed(later(1000))
    assert (running.ends_at, running.left) == (later(1200), None)
    assert running.resumed(later(1100)) == running


def test_a_minute_more_also_when_it_is_paused_or_over() -> None:
    timer = NO_TIMER.started(5, NOW)
    assert timer.longer(1, later(100)).ends_at == later(360)
    assert timer.longer(1, later(900)).ends_at == later(960)
    assert timer.paused(later(100)).longer(1, later(500)).left == 260
    assert timer.longer(1, later(0)).seconds == 360
    assert NO_TIMER.longer(1, NOW) == NO_TIMER
    longest = NO_TIMER.started(180, NOW)
    assert longest.longer(1, NOW).remaining(NOW) == 180 * 60


@pytest.mark.parametrize("minutes", [0, -1, 181])
def test_it_has_bounds(minutes: int) -> None:
    with pytest.raises(ValueError, match="1 to 180"):
        NO_TIMER.started(minutes, NOW)


def test_without_a_timer_nothing_runs() -> None:
    assert (NO_TIMER.mood(NOW), NO_TIMER.remaining(NOW)) == (Mood.NONE, 0)
    assert NO_TIMER.resumed(NOW) == NO_TIMER
    assert Timer(60, None, 30).mood(NOW) == Mood.PAUSED
