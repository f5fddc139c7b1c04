"""Votes that can be trusted: what stands out, who looked into it, which votes do not count, and traces of networks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.idea import Idea
from app.models.person import Person
from app.models.process import Call


class SignalKind(StrEnum):
    """What stands out in the votes on an idea or in a call; S1 to S7."""

    NEW_ACCOUNTS = "new_accounts"
    ONE_OFF = "one_off"
    BURST = "burst"
    SAME_NETWORK = "same_network"
    RING = "ring"
    INFLUENCE = "influence"
    JUMP = "jump"


class SignalState(StrEnum):
    """How far a signal has come; the votes count until an exclusion is in force."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    EXCLUDED = "excluded"
    DISMISSED = "dismissed"


class IntegritySignal(Base):
    """Something that stands out, with its numbers. A signal decides nothing."""

    __tablename__ = "integrity_signal"
    __table_args__ = (Index("ix_integrity_signal_state_found_at", "state", "found_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What stands out, such as `burst:7:1:2026-06-15T12:10`; found again, it stays the same signal."""
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    """None for what is about people rather than one idea, such as a ring."""
    kind: Mapped[SignalKind] = mapped_column(text_enum(SignalKind))
    direction: Mapped[int] = mapped_column(SmallInteger, default=0)
    """1: votes for, -1: votes against, 0: both."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The numbers that its sentence names (app.domain.integrity)."""
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[SignalState] = mapped_column(text_enum(SignalState), default=SignalState.OPEN)
    investigator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    investigated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closing_sentence: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[Call] = relationship()
    idea: Mapped[Idea | None] = relationship()
    investigator: Mapped[Person | None] = relationship(foreign_keys=investigator_id)

    @classmethod
    def waits_for(cls, moderator_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition that nobody has taken it up, or that its proposal waits for a second one: this moderator."""
        proposed = select(Exclusion.signal_id).where(
            Exclusion.state == ExclusionState.PROPOSED,
            Exclusion.proposed_by_id != moderator_id,
            Exclusion.signal_id.is_not(None),
        )
        return or_(cls.state == SignalState.OPEN, cls.id.in_(proposed.correlate(Person)))


class SignalVote(Base):
    """A vote that a signal is about; how the person voted stays in the vote itself."""

    __tablename__ = "signal_vote"

    signal_id: Mapped[int] = mapped_column(
        ForeignKey("integrity_signal.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class ExclusionReason(StrEnum):
    """Why votes do not count; published as a count per reason."""

    MANY_ACCOUNTS = "many_accounts"
    """One person with several accounts."""
    AUTOMATED = "automated"
    """A program voted."""
    BOUGHT = "bought"
    """Votes against payment or under pressure."""
    NOT_ENTITLED = "not_entitled"
    """Somebody who may not vote here."""


class ExclusionState(StrEnum):
    """Two people decide: one proposes, another confirms."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    """The second moderator did not agree."""
    LIFTED = "lifted"
    """All of it was taken back."""


class Exclusion(Base):
    """A decision that votes do not count, by two moderators."""

    __tablename__ = "exclusion"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    signal_id: Mapped[int | None] = mapped_column(
        ForeignKey("integrity_signal.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[ExclusionReason] = mapped_column(text_enum(ExclusionReason))
    sentence: Mapped[str] = mapped_column(Text)
    """What the voter reads."""
    state: Mapped[ExclusionState] = mapped_column(text_enum(ExclusionState), default=ExclusionState.PROPOSED)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    object_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until when a voter may object, as the mail names it; known once it is in force."""
    decision_sentence: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[Call] = relationship()
    signal: Mapped[IntegritySignal | None] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)


class ExcludedVote(Base):
    """One vote of an exclusion, and from when to when it did not count.

    Where ideas are merged, an exclusion goes along with the vote: a row more, which names the merge.
    """

    __tablename__ = "excluded_vote"
    __table_args__ = (
        UniqueConstraint("exclusion_id", "idea_id", "person_id", "merge_id"),
        Index(
            "uq_excluded_vote_decided",
            "exclusion_id",
            "idea_id",
            "person_id",
            unique=True,
            sqlite_where=text("merge_id IS NULL"),
            postgresql_where=text("merge_id IS NULL"),
        ),
        Index(
            "uq_excluded_vote_in_force",
            "idea_id",
            "person_id",
            unique=True,
            sqlite_where=text("from_at IS NOT NULL AND lifted_at IS NULL"),
            postgresql_where=text("from_at IS NOT NULL AND lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exclusion_id: Mapped[int] = mapped_column(ForeignKey("exclusion.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("merge.id", ondelete="CASCADE"), index=True)
    """None for a vote that was decided on; else the merge that carried it along, or whose undoing brought it back."""
    from_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """From when it does not count; None while the exclusion is only proposed."""
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    exclusion: Mapped[Exclusion] = relationship()


class Objection(Base):
    """What a voter says against an exclusion of own votes: once, and somebody else than the two decides."""

    __tablename__ = "objection"

    exclusion_id: Mapped[int] = mapped_column(
        ForeignKey("exclusion.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_upheld: Mapped[bool | None] = mapped_column()
    sentence: Mapped[str] = mapped_column(Text, default="")


class NetworkKey(Base):
    """The key of one week, with which networks are hashed; gone after thirty days, and with it every way back."""

    __tablename__ = "network_key"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    """The Monday on which the week begins."""
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NetworkTrace(Base):
    """From which network somebody took part in a week, as a keyed hash; no address is kept."""

    __tablename__ = "network_trace"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    network: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class KnownNetwork(Base):
    """A network that many people share for a good reason: town hall, library, school, workshop."""

    __tablename__ = "known_network"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    cidr: Mapped[str] = mapped_column(String(50), unique=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
