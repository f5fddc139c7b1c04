"""What goes to the council and comes back: focus elements and decisions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.process import Process, Theme


class CouncilResult(StrEnum):
    """What the council did with a proposal."""

    ADOPTED = "adopted"
    AMENDED = "amended"
    NOT_ADOPTED = "not_adopted"


class CouncilDecision(Base):
    """What the council decided, with the link to its document."""

    __tablename__ = "council_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    result: Mapped[CouncilResult] = mapped_column(text_enum(CouncilResult))
    document_url: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    process: Mapped[Process] = relationship()


class FocusElement(Base):
    """An element of vision and focus that follows from a theme."""

    __tablename__ = "focus_element"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("council_decision.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)

    process: Mapped[Process] = relationship()
    theme: Mapped[Theme | None] = relationship()
    decision: Mapped[CouncilDecision | None] = relationship()
