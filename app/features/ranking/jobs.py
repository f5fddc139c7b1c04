"""Keeps the standings of themes and agendas up to date beside the requests."""

from datetime import timedelta

from app.kit.jobs import Job
from app.records import standings

STANDINGS = Job(name="standings", every=timedelta(seconds=1), run=standings.refresh_all)
