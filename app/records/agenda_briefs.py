"""What belongs to a theme on the agenda: the most helpful arguments on its top ideas, and practices from elsewhere.

What is chosen is kept as numbers; the texts are read when it is told, as far as they are on the site then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Side
from app.domain.lifecycle import IdeaState
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.practice import Practice, PracticeState
from app.records import practices

PER_SIDE = 2
"""Arguments for and arguments against a theme."""
PRACTICES = 3
LONGEST = 180
"""Characters of an argument in brief."""


@dataclass(frozen=True, slots=True)
class Brief:
    """An argument in brief, with the idea under which it was said."""

    id: int
    idea_id: int
    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """What others did."""

    id: int
    slug: str
    title: str
    place: str


def arguments_on(tops: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Per theme the arguments on its top ideas that most people found helpful, of each side; one statement."""
    ideas = sorted({idea for ids in tops.values() for idea in ids})
    if not ideas:
        return {theme: [] for theme in tops}
    place = (
        func.row_number()
        .over(
            partition_by=(Argument.idea_id, Argument.side),
            order_by=(Argument.helpful_count.desc(), Argument.created_at, Argument.id),
        )
        .label("place")
    )
    ranked = (
        select(Argument.id, Argument.idea_id, Argument.side, Argument.helpful_count, place)
        .where(
            Argument.idea_id.in_(ideas),
            Argument.parent_id.is_(None),
            Argument.state == ArgumentState.PUBLISHED,
            Argument.side.in_([Side.FOR, Side.AGAINST]),
        )
        .subquery()
    )
    rows = db.session.execute(select(ranked).where(ranked.c.place <= PER_SIDE)).all()
    found: dict[int, list[int]] = {}
    for theme, ids in tops.items():
        on_it = [row for row in rows if row.idea_id in ids]
        found[theme] = []
        for side in (Side.FOR, Side.AGAINST):
            best = sorted(
                (row for row in on_it if row.side == side), key=lambda row: (-row.helpful_count, row.id)
            )
            found[theme] += [row.id for row in best[:PER_SIDE]]
    return found


def practices_on(themes: Mapping[int, str]) -> dict[int, list[int]]:
    """Per theme (its title and the titles of its top ideas) the practices that fit best; one statement."""
    return practices.of_themes(themes, PRACTICES)


def arguments(ids: Iterable[int]) -> dict[int, Brief]:
    """These arguments in brief, as far as they and their ideas are on the site."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Argument.id, Argument.idea_id, Argument.side, Argument.body)
        .join(Idea, Idea.id == Argument.idea_id)
        .where(
            Argument.id.in_(wanted),
            Argument.state == ArgumentState.PUBLISHED,
            Idea.state == IdeaState.PUBLISHED,
        )
    )
    return {row[0]: Brief(row[0], row[1], row[2], shortened(row[3])) for row in rows}


def examples(ids: Iterable[int]) -> dict[int, Example]:
    """These practices, as far as they are in the library."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Practice.id, Practice.slug, Practice.title, Practice.place).where(
            Practice.id.in_(wanted), Practice.state == PracticeState.PUBLISHED
        )
    )
    return {row[0]: Example(*row) for row in rows}


def shortened(text: str, most: int = LONGEST) -> str:
    """A text on one line, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
