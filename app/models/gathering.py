"""Coming to an activity: who registered, who waits for a place, and the files that belong to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.person import Person
from app.models.process import Activity


class RegistrationState(StrEnum):
    """Whether there is a place."""

    COMING = "coming"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Registration(Base):
    """One person who wants to come to an activity; who waits moves up in the order of asking."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        Index("ix_registration_activity_id_state", "activity_id", "state", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[RegistrationState] = mapped_column(text_enum(RegistrationState))
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the organiser should know, such as a wheelchair or an interpreter."""
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When somebody at the door saw this person come in."""

    activity: Mapped[Activity] = relationship()
    person: Mapped[Person] = relationship()


class Attachment(Base):
    """A file that belongs to an activity, or to one part of its programme."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int | None] = mapped_column(
        ForeignKey("programme_part.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()
    """In bytes."""
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
