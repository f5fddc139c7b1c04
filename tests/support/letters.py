"""Read the outbox as somebody reads their mail."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from app.db import db
from app.models.message import MailMessage


@dataclass(frozen=True)
class Letter:
    """A mail in the outbox."""

    recipient: str
    subject: str
    text: str
    html: str
    kind: str

    @property
    def code(self) -> str:
        """The only six digits that stand on a line of their own."""
        found: list[str] = re.findall(r"^(\d{6})$", self.text, re.MULTILINE)
        assert len(found) == 1, f"{len(found)} codes in: {self.text}"
        return found[0]

    @property
    def link(self) -> str:
        """The path of the only sign-in link."""
        found = re.findall(r"\S+/inloggen/link/\S+", self.text)
        assert len(found) == 1, f"{len(found)} links in: {self.text}"
        return urlsplit(found[0]).path


def letters(app: Flask) -> list[Letter]:
    """Everything in the outbox, newest first."""
    with app.app_context():
        rows = db.session.scalars(select(MailMessage).order_by(MailMessage.id.desc()))
        return [Letter(row.recipient, row.subject, row.text, row.html, row.kind) for row in rows]
