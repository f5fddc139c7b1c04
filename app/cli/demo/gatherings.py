"""Who comes to the activities of the demo, and the file that belongs to one."""

import hashlib

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice
from app.cli.demo.people import Crowd
from app.cli.demo.processes import Stage
from app.db import db
from app.features.gatherings import programme
from app.features.gatherings.documents import KINDS
from app.models import Activity, Attachment, Process
from app.records import processes, registrations

NOTES = {
    3: "Ik kom met een rolstoel.",
    11: "Is er een schrijftolk? Dan kan ik beter meedoen.",
    29: "Mijn zoon van twaalf komt mee.",
}
"""What some of them tell the organiser, by their turn."""
MORE_THAN_FIT = 4


def build_gatherings(calendar: Calendar, crowd: Crowd, stage: Stage) -> int:
    """Register people for what asks for it, a few more than there are places; returns how many asked."""
    chance, asked = dice("gatherings"), 0
    activities = db.session.scalars(
        db.select(Activity).where(Activity.process_id == stage.current.id).order_by(Activity.position)
    ).all()
    for activity in activities:
        if activity.capacity:
            people = chance.sample(crowd.everybody, activity.capacity + MORE_THAN_FIT)
            for turn, person in enumerate(people):
                moment = calendar.hours_ago(2 * (len(people) - turn))
                registrations.register(activity.id, person.id, NOTES.get(turn, ""), moment)
            asked += len(people)
        elif parts := processes.programme_of(activity.id):
            _attach(activity, stage.current, programme.paper(activity, stage.current, parts), calendar)
    return asked


def _attach(activity: Activity, process: Process, paper: bytes, calendar: Calendar) -> None:
    db.session.add(
        Attachment(
            activity_id=activity.id,
            title=f"Programma: {activity.title}",
            filename="programma.pdf",
            media_type=KINDS["pdf"],
            size=len(paper),
            digest=hashlib.sha256(paper).hexdigest(),
            data=paper,
            added_at=calendar.hours_ago(24 * 30),
        )
    )
