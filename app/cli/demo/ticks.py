"""What people of the demo ticked in the agenda vote of a call that has one, drawn from what their groups care about."""

from operator import itemgetter
from typing import Any

from sqlalchemy import insert, select

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice, read
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.ballot import MOST_TICKS, Group
from app.models import AgendaTick, Call, Theme

FIRST_DAY = -20
"""Day on which the organisers opened the agenda vote."""
SHARE = {Group.RESIDENT: 0.3, Group.COUNCIL: 0.8, Group.PARTNER: 0.9}
"""Share of each group that took part; the demo people did not, so that whoever plays them can."""


def build_ticks(calendar: Calendar, crowd: Crowd) -> None:
    """Tick themes in every call with an open agenda vote."""
    tastes = read("taste")["groups"]
    demo = {person.id for person in crowd.demo.values()}
    for call in db.session.scalars(select(Call).where(Call.agenda_ballot).order_by(Call.id)).all():
        themes = db.session.execute(
            select(Theme.id, Theme.slug).where(Theme.process_id == call.process_id).order_by(Theme.id)
        ).all()
        rows: list[dict[str, Any]] = []
        for voter in crowd.voters:
            chance = dice(f"ticks {voter.email}")
            if voter.id in demo or chance.random() > SHARE[voter.group]:
                continue
            wishes = [
                (tastes[voter.group].get(slug, 0.0) + chance.gauss(0.0, 1.0), number)
                for number, slug in themes
            ]
            moment = max(calendar.between(FIRST_DAY, 0, chance), voter.created_at)
            chosen = sorted(wishes, key=itemgetter(0), reverse=True)[: chance.randint(1, MOST_TICKS)]
            row = {"call_id": call.id, "person_id": voter.id, "value": 1, "settled": 0, "group": voter.group}
            rows += [{**row, "theme_id": number, "cast_at": moment} for _wish, number in chosen]
        if rows:
            db.session.execute(insert(AgendaTick), rows)
        call.agenda_changes = len({row["person_id"] for row in rows})
