"""Keeps the standings of themes and agendas up to date beside the requests."""

from datetime import timedelta

from app.kit.jobs import Job
from app.records import standings

STANDINGS = Job(
    name="standings",
    every=timedelta(seconds=0.25),
    run=standings.refresh_all,
    is_due=lambda: bool(standings.out_of_date()),
)
"""Looks four times a second, so that a screen in the room follows a vote within two seconds."""
