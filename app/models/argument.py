"""Arguments for, against, and questions, with one level of replies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.ballot import Side
from app.models.idea import Idea
from app.models.person import Person


class ArgumentState(StrEnum):
    """Whether readers see the text."""

    WAITING = "waiting"
    """Sent in, where moderators read before others do."""
    REFUSED = "refused"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    DELETED = "deleted"


PLACED_STATES = frozenset({ArgumentState.PUBLISHED, ArgumentState.HIDDEN, ArgumentState.DELETED})
"""States of texts that have a place in the discussion; the others only their author and moderators see."""


class Argument(Base):
    """What somebody says for or against an idea, or asks about it; a reply has a parent and its side."""

    __tablename__ = "argument"
    __table_args__ = (Index("ix_argument_idea_created", "idea_id", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(text_enum(Side))
    body: Mapped[str] = mapped_column(String(500))
    state: Mapped[ArgumentState] = mapped_column(text_enum(ArgumentState), default=ArgumentState.PUBLISHED)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    helpful_count: Mapped[int] = mapped_column(default=0)
    """How many people found it helpful, kept exact in the transaction that marks it."""
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of who says what where, so that sending the same form twice adds one argument."""

    idea: Mapped[Idea] = relationship()
    author: Mapped[Person] = relationship()


class HelpfulMark(Base):
    """Somebody found an argument helpful; one per person and argument."""

    __tablename__ = "helpful_mark"

    argument_id: Mapped[int] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
