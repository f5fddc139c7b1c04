"""Amendments: a text that others reacted to changes in view of everybody, and its former wording stays."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select

from app.db import db
from app.domain import difference
from app.domain.difference import Change, Piece
from app.features.ideas import extras, service
from app.features.ideas.service import Content
from app.kit import signals
from app.models.contribution import Amendment
from app.models.idea import Idea
from app.models.person import Person
from app.models.queue import QueueKind
from app.policies.ideas import may_amend
from app.records import news, queue
from app.records.ideas import IdeaRow


class Unchanged(Exception):
    """The form came back as it went out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change: when, why, and the difference in title, sentence and explanation."""

    number: int
    made_at: datetime
    reason: str
    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    body: tuple[Piece, ...]

    @property
    def is_in_words(self) -> bool:
        """Whether the words changed; otherwise the image, the place or another answer did."""
        return any(is_changed(part) for part in (self.title, self.summary, self.body))


def is_changed(pieces: tuple[Piece, ...]) -> bool:
    """Whether anything went or came."""
    return any(piece.change != Change.SAME for piece in pieces)


def amend(author: Person, idea_id: int, content: Content, reason: str, now: datetime) -> int:
    """Change an idea and keep what it said before; returns the number of the amendment.

    Raises NotAllowed, and Unchanged when nothing is different. Themes stay: people voted for the idea under them.
    """
    idea = db.session.get_one(Idea, idea_id, with_for_update=True, populate_existing=True)
    number, last = db.session.execute(
        select(func.max(Amendment.number), func.max(Amendment.made_at)).where(Amendment.idea_id == idea_id)
    ).one()
    may_amend(author, idea, service.call_of(idea), last, now).or_raise()
    before = service.content_of(idea)
    content = replace(content, theme_ids=before.theme_ids)
    if content == before and not extras.differ(idea, content.extras):
        raise Unchanged
    number = (number or 0) + 1
    amendment = Amendment(
        idea_id=idea_id,
        number=number,
        title=before.title,
        summary=before.summary,
        body=before.body,
        reason=reason,
        made_at=now,
    )
    db.session.add(amendment)
    db.session.flush()
    queue.put(QueueKind.AMENDMENT, amendment, now, is_live=True)
    service.write(idea, content, now)
    news.idea_amended(idea_id, number, reason, now)
    db.session.commit()
    signals.idea_changed.send(idea_id)
    signals.idea_amended.send(idea_id, number=number)
    return int(number)


def history(idea: IdeaRow) -> list[Step]:
    """Every amendment of an idea, the last one first."""
    rows = db.session.execute(
        select(
            Amendment.number,
            Amendment.made_at,
            Amendment.reason,
            Amendment.title,
            Amendment.summary,
            Amendment.body,
        )
        .where(Amendment.idea_id == idea.id)
        .order_by(Amendment.number.desc())
    )
    steps, after = [], (idea.title, idea.summary, idea.body)
    for number, made_at, reason, *before in rows:
        title, summary, body = (_between(old, new) for old, new in zip(before, after, strict=True))
        steps.append(Step(number, made_at, reason, title, summary, body))
        after = (before[0], before[1], before[2])
    return steps


@lru_cache(maxsize=512)
def _between(before: str, after: str) -> tuple[Piece, ...]:
    """Kept: a long text takes a while to compare, and what people changed never changes again."""
    return tuple(difference.between(before, after))
