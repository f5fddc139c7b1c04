"""Ideas that say the same: who thinks so, what their authors answer, and what a merge moved, so that it can go back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.ballot import Group
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.person import Person


class ProposalSource(StrEnum):
    """Who says that two ideas are the same."""

    SYSTEM = "system"
    RESIDENT = "resident"
    MODERATOR = "moderator"


class ProposalState(StrEnum):
    """How far a proposal has come."""

    PROPOSED = "proposed"
    ASKING = "asking"
    """The authors were asked, and have a week to object."""
    MERGED = "merged"
    REJECTED = "rejected"


class DuplicateProposal(Base):
    """Somebody, or the site, says that one idea should become one with another."""

    __tablename__ = "duplicate_proposal"
    __table_args__ = (
        UniqueConstraint("idea_id", "into_id"),
        CheckConstraint("idea_id <> into_id", name="two_ideas"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    """The idea that would go on in the other."""
    into_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    source: Mapped[ProposalSource] = mapped_column(text_enum(ProposalSource))
    proposed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    likeness: Mapped[float | None] = mapped_column()
    """From 0 to 1, as the site reckons it (app.domain.likeness)."""
    shared: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The words that both have, which explain the likeness."""
    sentence: Mapped[str] = mapped_column(Text, default="")
    """Why, in the words of who proposed it."""
    state: Mapped[ProposalState] = mapped_column(text_enum(ProposalState), default=ProposalState.PROPOSED)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_sentence: Mapped[str] = mapped_column(Text, default="")

    idea: Mapped[Idea] = relationship(foreign_keys=idea_id)
    into: Mapped[Idea] = relationship(foreign_keys=into_id)
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=proposed_by_id)


class DuplicateLook(Base):
    """An idea that the site has compared with others, and the text that it then had."""

    __tablename__ = "duplicate_look"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column()
    """The version of the idea; another one is looked at again."""
    looked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DuplicateAnswer(Base):
    """What the author of one of the two ideas says to a merge."""

    __tablename__ = "duplicate_answer"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("duplicate_proposal.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    agrees: Mapped[bool] = mapped_column()
    text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Merge(Base):
    """One idea went on in another; undone when `undone_at` says so."""

    __tablename__ = "merge"
    __table_args__ = (
        Index(
            "uq_merge_in_force",
            "idea_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("duplicate_proposal.id", ondelete="SET NULL"), index=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    into_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sentence: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undo_sentence: Mapped[str] = mapped_column(Text, default="")

    idea: Mapped[Idea] = relationship(foreign_keys=idea_id)
    into: Mapped[Idea] = relationship(foreign_keys=into_id)


class MergedVote(Base):
    """What a merge did to one person's vote on the idea that stays, and what it was before."""

    __tablename__ = "merged_vote"

    merge_id: Mapped[int] = mapped_column(ForeignKey("merge.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    value_after: Mapped[int] = mapped_column(SmallInteger)
    cast_at_after: Mapped[datetime] = mapped_column(UTCDateTime)
    value_before: Mapped[int | None] = mapped_column(SmallInteger)
    """None when this person had no row on the idea that stays."""
    previous_before: Mapped[int | None] = mapped_column(SmallInteger)
    settled_before: Mapped[int | None] = mapped_column(SmallInteger)
    group_before: Mapped[Group | None] = mapped_column(text_enum(Group))
    cast_at_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    restored: Mapped[bool] = mapped_column(default=False)
    """Whether undoing put the row back; else the person had voted again since, and that vote stayed."""


class MovedArgument(Base):
    """An argument that came along with a merge, and the idea under which it was said."""

    __tablename__ = "moved_argument"

    argument_id: Mapped[int] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), primary_key=True)
    merge_id: Mapped[int] = mapped_column(
        ForeignKey("merge.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    """A chain of merges moves an argument more than once; the first tells where it was said."""
    origin_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    """The idea that it left in this merge."""

    argument: Mapped[Argument] = relationship()
    origin: Mapped[Idea] = relationship(foreign_keys=origin_id)
