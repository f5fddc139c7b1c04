"""Drafts while they are typed: kept by themselves, found back, and thrown away for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.ideas import service
from app.features.ideas.service import Content
from app.kit import signals
from app.models.idea import Idea
from app.models.person import Person
from app.records.calls import CallRow

NO_DRAFT = Decision(N_("This is no draft any more."))


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it stands after it was kept. `elsewhere`: another window had changed it since this one looked."""

    id: int
    version: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft to go on with."""

    id: int
    title: str
    begun: datetime
    others: int
    """How many more there are."""


def keep(
    author: Person, call: CallRow, content: Content, key: str, number: int, seen: int, now: datetime
) -> Saved:
    """Keep what is being typed: the draft with this number, or else the new one with this key.

    The newest text wins; `seen` is the version that the window knew, to tell when it was not the last one.
    Raises NotAllowed, also for an idea that is no draft any more: a late message must not change what was sent in.
    """
    chosen = _chosen(author, key, number)
    if chosen is None:
        raise NotAllowed(NO_DRAFT)
    mine = select(Idea.id, Idea.version, Idea.state).where(Idea.author_id == author.id)
    before = db.session.execute(mine.where(chosen).with_for_update()).one_or_none()
    if (before is None and number) or (before is not None and before.state != IdeaState.DRAFT):
        raise NotAllowed(NO_DRAFT)
    if before is not None and number:
        service.change(author, number, content, before.version, now)
    else:
        number = service.keep_draft(author, call, content, key, now)
    version = db.session.scalar(select(Idea.version).where(Idea.id == number)) or 0
    db.session.rollback()
    return Saved(number, version, before is not None and bool(seen) and seen != before.version)


def unfinished(person_id: int, call_ids: Sequence[int]) -> Unfinished | None:
    """The last draft that somebody began for one of these calls and did not send in."""
    row = db.session.execute(
        select(Idea.id, Idea.title, Idea.created_at, func.count().over())
        .where(Idea.author_id == person_id, Idea.state == IdeaState.DRAFT, Idea.call_id.in_(call_ids))
        .order_by(Idea.created_at.desc(), Idea.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Unfinished(row[0], row[1], row[2], row[3] - 1)


def throw_away(author: Person, key: str, number: int) -> bool:
    """Remove a draft of this author with everything in it; whether there was one. What was ever sent in stays."""
    chosen = _chosen(author, key, number)
    if chosen is None:
        return False
    gone = db.session.scalar(
        delete(Idea)
        .where(
            chosen,
            Idea.author_id == author.id,
            Idea.state == IdeaState.DRAFT,
            Idea.submitted_at.is_(None),
        )
        .returning(Idea.id)
    )
    db.session.commit()
    if gone is not None:
        signals.idea_changed.send(gone)
    return gone is not None


def _chosen(author: Person, key: str, number: int) -> ColumnElement[bool] | None:
    """The draft that a form means: by its number, else by the key that the form was given; None without either."""
    if number:
        return Idea.id == number
    known = service.key_of(author.id, key)
    return Idea.submission_key == known if known else None
