"""The queue of the moderators: one row for everything that waits for them, and who is at it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.argument import Argument
from app.models.contribution import Amendment
from app.models.duplicate import DuplicateProposal
from app.models.idea import Idea
from app.models.moderation import Appeal
from app.models.person import Person
from app.models.practice import Practice
from app.models.process import Call, Process


class QueueKind(StrEnum):
    """What waits."""

    IDEA = "idea"
    AMENDMENT = "amendment"
    IMAGE = "image"
    ARGUMENT = "argument"
    REPLY = "reply"
    PRACTICE = "practice"
    REPORT = "report"
    """A text that somebody reported; all open reports on one text are one item."""
    APPEAL = "appeal"
    DUPLICATE = "duplicate"
    """Two ideas that may be the same."""


_OPEN = text("closed_at IS NULL")


class QueueItem(Base):
    """Something that waits for a moderator, since when, and until when we promised to look."""

    __tablename__ = "queue_item"
    __table_args__ = (
        Index("uq_queue_item_open_key", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_queue_item_open_since", "waits_since", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_queue_item_open_author", "author_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_queue_item_open_sameness", "sameness", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[QueueKind] = mapped_column(text_enum(QueueKind))
    key: Mapped[str] = mapped_column(String(80))
    """What waits, such as `idea:7` or `report:argument:12`; one open row each."""
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    """The idea itself, or the one that an argument, amendment, image or appeal belongs to."""
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(
        ForeignKey("amendment.id", ondelete="CASCADE"), index=True
    )
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("duplicate_proposal.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    """Whose text it is; of an appeal, who appeals."""
    is_live: Mapped[bool] = mapped_column(default=False)
    """Whether readers see the text while it waits."""
    sameness: Mapped[str] = mapped_column(String(32), default="")
    """Equal for texts that say nearly the same, so that a wave of spam is one group."""
    waits_since: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    process: Mapped[Process] = relationship()
    call: Mapped[Call | None] = relationship()
    idea: Mapped[Idea | None] = relationship()
    argument: Mapped[Argument | None] = relationship()
    practice: Mapped[Practice | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    appeal: Mapped[Appeal | None] = relationship()
    proposal: Mapped[DuplicateProposal | None] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=author_id)
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=claimed_by_id)


class DeskVisit(Base):
    """When a moderator last looked at the queue, and when we last wrote that work waits."""

    __tablename__ = "desk_visit"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    visited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
