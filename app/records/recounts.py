"""The nightly recount: all tallies against the votes themselves, written down once a night."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from app.db import begin_snapshot, begin_write, db
from app.kit.i18n import TIME_ZONE
from app.models.standing import JobLease, Recount
from app.models.vote import Tally
from app.records import tallies
from app.records.tallies import Difference

HOUR = time(3, 0)
"""When a night's recount is due, by the clocks of the city: hardly anybody votes then."""
_ZONE = ZoneInfo(TIME_ZONE)


def due_since(now: datetime) -> datetime:
    """The last moment at which a recount became due: three at night, today or else yesterday."""
    here = now.astimezone(_ZONE)
    moment = datetime.combine(here.date(), HOUR, _ZONE)
    if moment > here:
        moment = datetime.combine(here.date() - timedelta(days=1), HOUR, _ZONE)
    return moment.astimezone(UTC)


def is_due(now: datetime) -> bool:
    """Whether nobody counted since a recount became due, also when the server was down at that moment."""
    last = db.session.scalar(select(func.max(Recount.counted_at)))
    return last is None or last < due_since(now)


@dataclass(frozen=True, slots=True)
class Result:
    """What a recount found: how many tallies were compared, and those that differ."""

    compared: int
    differences: tuple[Difference, ...]


def count() -> Result:
    """Compare all tallies with the votes, as both stood at one moment. Writes nothing."""
    begin_snapshot()
    compared = db.session.scalar(select(func.count()).select_from(Tally)) or 0
    result = Result(compared, tuple(tallies.differences()))
    db.session.rollback()
    return result


def write(result: Result, now: datetime, lease: str) -> bool:
    """Write down what came out, unless somebody did since it became due; whether it was. The caller commits.

    `lease` names the lease of the job: its row is what two that counted at once wait for.
    """
    begin_write()
    db.session.execute(select(JobLease.name).where(JobLease.name == lease).with_for_update())
    if not is_due(now):
        return False
    differences = [
        {"idea": row.idea_id, "group": row.group.value, "tally": list(row.stands), "votes": list(row.counted)}
        for row in result.differences
    ]
    db.session.execute(
        insert(Recount).values(counted_at=now, tallies=result.compared, differences=differences)
    )
    return True


def last() -> Recount | None:
    """The newest recount."""
    return db.session.scalar(select(Recount).order_by(Recount.counted_at.desc(), Recount.id.desc()).limit(1))
