"""E-mail: a row in the outbox, written in the transaction of what it tells."""

from datetime import datetime
from typing import Any

from flask import render_template

from app.db import db
from app.kit.i18n import speaking
from app.models.message import MailMessage


def queue(recipient: str, template: str, language: str, now: datetime, **context: Any) -> MailMessage:
    """Write a mail from templates/emails/<template>.txt (and .html); its first line `Subject: …` is the subject.

    The caller commits; the worker sends. The text is made now, so that later changes cannot reach into a sent mail.
    """
    with speaking(language):
        text = render_template(f"emails/{template}.txt", **context)
        html = render_template(f"emails/{template}.html", **context)
    subject, _, text = text.lstrip().partition("\n")
    message = MailMessage(
        recipient=recipient,
        subject=subject.removeprefix("Subject:").strip()[:200],
        text=text.strip() + "\n",
        html=html,
        kind=template,
        created_at=now,
        next_try_at=now,
        tries=0,
    )
    db.session.add(message)
    return message
