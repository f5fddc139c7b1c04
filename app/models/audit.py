"""One line for every action of staff: who, what, before, after, why; each line is chained to the one before it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime
from app.models.person import Person


class AuditEntry(Base):
    """What a member of staff did. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who did it; none for a command on the server."""
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column()
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    why: Mapped[str] = mapped_column(Text, default="")
    salt: Mapped[str] = mapped_column(String(32), default="")
    """Goes when words of a line have to go, so that nobody can guess them from the digest that stays."""
    content_digest: Mapped[str] = mapped_column(String(64), default="")
    """Digest of before, after and why with the salt; stays when the words have to go."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Digest of this line and of the digest of the line before it, see app.domain.audit_chain."""
    redacted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the words of this line went, along with the account or the text that they were about."""

    actor: Mapped[Person | None] = relationship()


class AuditHead(Base):
    """The last line of the chain. One row: whoever adds a line holds it until the line is final."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64), default="")
    lines: Mapped[int] = mapped_column(default=0)


class AuditCheck(Base):
    """What came of computing the whole chain anew, once a night."""

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    lines: Mapped[int] = mapped_column()
    redacted: Mapped[int] = mapped_column()
    """How many lines were without their words."""
    digest: Mapped[str] = mapped_column(String(64))
    """The head at that moment; the next check looks whether it still is in the chain."""
    broken: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The first break, see app.domain.audit_chain; empty when all is well."""
