"""What the room concluded per item of the agenda and how that was changed, pictures, and the end of the evening."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime
from app.models.process import Theme
from app.models.workshop import Workshop


class Outcome(Base):
    """What the room concluded on a theme; written during the evening and corrected afterwards."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("workshop_id", "theme_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    conclusion: Mapped[str] = mapped_column(Text)
    elements: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Elements for vision and focus: sentences."""
    questions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What is still open: sentences."""
    taken_by: Mapped[str] = mapped_column(String(160), default="")
    """Who takes it on."""
    number: Mapped[int] = mapped_column(default=1)
    """Counts the texts that this outcome has had; a form that was filled in on an older one is not taken in silence."""
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    workshop: Mapped[Workshop] = relationship()
    theme: Mapped[Theme | None] = relationship()


class OutcomeRevision(Base):
    """A text that an outcome has had, and why it was changed when that was done after the evening."""

    __tablename__ = "outcome_revision"
    __table_args__ = (UniqueConstraint("outcome_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    conclusion: Mapped[str] = mapped_column(Text)
    elements: Mapped[list[Any]] = mapped_column(JSON, default=list)
    questions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    taken_by: Mapped[str] = mapped_column(String(160), default="")
    why: Mapped[str] = mapped_column(String(300), default="")
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    outcome: Mapped[Outcome] = relationship()


class WorkshopPicture(Base):
    """A picture of the evening, encoded anew, with what is to be seen on it."""

    __tablename__ = "workshop_picture"
    __table_args__ = (Index("ix_workshop_picture_workshop_id_position", "workshop_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    alt: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    large: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    position: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    workshop: Mapped[Workshop] = relationship()


class WorkshopEvening(Base):
    """That the evening was finished: its report is public, and what changes from then on is a correction."""

    __tablename__ = "workshop_evening"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """None once it was opened again; nobody is told twice then."""
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When it was finished first, and people heard of it."""

    workshop: Mapped[Workshop] = relationship()
