"""Looks every few minutes what stands out in new votes, and destroys the keys of networks on schedule."""

from datetime import datetime, timedelta

import structlog

from app.db import begin_read, db
from app.features.integrity import looking
from app.kit import clock
from app.kit.jobs import Job
from app.records import networks

log = structlog.get_logger()


def look(now: datetime) -> None:
    """Look at every call in which people voted; a signal waits for somebody, and nothing follows from it by itself."""
    for call_id, written in looking.look_at_all(now).items():
        if written.new:
            log.info("signals_found", call=call_id, new=written.new, again=written.again)


def sweep(now: datetime) -> None:
    """Destroy the keys of networks that have been kept long enough, also in the files of the database."""
    keys, traces = networks.sweep(now)
    db.session.commit()
    networks.scrub()
    log.info("network_keys_destroyed", keys=keys, traces=traces)


def _is_time() -> bool:
    begin_read()
    try:
        return networks.sweep_is_due(clock.now())
    finally:
        db.session.rollback()


LOOK = Job(
    name="integrity",
    every=timedelta(minutes=3),
    run=look,
    lease=timedelta(minutes=15),
    is_due=lambda: bool(looking.due()),
)
"""Looks every three minutes while people vote; at rest one statement."""

SWEEP = Job(
    name="network-keys",
    every=timedelta(minutes=30),
    run=sweep,
    lease=timedelta(minutes=5),
    is_due=_is_time,
)
"""Looks every half hour whether a key has been kept for its thirty days."""

JOBS = (LOOK, SWEEP)
