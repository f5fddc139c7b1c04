"""Keeps standings up to date beside the requests, and at night counts everything anew and writes down the day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import select

from app.db import begin_read, db
from app.kit import clock, mail
from app.kit.jobs import Job
from app.models.message import MailMessage
from app.models.person import Person, PersonRole, Role
from app.records import history, recounts, seals, standings
from app.records.recounts import Result

log = structlog.get_logger()
MOST_NAMED = 20
"""A mail names so many differences; the rest is a number."""


def _look(found: Callable[[datetime], object]) -> bool:
    """Look without asking for the write lock."""
    begin_read()
    try:
        return bool(found(clock.now()))
    finally:
        db.session.rollback()


STANDINGS = Job(
    name="standings",
    every=timedelta(seconds=0.25),
    run=standings.refresh_all,
    is_due=lambda: bool(standings.out_of_date()),
)
"""Looks four times a second, so that a screen in the room follows a vote within two seconds."""


def recount(now: datetime) -> None:
    """Compare every tally with its votes, once a night; organisers hear of a difference, nothing is repaired here."""
    if not _look(lambda _moment: recounts.is_due(now)):
        return  # somebody else was first
    result = recounts.count()
    letters = _letters(result, now)
    if not recounts.write(result, now, RECOUNT.name):
        db.session.rollback()
        return
    db.session.add_all(letters)
    db.session.commit()
    if result.differences:
        log.error("recount_differs", tallies=result.compared, differences=len(result.differences))
    else:
        log.info("recount_equal", tallies=result.compared)


def _letters(result: Result, now: datetime) -> list[MailMessage]:
    """A mail to every organiser when something differs; to the address of the site when there is none."""
    if not result.differences:
        return []
    rows = db.session.execute(
        select(Person.email, Person.language)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            PersonRole.role == Role.ORGANISER,
            Person.email.is_not(None),
            Person.confirmed_at.is_not(None),
            Person.not_blocked(now),
        )
        .order_by(Person.id)
    ).all()
    db.session.rollback()
    readers = [(str(email), language) for email, language in rows]
    return [
        mail.compose(
            email,
            "recount_differs",
            language,
            now,
            compared=result.compared,
            rows=result.differences[:MOST_NAMED],
            more=max(0, len(result.differences) - MOST_NAMED),
            url=mail.address("organiser.index", language),
        )
        for email, language in readers or [(current_app.config["SITE"].contact_email, "nl")]
    ]


RECOUNT = Job(
    name="recount",
    every=timedelta(minutes=1),
    run=recount,
    lease=timedelta(minutes=15),
    is_due=lambda: _look(recounts.is_due),
)
"""Looks once a minute whether it is past three and nobody counted yet; a server that was down then counts later."""


def write_days(now: datetime) -> None:
    """Write down where the themes of every call stood at the end of the days that are not written down yet."""
    begin_read()
    waiting = history.missing(now)
    db.session.rollback()
    for call_id, days in waiting.items():
        rows = history.write(call_id, days)
        log.info("days_written", call=call_id, days=len(days), rows=rows)


DAYS = Job(
    name="days",
    every=timedelta(minutes=1),
    run=write_days,
    lease=timedelta(minutes=15),
    is_due=lambda: _look(history.missing),
)
"""Looks once a minute whether a day has ended."""

SEALS = Job(
    name="seals",
    every=timedelta(seconds=1),
    run=lambda now: _sealed(seals.run_due(now)),
    lease=timedelta(minutes=5),
    is_due=lambda: _look(seals.due),
)
"""Looks every second whether the minute of a planned standing has passed; a server that was down then seals later."""


def _sealed(numbers: list[int]) -> None:
    log.info("sealed", snapshots=numbers)


JOBS = (STANDINGS, RECOUNT, DAYS, SEALS)
