"""Neighbourhoods: their names, codes and where they lie on the map."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Area(Base):
    """A neighbourhood of the municipality."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(10), default="")
    """CBS code (`WK…` or `BU…`), when known."""
    year: Mapped[int | None] = mapped_column()
    """The year whose division the code belongs to."""
    latitude: Mapped[float] = mapped_column()
    longitude: Mapped[float] = mapped_column()
    """The middle, in degrees (WGS 84)."""
    is_approximate: Mapped[bool] = mapped_column(default=False)
    """Whether the middle was estimated instead of measured."""
    postcodes: Mapped[str] = mapped_column(String(200), default="")
    """The four-digit postcodes that lie in it, with spaces between."""
    position: Mapped[int] = mapped_column(default=0)
