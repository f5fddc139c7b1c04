"""Telling people something: in their inbox at once when they are few, through a piece of news when they are many.

    notices.tell([person.id], NoticeKind.ACTIVITY, f"registration:{row.id}:moved", N_("You can come: %(title)s"),
                 N_("Somebody else cannot come, so there is a place for you."), notices.page("processes.activity",
                 activity_id=activity.id), now, title=activity.title)
    notices.tell(Audience(processes=(process.id,), registered_for=activity.id), NoticeKind.ACTIVITY, …)

All of it happens in the transaction of what is told. What may wait goes along with the digest of everybody who wants
that kind by mail; a decision has a mail of its own, queued by whoever decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import gettext
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Text,
    and_,
    case,
    func,
    literal,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import UTCDateTime, db, is_postgresql, text_enum
from app.kit.i18n import DEFAULT_LANGUAGE, LANGUAGES, day_words, speaking
from app.kit.words import word
from app.models.following import Follow, News, Notice, NoticeChoice, NoticeKind, VotedWish
from app.models.gathering import Registration, RegistrationState
from app.models.idea import Idea, IdeaTheme
from app.models.person import Digest, Person
from app.models.vote import Vote

FEW = 50
"""So many people are told within the request; more are told beside it."""
Words = dict[str, list[str]]
"""Title and text by language."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears something: all of these together, each once, and never those in `but`."""

    people: tuple[int, ...] = ()
    ideas: tuple[int, ...] = ()
    """Those who follow one of these ideas; likewise the next three."""
    themes: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    processes: tuple[int, ...] = ()
    voters_of: int | None = None
    """Those who voted on this idea and want to hear what becomes of it."""
    or_of: int | None = None
    """Likewise another idea."""
    voters_of_any: tuple[int, ...] = ()
    """Likewise any of these ideas."""
    voters_in: int | None = None
    """Those who voted on an idea of this theme and want to hear what becomes of it."""
    voters_in_any: tuple[int, ...] = ()
    """Likewise any of these themes."""
    registered_for: int | None = None
    """Those who come to this activity or wait for a place."""
    but: tuple[int, ...] = ()
    but_of: tuple[int, ...] = ()
    """Not those who hear what becomes of one of these ideas: authors, followers, and voters who want to."""


def page(endpoint: str, anchor: str = "", **values: Any) -> str:
    """The address of a page without site and language, as messages keep it."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{path}#{anchor}" if anchor else path


def tell(
    people: Collection[int] | Audience,
    kind: NoticeKind,
    event_key: str,
    title: str,
    text: str,
    path: str,
    now: datetime,
    /,
    **values: Any,
) -> None:
    """Tell people something, each once for every event key. The caller commits.

    Title and text are English sentences marked with N_, filled in with `values` in the language of each reader;
    a value that is a member of an enum or a moment is said in words.
    """
    words = {code: _said(code, title, text, values) for code in LANGUAGES}
    if not isinstance(people, Audience):
        people = Audience(people=tuple(people))
    if len(people.people) <= FEW and people == Audience(people=people.people, but=people.but):
        put(News(event_key=event_key, kind=kind, words=words, path=path, created_at=now), _listed(people))
        return
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = {
        "event_key": event_key,
        "kind": kind,
        "audience": asdict(people),
        "words": words,
        "path": path,
        "created_at": now,
        "reached": 0,
    }
    db.session.execute(insert(News).values(row).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell, as `tell` takes it."""

    people: Audience
    event_key: str
    title: str
    text: str
    path: str
    values: dict[str, Any]


def announce(kind: NoticeKind, tellings: Sequence[Telling], now: datetime) -> None:
    """Tell many things, each to many people, beside the request; one statement. The caller commits."""
    if not tellings:
        return
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    rows = [
        {
            "event_key": telling.event_key,
            "kind": kind,
            "audience": asdict(telling.people),
            "words": {code: _said(code, telling.title, telling.text, telling.values) for code in LANGUAGES},
            "path": telling.path,
            "created_at": now,
            "reached": 0,
        }
        for telling in tellings
    ]
    db.session.execute(insert(News).on_conflict_do_nothing(), rows)


def tell_each(kind: NoticeKind, tellings: Sequence[Telling], now: datetime) -> None:
    """Tell many things at once, each to the few people it names; two statements. The caller commits."""
    named = {number for telling in tellings for number in telling.people.people}
    if not named:
        return
    there = select(Person.id, Person.language).where(
        Person.id.in_(named), Person.not_blocked(now), Person.erased_at.is_(None)
    )
    languages = dict(db.session.execute(there).all())
    rows = [
        {
            "person_id": number,
            "kind": kind,
            "event_key": telling.event_key,
            "title": words[0],
            "text": words[1],
            "path": telling.path,
            "created_at": now,
            "waits": False,
        }
        for telling in tellings
        for number in telling.people.people
        if number in languages
        for words in [_said(languages[number], telling.title, telling.text, telling.values)]
    ]
    if rows:
        insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
        db.session.execute(insert(Notice).on_conflict_do_nothing(), rows)


