"""The sealed standings of the demo: that of 2019, to be read and checked, and one that is planned for the workshop."""

from datetime import timedelta

from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice
from app.db import db
from app.models import Call, Workshop
from app.models.process import ProcessState
from app.models.seal import SealReason
from app.records import seals

SEALED_2019 = {"date": "2019-05-28", "time": "12:00"}
"""A week before the workshop of 2019, when nobody could vote any more."""
BEFORE_THE_WORKSHOP = timedelta(hours=27)


def build_stands(calendar: Calendar) -> int:
    """Seal and plan, after everything else was committed; the number of both."""
    found = 0
    for workshop in db.session.scalars(select(Workshop).join(Call).order_by(Workshop.id)).all():
        number, call_id, starts = workshop.id, workshop.call_id, workshop.activity.starts_at
        if workshop.call.process.state == ProcessState.CLOSED:
            chance = dice("stand 2019")
            seals.seal(
                call_id,
                SealReason.WORKSHOP,
                calendar.at(SEALED_2019),
                workshop_id=number,
                draw=lambda size, chance=chance: chance.randbytes(size).hex(),  # type: ignore[misc]
            )
            found += 1
        elif starts is not None:
            made = calendar.at({"day": -5}, "10:00")
            at = starts - BEFORE_THE_WORKSHOP
            seals.plan(call_id, at, made, reason=SealReason.WORKSHOP, workshop_id=number)
            found += 1
    return found
