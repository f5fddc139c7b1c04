"""The werkatelier: minutes to divide, the items of its agenda, and what the room concluded."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.process import Activity, Call, Theme


class AgendaItemKind(StrEnum):
    """Where an item of the agenda comes from."""

    OPENING = "opening"
    BREAK = "break"
    CLOSING = "closing"
    PINNED = "pinned"
    SKIPPED = "skipped"


class Workshop(Base):
    """An activity with minutes to divide over themes. The themes come from the ranking of one call."""

    __tablename__ = "workshop"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    minutes: Mapped[int] = mapped_column()
    join_code: Mapped[str] = mapped_column(String(6), unique=True)

    activity: Mapped[Activity] = relationship()
    call: Mapped[Call] = relationship()


class AgendaItem(Base):
    """What the facilitator fixed beforehand: a block of time, or a theme that is pinned or skipped, with the reason."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        Index("ix_agenda_item_workshop_position", "workshop_id", "position"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AgendaItemKind] = mapped_column(text_enum(AgendaItemKind))
    title: Mapped[str] = mapped_column(String(120), default="")
    minutes: Mapped[int] = mapped_column()
    position: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")

    workshop: Mapped[Workshop] = relationship()
    theme: Mapped[Theme | None] = relationship()


class Outcome(Base):
    """What the room concluded on a theme."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    conclusion: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    workshop: Mapped[Workshop] = relationship()
    theme: Mapped[Theme | None] = relationship()