def readers(audience: Audience, at: datetime) -> CompoundSelect[Any]:
    """The numbers of everybody in the audience who was in it at that moment, blocked and erased people too."""
    subjects = (
        (Follow.idea_id, audience.ideas),
        (Follow.theme_id, audience.themes),
        (Follow.call_id, audience.calls),
        (Follow.process_id, audience.processes),
    )
    parts: list[Select[Any]] = [select(Person.id.label("id")).where(Person.id.in_(audience.people))]
    parts += [
        select(Follow.person_id.label("id")).where(column.in_(numbers), Follow.created_at <= at)
        for column, numbers in subjects
        if numbers
    ]
    voted_on = [number for number in (audience.voters_of, audience.or_of) if number is not None]
    voted_on += audience.voters_of_any
    if voted_on:
        parts.append(
            select(Vote.person_id.label("id"))
            .join(VotedWish, VotedWish.person_id == Vote.person_id)
            .where(Vote.idea_id.in_(voted_on), Vote.value != 0, VotedWish.wanted_at <= at)
        )
    voted_in = [number for number in (audience.voters_in,) if number is not None]
    voted_in += audience.voters_in_any
    if voted_in:
        parts.append(
            select(Vote.person_id.label("id"))
            .join(VotedWish, VotedWish.person_id == Vote.person_id)
            .join(IdeaTheme, IdeaTheme.idea_id == Vote.idea_id)
            .where(IdeaTheme.theme_id.in_(voted_in), Vote.value != 0, VotedWish.wanted_at <= at)
        )
    if audience.registered_for is not None:
        parts.append(
            select(Registration.person_id.label("id")).where(
                Registration.activity_id == audience.registered_for,
                Registration.state != RegistrationState.CANCELLED,
            )
        )
    if audience.but_of:
        hear = readers(Audience(ideas=audience.but_of, voters_of_any=audience.but_of), at).subquery()
        authors = select(Idea.author_id).where(Idea.id.in_(audience.but_of))
        others = union(select(hear.c.id), authors).cte("hear_of_ideas")
        parts = [part.where(part.selected_columns.id.not_in(select(others.c[0]))) for part in parts]
    return union(*parts)


def size(of: Audience, now: datetime) -> int:
    """How many people that are; one statement."""
    everybody = readers(of, now).subquery()
    found = select(func.count()).where(
        Person.id.in_(select(everybody.c.id)),
        Person.id.not_in(of.but),
        Person.not_blocked(now),
        Person.erased_at.is_(None),
    )
    return int(db.session.scalar(found) or 0)


def put(news: News, whom: ColumnElement[bool]) -> None:
    """Put the news into the inbox of everybody for whom the condition on Person holds; no one gets it twice."""
    kind: NoticeKind = news.kind
    mailed = and_(
        literal(kind != NoticeKind.DECISION),
        Person.email.is_not(None),
        Person.digest != Digest.OFF,
        func.coalesce(NoticeChoice.by_mail, true()),
    )
    rows = (
        select(
            Person.id,
            literal(kind, text_enum(NoticeKind)),
            literal(news.event_key, String),
            _in_language(news.words, 0),
            _in_language(news.words, 1),
            literal(news.path, String),
            literal(news.created_at, UTCDateTime()),
            mailed,
        )
        .outerjoin(NoticeChoice, and_(NoticeChoice.person_id == Person.id, NoticeChoice.kind == kind))
        .where(whom, Person.not_blocked(news.created_at), Person.erased_at.is_(None))
        .order_by(Person.id)  # whoever tells the same at once waits in the same order
    )
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    columns = ["person_id", "kind", "event_key", "title", "text", "path", "created_at", "waits"]
    db.session.execute(insert(Notice).from_select(columns, rows).on_conflict_do_nothing())


def _listed(audience: Audience) -> ColumnElement[bool]:
    return Person.id.in_(set(audience.people) - set(audience.but))


def _in_language(words: Words, part: int) -> ColumnElement[str]:
    others = [
        (Person.language == code, literal(words[code][part], Text))
        for code in LANGUAGES
        if code != DEFAULT_LANGUAGE
    ]
    return case(*others, else_=literal(words[DEFAULT_LANGUAGE][part], Text))


def _said(code: str, title: str, text: str, values: dict[str, Any]) -> list[str]:
    """A title of one line and a text in one language."""
    with speaking(code):
        spoken = {name: _spoken(value) for name, value in values.items()}
        head = str(gettext(title, **spoken)) if title else ""
        body = str(gettext(text, **spoken)) if text else ""
    return [" ".join(head.split())[:200], body]


def _spoken(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return word(value)
    return day_words(value) if isinstance(value, datetime) else value
