"""How long it takes to seal the standing of a large call, and to compute a sealed one again."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from flask import Flask

from app.db import db
from app.domain.ballot import GROUPS
from app.domain.ranking.verification import verify_audit, verify_both
from app.models.seal import SealReason
from app.records import seals, tallies
from tests import factories
from tests.support import databases, servers

IDEAS, PEOPLE, VOTES, THEMES = 2_000, 50_000, 1_000_000, 12
LIMITS = {"seal": 15.0, "verify": 2.0}
NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seconds that sealing, computing the auditor's document again, and comparing both documents took."""

    database: str
    votes: int
    seal: float
    verify: float
    verify_both: float
    public_bytes: int
    audit_bytes: int


def fill(app: Flask, ideas: int = IDEAS, people: int = PEOPLE, votes: int = VOTES) -> int:
    """Fill an empty database with a call of this size; its number. Half the residents' votes go to few ideas."""
    rng = np.random.default_rng(7)
    with app.app_context():
        process = factories.a_process()
        themes = [factories.a_theme(process).id for _ in range(THEMES)]
        call = factories.a_call(process)
        author = factories.a_person()
        factories.a_workshop(call, minutes=180)
        number, author_id = call.id, author.id
        db.session.commit()
        first = author_id + 1
        groups = rng.choice(3, people, p=[0.94, 0.01, 0.05])
        at = (NOW - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S.%f+00:00")
        if not databases_are_postgresql():
            at = at.removesuffix("+00:00")
        _insert(
            "person",
            (
                "id",
                '"group"',
                "name",
                "is_delegate",
                "language",
                "neighbourhood",
                "created_at",
                "session_epoch",
            ),
            ((first + n, GROUPS[groups[n]].value, "", False, "nl", "", at, 0) for n in range(people)),
        )
        _insert(
            "idea",
            (
                *("id", "call_id", "author_id", "title", "summary", "body", "neighbourhood", "state"),
                *("public_status", "version", "created_at", "published_at", "argument_count"),
            ),
            (
                (n, number, author_id, f"Idee {n}", "", "", "", "published", "open", 1, at, at, 0)
                for n in range(1, ideas + 1)
            ),
        )
        _insert(
            "idea_theme",
            ("idea_id", "theme_id"),
            (
                (n, int(theme))
                for n in range(1, ideas + 1)
                for theme in rng.choice(themes, 1 + n % 2, replace=False)
            ),
        )
        _insert(
            "vote",
            ("idea_id", "person_id", "value", "previous", "settled", '"group"', "cast_at"),
            _votes(rng, ideas, people, votes, first, groups),
        )
        tallies.rebuild(list(range(1, ideas + 1)))
        db.session.commit()
    return number


def _votes(
    rng: np.random.Generator, ideas: int, people: int, votes: int, first: int, groups: "np.ndarray"
) -> Iterator[tuple[object, ...]]:
    share = 1.0 / (np.arange(ideas) + 10.0) ** 0.8
    wanted = np.minimum(people // 2, np.ceil(share / share.sum() * votes)).astype(int)
    lean = rng.uniform(0.3, 0.95, ideas)
    names = [group.value for group in GROUPS]
    moments = [(NOW - timedelta(minutes=30 * n)).strftime("%Y-%m-%d %H:%M:%S.%f") for n in range(500)]
    suffix = "+00:00" if databases_are_postgresql() else ""
    left = votes
    for idea, heads in enumerate(wanted.tolist()):
        heads = min(heads, left)
        left -= heads
        voters = rng.choice(people, heads, replace=False)
        values = np.where(rng.random(heads) < lean[idea], 1, -1)
        for voter, value in zip(voters.tolist(), values.tolist(), strict=True):
            yield (
                idea + 1,
                first + voter,
                value,
                0,
                0,
                names[groups[voter]],
                moments[(voter + idea) % 500] + suffix,
            )


def databases_are_postgresql() -> bool:
    """Which driver the rows are for."""
    return db.engine.dialect.name == "postgresql"


def _insert(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Write rows the quickest way the driver has."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if databases_are_postgresql():
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.execute("BEGIN")
        marks = ", ".join("?" for _column in columns)
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(rows))
        cursor.execute("COMMIT")
    connection.commit()
    connection.close()


def measure(app: Flask, call_id: int) -> Sealing:
    """Seal the call once and compute the standing again."""
    with app.app_context():
        started = time.perf_counter()
        sealed = seals.seal(call_id, SealReason.COUNCIL, datetime.now(UTC))
        took = time.perf_counter() - started
        public, audit = sealed.public, sealed.audit
        votes = sealed.votes
        started = time.perf_counter()
        assert verify_audit(audit) == []
        alone = time.perf_counter() - started
        started = time.perf_counter()
        assert verify_both(public, audit) == []
        return Sealing(
            database=db.engine.dialect.name,
            votes=votes,
            seal=took,
            verify=alone,
            verify_both=time.perf_counter() - started,
            public_bytes=len(public.encode()),
            audit_bytes=len(audit.encode()),
        )


def run(kind: str) -> Sealing:
    """Fill a fresh database of a kind (`sqlite` or `postgresql`) and measure; servers of the run must be open."""
    app = databases.make_app(databases.fresh(kind))
    try:
        return measure(app, fill(app))
    finally:
        databases.let_go(app)


def main() -> None:
    """Measure on both databases and print a line each."""
    folder = servers.open_run()
    try:
        for kind in sys.argv[1:] or databases.KINDS:
            found = run(kind)
            print(
                f"{found.database:<11} {found.votes:,} votes  sealed {found.seal:.1f} s  verified {found.verify:.2f} s"
                f" (both documents {found.verify_both:.2f} s)  public {found.public_bytes / 1e6:.1f} MB"
                f"  auditor's {found.audit_bytes / 1e6:.1f} MB"
            )
    finally:
        servers.close_run(folder)


if __name__ == "__main__":
    main()
