"""What waits, in groups that may be a wave: nearly the same text, many texts of one account, all that is new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models.argument import Argument, ArgumentState
from app.models.audit import AuditEntry
from app.models.idea import Idea
from app.models.moderation import ModerationDecision
from app.models.person import Person
from app.models.practice import Practice
from app.models.queue import QueueItem, QueueKind
from app.policies.friction import YOUNG

LEAST = 3
"""So many nearly equal texts make a group."""
LEAST_OF_ONE = 5
"""So many texts of one account."""
MOST = 30
SAMPLE = 5
CLEANED_SHOWN = timedelta(days=30)
TEXTS = (QueueKind.IDEA, QueueKind.ARGUMENT, QueueKind.REPLY, QueueKind.PRACTICE)


class By(StrEnum):
    """What a group has in common, as its address says it."""

    TEXT = "tekst"
    ACCOUNT = "account"
    NEW = "nieuw"


@dataclass(frozen=True, slots=True)
class Group:
    """What waits and has something in common."""

    by: By
    mark: str
    """The sameness, the number of the account, or the minutes that are looked back."""
    texts: int
    accounts: int
    young: int
    """How many of the accounts are new."""
    since: datetime
    latest: datetime
    example: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What the chosen accounts have on the site: all of it goes."""

    waiting_ideas: int
    published_ideas: int
    waiting_arguments: int
    published_arguments: int

    @property
    def all(self) -> int:
        """Everything together."""
        return self.waiting_ideas + self.published_ideas + self.waiting_arguments + self.published_arguments


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A step that cleaned up a wave."""

    batch: str
    at: datetime
    moderator: str
    texts: int
    people: int
    blocked: int
    why: str
    is_undone: bool


def groups(now: datetime) -> list[Group]:
    """What may be a wave, the largest first: three statements for the groups, one for their examples."""
    found = [
        *_grouped(By.TEXT, QueueItem.sameness, LEAST, now, QueueItem.sameness != ""),
        *_grouped(By.ACCOUNT, QueueItem.author_id, LEAST_OF_ONE, now),
    ]
    return sorted(found, key=lambda group: (-group.texts, group.since))[:MOST]


def newcomers(now: datetime, minutes: Sequence[int]) -> list[Group]:
    """Everything that new accounts sent in during the last minutes; a group for each stretch that has something."""
    found = []
    for number in minutes:
        which = (Person.created_at > now - YOUNG, QueueItem.waits_since > now - timedelta(minutes=number))
        found += _counted(By.NEW, now, which, str(number))
    return found


def group(by: By, mark: str, until: datetime, now: datetime) -> Group | None:
    """One group, as it was at that moment, as far as it still waits."""
    condition = _condition(by, mark, until)
    rows = _counted(by, now, condition, mark) if condition is not None else []
    return rows[0] if rows else None


def authors(by: By, mark: str, until: datetime) -> list[Person]:
    """Whose texts the group is, with their roles."""
    condition = _condition(by, mark, until)
    if condition is None:
        return []
    return list(
        db.session.scalars(
            select(Person)
            .where(
                Person.id.in_(
                    select(QueueItem.author_id)
                    .join(Person, Person.id == QueueItem.author_id)
                    .where(*_open(), *condition)
                )
            )
            .options(joinedload(Person.role_rows))
            .order_by(Person.id)
        ).unique()
    )


def samples(by: By, mark: str, until: datetime) -> list[tuple[str, str, str]]:
    """The first texts of the group, as (title, text, author)."""
    condition = _condition(by, mark, until)
    if condition is None:
        return []
    numbers = db.session.scalars(
        select(QueueItem.id)
        .join(Person, Person.id == QueueItem.author_id)
        .where(*_open(), *condition)
        .order_by(QueueItem.waits_since, QueueItem.id)
        .limit(SAMPLE)
    ).all()
    said = _said(numbers)
    return [said[number] for number in numbers if number in said]


def holding(people: Sequence[int]) -> Holding:
    """What these accounts have on the site and in the queue."""
    ideas: dict[str, int] = {}
    arguments: dict[str, int] = {}
    for start in range(0, len(people), 2000):
        some = people[start : start + 2000]
        for table, counts in ((Idea, ideas), (Argument, arguments)):
            for state, number in db.session.execute(
                select(table.state, func.count()).where(table.author_id.in_(some)).group_by(table.state)
            ):
                counts[state] = counts.get(state, 0) + number
    return Holding(
        ideas.get(IdeaState.SUBMITTED, 0),
        ideas.get(IdeaState.PUBLISHED, 0),
        arguments.get(ArgumentState.WAITING, 0),
        arguments.get(ArgumentState.PUBLISHED, 0),
    )


def cleaned(now: datetime) -> list[Cleaned]:
    """The waves that were cleaned up lately, newest first."""
    lines = db.session.execute(
        select(AuditEntry.action, AuditEntry.at, AuditEntry.after, AuditEntry.why, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.action.in_(["waves.clean", "waves.undo"]), AuditEntry.at > now - CLEANED_SHOWN)
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()
    undone = {line.after.get("batch") for line in lines if line.action == "waves.undo"}
    cleaned_up = [(line, str(line.after.get("batch", ""))) for line in lines if line.action == "waves.clean"]
    batches = [batch for _line, batch in cleaned_up]
    # Also put back from the page of somebody, or from the list of decisions.
    stands = set(
        db.session.scalars(
            select(ModerationDecision.batch)
            .where(ModerationDecision.batch.in_(batches), ModerationDecision.undone_at.is_(None))
            .distinct()
        )
    )
    return [
        Cleaned(
            batch,
            line.at,
            line.name or "",
            int(line.after.get("hidden", 0)) + int(line.after.get("refused", 0)),
            int(line.after.get("people", 0)),
            int(line.after.get("blocked", 0)),
            line.why,
            batch in undone or batch not in stands,
        )
        for line, batch in cleaned_up
    ]


def is_mark(by: By, mark: str) -> bool:
    """Whether a group can have this mark at all."""
    return bool(re.fullmatch(r"[0-9a-f]{32}" if by == By.TEXT else r"[1-9][0-9]{0,8}", mark, re.ASCII))


def _open() -> tuple[ColumnElement[bool], ...]:
    return (QueueItem.closed_at.is_(None), QueueItem.kind.in_(TEXTS))


def _condition(by: By, mark: str, until: datetime) -> tuple[ColumnElement[bool], ...] | None:
    until_then = QueueItem.waits_since <= until
    if by == By.TEXT:
        return (QueueItem.sameness == mark, QueueItem.sameness != "", until_then)
    if not is_mark(by, mark):
        return None
    if by == By.ACCOUNT:
        return (QueueItem.author_id == int(mark), until_then)
    return (
        Person.created_at > until - YOUNG,
        QueueItem.waits_since > until - timedelta(minutes=int(mark)),
        until_then,
    )


def _figures(now: datetime) -> tuple[Any, ...]:
    young = QueueItem.author_id.in_(select(Person.id).where(Person.created_at > now - YOUNG))
    return (
        func.count(QueueItem.id).label("texts"),
        func.count(QueueItem.author_id.distinct()).label("accounts"),
        func.count(QueueItem.author_id.distinct()).filter(young).label("young"),
        func.min(QueueItem.waits_since).label("since"),
        func.max(QueueItem.waits_since).label("latest"),
        func.min(QueueItem.id).label("first"),
    )


def _grouped(by: By, column: Any, least: int, now: datetime, *which: ColumnElement[bool]) -> list[Group]:
    rows = db.session.execute(
        select(column.label("mark"), *_figures(now))
        .where(*_open(), *which, column.is_not(None))
        .group_by(column)
        .having(func.count(QueueItem.id) >= least)
        .order_by(func.count(QueueItem.id).desc())
        .limit(MOST)
    ).all()
    said = _said([row.first for row in rows])
    return [_group(by, str(row.mark), row, said) for row in rows]


def _counted(by: By, now: datetime, which: Sequence[ColumnElement[bool]], mark: str) -> list[Group]:
    row = db.session.execute(
        select(*_figures(now)).join(Person, Person.id == QueueItem.author_id).where(*_open(), *which)
    ).one()
    return [_group(by, mark, row, _said([row.first]))] if row.texts else []


def _group(by: By, mark: str, row: Any, said: dict[int, tuple[str, str, str]]) -> Group:
    title, example, author = said.get(row.first, ("", "", ""))
    return Group(by, mark, row.texts, row.accounts, row.young, row.since, row.latest, example, title, author)


def _said(numbers: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """What items of the queue say, as (title, text, author)."""
    if not numbers:
        return {}
    rows = db.session.execute(
        select(
            QueueItem.id,
            func.coalesce(Practice.title, Idea.title, ""),
            func.coalesce(Argument.body, Practice.done, Idea.body, ""),
            func.coalesce(Person.name, ""),
        )
        .outerjoin(Idea, Idea.id == QueueItem.idea_id)
        .outerjoin(Argument, Argument.id == QueueItem.argument_id)
        .outerjoin(Practice, Practice.id == QueueItem.practice_id)
        .outerjoin(Person, Person.id == QueueItem.author_id)
        .where(QueueItem.id.in_(numbers))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
