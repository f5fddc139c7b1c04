"""Fills a database with people, ideas, votes with exact tallies, and arguments, the same each time."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import psycopg
from flask import Flask
from numpy.typing import NDArray

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.kit.identity import device_hash
from tests import factories
from tests.benchmark.crowds import votes
from tests.benchmark.sizes import ON_THE_IDEA_PAGE, Size
from tests.support import databases

WORDS = (
    *(
        "fiets",
        "plein",
        "water",
        "groen",
        "licht",
        "sensor",
        "buurt",
        "markt",
        "haven",
        "bus",
        "school",
        "straat",
    ),
    *(
        "parkeren",
        "energie",
        "park",
        "toegang",
        "drukte",
        "bewoner",
        "bezoeker",
        "stilte",
        "veilig",
        "digitaal",
    ),
    *("balie", "kaart", "route", "boom", "regen", "warmte", "dak", "muur", "brug", "loket", "zorg", "sport"),
)
Ints = NDArray[np.int64]
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Filled:
    """What measurements need to know of the data."""

    call: int
    workshop: int
    ideas: Sequence[int]
    talked_about: int
    """The idea with 75 arguments."""
    people: Sequence[int]
    """Those who may vote for themselves: residents and council members."""


def device_key(person: int) -> str:
    """What the session of a person holds as the key of the device."""
    return f"bench-{person}"


def fill(app: Flask, dsn: str, size: Size) -> Filled:
    """Fill a migrated and empty PostgreSQL database."""
    filled, tables = _rows(app, size)
    with psycopg.connect(dsn) as connection:
        for table, rows in tables:
            _copy(connection, table, rows)
        for table in ("person", "idea", "argument"):
            last = f"(SELECT max(id) FROM {table})"
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return filled


def fill_sqlite(app: Flask, path: Path, size: Size) -> Filled:
    """Fill a migrated and empty SQLite database with the same."""
    filled, tables = _rows(app, size)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for table, rows in tables:
            _insert(connection, table, rows)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    return filled


def _rows(app: Flask, size: Size) -> tuple[Filled, list[tuple[str, Iterator[Row]]]]:
    """A process with its call, and the rows of every table that follows from it."""
    with app.app_context():
        call, workshop, themes = _frame()
    crowd = _Crowd(size, np.random.default_rng(2019))
    tables = [
        ("person", crowd.people_rows()),
        ("device_session", crowd.device_rows(app)),
        ("idea", crowd.idea_rows(call)),
        ("idea_theme", crowd.theme_rows(themes)),
        ("vote", crowd.vote_rows()),
        ("tally", crowd.tally_rows()),
        ("argument", crowd.argument_rows()),
    ]
    return Filled(call, workshop, crowd.ideas, crowd.ideas[0], crowd.voting_people()), tables


class _Crowd:
    """The rows of everybody and everything, as dictionaries."""

    def __init__(self, size: Size, rng: np.random.Generator) -> None:
        self.size, self.rng, self.now = size, rng, datetime.now(UTC)
        self.people = list(range(1_000, 1_000 + size.people))
        self.ideas = list(range(1, size.ideas + 1))
        self.groups = rng.choice(len(GROUPS), size.people, p=[0.93, 0.01, 0.06])
        self.chosen, self.voters, self.values = votes(rng, size)
        self.talks = _talks(rng, size)

    def voting_people(self) -> list[int]:
        partner = GROUPS.index(Group.PARTNER)
        return [person for person, group in zip(self.people, self.groups, strict=True) if group != partner]

    def people_rows(self) -> Iterator[Row]:
        for person, group in zip(self.people, self.groups, strict=True):
            yield {
                "id": person,
                "email": f"p{person}@bench.example",
                "name": f"Bewoner {person}",
                "group": GROUPS[group].value,
                "is_delegate": False,
                "language": "nl",
                "neighbourhood": "",
                "created_at": self.now,
                "confirmed_at": self.now,
                "session_epoch": 0,
            }

    def device_rows(self, app: Flask) -> Iterator[Row]:
        """A session for everybody, under a key that `device_key` tells."""
        with app.app_context():
            hashes = [device_hash(device_key(person)) for person in self.people]
        for person, hashed in zip(self.people, hashes, strict=True):
            yield {
                "person_id": person,
                "key_hash": hashed,
                "device": "Firefox on Linux",
                "created_at": self.now,
                "seen_at": self.now,
            }

    def idea_rows(self, call: int) -> Iterator[Row]:
        talked = np.bincount(self.talks, minlength=self.size.ideas)
        for place, idea in enumerate(self.ideas):
            at = self.now - timedelta(minutes=3 * (self.size.ideas - place))
            yield {
                "id": idea,
                "call_id": call,
                "author_id": self.people[place % self.size.people],
                "title": self._words(6)[:78].capitalize(),
                "summary": self._words(14)[:138],
                "body": self._words(260),
                "neighbourhood": "",
                "state": "published",
                "public_status": "open",
                "version": 1,
                "created_at": at,
                "submitted_at": at,
                "published_at": at,
                "argument_count": int(talked[place]),
            }

    def theme_rows(self, themes: Sequence[int]) -> Iterator[Row]:
        for idea in self.ideas:
            for theme in self.rng.choice(themes, self.rng.integers(1, 3), replace=False):
                yield {"idea_id": idea, "theme_id": int(theme)}

    def vote_rows(self) -> Iterator[Row]:
        order = self.rng.permutation(len(self.chosen))
        columns = (self.chosen[order].tolist(), self.voters[order].tolist(), self.values[order].tolist())
        moments = [self.now - timedelta(minutes=13 * number) for number in range(1, 6000)]
        for number, (idea, voter, value) in enumerate(zip(*columns, strict=True)):
            yield {
                "idea_id": self.ideas[idea],
                "person_id": self.people[voter],
                "value": value,
                "previous": 0,
                "settled": 0,
                "group": GROUPS[self.groups[voter]].value,
                "cast_at": moments[number % len(moments)],
            }

    def tally_rows(self) -> Iterator[Row]:
        tally = np.zeros((self.size.ideas, len(GROUPS), 2), dtype=np.int64)
        np.add.at(tally, (self.chosen, self.groups[self.voters], (self.values < 0).astype(int)), 1)
        for place, idea in enumerate(self.ideas):
            for group, (for_, against) in zip(GROUPS, tally[place].tolist(), strict=True):
                yield {
                    "idea_id": idea,
                    "group": group.value,
                    "votes_for": for_,
                    "votes_against": against,
                    "changes": for_ + against,
                }

    def argument_rows(self) -> Iterator[Row]:
        for number, idea in enumerate(self.talks):
            yield {
                "id": number + 1,
                "idea_id": self.ideas[idea],
                "author_id": self.people[self.rng.integers(self.size.people)],
                "side": ("for", "against")[number % 2],
                "body": self._words(30)[:480],
                "state": "published",
                "created_at": self.now - timedelta(minutes=number % 9000),
            }

    def _words(self, number: int) -> str:
        return " ".join(WORDS[place] for place in self.rng.integers(len(WORDS), size=number))


def _frame() -> tuple[int, int, list[int]]:
    """A process with ten themes, an open call and a workshop."""
    process = factories.a_process()
    themes = [factories.a_theme(process).id for _ in range(10)]
    call = factories.a_call(process)
    workshop = factories.a_workshop(call)
    found = call.id, workshop.id, themes
    db.session.commit()
    return found


def _talks(rng: np.random.Generator, size: Size) -> Ints:
    """The idea of every argument; the first idea has exactly as many as its page is measured with."""
    rest = 1 + rng.integers(size.ideas - 1, size=size.arguments - ON_THE_IDEA_PAGE)
    return np.concatenate([np.zeros(ON_THE_IDEA_PAGE, dtype=np.int64), rest])


def _copy(connection: psycopg.Connection[tuple[object, ...]], table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    listed = ", ".join(f'"{column}"' for column in first)
    with connection.cursor().copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
        for row in chain([first], rows):
            copy.write_row(list(row.values()))


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    listed = ", ".join(f'"{column}"' for column in first)
    marks = ", ".join("?" for _ in first)
    connection.executemany(
        f'INSERT INTO "{table}" ({listed}) VALUES ({marks})',
        (tuple(map(_for_sqlite, row.values())) for row in chain([first], rows)),
    )


def _for_sqlite(value: object) -> object:
    """Moments as the site writes them there: UTC without a zone, to the millionth of a second."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def new_sqlite(path: Path) -> str:
    """A migrated, empty SQLite database: its address for the site."""
    url = f"sqlite:///{path}"
    databases.migrate(databases.make_app(url))
    return url


def new_database(name: str) -> tuple[str, str]:
    """A migrated, empty PostgreSQL database: its address for the site, and for the driver."""
    url = databases.create_postgresql(name)
    databases.migrate(databases.make_app(url))
    return url, url.replace("+psycopg", "")
