"""Who follows what: an idea, a theme, a call or a process; and whether somebody hears of the ideas they voted on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import g
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db, is_postgresql
from app.models.following import Follow, VotedWish


class Subject(StrEnum):
    """What can be followed, as addresses say it."""

    IDEA = "idee"
    THEME = "thema"
    CALL = "oproep"
    PROCESS = "traject"


COLUMNS: dict[Subject, InstrumentedAttribute[int | None]] = {
    Subject.IDEA: Follow.idea_id,
    Subject.THEME: Follow.theme_id,
    Subject.CALL: Follow.call_id,
    Subject.PROCESS: Follow.process_id,
}


@dataclass(frozen=True, slots=True)
class State:
    """What a button has to know about the visitor."""

    follows: bool
    hears_of_votes: bool


def begin(person_id: int, subject: Subject, number: int, now: datetime) -> None:
    """Follow something from now on; a second time changes nothing. The caller commits."""
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = {"person_id": person_id, COLUMNS[subject].key: number, "created_at": now}
    db.session.execute(insert(Follow).values(row).on_conflict_do_nothing())


def begin_all(pairs: Sequence[tuple[int, int]], now: datetime) -> None:
    """Let people follow ideas, as (person, idea); who does already goes on. The caller commits."""
    rows = [{"person_id": person, "idea_id": idea, "created_at": now} for person, idea in pairs]
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    db.session.execute(insert(Follow).on_conflict_do_nothing(), rows)


def end(person_id: int, subject: Subject, number: int) -> None:
    """Follow something no longer. The caller commits."""
    db.session.execute(delete(Follow).where(Follow.person_id == person_id, COLUMNS[subject] == number))


def wish(person_id: int, wanted: bool, now: datetime) -> None:
    """Whether somebody hears what becomes of the ideas they voted on. The caller commits."""
    if not wanted:
        db.session.execute(delete(VotedWish).where(VotedWish.person_id == person_id))
        return
    insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    row = {"person_id": person_id, "wanted_at": now}
    db.session.execute(insert(VotedWish).values(row).on_conflict_do_nothing())


def hears_of_votes(person_id: int) -> bool:
    """Whether somebody hears what becomes of the ideas they voted on."""
    return bool(db.session.scalar(select(exists().where(VotedWish.person_id == person_id))))


def state(person_id: int, subject: Subject, number: int) -> State:
    """What the buttons on a page say to this visitor; one statement for a page, however many buttons it has."""
    if subject is Subject.IDEA:
        known: dict[tuple[int, int], State] = g.setdefault("followed_ideas", {})
        if (person_id, number) not in known:
            row = db.session.execute(
                select(
                    exists().where(Follow.person_id == person_id, Follow.idea_id == number),
                    exists().where(VotedWish.person_id == person_id),
                )
            ).one()
            known[person_id, number] = State(bool(row[0]), bool(row[1]))
        return known[person_id, number]
    return State((subject, number) in _followed(person_id), False)


def _followed(person_id: int) -> Collection[tuple[Subject, int]]:
    """The few themes, calls and processes that somebody follows, read once a request."""
    known: dict[int, frozenset[tuple[Subject, int]]] = g.setdefault("followed", {})
    if person_id not in known:
        rows = db.session.execute(
            select(Follow.theme_id, Follow.call_id, Follow.process_id).where(
                Follow.person_id == person_id, Follow.idea_id.is_(None)
            )
        )
        places = (Subject.THEME, Subject.CALL, Subject.PROCESS)
        known[person_id] = frozenset(
            (place, number) for row in rows for place, number in zip(places, row, strict=True) if number
        )
    return known[person_id]
