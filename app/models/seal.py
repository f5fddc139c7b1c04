"""Sealed standings: what was counted at a moment, never changed again; and when the next ones are sealed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.process import Call


class SealReason(StrEnum):
    """What a standing is sealed for."""

    SCHEDULED = "scheduled"
    WORKSHOP = "workshop"
    COUNCIL = "council"


class Snapshot(Base):
    """A sealed standing (stand op de peildatum): immutable, digested, chained to the one before it.

    The documents are kept as the exact text that was digested. They hold numbers and ids only, no titles of ideas
    and nothing about persons, so that they stay true and lawful when an idea is hidden or an account is erased.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index("ix_snapshot_workshop_id_number", "workshop_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int] = mapped_column()
    """Counted from 1 within the call; the chain follows it."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the public document, which holds the digest of the auditor's document and of its predecessor."""
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[SealReason] = mapped_column(text_enum(SealReason))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"))
    """The workshop whose agenda follows from this standing; the newest one counts."""
    cut_off: Mapped[datetime] = mapped_column(UTCDateTime)
    """Votes up to and with this moment were counted."""
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    votes: Mapped[int] = mapped_column()
    voters: Mapped[int] = mapped_column()
    public: Mapped[str] = mapped_column(Text)
    """Canonical JSON for everybody: without ballots, small groups withheld."""
    audit: Mapped[str] = mapped_column(Text)
    """Canonical JSON for an auditor: everything that is needed to compute the outcome again."""

    call: Mapped[Call] = relationship()


class Immutable(RuntimeError):
    """Somebody tried to change what was sealed."""


@event.listens_for(Snapshot, "before_update")
@event.listens_for(Snapshot, "before_delete")
def _refuse(_mapper: object, connection: Connection, target: Snapshot) -> None:
    raise Immutable(f"Standing {target.number} is sealed; it is never changed or deleted.")


class SealPlan(Base):
    """A standing that is to be sealed at its minute, whether or not anybody is there."""

    __tablename__ = "seal_plan"
    __table_args__ = (Index("ix_seal_plan_call_id_at", "call_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    reason: Mapped[SealReason] = mapped_column(text_enum(SealReason), default=SealReason.SCHEDULED)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was sealed or called off."""
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"), index=True)
    """What came of it; nothing when it was called off."""

    call: Mapped[Call] = relationship()
