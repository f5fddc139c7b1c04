"""Votes, one per person and idea, and the tallies that are kept exact in the same transaction."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime, text_enum
from app.domain.ballot import Group


class Vote(Base):
    """The state of one person's vote on one idea: 1 for, -1 against, 0 withdrawn."""

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint("value IN (-1, 0, 1)", name="value_known"),
        Index("ix_vote_idea_group_value", "idea_id", "group", "value", "excluded_at"),
    )

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    previous: Mapped[int] = mapped_column(SmallInteger, default=0)
    """The state before the last change, so that one statement knows what it did to the tally."""
    settled: Mapped[int] = mapped_column(SmallInteger, default=0)
    """The state at the last cut-off of a planned seal, kept by the first change after it; read with `cast_at`."""
    group: Mapped[Group] = mapped_column(text_enum(Group))
    """The voter's group, moved along when the person's group changes, so that a recount reads one index."""
    cast_at: Mapped[datetime] = mapped_column(UTCDateTime)
    excluded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """From when this vote does not count, by a decision of two moderators (app.models.integrity)."""


class AgendaTick(Base):
    """Whether a person wants a theme on the agenda, where the organiser opened a direct agenda vote."""

    __tablename__ = "agenda_tick"
    __table_args__ = (CheckConstraint("value IN (0, 1)", name="value_known"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    theme_id: Mapped[int] = mapped_column(
        ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[int] = mapped_column(SmallInteger)
    """1 for ticked, 0 for unticked again."""
    settled: Mapped[int] = mapped_column(SmallInteger, default=0)
    """The state at the last cut-off of a planned seal, as in Vote."""
    group: Mapped[Group] = mapped_column(text_enum(Group))
    cast_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Tally(Base):
    """How many of a group are for and against an idea. No index on the numbers: they change with every vote."""

    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint("votes_for >= 0 AND votes_against >= 0", name="not_negative"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[Group] = mapped_column(text_enum(Group), primary_key=True)
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    """Counted up with every change, so that a reader can tell cheaply whether anything happened."""
