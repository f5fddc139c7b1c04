"""The ranking at a million votes: arrays to agenda, equal shares beside a library, databases, sealed standings."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain.ranking import Method
from app.domain.ranking.verification import verify_both
from app.models.seal import SealReason
from app.models.vote import Tally, Vote
from app.records import seals, standings, vote_tables
from tests.benchmark import report
from tests.benchmark.arithmetic import KINDS, PEOPLE
from tests.benchmark.filling import fill, fill_sqlite, new_database, new_sqlite
from tests.benchmark.sizes import RANKED
from tests.support import databases, project

ORACLE = project.ROOT / ".venv-oracle" / "bin" / "python"
PATIENCE = 90
"""Seconds after which a measurement of the library is given up."""


def measure() -> None:
    """Measure everything and print it as a table."""
    print(
        f"\nRanking: {RANKED.votes:,} votes of {RANKED.people:,} people on {RANKED.ideas:,} ideas;"
        f" ballots of {PEOPLE:,} people on 30 items\n"
    )
    print(report.BESIDE_HEAD)
    _arrays()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        lite = databases.make_app(new_sqlite(path), testing=False)
        _database("SQLite", lite, fill_sqlite(lite, path, RANKED).call)
        databases.let_go(lite)
    url, dsn = new_database("bench_ranked")
    server = databases.make_app(url, testing=False)
    _database("PostgreSQL", server, fill(server, dsn, RANKED).call)
    databases.let_go(server)


def _arrays() -> None:
    agenda = _child(sys.executable, "tests.benchmark.arithmetic", "agenda")
    _line(
        "arrays -> themes -> agenda (beside: a bare count)",
        agenda["seconds"],
        agenda["bare"],
        must="0.5 s",
        goal="0.3 s",
        fine=agenda["seconds"] <= 0.5,
        slower=True,
    )
    _say("  its memory at the most", f"{agenda['megabytes']:.0f} MB", "300 MB", agenda["megabytes"] <= 300)
    different = _child(sys.executable, "tests.benchmark.arithmetic", "different")
    alike = _child(sys.executable, "tests.benchmark.arithmetic", "alike")
    if not ORACLE.exists():
        for name, figures in (("all different", different), (f"{KINDS:,} kinds", alike)):
            _line(f"equal shares, ballots {name}", figures["seconds"])
            _line(f"  with Add1, ballots {name}", figures["add_one"])
        print("  beside an independent library: run `make oracle` first")
        return
    whole = different["fold"] + different["seconds"], alike["fold"] + alike["seconds"]
    _beside("ballots all different; multiprofile", different["seconds"], "multi", 20_000, 0, 100)
    _beside("  with Add1; multiprofile", different["add_one"], "add_one", 2_000, 0, 100)
    _beside("  folding included; list", whole[0], "list", 10_000, 0, None)
    _beside(f"ballots of {KINDS:,} kinds; multiprofile", alike["seconds"], "multi", PEOPLE, KINDS, 100)
    _beside("  folding included; list", whole[1], "list", 20_000, KINDS, 1000)


def _beside(what: str, ours: float, kind: str, people: int, kinds: int, must: int | None) -> None:
    """A line with the library; given fewer people its time is multiplied, which is the least it would take."""
    times = PEOPLE // people
    name = what if times == 1 else f"{what} on {people:,} x {times}"
    try:
        theirs = _child(ORACLE, "tests.benchmark.library", kind, people, kinds)["seconds"] * times
    except subprocess.TimeoutExpired:
        print(f"{name}: the library did not finish within {PATIENCE} s")
        return
    fine = None if must is None else theirs / ours >= must
    _line(name, ours, theirs, must=f"{must:,}x" if must else "", fine=fine)


def _database(name: str, app: Flask, call_id: int) -> None:
    with app.app_context():

        def bare_tallies() -> object:
            return db.session.execute(select(Tally.idea_id, Tally.votes_for, Tally.votes_against)).all()

        def bare_votes() -> object:
            return db.session.execute(select(Vote.idea_id, func.sum(Vote.value)).group_by(Vote.idea_id)).all()

        ranked = _best(lambda: vote_tables.ranked_ideas(call_id, Method.DRAAGVLAK), 9)
        _line(
            f"{name}: {RANKED.ideas:,} ideas from tallies (beside: bare read)",
            ranked,
            _best(bare_tallies, 9),
            must="10 ms",
            goal="4 ms",
            fine=ranked <= 0.010,
            slower=True,
        )
        count = _best(bare_votes, 2)
        agenda = _best(lambda: standings.refresh(call_id, datetime.now(UTC), anew=True), 2)
        _line(
            f"{name}: votes -> agenda, stored (beside: bare count)",
            agenda,
            count,
            must="6 s",
            goal="3 s",
            fine=agenda <= 6,
            slower=True,
        )
        began = time.perf_counter()
        sealed = seals.seal(call_id, SealReason.COUNCIL, datetime.now(UTC))
        took = time.perf_counter() - began
        _line(
            f"{name}: standing sealed (beside: bare count)",
            took,
            count,
            must="15 s",
            fine=took <= 15,
            slower=True,
        )
        public, audit = sealed.public, sealed.audit
        db.session.rollback()
        verified = _best(lambda: _right(verify_both(public, audit)), 2)
        _line(f"{name}: computed again and compared", verified, must="2 s", fine=verified <= 2)


def _right(differences: object) -> None:
    if differences:
        raise SystemExit(f"a sealed standing is not what it says: {differences}")


def _best(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
        db.session.rollback()
    return min(taken)


def _child(python: str | Path, module: str, *arguments: object) -> dict[str, float]:
    """Run a module in a process of its own, so that its memory is its own; what it prints."""
    done = subprocess.run(
        [str(python), "-m", module, *map(str, arguments)],
        cwd=project.ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{module} {arguments} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _line(
    work: str,
    took: float,
    beside: float | None = None,
    *,
    must: str = "",
    goal: str = "",
    fine: bool | None = None,
    slower: bool = False,
) -> None:
    print(report.beside(work, took, beside, must, goal, fine, slower=slower), flush=True)


def _say(work: str, value: str, must: str, fine: bool) -> None:
    print(report.figure(work, value, must, fine), flush=True)
