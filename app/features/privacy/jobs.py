"""The nightly sweep of what has been kept long enough."""

from datetime import datetime, timedelta

import structlog

from app.features.privacy import service
from app.kit.jobs import Job

log = structlog.get_logger()


def sweep(now: datetime) -> None:
    """Warn, erase and throw away what is due; a quiet night leaves no line."""
    swept = service.sweep(now)
    if swept:
        log.info("swept", **{name: getattr(swept, name) for name in swept.__slots__})


SWEEP = Job(name="privacy-sweep", every=timedelta(hours=6), run=sweep, lease=timedelta(minutes=30))
