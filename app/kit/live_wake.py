"""Tells the live process that somebody wrote something, so that it looks at once.

It looks four times a second anyway: nothing depends on this.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

from app.db import db

log = structlog.get_logger()
NAME = "stem_live"
EVERY = 0.25
"""Seconds between two calls of one process. What is committed in between is seen at the next look, which comes as
soon; and databases let only one transaction that calls commit at a time."""
GLANCE = 0.05
"""Seconds between two glances at an SQLite file, which take microseconds."""
REST = 2.0
"""Seconds until the next try to listen to a database that is away."""


def init_app(app: Flask) -> None:
    """Call at a commit, where there is somebody to call: on PostgreSQL, when the site has a live process."""
    if app.config["SITE"].live_url:
        with app.app_context():
            _call_from(db.engine)


def _call_from(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    last = float("-inf")

    @event.listens_for(engine, "commit")
    def call(connection: Any) -> None:
        nonlocal last
        now, driver = time.monotonic(), connection.connection.driver_connection
        if now - last >= EVERY and driver.info.transaction_status == TransactionStatus.INTRANS:
            last = now
            # In the same transaction: heard when it is committed, and not when that fails.
            driver.execute(f"NOTIFY {NAME}")


def listen(app: Flask, wake: Callable[[], None], stopped: threading.Event) -> threading.Thread:
    """Wake whenever somebody wrote something, in a thread of its own, until `stopped` is set."""
    with app.app_context():
        url = db.engine.url
        is_file = db.engine.dialect.name == "sqlite"
    given = str(url.database) if is_file else url.set(drivername="postgresql").render_as_string(False)
    thread = threading.Thread(
        target=_glance if is_file else _hear, args=(given, wake, stopped), name="live wake", daemon=True
    )
    thread.start()
    return thread


def _hear(dsn: str, wake: Callable[[], None], stopped: threading.Event) -> None:
    is_failing = False
    while not stopped.is_set():
        try:
            with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
                connection.execute(f"LISTEN {NAME}")
                if is_failing:
                    log.info("live_wake_is_back")
                is_failing = False
                wake()  # what was said while nobody listened
                while not stopped.is_set():
                    for _note in connection.notifies(timeout=1.0):
                        wake()
        except psycopg.Error:
            if not is_failing:
                log.warning("live_wake_lost")
            is_failing = True
            stopped.wait(REST)


def _glance(path: str, wake: Callable[[], None], stopped: threading.Event) -> None:
    """SQLite calls nobody, but tells for next to nothing whether another connection has written."""
    before = None
    while not stopped.is_set():
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_open(path)) as connection:
            while not stopped.wait(GLANCE):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != before:
                    before = version
                    wake()
        stopped.wait(REST)


def _open(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0, check_same_thread=False)
