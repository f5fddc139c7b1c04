"""Practices and ideas that belong together: on the same themes, and in much the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.likeness import likeness
from app.models.idea import Idea, IdeaTheme
from app.models.practice import Practice, PracticeLevel, PracticeState, PracticeTheme

READ = 60
"""How many that share a theme are compared by their words."""
OPENING = 400
"""Characters of a text that say what it is about."""
THEME_WEIGHS = 0.1
"""A shared theme says less than shared words: every idea on it has it."""


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """What others did on a theme."""

    slug: str
    title: str
    place: str
    level: PracticeLevel


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """An idea that a practice has something to teach about."""

    id: int
    title: str
    summary: str


def of_idea(theme_ids: Sequence[int], title: str, summary: str, most: int = 3) -> list[PracticeRow]:
    """Published practices on these themes, those that are most like the idea first."""
    if not theme_ids:
        return []
    shared = func.count(PracticeTheme.theme_id)
    rows = db.session.execute(
        select(
            Practice.slug,
            Practice.title,
            Practice.place,
            Practice.level,
            func.substr(Practice.done, 1, OPENING),
            shared,
        )
        .join(PracticeTheme, PracticeTheme.practice_id == Practice.id)
        .where(PracticeTheme.theme_id.in_(theme_ids), Practice.state == PracticeState.PUBLISHED)
        .group_by(Practice.id)
        .order_by(shared.desc(), Practice.published_at.desc(), Practice.id)
        .limit(READ)
    ).all()
    mine = f"{title} {summary}"
    # Sorting keeps the order of those that are alike equally.
    ranked = sorted(rows, key=lambda row: -(THEME_WEIGHS * row[5] + likeness(mine, f"{row[1]} {row[4]}")))
    return [PracticeRow(*row[:4]) for row in ranked[:most]]


def of_themes(about: Mapping[int, str], most: int = 3) -> dict[int, list[int]]:
    """Per theme the numbers of published practices, those that are most like a text about it first; one statement."""
    rows = db.session.execute(
        select(PracticeTheme.theme_id, Practice.id, Practice.title, func.substr(Practice.done, 1, OPENING))
        .join(Practice, Practice.id == PracticeTheme.practice_id)
        .where(PracticeTheme.theme_id.in_(list(about)), Practice.state == PracticeState.PUBLISHED)
        .order_by(Practice.published_at.desc(), Practice.id)
        .limit(READ * max(len(about), 1))
    ).all()
    found: dict[int, list[int]] = {}
    for theme, text in about.items():
        mine = [row for row in rows if row[0] == theme]
        ranked = sorted(mine, key=lambda row: -likeness(text, f"{row[2]} {row[3]}"))
        found[theme] = [row[1] for row in ranked[:most]]
    return found


def ideas_on(theme_ids: Sequence[int], title: str, done: str, most: int = 4) -> list[IdeaLine]:
    """Published ideas on these themes, those that are most like the practice first."""
    if not theme_ids:
        return []
    shared = func.count(IdeaTheme.theme_id)
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.summary, shared)
        .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .where(IdeaTheme.theme_id.in_(theme_ids), Idea.state == IdeaState.PUBLISHED)
        .group_by(Idea.id)
        .order_by(shared.desc(), Idea.published_at.desc(), Idea.id)
        .limit(READ)
    ).all()
    mine = f"{title} {done[:OPENING]}"
    ranked = sorted(rows, key=lambda row: -(THEME_WEIGHS * row[3] + likeness(mine, f"{row[1]} {row[2]}")))
    return [IdeaLine(*row[:3]) for row in ranked[:most]]
