"""Ideas that may say the same: found by the index of the search, ranked by the words they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Select, func, literal_column, select, text

from app.db import db, is_postgresql
from app.domain.lifecycle import IdeaState
from app.domain.likeness import likeness, stems
from app.models.idea import Idea
from app.models.process import Call

ALIKE = 0.2
"""From this likeness on an idea is worth showing to somebody who types one."""
MOST = 5
LOOKED_AT = 40
"""The best matches of the index, among which the likest are chosen."""
MOST_STEMS = 30


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A published idea like the text; nothing about votes, which may be hidden."""

    id: int
    title: str
    summary: str
    call_title: str
    likeness: float


def published(title: str, summary: str, call_ids: Sequence[int]) -> list[AlikeRow]:
    """At most five published ideas of these calls that share enough words with the text, the likest first."""
    words = sorted(stems(title) | stems(summary))[:MOST_STEMS]
    if not words:
        return []
    query = (
        select(Idea.id, Idea.title, Idea.summary, Call.title)
        .join(Call, Call.id == Idea.call_id)
        .where(Idea.call_id.in_(call_ids), Idea.state == IdeaState.PUBLISHED)
    )
    rows = [
        AlikeRow(number, its_title, its_summary, call, nearness(title, summary, its_title, its_summary))
        for number, its_title, its_summary, call in db.session.execute(
            with_any(query, words).limit(LOOKED_AT)
        )
    ]
    found = [row for row in rows if row.likeness >= ALIKE]
    return sorted(found, key=lambda row: (-row.likeness, row.id))[:MOST]


def nearness(title: str, summary: str, other_title: str, other_summary: str) -> float:
    """How much two ideas are alike, by their titles or with their sentences, whichever says more."""
    whole = likeness(f"{title} {summary}", f"{other_title} {other_summary}")
    return max(likeness(title, other_title), whole)


def with_any(query: Select[*tuple[Any, ...]], words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Only ideas with a word that begins like one of these, the best match first, by the index of the search."""
    if is_postgresql():
        given = func.to_tsquery("dutch", " | ".join(f"{word}:*" for word in words))
        document: ColumnElement[Any] = literal_column(
            "to_tsvector('dutch', idea.title || ' ' || idea.summary || ' ' || idea.body)"
        )
        heading: ColumnElement[Any] = literal_column(
            "to_tsvector('dutch', idea.title || ' ' || idea.summary)"
        )
        return query.where(document.op("@@")(given)).order_by(func.ts_rank(heading, given).desc(), Idea.id)
    search = "{title summary} : (" + " OR ".join(f'"{word}"*' for word in words) + ")"
    found = (
        text("SELECT rowid AS id, rank FROM idea_search WHERE idea_search MATCH :search")
        .bindparams(search=search)
        .columns(id=Integer, rank=Float)
        .subquery()
    )
    return query.join(found, found.c.id == Idea.id).order_by(found.c.rank, Idea.id)
