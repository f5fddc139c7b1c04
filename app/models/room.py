"""The room of a workshop: who is there, the live rounds, the votes in them, and counts from paper."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.ballot import Group
from app.models.idea import Idea
from app.models.person import Person
from app.models.process import Theme
from app.models.workshop import Workshop


class ActivityQuota(Base):
    """How many of the places of an activity are kept for people of a group."""

    __tablename__ = "activity_quota"
    __table_args__ = (CheckConstraint("places >= 0", name="places_not_negative"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[Group] = mapped_column(text_enum(Group), primary_key=True)
    places: Mapped[int] = mapped_column()


class Attendee(Base):
    """Somebody in the room, with or without an account: one token for this workshop and person."""

    __tablename__ = "attendee"
    __table_args__ = (
        UniqueConstraint("workshop_id", "person_id"),
        Index("ix_attendee_workshop_id_arrived_at", "workshop_id", "arrived_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the secret that the phone keeps; the secret itself is stored nowhere."""
    name: Mapped[str] = mapped_column(String(60), default="")
    """What somebody wants to be called in the room; nobody has to."""
    group: Mapped[Group] = mapped_column(text_enum(Group))
    """What the badge says; it counts as this group once a facilitator confirmed it, and as a resident until then."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a facilitator took this token away, such as of somebody who checked in twice."""

    workshop: Mapped[Workshop] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])

    @property
    def counts_as(self) -> Group:
        """The group that the votes of this person count in."""
        return self.group if self.confirmed_at else Group.RESIDENT


class RoundKind(StrEnum):
    """What a live round asks."""

    FOR_AGAINST = "for_against"
    DOTS = "dots"
    """At most `dots` dots over the options, as many on one as somebody likes."""
    AGREE = "agree"
    """Agree, unsure or disagree, per statement."""
    OPEN = "open"
    """Everybody writes answers, and supports answers of others."""


class RoundState(StrEnum):
    """How far a live round is. Figures are shown only once it is revealed."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"


_IS_OPEN = text("state = 'open'")


class Round(Base):
    """One question to the room. Of a workshop at most one is open, whoever presses at the same moment."""

    __tablename__ = "round"
    __table_args__ = (
        Index("ix_round_workshop_id_position", "workshop_id", "position", "id"),
        Index(
            "uq_round_open_workshop_id",
            "workshop_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        CheckConstraint("dots BETWEEN 1 AND 20", name="dots_in_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    """The item of the agenda that it belongs to; None: the whole evening."""
    kind: Mapped[RoundKind] = mapped_column(text_enum(RoundKind))
    question: Mapped[str] = mapped_column(String(200))
    dots: Mapped[int] = mapped_column(default=3)
    state: Mapped[RoundState] = mapped_column(text_enum(RoundState), default=RoundState.PLANNED)
    position: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reopened: Mapped[int] = mapped_column(default=0)
    """How many times it was opened again after it had been closed; pages say so."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    workshop: Mapped[Workshop] = relationship()
    theme: Mapped[Theme | None] = relationship()


class RoundOption(Base):
    """What can be chosen in a round: an idea, a statement, or an answer that somebody in the room wrote."""

    __tablename__ = "round_option"
    __table_args__ = (
        Index("ix_round_option_round_id_position", "round_id", "position", "id"),
        UniqueConstraint("round_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(String(280))
    key: Mapped[str] = mapped_column(String(64))
    """A digest of the text without capitals, signs and spaces: equal answers are one option."""
    position: Mapped[int] = mapped_column(default=0)
    attendee_id: Mapped[int | None] = mapped_column(
        ForeignKey("attendee.id", ondelete="SET NULL"), index=True
    )
    """Who wrote this answer first; nobody reads it."""
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("round_option.id", ondelete="SET NULL"), index=True
    )
    """The answer that says the same; the support of both is that of everybody who supported either."""
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a facilitator took it off the screens."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    idea: Mapped[Idea | None] = relationship()


class RoundVote(Base):
    """What somebody in the room chose: 1, 0 or -1 on a statement or idea, or a number of dots; 1 supports an answer.

    Who withdraws a choice deletes it: nothing of the room is counted twice, and a round is short.
    """

    __tablename__ = "round_vote"
    __table_args__ = (Index("ix_round_vote_option_id_value", "option_id", "value"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    attendee_id: Mapped[int] = mapped_column(
        ForeignKey("attendee.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    option_id: Mapped[int] = mapped_column(
        ForeignKey("round_option.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[int] = mapped_column()
    group: Mapped[Group] = mapped_column(text_enum(Group), default=Group.RESIDENT)
    """In which group it counts: that of the badge once it is confirmed. It moves along while the round is open and
    never afterwards."""
    cast_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PaperCount(Base):
    """How many sheets or stickers one of the two people who count found for a choice."""

    __tablename__ = "paper_count"
    __table_args__ = (CheckConstraint("number >= 0", name="number_not_negative"),)

    option_id: Mapped[int] = mapped_column(
        ForeignKey("round_option.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[int] = mapped_column(primary_key=True)
    """Which choice was counted, as in a vote of the room; 1 where dots or stickers are counted."""
    entered_by: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    number: Mapped[int] = mapped_column()
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
