"""Taking a text from the queue, letting it go, and writing notes beside it."""

from datetime import datetime

from app.db import db
from app.domain.decision import NotAllowed
from app.features.moderation import queue_queries
from app.features.moderation.queue_queries import Place, Waiting
from app.kit import audit
from app.models.person import Person
from app.models.queue import QueueItem
from app.records import claims, notes

TRIES = 5
"""How often somebody else may be faster before the queue counts as taken."""


def claim(moderator: Person, item: QueueItem, now: datetime) -> None:
    """Take this text. Raises NotAllowed with the name of who is at it."""
    claims.take(item.id, moderator, now)
    audit.record(moderator, "moderation.claim", item, now)
    db.session.commit()


def take_next(moderator: Person, now: datetime, after: Place | None = None) -> Waiting | None:
    """Take the oldest text after this place that nobody else is at; None when there is none.

    After a decision it comes by itself, and the decision has its own line in the audit log.
    """
    for _try in range(TRIES):
        following = queue_queries.next_free(moderator.id, now, after)
        if following is None:
            break
        try:
            claims.take(following.id, moderator, now)
        except NotAllowed:
            continue
        db.session.commit()
        return following
    db.session.commit()
    return None


def skip(moderator: Person, now: datetime, after: Place | None = None) -> Waiting | None:
    """Let go what stands at this place, and take the next text."""
    if after is not None:
        claims.let_go([after.id], moderator)
    following = take_next(moderator, now, after)
    if following is not None:
        audit.record(moderator, "moderation.claim", db.session.get_one(QueueItem, following.id), now)
        db.session.commit()
    return following


def release(moderator: Person, item: QueueItem, now: datetime) -> None:
    """Leave a text to others; whoever was not at it let nothing go."""
    if claims.let_go([item.id], moderator):
        audit.record(moderator, "moderation.release", item, now)
    db.session.commit()


def add_note(moderator: Person, text: notes.Text, words: str, now: datetime) -> None:
    """Write something down for the other moderators."""
    notes.add(text, moderator, words, now)
    audit.record(moderator, "moderation.note", text, now)
    db.session.commit()
