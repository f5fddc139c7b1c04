"""Which faults of a database say that it is away, and which that something is wrong here."""

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, OperationalError

from app.kit.errors import is_away


def fault(original: Exception, lost: bool = False) -> DBAPIError:
    return OperationalError("SELECT 1", {}, original, connection_invalidated=lost)


@pytest.mark.parametrize(
    "original",
    [
        psycopg.OperationalError("connection refused"),
        errors.AdminShutdown("terminating connection"),
        errors.CannotConnectNow("the database system is starting up"),
        errors.CrashShutdown("terminating connection because of crash"),
        errors.TooManyConnections("sorry, too many clients already"),
        errors.ConnectionFailure("gone"),
        sqlite3.OperationalError("database is locked"),
    ],
)
def test_it_is_away(original: Exception) -> None:
    assert is_away(fault(original))


@pytest.mark.parametrize(
    "original",
    [
        sqlite3.OperationalError("no such table: idea"),
        sqlite3.OperationalError("disk I/O error"),
        errors.UndefinedTable("relation does not exist"),
        errors.DeadlockDetected("deadlock detected"),
        errors.QueryCanceled("canceling statement due to statement timeout"),
    ],
)
def test_something_is_wrong_here(original: Exception) -> None:
    assert not is_away(fault(original))


def test_a_connection_that_broke_is_away_whatever_it_said() -> None:
    assert is_away(fault(errors.QueryCanceled("?"), lost=True))
