"""The library of practices, by level and theme."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models.practice import Practice, PracticeLevel, PracticeTheme
from app.models.process import Theme


def practices(level: PracticeLevel | None = None, theme_slug: str = "") -> Sequence[Practice]:
    """Practices with their themes, newest first, of a level and a theme when given; two statements."""
    query = (
        select(Practice)
        .options(selectinload(Practice.themes))
        .order_by(Practice.published_at.desc(), Practice.id.desc())
    )
    if level is not None:
        query = query.where(Practice.level == level)
    if theme_slug:
        in_theme = select(PracticeTheme.practice_id).join(Theme, Theme.id == PracticeTheme.theme_id)
        query = query.where(Practice.id.in_(in_theme.where(Theme.slug == theme_slug)))
    return db.session.scalars(query).all()


def used_themes() -> Sequence[tuple[str, str]]:
    """Name in the address and title of every theme that a practice stands in."""
    rows = db.session.execute(
        select(Theme.slug, Theme.title, Theme.position)
        .join(PracticeTheme, PracticeTheme.theme_id == Theme.id)
        .distinct()
        .order_by(Theme.position, Theme.slug)
    )
    return [(row[0], row[1]) for row in rows]


def practice(slug: str) -> Practice | None:
    """One practice with its themes."""
    return db.session.scalar(
        select(Practice).options(selectinload(Practice.themes)).where(Practice.slug == slug)
    )
