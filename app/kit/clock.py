"""The one clock; routes and commands read it, everything below is handed the moment."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
