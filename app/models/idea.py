"""Ideas, their themes, and the dated changes of their public status."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.lifecycle import READABLE_STATES, IdeaState, PublicStatus
from app.models.person import Person
from app.models.process import Call, Theme


class Idea(Base):
    """What somebody proposes in answer to a call."""

    __tablename__ = "idea"
    __table_args__ = (
        Index("ix_idea_call_state_published", "call_id", "state", "published_at", "id"),
        Index("ix_idea_state_submitted", "state", "submitted_at", "id"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(140))
    body: Mapped[str] = mapped_column(Text)
    neighbourhood: Mapped[str] = mapped_column(String(80), default="")
    """The name of an area, where the site has areas (see app.models.area)."""
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    """A place on the map, in degrees (WGS 84), rounded to about ten metres; both or neither."""
    state: Mapped[IdeaState] = mapped_column(text_enum(IdeaState), default=IdeaState.DRAFT)
    public_status: Mapped[PublicStatus] = mapped_column(text_enum(PublicStatus), default=PublicStatus.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    """Counted up by every change of what readers see, so that a stale form or fragment can tell."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"), index=True)
    argument_count: Mapped[int] = mapped_column(default=0)
    """Published arguments and replies, kept exact in the transaction that adds or hides one."""
    import_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Given with the form, so that sending the same form twice makes one idea."""

    call: Mapped[Call] = relationship()
    author: Mapped[Person] = relationship()
    themes: Mapped[list[Theme]] = relationship(
        secondary="idea_theme", order_by="Theme.position", viewonly=False
    )

    @property
    def is_published(self) -> bool:
        return self.state == IdeaState.PUBLISHED

    @property
    def is_readable(self) -> bool:
        return self.state in READABLE_STATES


class IdeaTheme(Base):
    """An idea belongs to a theme; an idea has one to three."""

    __tablename__ = "idea_theme"
    __table_args__ = (Index("ix_idea_theme_theme", "theme_id", "idea_id"),)

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True)


class StatusChange(Base):
    """A dated step of an idea's public status, with the reason that followers and voters receive."""

    __tablename__ = "status_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    status: Mapped[PublicStatus] = mapped_column(text_enum(PublicStatus))
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship()
