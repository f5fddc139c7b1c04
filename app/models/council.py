"""What goes to the council and comes back: focus elements, proposals, decisions, promised answers, execution."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.idea import Idea
from app.models.process import Process, Theme
from app.models.workshop import Workshop


class CouncilResult(StrEnum):
    """What the council did with a proposal, or with one element of it."""

    ADOPTED = "adopted"
    AMENDED = "amended"
    NOT_ADOPTED = "not_adopted"


class CouncilProposal(Base):
    """What the council is asked to decide; it holds focus elements."""

    __tablename__ = "council_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    document_url: Mapped[str] = mapped_column(String(300), default="")
    meets_on: Mapped[date | None] = mapped_column()
    """The day of the meeting at which the council decides, when it is known."""
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it went to the council; from then on its text and elements stay as they are."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    process: Mapped[Process] = relationship()


class CouncilDecision(Base):
    """What the council decided, with the link to its document."""

    __tablename__ = "council_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("council_proposal.id", ondelete="SET NULL"), index=True, unique=True
    )
    """A proposal is decided on once; None: the council decided of its own accord."""
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    result: Mapped[CouncilResult] = mapped_column(text_enum(CouncilResult))
    document_url: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    corrections: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What was corrected in this text afterwards, for everybody to read: a list of {"at", "note"}."""

    process: Mapped[Process] = relationship()
    proposal: Mapped[CouncilProposal | None] = relationship()


class FocusElement(Base):
    """An element of vision and focus that follows from a theme."""

    __tablename__ = "focus_element"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop.id", ondelete="SET NULL"), index=True
    )
    """The workshop whose outcome it was taken from."""
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("council_proposal.id", ondelete="SET NULL"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("council_decision.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    taken_from: Mapped[str] = mapped_column(Text, default="")
    """The sentence of the outcome as it was taken; empty when an organiser wrote the element."""
    position: Mapped[int] = mapped_column(default=0)
    result: Mapped[CouncilResult | None] = mapped_column(text_enum(CouncilResult))
    """What the council did with this element; None: it decided on the whole, or not yet."""
    result_text: Mapped[str] = mapped_column(Text, default="")
    """How the council changed it, or why it did not adopt it."""
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When everything about it had been carried out."""
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    process: Mapped[Process] = relationship()
    theme: Mapped[Theme | None] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
    proposal: Mapped[CouncilProposal | None] = relationship()
    decision: Mapped[CouncilDecision | None] = relationship()


class AnswerClock(Base):
    """An answer that was promised: by when, on what, and what was answered. Everybody sees whether it is late."""

    __tablename__ = "answer_clock"
    __table_args__ = (
        Index("ix_answer_clock_answered_at_due_at", "answered_at", "due_at"),
        CheckConstraint("(focus_element_id IS NULL) <> (idea_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    focus_element_id: Mapped[int | None] = mapped_column(
        ForeignKey("focus_element.id", ondelete="CASCADE"), index=True, unique=True
    )
    idea_id: Mapped[int | None] = mapped_column(
        ForeignKey("idea.id", ondelete="CASCADE"), index=True, unique=True
    )
    promised_by: Mapped[str] = mapped_column(String(120))
    """Who answers, such as "het college" or "the council"."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")

    process: Mapped[Process] = relationship()
    focus_element: Mapped[FocusElement | None] = relationship()
    idea: Mapped[Idea | None] = relationship()


class Milestone(Base):
    """A step in carrying out what the council decided."""

    __tablename__ = "milestone"
    __table_args__ = (Index("ix_milestone_focus_element_id_position", "focus_element_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    focus_element_id: Mapped[int] = mapped_column(ForeignKey("focus_element.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    planned_on: Mapped[date | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(default=0)

    focus_element: Mapped[FocusElement] = relationship()
