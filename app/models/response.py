"""Dated public answers of the municipality on an idea."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime
from app.models.idea import Idea


class OfficialResponse(Base):
    """What the municipality answers on an idea, and on whose behalf."""

    __tablename__ = "official_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship()
