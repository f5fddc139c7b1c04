"""Following: what somebody wants to hear about, and the messages that tell them, here and by mail."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.person import Person

_ONE_SUBJECT = (
    "(CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN theme_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN call_id IS NULL THEN 0 ELSE 1 END + CASE WHEN process_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Follow(Base):
    """Somebody follows an idea, a theme, a call or a process: one of the four."""

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        UniqueConstraint("person_id", "idea_id"),
        UniqueConstraint("person_id", "theme_id"),
        UniqueConstraint("person_id", "call_id"),
        UniqueConstraint("person_id", "process_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NoticeKind(StrEnum):
    """What a message tells; each kind can be switched off, but decisions on what one wrote oneself."""

    DECISION = "decision"
    STATUS = "status"
    IDEA = "idea"
    ARGUMENT = "argument"
    REPLY = "reply"
    ACTIVITY = "activity"
    DESK = "desk"
    """Work waits for moderators; it goes by mail only."""


class Notice(Base):
    """One message to one person, in their inbox on the site; the same text goes out by mail, at once or in a digest."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "event_key"),
        Index("ix_notice_person_id_created_at", "person_id", "created_at", "id"),
        Index("ix_notice_waiting", "person_id", sqlite_where=text("waits"), postgresql_where=text("waits")),
        Index(
            "ix_notice_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind))
    event_key: Mapped[str] = mapped_column(String(120))
    """What happened, such as `status:81`: the same event never makes two messages to one person."""
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    path: Mapped[str] = mapped_column(String(300), default="")
    """The page on this site that it is about, without the language."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether it is to go along with the next digest."""

    person: Mapped[Person] = relationship()


class News(Base):
    """Something that many people hear: written in the transaction of what happened, told beside the requests."""

    __tablename__ = "news"
    __table_args__ = (
        Index(
            "ix_news_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind))
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Who hears it, see app.records.notices.Audience."""
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Title and text in every language: {"nl": [title, text], …}."""
    path: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reached: Mapped[int] = mapped_column(default=0)
    """Everybody up to this number has been told."""
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NoticeChoice(Base):
    """A kind of message that somebody switched on or off; without a row the usual holds."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind), primary_key=True)
    by_mail: Mapped[bool] = mapped_column()


class VotedWish(Base):
    """Somebody wants to hear what becomes of the ideas they voted on."""

    __tablename__ = "voted_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
