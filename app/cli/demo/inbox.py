"""What visitors wrote to the organisers through the contact form."""

from datetime import timedelta

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import paragraphs, read
from app.cli.demo.processes import Stage
from app.db import db
from app.models import ContactMessage


def build_inbox(calendar: Calendar, stage: Stage) -> None:
    """Make the messages."""
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
