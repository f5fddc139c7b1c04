"""The database: naming convention, one UTC type, enums as text, and how each engine is set up."""

import sqlite3
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table inherits."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, always aware and always UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=StrEnum)


def text_enum(kind: type[E]) -> Enum:
    """A StrEnum kept as its value in a text column, with no database type of its own."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


db = SQLAlchemy(model_class=Base)
migrate = Migrate()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own BEGIN is deferred: two readers that both want to write would then fail or lose
    # each other's work. We begin ourselves, see below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # SQLite has one writer. A vote that comes while thousands of texts go off the site in one step waits its turn:
    # that takes seconds, and waiting is better than being refused.
    cursor.execute("PRAGMA busy_timeout=20000")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """A page that only reads begins deferred; everything else takes the write lock before its first read.

    Reading first and asking for the lock later fails (or loses an update) when somebody wrote in between.
    """
    if connection.dialect.name != "sqlite":
        return
    reads_only = has_request_context() and request.method in READING_METHODS
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED" if reads_only else "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def begin_write() -> None:
    """Start over as a writer, in a request that usually only reads. Unsaved changes of the session are dropped."""
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def begin_read() -> None:
    """Start over as a reader, outside a request (jobs and commands that only look)."""
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "DEFERRED"})


def begin_snapshot() -> None:
    """Start over as a reader for whom nothing changes between two statements, whatever others write meanwhile."""
    db.session.rollback()
    if is_postgresql():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    else:
        db.session.connection(execution_options={"sqlite_begin": "DEFERRED"})


def is_postgresql() -> bool:
    """Whether the site runs on PostgreSQL; the few statements that differ ask here."""
    return db.engine.dialect.name == "postgresql"
