"""Computed standings (themes and agenda), kept so that no request has to compute them, and who computes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime


class Standing(Base):
    """The last computed result of a kind for a call: theme ranking, or the draft agenda of a workshop."""

    __tablename__ = "standing"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    input_version: Mapped[str] = mapped_column(String(80))
    """What the result was computed from; another value means that it is out of date."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class JobLease(Base):
    """Which process may run a job now, so that it never runs twice at once."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UTCDateTime)
