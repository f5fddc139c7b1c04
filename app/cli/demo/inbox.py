"""What waits for the staff of the demo: reports on ideas, and messages from the contact form."""

from datetime import timedelta

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice, paragraphs, read
from app.cli.demo.ideas import Board
from app.cli.demo.people import Crowd, was_here
from app.cli.demo.processes import Stage
from app.db import db
from app.models import ContactMessage, Report
from app.models.moderation import ReportReason


def build_inbox(calendar: Calendar, crowd: Crowd, stage: Stage, board: Board) -> None:
    """Make the reports and the messages."""
    chance = dice("inbox")
    reporters = iter(chance.sample(crowd.residents[1:], 40))
    for number, entry in enumerate(read("inbox")["reports"]):
        reporter = next(reporters)
        created_at = calendar.hours_ago(440 - number * 6 if entry.get("handled") else 40 + number)
        was_here(reporter, created_at)
        db.session.add(
            Report(
                idea=board.ideas[entry["idea"]],
                reporter=reporter,
                reason=ReportReason(entry["reason"]),
                explanation=entry["explanation"],
                created_at=created_at,
                handled_at=created_at + timedelta(hours=20) if entry.get("handled") else None,
            )
        )
    for entry in read("inbox")["messages"]:
        created_at = calendar.hours_ago(entry["hours"])
        db.session.add(
            ContactMessage(
                process_id=stage.current.id,
                name=entry["name"],
                email=entry["email"],
                body=paragraphs(entry["text"]),
                created_at=created_at,
                handled_at=created_at + timedelta(hours=22) if entry.get("handled") else None,
            )
        )
    db.session.flush()
