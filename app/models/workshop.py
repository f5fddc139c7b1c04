"""The werkatelier: minutes to divide, the items of its agenda, and what the room concluded."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.person import Person
from app.models.process import Activity, Call, Theme


class AgendaItemKind(StrEnum):
    """Where an item of the agenda comes from."""

    OPENING = "opening"
    BREAK = "break"
    CLOSING = "closing"
    PINNED = "pinned"
    SKIPPED = "skipped"
    RETIMED = "retimed"
    """A theme that takes other minutes than usual; whether it comes on the agenda is still up to the votes."""


class AgendaBasis(StrEnum):
    """What the agenda of a workshop follows from."""

    NEWEST = "newest"
    """The newest standing that was sealed for it; before there is one, the votes of this moment."""
    VOTES = "votes"
    """The votes of this moment."""
    STAND = "stand"
    """One sealed standing of its call, named by `basis_number`."""


class Invited(StrEnum):
    """As what somebody is asked to come and talk about an item."""

    PROPOSER = "proposer"
    PARTNER = "partner"


class Answer(StrEnum):
    """What somebody answered who was asked to come."""

    YES = "yes"
    NO = "no"


class Workshop(Base):
    """An activity with minutes to divide over themes. The themes come from the ranking of one call."""

    __tablename__ = "workshop"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    minutes: Mapped[int] = mapped_column()
    join_code: Mapped[str] = mapped_column(String(6), unique=True)
    basis: Mapped[AgendaBasis] = mapped_column(text_enum(AgendaBasis), default=AgendaBasis.NEWEST)
    basis_number: Mapped[int | None] = mapped_column()
    """The number of the standing that was chosen; standings are never deleted."""
    order: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The parts of the programme as the facilitator put them, by their keys such as "theme:3" or "block:12";
    empty: the order that follows from the votes. A part that is not named stands where it would stand otherwise."""
    order_reason: Mapped[str] = mapped_column(Text, default="")
    doors_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until when a facilitator opened the doors by hand; a moment in the past: closed by hand; None: by the clock."""

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


class AgendaVersion(Base):
    """The agenda as it was published: a document that is never changed. The newest is the one that counts."""

    __tablename__ = "agenda_version"
    __table_args__ = (UniqueConstraint("workshop_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    """Counted from 1 within the workshop."""
    document: Mapped[str] = mapped_column(Text)
    """Canonical JSON: everything that a page, a paper or a calendar needs to show this version."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the document."""
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"), index=True)
    """The sealed standing that it follows from; None: the votes of the moment of publishing."""
    note: Mapped[str] = mapped_column(Text, default="")
    """What is different from the version before, in a sentence of the facilitator."""
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    workshop: Mapped[Workshop] = relationship()


class AgendaInvitation(Base):
    """Somebody who is asked to come and talk about an item: who proposed an idea of it, or a partner in the city."""

    __tablename__ = "agenda_invitation"
    __table_args__ = (UniqueConstraint("workshop_id", "theme_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Invited] = mapped_column(text_enum(Invited))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the secret in the link of the mail, with which somebody answers without signing in."""
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    answer: Mapped[Answer | None] = mapped_column(text_enum(Answer))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")
    shows_name: Mapped[bool] = mapped_column(default=False)
    """Whether everybody may read on the agenda who comes; only somebody who said yes can allow it."""

    workshop: Mapped[Workshop] = relationship()
    theme: Mapped[Theme] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
