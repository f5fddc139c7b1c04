"""S3: many votes for the same within ten minutes, against what was to be expected at that time."""

import numpy as np

from app.domain.integrity.columns import Columns, Floats, Ints, Windows, windows
from app.domain.integrity.findings import Finding, Kind, about, episodes, minute
from app.domain.integrity.tails import log_poisson_tail, odds_against
from app.domain.integrity.thresholds import Thresholds

HOUR = 3600.0
HOURS = 24
AT_LEAST = 0.5
"""Half a vote is always expected: an idea without votes has no rate to compare with."""


def bursts(columns: Columns, thresholds: Thresholds, until: float) -> list[Finding]:
    """S3: at least so many votes for the same came within ten minutes, more than could be by chance.

    What was expected is the larger of two. The **own rate**: the other votes for the same since the idea opened,
    spread evenly but heavier at the hours of the day at which the call is busy. And the **share of the moment**: the
    votes on all other ideas in the same ten minutes, times the share that this one has of all votes otherwise. So
    the busy evening, the newsletter and the night all move what is expected. until: the last moment (seconds) that
    was looked at. Votes of people who are checked in at a workshop count nowhere in this.
    """
    seconds = thresholds.burst_minutes * 60.0
    window = windows(columns, np.flatnonzero(~columns.muted), seconds)
    k = window.size
    likely = np.flatnonzero(k >= thresholds.burst_votes)
    if not len(likely):
        return []
    mean = _expected(columns, window, likely, seconds, until)
    chance = np.zeros(len(k))
    chance[likely] = [
        log_poisson_tail(int(count), float(usual)) for count, usual in zip(k[likely], mean, strict=True)
    ]
    expected = np.zeros(len(k))
    expected[likely] = mean
    found = []
    for places in episodes(window.target, window.moment, chance < thresholds.log_rarity, seconds):
        best = places[int(np.argmin(chance[places]))]
        rows = np.arange(window.start[places[0]], places[-1] + 1)
        figures = {
            "x": int(k[best]),
            "minutes": thresholds.burst_minutes,
            "expected": round(float(expected[best]), 2),
            "odds": odds_against(float(chance[best])),
            "from": float(window.moment[window.start[best]]),
            "until": float(window.moment[best]),
        }
        begin = minute(float(window.moment[rows[0]]))
        votes = window.order[rows]
        found.append(about(columns, votes, Kind.BURST, begin, figures, int(window.target[places[0]])))
    return found


def _expected(columns: Columns, window: Windows, likely: Ints, seconds: float, until: float) -> Floats:
    """How many votes were expected in each of the likely windows."""
    target, ends = window.target[likely], window.moment[likely]
    everything = np.sort(window.moment)
    # The other votes for the same: those of the window itself say nothing about what was to be expected.
    elsewhere = np.bincount(window.target)[target] - window.size[likely]
    opened = np.minimum(columns.opened[target // 2], ends - seconds)
    rate = elsewhere / np.maximum(until - opened, seconds) * seconds * _hourly(everything)[_hour(ends)]
    then, ever = _on_other_ideas(window, target // 2, ends, everything, seconds)
    share = then * np.minimum(1.0, elsewhere / np.maximum(ever, 1))
    mean: Floats = np.maximum(np.maximum(rate, share), AT_LEAST)
    return mean


def _on_other_ideas(
    window: Windows, idea: Ints, ends: Floats, everything: Floats, seconds: float
) -> tuple[Ints, Ints]:
    """The votes on other ideas (places) in the windows with these ends, and ever. Both directions of the idea stay
    out: people who answer an attack say nothing about what was to be expected either."""
    first, of_idea = everything[0], window.target // 2
    length = everything[-1] - first + 2 * seconds + 1
    line = np.sort(of_idea * length + window.moment - first)
    end = idea * length + ends - first
    here = np.searchsorted(line, end, "right") - np.searchsorted(line, end - seconds, "left")
    then = np.searchsorted(everything, ends, "right") - np.searchsorted(everything, ends - seconds, "left")
    return then - here, len(everything) - np.bincount(of_idea)[idea]


def _hour(moment: Floats) -> Ints:
    hours: Ints = (moment // HOUR % HOURS).astype(np.int64)
    return hours


def _hourly(moments: Floats) -> Floats:
    """How busy each hour of the day is against an average one, drawn towards it as long as there are few votes."""
    counts = np.bincount(_hour(moments), minlength=HOURS).astype(np.float64)
    average = counts.sum() / HOURS
    busy: Floats = (counts + average / 4 + 1) / (average * 1.25 + 1)
    return busy
