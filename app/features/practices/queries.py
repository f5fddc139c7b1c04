"""The library of practices, by level, theme, place and words; and what waits for a moderator."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, selectinload

from app.db import db
from app.models.person import Person
from app.models.practice import Practice, PracticeLevel, PracticeState, PracticeSuggestion, PracticeTheme
from app.models.process import Theme

PAGE = 12
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """Which practices somebody wants to see."""

    level: PracticeLevel | None = None
    theme: str = ""
    place: str = ""
    words: str = ""

    def address(self, **other: str) -> dict[str, str]:
        """What stands in the address of this choice, with some of it chosen anew; nothing for what is not chosen."""
        chosen = {
            "niveau": self.level.value if self.level else "",
            "thema": self.theme,
            "plaats": self.place,
            "zoek": self.words,
            **other,
        }
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """A theme as a card shows it."""

    slug: str
    title: str
    icon: str
    accent: int


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in the library."""

    slug: str
    title: str
    place: str
    level: PracticeLevel
    done: str
    themes: tuple[ThemeTag, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that the library can be filtered by, and how many practices that leaves."""

    value: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Library:
    """A page of the library."""

    choice: Choice
    """What was asked for, without a theme that nothing is about."""
    cards: tuple[Card, ...]
    total: int
    further: str
    """The name of the practice after which the next page begins; empty on the last one."""
    everything: int
    """How many practices there are without any filter but the words."""
    levels: tuple[Facet, ...]
    themes: tuple[Facet, ...]
    places: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    slug: str
    level: PracticeLevel
    place: str
    themes: frozenset[str]


def library(choice: Choice, after: str = "") -> Library:
    """A page of the published practices, newest first, with what each filter would leave; three statements."""
    found = (
        select(Practice.id, Practice.slug, Practice.level, Practice.place)
        .where(Practice.state == PracticeState.PUBLISHED)
        .order_by(Practice.published_at.desc(), Practice.id.desc())
    )
    for word in choice.words.split()[:MOST_WORDS]:
        texts = (Practice.title, Practice.place, Practice.done, Practice.learned)
        found = found.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    heads = db.session.execute(found).all()
    tags: dict[int, list[ThemeTag]] = {}
    for number, slug, title, icon, accent in db.session.execute(
        select(PracticeTheme.practice_id, Theme.slug, Theme.title, Theme.icon, Theme.accent)
        .join(Theme, Theme.id == PracticeTheme.theme_id)
        .join(Practice, Practice.id == PracticeTheme.practice_id)
        .where(Practice.state == PracticeState.PUBLISHED)
        .order_by(Theme.position, Theme.slug)
    ):
        tags.setdefault(number, []).append(ThemeTag(slug, title, icon, accent))
    titles = {tag.slug: tag.title for each in tags.values() for tag in each}
    if choice.theme not in titles:
        choice = replace(choice, theme="")
    rows = [_Row(*head, frozenset(tag.slug for tag in tags.get(head[0], ()))) for head in heads]
    chosen = [row for row in rows if _fits(row, choice)]
    start = next((place for place, row in enumerate(chosen, 1) if row.slug == after), 0)
    page = chosen[start : start + PAGE]
    texts_of = {
        row[0]: row
        for row in db.session.execute(
            select(
                Practice.id, Practice.slug, Practice.title, Practice.place, Practice.level, Practice.done
            ).where(Practice.id.in_([row.id for row in page]))
        )
    }
    return Library(
        choice,
        tuple(Card(*texts_of[row.id][1:], tuple(tags.get(row.id, ()))) for row in page),
        len(chosen),
        page[-1].slug if start + PAGE < len(chosen) else "",
        len(rows),
        _facets(rows, replace(choice, level=None), lambda row: [row.level.value], {}),
        _facets(rows, replace(choice, theme=""), lambda row: row.themes, titles),
        _facets(rows, replace(choice, place=""), lambda row: [row.place] if row.place else [], {}),
    )


def _fits(row: _Row, choice: Choice) -> bool:
    return (
        choice.level in (None, row.level)
        and (not choice.theme or choice.theme in row.themes)
        and (not choice.place or choice.place == row.place)
    )


def _facets(
    rows: Sequence[_Row],
    choice: Choice,
    values: Callable[[_Row], Sequence[str] | frozenset[str]],
    titles: dict[str, str],
) -> tuple[Facet, ...]:
    """Every value that occurs, by its title, with what it would leave of the rest of the choice."""
    known = {value for row in rows for value in values(row)}
    counts = Counter(value for row in rows if _fits(row, choice) for value in values(row))
    facets = [Facet(value, titles.get(value, value), counts[value]) for value in known]
    return tuple(sorted(facets, key=lambda facet: facet.title.casefold()))


def practice(slug: str) -> Practice | None:
    """One published practice with its themes."""
    return db.session.scalar(
        select(Practice)
        .options(selectinload(Practice.themes))
        .where(Practice.slug == slug, Practice.state == PracticeState.PUBLISHED)
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A practice that somebody suggested, and what was decided."""

    practice: Practice
    by_id: int
    by: str
    at: datetime
    decided_at: datetime | None
    decided_by: str
    sentence: str


def suggestions(*, waiting: bool, most: int = 100) -> list[Suggestion]:
    """What waits for a moderator, the oldest first; or what was decided, the newest first."""
    state = Practice.state == PracticeState.SUGGESTED
    query = _suggestions().limit(most)
    if waiting:
        return _read(query.where(state).order_by(PracticeSuggestion.suggested_at, Practice.id))
    decided = query.where(~state, PracticeSuggestion.decided_at.is_not(None))
    return _read(decided.order_by(PracticeSuggestion.decided_at.desc(), Practice.id.desc()))


def suggestion(practice_id: int) -> Suggestion | None:
    """One suggestion, decided or not."""
    return next(iter(_read(_suggestions().where(Practice.id == practice_id))), None)


def _suggestions() -> Select[*tuple[Any, ...]]:
    decider = aliased(Person)
    return (
        select(
            Practice,
            PracticeSuggestion.person_id,
            Person.name,
            PracticeSuggestion.suggested_at,
            PracticeSuggestion.decided_at,
            decider.name,
            PracticeSuggestion.sentence,
        )
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .join(Person, Person.id == PracticeSuggestion.person_id)
        .outerjoin(decider, decider.id == PracticeSuggestion.decided_by_id)
        .options(selectinload(Practice.themes))
    )


def _read(query: Select[*tuple[Any, ...]]) -> list[Suggestion]:
    return [
        Suggestion(practice, by_id, by, at, decided_at, decided_by or "", sentence)
        for practice, by_id, by, at, decided_at, decided_by, sentence in db.session.execute(query)
    ]
