"""What stands around an idea: its image, who brought it in, its amendments, how often it was shown, its challenge."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.models.idea import Idea


class IdeaImage(Base):
    """The image of an idea, encoded anew by us in two widths, without anything that the camera added."""

    __tablename__ = "idea_image"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    """Digest of the large file: part of its address, so that browsers may keep it for ever."""
    alt: Mapped[str] = mapped_column(String(200))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    """Of the large file, in pixels."""
    large: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship()


class Channel(StrEnum):
    """How an idea reached us when its author did not post it here."""

    MEETING = "meeting"
    PAPER = "paper"
    PHONE = "phone"
    STREET = "street"
    OTHER = "other"


class IdeaOrigin(Base):
    """Staff posted this idea for somebody else; readers see how it came in."""

    __tablename__ = "idea_origin"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    note: Mapped[str] = mapped_column(String(140), default="")
    """For readers, such as "Youth meeting, 14 March"."""
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Amendment(Base):
    """A change of an idea's text after others reacted to it: what it was before, and why it changed."""

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("idea_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(140))
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaExposure(Base):
    """How often an idea stood on a page that somebody opened; counted in batches, beside the requests."""

    __tablename__ = "idea_exposure"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    seen: Mapped[int] = mapped_column(default=0)


class IdeaChallenge(Base):
    """What an answer to a challenge call says beside its text: residents offer to take over a task (uitdaagrecht)."""

    __tablename__ = "idea_challenge"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    task: Mapped[str] = mapped_column(String(300))
    """The task of the municipality that they want to do."""
    team: Mapped[str] = mapped_column(String(500))
    """Who will do it."""
    means: Mapped[str] = mapped_column(String(500), default="")
    """What they need for it: money, a place, knowledge."""
    better: Mapped[str] = mapped_column(String(500), default="")
    """Why they can do it better or cheaper."""
