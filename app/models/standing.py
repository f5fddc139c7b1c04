"""Computed standings (themes and agenda), kept so that no request has to compute them, and who computes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String
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


class StandingDay(Base):
    """Where a theme stood at the end of a day: what the picture of the ranking over time is drawn from."""

    __tablename__ = "standing_day"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(
        ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[int | None] = mapped_column()
    score: Mapped[float] = mapped_column(Double)
    supporters: Mapped[int] = mapped_column()


class Recount(Base):
    """The nightly comparison of all tallies with the votes themselves."""

    __tablename__ = "recount"

    id: Mapped[int] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tallies: Mapped[int] = mapped_column()
    """How many tallies were compared."""
    differences: Mapped[list[Any]] = mapped_column(JSON)
    """Those that did not equal their votes: a list of {"idea", "group", "tally", "votes"}; empty when all is well."""


class JobLease(Base):
    """Which process may run a job now, so that it never runs twice at once."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UTCDateTime)
