"""Work beside the requests: small jobs that every process offers to do and only one at a time does."""

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import count

import structlog
from flask import Flask
from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.db import begin_read, db
from app.kit import clock
from app.models.standing import JobLease

log = structlog.get_logger()
LOOK = 0.25
"""Seconds between two looks at which jobs are due."""
REST = 5.0
"""Seconds that a job rests after a fault, such as a database that is away."""


class Turn(Enum):
    """What came of a turn."""

    RAN = "ran"
    IDLE = "idle"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so often; `run` gets the moment and opens its own transactions.

    `is_due` is a cheap look whether there is anything to do, so that a job which comes often costs little.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], None]
    lease: timedelta = timedelta(seconds=60)
    is_due: Callable[[], bool] | None = None


_jobs: list[Job] = []


def register(job: Job) -> None:
    """Add a job; called by a room when it is set up. Registering the same name again replaces it."""
    _jobs[:] = [known for known in _jobs if known.name != job.name] + [job]


_last: list[Callable[[], None]] = []


def at_end(finish: Callable[[], None]) -> None:
    """Do this when the process stops, such as writing down what was only counted; registering it again changes
    nothing."""
    if finish not in _last:
        _last.append(finish)


def end(app: Flask) -> None:
    """The process stops: finish what was begun; a server calls it once."""
    with app.app_context():
        for finish in _last:
            try:
                finish()
            except Exception:
                log.exception("end_failed")
            finally:
                db.session.rollback()


def take_lease(name: str, now: datetime, length: timedelta, holder: str) -> bool:
    """Whether this holder may do the job now. One conditional statement decides between holders."""
    begin_read()  # most looks find the job taken; they must not ask for the write lock
    lease = db.session.execute(
        select(JobLease.until, JobLease.holder).where(JobLease.name == name)
    ).one_or_none()
    db.session.rollback()
    if lease is not None and lease.until > now and lease.holder != holder:
        return False
    free = or_(JobLease.until <= now, JobLease.holder == holder)
    taken = db.session.execute(
        update(JobLease).where(JobLease.name == name, free).values(holder=holder, until=now + length)
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        try:
            with db.session.begin_nested():
                db.session.execute(insert(JobLease).values(name=name, holder=holder, until=now + length))
        except IntegrityError:
            db.session.rollback()
            return False
    db.session.commit()
    return True


def release_lease(name: str, now: datetime, holder: str) -> None:
    """Let others do the job next time."""
    db.session.execute(
        update(JobLease).where(JobLease.name == name, JobLease.holder == holder).values(until=now)
    )
    db.session.commit()


def run_once(job: Job, now: datetime, holder: str) -> Turn:
    """Do the job if there is something to do and nobody else is at it. A fault is logged; the others go on."""
    try:
        if job.is_due is not None and not job.is_due():
            return Turn.IDLE
        if not take_lease(job.name, now, job.lease, holder):
            return Turn.TAKEN
        try:
            job.run(now)
        finally:
            db.session.rollback()
            release_lease(job.name, now, holder)
    except Exception:
        db.session.rollback()
        log.exception("job_failed", job=job.name)
        return Turn.FAILED
    return Turn.RAN


_workers = count(1)


class Worker(threading.Thread):
    """One quiet thread a process that looks four times a second which jobs are due."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="jobs", daemon=True)
        self.app = app
        self.stopping = threading.Event()
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{next(_workers)}"

    def run(self) -> None:
        due: dict[str, float] = {}
        while not self.stopping.wait(LOOK):
            for job in list(_jobs):
                if due.get(job.name, 0.0) > time.monotonic():
                    continue
                started = time.monotonic()
                with self.app.app_context():
                    turn = run_once(job, clock.now(), self.holder)
                # Looking in vain never takes more than a twentieth of the time, however large the site.
                looked = 20 * (time.monotonic() - started) if turn is Turn.IDLE else 0.0
                rest = REST if turn is Turn.FAILED else 0.0
                due[job.name] = time.monotonic() + max(job.every.total_seconds(), looked, rest)


def start(app: Flask) -> Worker:
    """Start the worker of this process; a server calls it once after forking."""
    worker = Worker(app)
    worker.start()
    return worker
