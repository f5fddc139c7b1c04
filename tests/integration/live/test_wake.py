"""Whoever writes wakes the live process: PostgreSQL calls, an SQLite file is glanced at. Nothing depends on it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.db import db
from app.kit import live_wake
from tests import factories
from tests.support import databases
from tests.support.streams import until

LIVE = "http://127.0.0.1:1"


@contextmanager
def listening(app: Flask) -> Iterator[list[float]]:
    """The moments at which somebody is woken who listens to the database of this application."""
    moments, stopped = list[float](), threading.Event()
    thread = live_wake.listen(app, lambda: moments.append(time.monotonic()), stopped)
    assert until(lambda: bool(moments))
    time.sleep(live_wake.EVERY)
    moments.clear()
    yield moments
    stopped.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def woken(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, list[float]]]:
    """An application with a live process, and the moments at which that was woken."""
    app = make_app(LIVE_URL=LIVE)
    with listening(app) as moments:
        yield app, moments


@pytest.fixture
def postgresql() -> str:
    """What only a server does."""
    return databases.fresh("postgresql")


def write(app: Flask) -> None:
    with app.app_context():
        factories.a_person()
        db.session.commit()


def test_a_commit_wakes(woken: tuple[Flask, list[float]]) -> None:
    app, moments = woken
    write(app)
    assert until(lambda: len(moments) == 1, 5)


def test_what_is_taken_back_or_only_read_does_not(woken: tuple[Flask, list[float]]) -> None:
    app, moments = woken
    with app.app_context():
        factories.a_person()
        db.session.flush()
        db.session.rollback()
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    time.sleep(0.4)
    assert moments == []


def test_a_burst_of_commits_calls_no_more_than_it_has_to(woken: tuple[Flask, list[float]]) -> None:
    app, moments = woken
    began = time.monotonic()
    with app.app_context():
        for _ in range(30):
            factories.a_person()
            db.session.commit()
    took = time.monotonic() - began
    assert until(lambda: bool(moments), 5)
    time.sleep(0.3)
    # PostgreSQL: at most one in a quarter of a second. SQLite: at most one a glance.
    every = (
        live_wake.EVERY
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
        else live_wake.GLANCE
    )
    assert len(moments) <= took / every + 2


def test_a_site_without_a_live_process_calls_nobody(postgresql: str) -> None:
    alone, live = databases.make_app(postgresql), databases.make_app(postgresql, LIVE_URL=LIVE)
    with listening(live) as moments:
        write(alone)
        time.sleep(0.4)
        assert moments == []
        write(live)
        assert until(lambda: bool(moments), 5)
    for app in (alone, live):
        databases.let_go(app)


def test_whoever_listens_outlives_a_lost_connection(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_wake, "REST", 0.1)
    app = databases.make_app(postgresql, LIVE_URL=LIVE)
    with listening(app) as moments:
        with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as other:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
                " AND datname = current_database()"
            ).fetchall()
        assert ended
        assert until(
            lambda: bool(moments), 10
        )  # it looks when it is back: something may have been said meanwhile
        time.sleep(live_wake.EVERY)
        moments.clear()
        write(app)
        assert until(lambda: bool(moments), 5)
    databases.let_go(app)
