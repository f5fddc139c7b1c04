"""The list of words and the pressure of the last days, as organisers see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.models.moderation import FlaggedWord
from app.models.person import Person
from app.models.pressure import Pressure
from app.records import pressure

SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the list."""

    id: int
    word: str
    added_at: datetime
    added_by: str | None
    """None for the words that the list began with."""


def words() -> list[Word]:
    """The list, by the alphabet."""
    rows = db.session.execute(
        select(FlaggedWord.id, FlaggedWord.word, FlaggedWord.added_at, Person.name)
        .outerjoin(Person, Person.id == FlaggedWord.added_by_id)
        .order_by(FlaggedWord.word)
    )
    return [Word(*row) for row in rows]


def stretches(now: datetime) -> list[Pressure]:
    """When the site was under pressure lately."""
    return pressure.history(now - SHOWN)[:40]
