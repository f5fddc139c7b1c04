"""Taking in what a visitor writes to the organisers."""

from datetime import datetime

from app.db import db
from app.kit import mail, signals
from app.models.message import ContactMessage
from app.models.process import Process


def write_to_organisers(
    name: str, email: str, body: str, process: Process | None, organisers: str, now: datetime
) -> None:
    """Put the message in the organisers' inbox on the site and tell them by mail."""
    db.session.add(
        ContactMessage(
            process_id=process.id if process else None, name=name, email=email, body=body, created_at=now
        )
    )
    mail.queue(
        organisers,
        "contact_message",
        "nl",
        now,
        name=name,
        email=email,
        body=body,
        url=mail.address("organiser.inbox", "nl"),
    )
    db.session.commit()
    signals.mail_queued.send(None)
