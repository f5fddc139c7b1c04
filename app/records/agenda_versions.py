"""The agenda of a workshop as it was published, version by version.

A document keeps numbers of ideas, arguments and practices and not their texts: what leaves the site later is not in
an older version either. Their titles are read when a version is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.ranking.canonical import parse
from app.models.idea import Idea
from app.models.person import Person
from app.models.workshop import AgendaVersion

Record = Mapping[str, Any]
SCHEMA = "agenda@1"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with its document, in which the ideas that are on the site have their titles.

    Keys: title, place, startsAt, minutes, stand {id, number, digest, sealedAt} or None, weighting, deviations, and
    parts: each with key, kind, number, themeId, title, minutes, begins (minutes after the start), why, ideas [{id,
    title}], arguments, practices, differences. docs/agenda.md describes all of it.
    """

    id: int
    workshop_id: int
    number: int
    digest: str
    snapshot_id: int | None
    note: str
    published_at: datetime
    published_by: str
    """Empty for somebody who is no longer here."""
    document: Record


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list."""

    number: int
    snapshot_id: int | None
    note: str
    published_at: datetime
    published_by: str


_COLUMNS: tuple[Any, ...] = (
    AgendaVersion.id,
    AgendaVersion.workshop_id,
    AgendaVersion.number,
    AgendaVersion.digest,
    AgendaVersion.snapshot_id,
    AgendaVersion.note,
    AgendaVersion.published_at,
    func.coalesce(Person.name, ""),
    AgendaVersion.document,
)


def newest(workshop_id: int) -> VersionRow | None:
    """The version that counts, in two statements; None while nothing was published."""
    return _one(_rows(workshop_id).order_by(AgendaVersion.number.desc()).limit(1))


def get(workshop_id: int, number: int) -> VersionRow | None:
    """One version of a workshop, in two statements."""
    return _one(_rows(workshop_id).where(AgendaVersion.number == number))


def of_workshop(workshop_id: int) -> list[VersionLine]:
    """All versions of a workshop, the newest first, without their documents."""
    rows = db.session.execute(
        select(
            AgendaVersion.number,
            AgendaVersion.snapshot_id,
            AgendaVersion.note,
            AgendaVersion.published_at,
            func.coalesce(Person.name, ""),
        )
        .outerjoin(Person, Person.id == AgendaVersion.published_by)
        .where(AgendaVersion.workshop_id == workshop_id)
        .order_by(AgendaVersion.number.desc())
    )
    return [VersionLine(*row) for row in rows]


def _rows(workshop_id: int) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .outerjoin(Person, Person.id == AgendaVersion.published_by)
        .where(AgendaVersion.workshop_id == workshop_id)
    )


def _one(statement: Select[Any]) -> VersionRow | None:
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    document = parse(row[8])
    assert isinstance(document, dict)
    return replace(VersionRow(*row), document=_told(document))


def _told(document: dict[str, Any]) -> Record:
    """The document with the titles of its ideas, as far as they are on the site."""
    parts = document["parts"]
    titles = idea_titles(number for part in parts for number in part.get("ideas", ()))
    told = [
        {
            **part,
            "ideas": [
                {"id": number, "title": titles[number]}
                for number in part.get("ideas", ())
                if number in titles
            ],
        }
        for part in parts
    ]
    return {**document, "parts": told}


def idea_titles(ids: Iterable[int]) -> dict[int, str]:
    """The titles of these ideas as far as they are on the site, in one statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Idea.id, Idea.title).where(Idea.id.in_(wanted), Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: row[1] for row in rows}
