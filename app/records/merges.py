"""Where a merged idea goes on, and the texts that an idea took in: what pages read of merges."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, String, func, literal, select
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.lifecycle import READABLE_STATES, IdeaState
from app.models.duplicate import Merge
from app.models.idea import Idea
from app.models.person import Person

ORIGINAL = "origineel"
"""In the address of a merged idea: show its own page, and not the idea that it went on in."""


def anchor(idea_id: int) -> str:
    """The place of a merged idea on the page of the one that stays."""
    return f"samengevoegd-{idea_id}"


@dataclass(frozen=True, slots=True)
class End:
    """The idea that a chain of merges leads to."""

    id: int
    title: str
    state: IdeaState
    merged_at: datetime | None
    """When the first idea of the chain was merged, as far as is known."""


@dataclass(frozen=True, slots=True)
class MergedText:
    """What an idea says that became one with another, directly or by way of a third."""

    id: int
    title: str
    summary: str
    body: str
    author: str
    """Empty for somebody who is no longer here."""
    published_at: datetime | None
    merged_at: datetime | None
    sentence: str
    """What the moderator said with it."""


def end(idea_id: int) -> End | None:
    """Where a merged idea goes on in the end, in one statement; None for one that was not merged."""
    start = select(Idea.id, Idea.merged_into_id).where(Idea.id == idea_id).cte("chain", recursive=True)
    after = aliased(Idea)
    chain = start.union(
        select(after.id, after.merged_into_id).join(start, after.id == start.c.merged_into_id)
    )
    merged_at = (
        select(func.max(Merge.merged_at))
        .where(Merge.idea_id == idea_id, Merge.undone_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Idea.id, Idea.title, Idea.state, merged_at)
        .join(chain, chain.c.id == Idea.id)
        .where(chain.c.merged_into_id.is_(None), Idea.id != idea_id)
    ).one_or_none()
    return None if row is None else End(*row)


def readable_end(idea_id: int) -> End | None:
    """The same, when everybody may read that one; else the merged idea keeps its own page."""
    found = end(idea_id)
    return found if found is not None and found.state in READABLE_STATES else None


def ends(idea_ids: Collection[int]) -> dict[int, End]:
    """Where each of these ideas stands in the end: itself, or the one that it went on in; one statement."""
    start = (
        select(Idea.id.label("first"), Idea.id, Idea.merged_into_id)
        .where(Idea.id.in_(idea_ids))
        .cte("ways", recursive=True)
    )
    after = aliased(Idea)
    ways = start.union(
        select(start.c.first, after.id, after.merged_into_id).join(start, after.id == start.c.merged_into_id)
    )
    rows = db.session.execute(
        select(ways.c.first, Idea.id, Idea.title, Idea.state)
        .join(ways, ways.c.id == Idea.id)
        .where(ways.c.merged_into_id.is_(None))
    )
    return {row[0]: End(row[1], row[2], row[3], None) for row in rows}


def taken_by(idea: ColumnElement[int] | int) -> CTE:
    """The numbers of everything that became one with an idea, for a statement that asks about it."""
    first = select(Idea.id).where(Idea.merged_into_id == idea).cte("taken", recursive=True)
    further = aliased(Idea)
    return first.union(select(further.id).join(first, further.merged_into_id == first.c.id))


TEXT, MORE = "merged", "merged_more"
"""The kinds of rows that `text_rows` selects."""


def text_rows(taken: CTE) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Everything in `taken_by` an idea, as two kinds of rows for a statement that asks about the idea anyway.

    Kind, moment, number of the idea and three texts: `TEXT` tells what it says, `MORE` how it was merged.
    """
    said = (
        select(literal(TEXT, String), Idea.published_at, Idea.id, Idea.title, Idea.body, Person.name)
        .join(taken, taken.c.id == Idea.id)
        .join(Person, Person.id == Idea.author_id)
        .where(Idea.state.in_(READABLE_STATES))
    )
    made = (
        select(
            literal(MORE, String),
            Merge.merged_at,
            Idea.id,
            Idea.summary,
            func.coalesce(Merge.sentence, ""),
            literal("", String),
        )
        .join(taken, taken.c.id == Idea.id)
        .outerjoin(Merge, (Merge.idea_id == Idea.id) & Merge.undone_at.is_(None))
    )
    return said, made


def texts(rows: Iterable[Sequence[Any]]) -> tuple[MergedText, ...]:
    """The texts in such rows, the first merged first; of how a merge came about nothing may be known."""
    rows = list(rows)
    more = {row[2]: row for row in rows if row[0] == MORE}
    found = [
        MergedText(number, title, more[number][3], body, author, at, more[number][1], more[number][4])
        for kind, at, number, title, body, author in rows
        if kind == TEXT
    ]
    return tuple(sorted(found, key=lambda text: (text.merged_at is None, text.merged_at or 0, text.id)))
