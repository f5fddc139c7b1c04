"""Standings follow the votes whatever happens to the servers: they are killed, started again, or work side by side."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db
from app.models import JobLease, Standing
from app.records import standings
from tests import factories
from tests.support import project, serving

PATIENCE = 40
WORKER = """
import sys, threading, time
from datetime import datetime
from tests.support import databases

url, log = sys.argv[1], sys.argv[2]
app = databases.make_app(url)
from app.features.ranking.jobs import STANDINGS
from app.kit import jobs
from app.kit.jobs import Job
from app.records import standings

def note(word):
    with open(log, "a", buffering=1) as file:
        file.write(f"{time.monotonic_ns()} {word}\\n")

plain = standings.refresh

def refresh(call_id, now, **more):
    note("in")
    time.sleep(0.03)
    done = plain(call_id, now, **more)
    note("out" if done else "out-nothing")
    return done

standings.refresh = refresh
jobs._jobs[:] = [Job("standings", STANDINGS.every, standings.refresh_all, is_due=STANDINGS.is_due)]
worker = jobs.start(app)
sys.stdin.read()  # until whoever started this hangs up
worker.stopping.set()
worker.join(20)
note("end")
"""


def a_site(app: Flask) -> tuple[int, int]:
    """A call with one theme that six people want; its number and that of its idea. Standings are up to date."""
    with app.app_context():
        call = factories.a_call()
        idea = factories.an_idea(call, themes=[factories.a_theme(call.process)])
        for _ in range(6):
            factories.a_vote(idea)
        ids = call.id, idea.id
        db.session.commit()
        standings.refresh(call.id, datetime.now(UTC))
        return ids


def vote(app: Flask, idea_id: int) -> None:
    with app.app_context():
        factories.a_vote(db.session.get_one(factories.Idea, idea_id))
        db.session.commit()


def supporters(app: Flask, call_id: int) -> int:
    """How many supporters the stored ranking of themes knows."""
    with app.app_context():
        kept = Standing.call_id == call_id, Standing.kind == standings.THEMES
        data = db.session.scalar(select(Standing.data).where(*kept))
        return int((data or {"rows": [{"reach": 0}]})["rows"][0]["reach"])


def until(seen: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until it is so, or has taken too long."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if seen():
            return True
        time.sleep(0.05)
    return seen()


@pytest.mark.parametrize("at_work", [False, True], ids=["before it began", "while it was at it"])
def test_a_vote_is_counted_in_although_the_server_is_killed_before_it_could(
    app: Flask, database: str, at_work: bool
) -> None:
    call, idea = a_site(app)
    with serving.serving(database) as first:
        with app.app_context():
            # Somebody else holds the lease, so that this server cannot refresh between the vote and its end.
            db.session.merge(JobLease(name="standings", holder="x", until=_later(600)))
            db.session.commit()
        time.sleep(1)  # a refresh that was under way has ended
        vote(app, idea)
        time.sleep(1)
        assert supporters(app, call) == 6
        master = first.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        assert workers
        for process in (master, *map(int, workers)):
            os.kill(process, signal.SIGKILL)
        first.process.wait(timeout=10)
    with app.app_context():
        # Killed at work, a server leaves its lease behind, which ends by itself; killed before, there is none.
        until_then = _later(2) if at_work else _later(-1)
        db.session.execute(update(JobLease).where(JobLease.name == "standings").values(until=until_then))
        db.session.commit()
    with serving.serving(database):
        assert until(lambda: supporters(app, call) == 7)


def _later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_two_processes_never_compute_at_once_and_miss_nothing(
    app: Flask, database: str, tmp_path: Path
) -> None:
    call, idea = a_site(app)
    log = tmp_path / "log"
    log.write_text("")
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), database, str(log)],
            stdin=subprocess.PIPE,
            cwd=project.ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name in serving.PASSED_ON},
                "PYTHONPATH": str(project.ROOT),
            },
        )
        for _ in range(2)
    ]
    votes, patience = 0, time.monotonic() + 120
    # However busy the machine is, they compute three times before they are stopped.
    while log.read_text().count(" in\n") < 4 and time.monotonic() < patience:
        vote(app, idea)
        votes += 1
        time.sleep(0.1)
    for process in processes:
        process.communicate(timeout=60)
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    lines = sorted(
        ((int(moment), word) for moment, word in (line.split() for line in log.read_text().splitlines())),
    )
    words = [word for _moment, word in lines if word != "end"]
    assert len(words) >= 6
    # In and out take turns: nobody goes in while somebody is inside.
    assert words[::2] == ["in"] * (len(words) // 2)
    assert set(words[1::2]) <= {"out", "out-nothing"}
    with app.app_context():
        standings.refresh(call, datetime.now(UTC))
    assert supporters(app, call) == 6 + votes
