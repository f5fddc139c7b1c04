"""Measures the site beside a bare application and prints the shares: `python -m tests.benchmark --size A`."""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count, cycle

import psycopg
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from app.db import db
from app.kit.identity import DEVICE, start_session
from app.models.person import Person
from app.records import standings, tallies
from tests.benchmark import bare_tables, ranking, report
from tests.benchmark.filling import Filled, device_key, fill, new_database
from tests.benchmark.load import Result, get, measure, post
from tests.benchmark.serving import Running, fetch, serve
from tests.benchmark.sizes import ON_THE_IDEA_PAGE, SIZES
from tests.support import databases, servers

LIST = "/ideeen?sort=votes_desc"
SMALL = "S"


class Bench:
    """One run: the applications that are up, and the lines of the table."""

    def __init__(self, seconds: float, filled: Filled, app: Flask) -> None:
        self.seconds, self.filled, self.app = seconds, filled, app
        self.lines: list[report.Line] = []
        self._voters = cycle(filled.people)
        self._luck = random.Random(2019)
        self._session, self._token = self._a_session()

    def beside(
        self,
        work: str,
        site: Result,
        bare: Result,
        must: float | None = None,
        goal: float | None = None,
    ) -> None:
        """Add a line to the table and show it."""
        line = report.Line(work, site, bare, must, goal)
        self.lines.append(line)
        print(line, flush=True)

    def say(self, work: str, value: str, must: str = "", goal: str = "", fine: bool | None = None) -> None:
        """Add a line with a single figure."""
        print(report.plain(work, value, must, goal, fine), flush=True)

    def run(self, running: Running, requests: Iterator[bytes], clients: int) -> Result:
        """Measure; an answer that is an error stops the run, because its speed means nothing."""
        result = measure(running.port, requests, clients, self.seconds)
        wrong = {status: times for status, times in result.answers.items() if not 200 <= status < 400}
        if wrong:
            raise SystemExit(f"answers that are errors: {wrong}")
        return result

    def pages(self, running: Running, path: str, clients: int = 8, **headers: str) -> Result:
        """Fetch one page again and again."""
        return self.run(running, cycle([get(path, running.port, **headers)]), clients)

    def cookie(self, person: int) -> str:
        """The session of a person, signed as the site signs it."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        held = {**self._session, "_user_id": f"{person}.0", DEVICE: device_key(person)}
        signed = serializer.dumps(held)
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signed}"

    def votes(self, running: Running, hot: bool = False) -> Iterator[bytes]:
        """Votes, every one by another person; on ideas all over the place, or all on one."""
        ideas = self.filled.ideas
        for person in self._voters:
            idea = ideas[0] if hot else self._luck.choice(ideas)
            choice = "for" if self._luck.random() < 0.6 else "against"
            body = f"csrf_token={self._token}&choice={choice}"
            yield post(f"/ideeen/{idea}/stem", running.port, body, Cookie=self.cookie(person))

    def bare_votes(self, running: Running) -> Iterator[bytes]:
        """The same for the bare application, which asks nobody who they are."""
        for number in count():
            person = self.filled.people[number % len(self.filled.people)]
            idea = self._luck.choice(self.filled.ideas)
            yield post(f"/vote/{idea}", running.port, f"person={person}&value=1")

    def _a_session(self) -> tuple[dict[str, object], str]:
        with self.app.test_request_context():
            person = db.session.get(Person, self.filled.people[0])
            assert person is not None
            start_session(person)
            token: str = generate_csrf()
            held = dict(session)
            db.session.rollback()
        return held, token


def main() -> int:
    """Fill, serve, measure, print."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--size", choices=SIZES, default="A")
    arguments.add_argument("--part", choices=("all", "ranking", "site"), default="all")
    arguments.add_argument("--seconds", type=float, default=3.0, help="how long each figure is measured")
    given = arguments.parse_args()
    os.environ[servers.DURABLE] = "1"
    run = servers.open_run()
    try:
        if given.part != "ranking":
            _bench(given.size, given.seconds)
        if given.part != "site":
            ranking.measure()
    finally:
        servers.close_run(run)
    return 0


