"""Measures the site beside a bare application and prints the shares: `python -m tests.benchmark --size A`."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
from flask import Flask

from app.db import db
from app.records import standings, tallies, vote_tables
from tests.benchmark import bare_tables, live, moderation, ranking, report
from tests.benchmark.bench import LIST, Bench, settle
from tests.benchmark.filling import fill, new_database
from tests.benchmark.serving import Running, fetch, serve
from tests.benchmark.sizes import ON_THE_IDEA_PAGE, SIZES
from tests.support import databases, servers

SMALL = "S"
PARTS = ("all", "live", "moderation", "ranking", "site")


def main() -> int:
    """Fill, serve, measure, print."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--size", choices=SIZES, default="A")
    arguments.add_argument("--part", choices=PARTS, default="all")
    arguments.add_argument("--seconds", type=float, default=3.0, help="how long each figure is measured")
    given = arguments.parse_args()
    os.environ[servers.DURABLE] = "1"
    run = servers.open_run()
    try:
        if given.part in ("all", "site"):
            _bench(given.size, given.seconds)
        if given.part in ("all", "ranking"):
            ranking.measure()
        if given.part in ("all", "moderation"):
            moderation.measure(given.seconds)
        if given.part in ("all", "live"):
            live.measure(given.size, given.seconds)
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
        settle(site)
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
        settle(small)
        less = bench.pages(small, LIST)
        bench.say(f"list at {size} takes, times that at {SMALL}", f"{less.rate / found.rate:.2f}x", "1.30x", "1.15x",
                  less.rate / found.rate <= 1.3)  # fmt: skip
    _rankings(bench)
    _exact(bench)
    databases.let_go(app)
    print(f"\nTook {time.monotonic() - began:.0f} s. Shares are of the bare application in the same run.")


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
    ranked = _best(bench.app, lambda: vote_tables.ranked_ideas(call, now=datetime.now(UTC)))
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
