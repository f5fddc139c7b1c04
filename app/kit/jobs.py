"""Work beside the requests: small jobs that every process offers to do and only one at a time does."""

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import insert, or_, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.kit import clock
from app.models.standing import JobLease

log = structlog.get_logger()
HOLDER = f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so often; `run` gets the moment and opens its own transactions."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]
    lease: timedelta = timedelta(seconds=60)


_jobs: list[Job] = []


def register(job: Job) -> None:
    """Add a job; called by a room when it is set up. Registering the same name again replaces it."""
    _jobs[:] = [known for known in _jobs if known.name != job.name] + [job]


def take_lease(name: str, now: datetime, length: timedelta, holder: str = HOLDER) -> bool:
    """Whether this process may do the job now. One conditional statement decides between processes."""
    free = or_(JobLease.until <= now, JobLease.holder == holder)
    taken = db.session.execute(
        update(JobLease).where(JobLease.name == name, free).values(holder=holder, until=now + length)
    )
    if taken.rowcount == 0:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(JobLease).values(name=name, holder=holder, until=now + length))
        except IntegrityError:
            db.session.rollback()
            return False
    db.session.commit()
    return True


def release_lease(name: str, now: datetime, holder: str = HOLDER) -> None:
    """Let others do the job next time."""
    db.session.execute(
        update(JobLease).where(JobLease.name == name, JobLease.holder == holder).values(until=now)
    )
    db.session.commit()


def run_once(job: Job, now: datetime) -> bool:
    """Do the job if nobody else is doing it; whether it ran. A fault is logged and does not stop the others."""
    try:
        if not take_lease(job.name, now, job.lease):
            return False
        job.run(now)
        release_lease(job.name, now)
    except Exception:
        db.session.rollback()
        log.exception("job_failed", job=job.name)
        return False
    return True


class Worker(threading.Thread):
    """One quiet thread a process that looks every half second which jobs are due."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="jobs", daemon=True)
        self.app = app
        self.stopping = threading.Event()

    def run(self) -> None:
        due: dict[str, float] = {}
        while not self.stopping.wait(0.5):
            for job in list(_jobs):
                if due.get(job.name, 0.0) > time.monotonic():
                    continue
                with self.app.app_context():
                    run_once(job, clock.now())
                due[job.name] = time.monotonic() + job.every.total_seconds()


def start(app: Flask) -> Worker:
    """Start the worker of this process; a server calls it once after forking."""
    worker = Worker(app)
    worker.start()
    return worker