def _bench(size: str, seconds: float) -> None:
    began = time.monotonic()
    url, dsn = new_database("bench")
    app = databases.make_app(url, testing=False)
    filled = fill(app, dsn, SIZES[size])
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in bare_tables.STATEMENTS:
            connection.execute(statement)
    small_url, small_dsn = new_database("bench_small")
    fill(databases.make_app(small_url, testing=False), small_dsn, SIZES[SMALL])
    data = SIZES[size]
    print(
        f"\nSize {size}: {data.ideas:,} ideas, {data.votes:,} votes, {data.arguments:,} arguments,"
        f" {data.people:,} people; PostgreSQL, filled in {time.monotonic() - began:.0f} s\n"
    )
    bench = Bench(seconds, filled, app)
    print(report.HEAD)
    with (
        serve("tests.benchmark.bare", url) as bare,
        serve("tests.benchmark.site", url, BENCH_CACHE="0") as site,
    ):
        _settle(site)
        listed = bench.pages(bare, "/list")
        found = bench.pages(site, LIST)
        bench.beside("list, signed out, no page cache, 8 clients", found, listed, 0.50, 0.65)
        person = bench.cookie(filled.people[7])
        bench.beside("list, signed in, 8 clients", bench.pages(site, LIST, Cookie=person), listed, 0.35, 0.50)
        idea = bench.pages(bare, f"/idea/{filled.talked_about}")
        mine = bench.pages(site, f"/ideeen/{filled.talked_about}")
        bench.beside(f"idea with {ON_THE_IDEA_PAGE} arguments, 8 clients", mine, idea, 0.45, 0.60)
        for clients in (8, 32):
            put = bench.run(bare, bench.bare_votes(bare), clients)
            cast = bench.run(site, bench.votes(site), clients)
            must, goal = (0.45, 0.60) if clients == 8 else (None, None)
            bench.beside(f"votes of distinct people, {clients} clients", cast, put, must, goal)
        hot = bench.run(site, bench.votes(site, hot=True), 32)
        bench.beside("votes on one hot idea (beside: spread), 32 clients", hot, cast, 0.8, 0.9)
        bench.say(
            "memory of the site, 2 workers",
            f"{site.megabytes():.0f} MB",
            "300 MB",
            "220 MB",
            site.megabytes() <= 300,
        )
        _cached(bench, url, bare)
    with serve("tests.benchmark.site", small_url, BENCH_CACHE="0") as small:
        _settle(small)
        less = bench.pages(small, LIST)
        bench.say(f"list at {size} takes, times that at {SMALL}", f"{less.rate / found.rate:.2f}x", "1.30x", "1.15x",
                  less.rate / found.rate <= 1.3)  # fmt: skip
    _rankings(bench)
    _exact(bench)
    databases.let_go(app)
    print(f"\nTook {time.monotonic() - began:.0f} s. Shares are of the bare application in the same run.")


def _settle(site: Running) -> None:
    """Let a fresh site do what it does once: the first standings, and the counting of the night."""
    measure(site.port, cycle([get(LIST, site.port)]), 1, 1.0)
    for _ in range(60):
        before = site.busy()
        time.sleep(1)
        if site.busy() - before < 0.1:
            return


def _cached(bench: Bench, url: str, bare: Running) -> None:
    """Pages that are kept for a second, and answers to those who have them already."""
    with serve("tests.benchmark.site", url) as site:
        ready = bench.pages(bare, "/ready")
        bench.beside(
            "list, kept for a second (beside: a ready string)", bench.pages(site, LIST), ready, 0.60, 0.80
        )
        known = fetch(bare.port, "/ready")[1]["ETag"]
        unchanged = bench.pages(bare, "/ready", If_None_Match=known)
        tag = fetch(site.port, LIST)[1].get("ETag", "")
        bench.beside(
            "list, 304 (beside: 304)", bench.pages(site, LIST, If_None_Match=tag), unchanged, 0.60, 0.80
        )


def _rankings(bench: Bench) -> None:
    """What is computed from the database, in one process."""
    call = bench.filled.call
    ranked = _best(bench.app, lambda: standings.ranked_ideas(call, now=datetime.now(UTC)))
    number = len(bench.filled.ideas)
    bench.say(f"{number:,} ideas ranked from their tallies", f"{ranked * 1000:.1f} ms", "10 ms", "4 ms",
              ranked * 1000 <= 10 if number <= 2000 else None)  # fmt: skip
    whole = _best(bench.app, lambda: standings.refresh(call, datetime.now(UTC), anew=True), times=1)
    bench.say("all votes -> themes -> agenda, from the database", f"{whole:.2f} s", "6 s", "3 s", whole <= 6)


def _exact(bench: Bench) -> None:
    """After all that voting every tally still equals its votes."""
    with bench.app.app_context():
        wrong = len(tallies.differences())
        db.session.rollback()
    bench.say("tallies that do not equal their votes, after all this", str(wrong), "0", "0", wrong == 0)


def _best(app: Flask, work: Callable[[], object], times: int = 5) -> float:
    """The shortest time in seconds; the database is read each time."""
    taken = []
    for _ in range(times):
        with app.app_context():
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
            db.session.rollback()
    return min(taken)


if __name__ == "__main__":
    sys.exit(main())
