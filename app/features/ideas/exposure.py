"""Counts how often ideas are seen: in memory while pages are served, added to the database every now and then."""

from collections import Counter, deque
from datetime import datetime, timedelta

from flask.blueprints import BlueprintSetupState

from app.db import db
from app.kit import clock, jobs, shown
from app.kit.jobs import Job
from app.records import exposures

EVERY = timedelta(seconds=15)
MOST = 200_000
"""Pages that wait to be counted; where no job runs, the oldest are forgotten."""
_pages: deque[shown.Things] = deque(maxlen=MOST)
_written = ""
"""The last moment that this process wrote down, or knows to be written down."""


def set_up(_state: BlueprintSetupState) -> None:
    """Count what is shown from now on, and add it up beside the requests."""
    shown.listen(_pages.append)
    jobs.register(Job("exposure", EVERY, run, is_due=is_due))
    jobs.at_end(flush)


def is_due() -> bool:
    """Whether pages were opened, or it is time to write down how often ideas have been seen."""
    return bool(_pages) or exposures.stamp_of(clock.now()) != _written


def run(now: datetime) -> None:
    """Add what was counted, and write down the moment once."""
    global _written
    flush()
    stamp = exposures.stamp_of(now)
    if stamp != _written:
        exposures.write_down(now)
        db.session.commit()
        _written = stamp


def flush() -> None:
    """Add what this process counted to the database. When that fails it waits for the next time."""
    taken: list[shown.Things] = []
    while _pages:
        taken.append(_pages.popleft())
    counts: Counter[int] = Counter()
    for things, times in Counter(taken).items():
        for number in things:
            counts[number] += times
    if not counts:
        return
    try:
        exposures.add(counts)
        db.session.commit()
    except Exception:
        db.session.rollback()
        _pages.extendleft(reversed(taken))
        raise
