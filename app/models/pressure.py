"""How hard the site is being pressed by strangers, and the proofs of work that were used."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime


class Pressure(Base):
    """One stretch of time in which the site asked strangers for more than usual."""

    __tablename__ = "pressure"

    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column()
    """0 to 3: how much is asked; 0 only where organisers chose to ask nothing for a while."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The numbers that raised it; or `by_hand` and `why`, where an organiser set it."""


class SpentProof(Base):
    """A proof of work that has been used; good once."""

    __tablename__ = "spent_proof"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    spent_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    waited_by: Mapped[str] = mapped_column(String(64), default="")
    """Keyed hash of the address of somebody who waited in the place of work, until the row goes; else nothing."""
