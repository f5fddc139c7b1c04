"""Tells news to everybody who hears it, a batch in each transaction: a crash loses nothing and doubles nothing."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.db import begin_read, db
from app.kit.jobs import Job
from app.models.following import News
from app.models.person import Person
from app.records import notices
from app.records.notices import Audience

BATCH = 500
"""People told in one transaction: a few hundredths of a second in which nobody else writes on SQLite."""
LONGEST_RUN = 20.0
"""Seconds after which a run leaves the rest to the next one, well within the lease of its job."""


def is_due() -> bool:
    """Whether anything waits to be told."""
    begin_read()
    try:
        return db.session.scalar(select(News.id).where(News.told_at.is_(None)).limit(1)) is not None
    finally:
        db.session.rollback()


def tell_all(now: datetime, batch: int = BATCH) -> int:
    """Tell what waits, oldest first; how many batches that took. Two at once do no harm: a message is unique."""
    begin_read()
    waiting = db.session.scalars(select(News.id).where(News.told_at.is_(None)).order_by(News.id)).all()
    db.session.rollback()
    ends, batches = time.monotonic() + LONGEST_RUN, 0
    for number in waiting:
        while _tell(number, now, batch):
            batches += 1
            if time.monotonic() > ends:
                return batches
    return batches


def _tell(number: int, now: datetime, batch: int) -> bool:
    """Tell a piece of news to the next people; whether there were any."""
    news = db.session.get(News, number, with_for_update=True, populate_existing=True)
    if news is None or news.told_at is not None:
        db.session.rollback()
        return False
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in news.audience.items()
    }
    audience = Audience(**kept)
    everybody = notices.readers(audience, news.created_at).subquery()
    ids = select(everybody.c.id).where(everybody.c.id > news.reached)
    if audience.but:
        ids = ids.where(everybody.c.id.not_in(audience.but))
    next_ones = db.session.scalars(ids.order_by(everybody.c.id).limit(batch)).all()
    if next_ones:
        notices.put(news, Person.id.in_(next_ones))
    values = {"reached": next_ones[-1]} if next_ones else {"told_at": now}
    db.session.execute(update(News).where(News.id == number).values(**values))
    db.session.commit()
    return bool(next_ones)


def _run(now: datetime) -> None:
    tell_all(now)


JOB = Job(name="news", every=timedelta(seconds=1), run=_run, is_due=is_due)
"""Looks every second whether something is to be told."""
