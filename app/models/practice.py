"""What happens elsewhere: practices to learn from, shown next to ideas on the same theme."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.process import Process, Theme


class PracticeLevel(StrEnum):
    """Where a practice comes from."""

    LOCAL = "local"
    CITY = "city"
    NATIONAL = "national"


class PracticeState(StrEnum):
    """Whether readers see it: what residents suggest is read by a moderator first."""

    SUGGESTED = "suggested"
    PUBLISHED = "published"
    REFUSED = "refused"


class Practice(Base):
    """What somebody else did and learned."""

    __tablename__ = "practice"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120), default="")
    level: Mapped[PracticeLevel] = mapped_column(text_enum(PracticeLevel))
    url: Mapped[str] = mapped_column(String(300), default="")
    done: Mapped[str] = mapped_column(Text)
    learned: Mapped[str] = mapped_column(Text, default="")
    privacy_notes: Mapped[str] = mapped_column(Text, default="")
    technology_notes: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """Of a suggestion: when it was sent in."""
    state: Mapped[PracticeState] = mapped_column(text_enum(PracticeState), default=PracticeState.PUBLISHED)

    process: Mapped[Process] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary="practice_theme", order_by="Theme.position")


class PracticeTheme(Base):
    """A practice belongs to a theme."""

    __tablename__ = "practice_theme"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(
        ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PracticeSuggestion(Base):
    """Who suggested a practice, and what a moderator made of it."""

    __tablename__ = "practice_suggestion"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    suggested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sentence: Mapped[str] = mapped_column(Text, default="")
    """What the moderator wrote to the person who suggested it."""
