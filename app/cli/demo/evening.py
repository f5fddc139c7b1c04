"""The screens of the demo: of the workshop to come the ranking is ready on it, of those that were held the thanks."""

from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.db import db
from app.domain.evening import Scene
from app.models import Person, PersonRole
from app.models.person import Role
from app.models.workshop import Workshop
from app.records import agendas, screens


def build_screens(calendar: Calendar) -> int:
    """Put a picture on every screen, as the facilitator left it; returns how many."""
    facilitator = db.session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.FACILITATOR)
        .order_by(Person.id)
    ).first()
    workshops = db.session.scalars(select(Workshop.id).order_by(Workshop.id)).all()
    if facilitator is None:
        return 0
    for number in workshops:
        found = agendas.workshop(number)
        over = found is not None and found.is_over(calendar.midnight)
        scene = Scene.THANKS if over else Scene.THEMES
        values = {"scene": scene, "step": scene.value, "place": 0 if over else 2}
        screens.change(number, 0, values, "desk.step", facilitator, calendar.hours_ago(20))
    return len(workshops)
