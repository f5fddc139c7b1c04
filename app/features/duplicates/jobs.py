"""Looks beside the requests which ideas say the same."""

from datetime import timedelta

from app.features.duplicates import finding
from app.kit import clock
from app.kit.jobs import Job

FIND = Job(
    name="duplicates",
    every=timedelta(seconds=30),
    run=finding.run,
    is_due=lambda: finding.is_due(clock.now()),
)
