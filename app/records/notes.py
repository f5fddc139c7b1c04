"""What moderators write down for each other about a text; nobody else reads it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import ModerationNote
from app.models.person import Person
from app.models.practice import Practice

Text = Idea | Argument | Practice
_COLUMNS = {
    Idea: ModerationNote.idea_id,
    Argument: ModerationNote.argument_id,
    Practice: ModerationNote.practice_id,
}
MOST = 50
LENGTH = (3, 1000)


@dataclass(frozen=True, slots=True)
class Note:
    """One note."""

    text: str
    at: datetime
    author: str


def on(text: Text) -> list[Note]:
    """The notes about this text, the oldest first."""
    rows = db.session.execute(
        select(ModerationNote.text, ModerationNote.created_at, Person.name)
        .join(Person, Person.id == ModerationNote.author_id)
        .where(_COLUMNS[type(text)] == text.id)
        .order_by(ModerationNote.created_at, ModerationNote.id)
        .limit(MOST)
    )
    return [Note(*row) for row in rows]


def add(text: Text, moderator: Person, words: str, now: datetime) -> None:
    """Write a note. The caller commits."""
    about = {_COLUMNS[type(text)].key: text.id}
    db.session.add(ModerationNote(**about, author_id=moderator.id, text=words, created_at=now))
