"""Jobs beside the requests: every process offers to do them, one at a time does, and a fault stops nobody."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.kit import jobs
from app.kit.jobs import Job, Turn
from app.models.standing import JobLease

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
SOON = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the jobs of the site."""
    monkeypatch.setattr(jobs, "_jobs", [])


def turns(app: Flask, job: Job, holders: list[str], now: datetime = NOW) -> dict[str, Turn]:
    """Let every holder take a turn at the same time, each in a thread of its own."""
    start = threading.Barrier(len(holders))
    found: dict[str, Turn] = {}

    def take(holder: str) -> None:
        with app.app_context():
            start.wait()
            found[holder] = jobs.run_once(job, now, holder)

    threads = [threading.Thread(target=take, args=(holder,)) for holder in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_many_at_once_exactly_one_does_the_job(app: Flask) -> None:
    at_work = threading.Event()
    finish = threading.Event()
    ran: list[str] = []

    def work(_now: datetime) -> None:
        ran.append(threading.current_thread().name)
        at_work.set()
        assert finish.wait(20)

    job = Job("werk", SOON, work)
    holders = [f"server:{number}" for number in range(4)]
    found: dict[str, Turn] = {}

    def take(holder: str) -> None:
        with app.app_context():
            found[holder] = jobs.run_once(job, NOW, holder)

    threads = [threading.Thread(target=take, args=(holder,), name=holder) for holder in holders]
    for thread in threads:
        thread.start()
    assert at_work.wait(20)
    deadline = time.monotonic() + 20
    while len(found) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    finish.set()
    for thread in threads:
        thread.join()
    assert len(ran) == 1
    assert found == {holder: Turn.RAN if holder == ran[0] else Turn.TAKEN for holder in holders}


def test_the_next_turn_is_for_anybody(app: Flask) -> None:
    ran: list[datetime] = []
    job = Job("werk", SOON, ran.append)
    for place in range(3):
        moment = NOW + timedelta(seconds=place)
        assert turns(app, job, [f"server:{place}"], moment) == {f"server:{place}": Turn.RAN}
    assert len(ran) == 3


def test_a_server_that_died_at_work_is_replaced_when_its_lease_ends(app: Flask) -> None:
    job = Job("werk", SOON, lambda now: None, lease=timedelta(seconds=60))
    with app.app_context():
        assert jobs.take_lease("werk", NOW, job.lease, "dead")
    assert turns(app, job, ["other"], NOW + timedelta(seconds=59)) == {"other": Turn.TAKEN}
    assert turns(app, job, ["other"], NOW + timedelta(seconds=60)) == {"other": Turn.RAN}


def test_a_fault_frees_the_job_and_leaves_nothing_half_done(app: Flask) -> None:
    def fail(now: datetime) -> None:
        db.session.add(JobLease(name="half", holder="half", until=now))
        db.session.flush()
        raise RuntimeError("broken")

    assert turns(app, Job("werk", SOON, fail), ["one"]) == {"one": Turn.FAILED}
    with app.app_context():
        assert db.session.scalars(select(JobLease.name)).all() == ["werk"]
    assert turns(app, Job("werk", SOON, lambda now: None), ["other"]) == {"other": Turn.RAN}


def test_a_job_with_nothing_to_do_takes_no_lease(app: Flask) -> None:
    ran: list[datetime] = []
    job = Job("werk", SOON, ran.append, is_due=lambda: False)
    assert turns(app, job, ["one"]) == {"one": Turn.IDLE}
    assert ran == []
    with app.app_context():
        assert db.session.scalars(select(JobLease)).all() == []


def test_two_applications_share_the_work(make_app: Callable[..., Flask]) -> None:
    """Two processes on one database, as two workers of the server are: at no moment do both do the job."""
    inside, most, ran = 0, 0, [0]
    count = threading.Lock()

    def work(_now: datetime) -> None:
        nonlocal inside, most
        with count:
            inside += 1
            most = max(most, inside)
            ran[0] += 1
        time.sleep(0.02)
        with count:
            inside -= 1

    jobs.register(Job("werk", timedelta(0), work))
    workers = [jobs.start(make_app()) for _ in range(2)]
    assert workers[0].holder != workers[1].holder
    deadline = time.monotonic() + 30
    while ran[0] < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    for worker in workers:
        worker.stopping.set()
    for worker in workers:
        worker.join(timeout=20)
        assert not worker.is_alive()
    assert ran[0] >= 6
    assert most == 1
