"""Days and times as people type them, by the clocks of the city."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.kit.i18n import TIME_ZONE

CITY = ZoneInfo(TIME_ZONE)


def day(text: str | None) -> date | None:
    """A day such as 2026-11-30; None for anything else, and for years that nobody plans in."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def hour(text: str | None) -> time | None:
    """A time such as 14:00, without seconds; None for anything else."""
    try:
        found = time.fromisoformat(text or "")
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0) if found.tzinfo is None else None


def day_of(at: datetime) -> date:
    """The day that a moment falls on, by the clocks of the city."""
    return at.astimezone(CITY).date()


def moment(on: date | None, at: time | None) -> datetime | None:
    """The moment in UTC; None while day or time is missing, and for an hour that the clocks skip."""
    if on is None or at is None:
        return None
    found = datetime.combine(on, at, CITY).astimezone(UTC)
    there = found.astimezone(CITY)
    return found if (there.date(), there.time()) == (on, at) else None


def parts(of: datetime | None) -> tuple[str, str]:
    """The day and the time of a moment as a form shows them; two empty texts for none."""
    if of is None:
        return "", ""
    there = of.astimezone(CITY)
    return there.date().isoformat(), there.strftime("%H:%M")
