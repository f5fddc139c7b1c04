"""Messages out and in: the mail that waits or was sent, and what visitors wrote to the organisers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime


class MailMessage(Base):
    """One e-mail, written in the transaction of what it tells, sent afterwards."""

    __tablename__ = "mail_message"
    __table_args__ = (Index("ix_mail_message_waiting", "sent_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    unsubscribe_url: Mapped[str] = mapped_column(String(300), default="")
    """Where one click ends this kind of mail (RFC 8058); nothing for mail that one cannot switch off."""
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    """When we stopped trying: the server refused the address for good, or every try failed."""


class ContactMessage(Base):
    """What a visitor wrote to the organisers through the contact form."""

    __tablename__ = "contact_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
