"""What moderators decided, and what readers reported."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.person import Person


class ModerationVerb(StrEnum):
    """What a moderator did."""

    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"


class ReportReason(StrEnum):
    """Why somebody reports a text."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class Report(Base):
    """Somebody says that a text breaks the rules; one per person and text."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("(idea_id IS NULL) <> (argument_id IS NULL)", name="one_text"),
        UniqueConstraint("reporter_id", "idea_id"),
        UniqueConstraint("reporter_id", "argument_id"),
        Index("ix_report_open", "handled_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[ReportReason] = mapped_column(text_enum(ReportReason))
    explanation: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    idea: Mapped[Idea | None] = relationship()
    argument: Mapped[Argument | None] = relationship()
    reporter: Mapped[Person] = relationship()


class ModerationDecision(Base):
    """What was decided on a text, why, by whom."""

    __tablename__ = "moderation_decision"
    __table_args__ = (CheckConstraint("(idea_id IS NULL) <> (argument_id IS NULL)", name="one_text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    verb: Mapped[ModerationVerb] = mapped_column(text_enum(ModerationVerb))
    reason: Mapped[RefusalReason | None] = mapped_column(text_enum(RefusalReason))
    sentence: Mapped[str] = mapped_column(Text, default="")
    moderator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    idea: Mapped[Idea | None] = relationship()
    argument: Mapped[Argument | None] = relationship()
