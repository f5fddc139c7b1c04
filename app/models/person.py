"""People and the organisations they speak for, their roles, and the codes they sign in with."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, or_, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.ballot import Group


class Role(StrEnum):
    """What a person may do beside taking part."""

    MODERATOR = "moderator"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"


class TalkState(StrEnum):
    """Whether a conversation with an organisation is still to come."""

    HELD = "held"
    PLANNED = "planned"


class Digest(StrEnum):
    """How often news that can wait is mailed."""

    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class Organisation(Base):
    """A partner in the city. One delegate speaks and votes for it."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(300), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class OrganisationTalk(Base):
    """A conversation with a partner: held or planned, when, and what came out of it."""

    __tablename__ = "organisation_talk"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    state: Mapped[TalkState] = mapped_column(text_enum(TalkState))
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()


class Person(Base):
    """Somebody who takes part, or works here. Without e-mail address for people from an import and erased accounts."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index(
            "uq_person_delegate",
            "organisation_id",
            unique=True,
            sqlite_where=text("is_delegate"),
            postgresql_where=text("is_delegate"),
        ),
        Index("uq_person_oidc_hash", "oidc_hash", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    group: Mapped[Group] = mapped_column(text_enum(Group), default=Group.RESIDENT)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    is_delegate: Mapped[bool] = mapped_column(default=False)
    """Whether this person speaks and votes for the organisation; an organisation has at most one delegate."""
    language: Mapped[str] = mapped_column(String(5), default="nl")
    neighbourhood: Mapped[str] = mapped_column(String(80), default="")
    """The name of the neighbourhood that the postcode lies in, as far as the areas of the site tell."""
    postcode: Mapped[str] = mapped_column(String(4), default="")
    """Four digits, given by choice: whether every part of the city takes part, and nothing nearer than that."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a block ends by itself; None for one that lasts until somebody lifts it."""
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until when this person may read and vote, but not post."""
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Counted up to end all sessions of this person at once."""
    demo_order: Mapped[int | None] = mapped_column()
    """Position among the demo people that the sign-in page offers when DEMO=1."""
    import_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    """Where an imported person comes from, as `conversation:number`."""
    oidc_hash: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of issuer and subject at the sign-in provider; never the subject itself."""
    last_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    """The last day on which this person was here; told once a day at most."""
    warned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When we wrote that this account will be made anonymous because nobody uses it."""
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When name and address went; what was counted stays counted."""
    digest: Mapped[Digest] = mapped_column(text_enum(Digest), default=Digest.DAILY)
    mail_stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the address turned out not to take mail any more; signing in again by mail starts it anew."""
    digested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the last digest was written; of two who write one at once this decides."""
    unread: Mapped[int | None] = query_expression()
    """How many messages wait in the inbox; only known of the person who is signed in (app.kit.identity)."""

    waiting: Mapped[int | None] = query_expression()
    """How many texts (up to a hundred), signals and objections wait; only known of a moderator who is signed in."""

    organisation: Mapped[Organisation | None] = relationship()
    role_rows: Mapped[list["PersonRole"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )

    # What Flask-Login asks of a person.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Flask-Login asks this; whether somebody is blocked depends on the moment, see `is_blocked`."""
        return self.erased_at is None

    def is_blocked(self, now: datetime) -> bool:
        """Whether this person may not sign in at this moment; a block with an end is over by itself."""
        return self.blocked_at is not None and (self.blocked_until is None or now < self.blocked_until)

    def is_paused(self, now: datetime) -> bool:
        """Whether this person may read and vote, but not post."""
        return self.paused_until is not None and now < self.paused_until

    @classmethod
    def not_blocked(cls, now: datetime) -> ColumnElement[bool]:
        """The condition on people who are not blocked at this moment."""
        return or_(cls.blocked_at.is_(None), cls.blocked_until <= now)

    def get_id(self) -> str:
        """What the session remembers: the person and the epoch, so that ended sessions stay ended."""
        return f"{self.id}.{self.session_epoch}"

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    @property
    def is_moderator(self) -> bool:
        return Role.MODERATOR in self.roles

    @property
    def is_facilitator(self) -> bool:
        return Role.FACILITATOR in self.roles

    @property
    def is_organiser(self) -> bool:
        return Role.ORGANISER in self.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(text_enum(Role), primary_key=True)

    person: Mapped[Person] = relationship(back_populates="role_rows")


class Draft(Base):
    """What somebody typed before signing in (or before sending), kept on the server until it is used or expires."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SignInCode(Base):
    """A six-digit code and a link that let the reader of an e-mail in: once, for ten minutes, five tries."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_email_created_at", "email", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    request_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Hash of the token that the asking browser holds, so that the code is typed where it was asked for."""
    code_hash: Mapped[str] = mapped_column(String(64))
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tries_left: Mapped[int] = mapped_column(default=5)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_path: Mapped[str] = mapped_column(String(500), default="")
    """Where the person was going; nothing for the own page."""
    draft_token: Mapped[str | None] = mapped_column(String(64))
    """What was typed before asking, so that the link finds it on another device too; emptied by the sign-in.

    Kept as it is, not as a hash: the new session needs the token itself, and whoever reads this table can read
    the draft beside it anyway.
    """
    language: Mapped[str] = mapped_column(String(5), default="nl")
