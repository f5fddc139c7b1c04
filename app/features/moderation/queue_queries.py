"""The queue of the moderators: what waits for them, the oldest first, filtered and counted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from app.db import UTCDateTime, db
from app.domain.ballot import Group
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import Appeal, Report
from app.models.person import Person
from app.models.practice import Practice
from app.models.process import Call
from app.models.queue import QueueItem, QueueKind
from app.records import claims, integrity_waiting
from app.records.queue import CLAIM

PAGE = 20
SIZES = (20, 50, 200)
LONGEST_SEARCH = 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Part(StrEnum):
    """Which part of the queue is shown, beside the kind and the call."""

    ALL = "alles"
    OVERDUE = "te-laat"
    MINE = "van-mij"
    """What this moderator is reading."""
    OTHERS = "zonder-eigen"
    """Without what is theirs to read but not to decide."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the queue; the next page begins after it."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def read(cls, given: str) -> "Place | None":
        """The place that an address names, or None when it names none."""
        found = re.fullmatch(r"(\d{1,17})-(\d{1,9})", given)
        if found is None:
            return None
        return cls(EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a moderator wants to see, as the address says it."""

    kind: QueueKind | None = None
    call: str = ""
    part: Part = Part.ALL
    words: str = ""
    size: int = PAGE

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Choice":
        """The choice of an address; what it names wrongly is as if it were not there."""
        kind, part, size = given.get("soort", ""), given.get("deel", ""), given.get("per", "")
        return cls(
            QueueKind(kind) if kind in set(QueueKind) else None,
            given.get("oproep", "")[:80],
            Part(part) if part in set(Part) else Part.ALL,
            " ".join(given.get("zoek", "").replace("\0", " ").split())[:LONGEST_SEARCH],
            int(size) if size in {str(number) for number in SIZES} else PAGE,
        )

    def address(self, **changes: Any) -> dict[str, str]:
        """What stands in the address of this choice, or of one that differs a little."""
        wanted = {
            "kind": self.kind,
            "call": self.call,
            "part": self.part,
            "words": self.words,
            "size": self.size,
        }
        wanted |= changes
        named = {
            "soort": wanted["kind"] or "",
            "oproep": wanted["call"],
            "deel": "" if wanted["part"] == Part.ALL else wanted["part"],
            "zoek": wanted["words"],
            "per": "" if wanted["size"] == PAGE else str(wanted["size"]),
        }
        return {name: str(value) for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    place: Place
    kind: QueueKind
    idea_id: int | None
    argument_id: int | None
    practice_id: int | None
    appeal_id: int | None
    proposal_id: int | None
    title: str
    excerpt: str
    author: str
    author_id: int | None
    """Whose text waits; nobody's when organisers put it there."""
    group: Group | None
    call: str
    reports: int
    is_live: bool
    due_at: datetime
    holder_id: int | None
    """Who is reading it now."""
    holder: str
    is_own: bool
    """Whether the moderator who looks wrote it or reported it, so that another one decides."""

    @property
    def id(self) -> int:
        """The number of the item."""
        return self.place.id


class _Fact(NamedTuple):
    """How many items are the same in everything that can be chosen."""

    kind: QueueKind
    call_id: int | None
    is_overdue: bool
    is_mine: bool
    is_own: bool
    number: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, and how much of it each filter would show."""

    all: int
    found: int
    kinds: dict[QueueKind, int]
    calls: list[tuple[str, str, int]]
    """Address, title and number."""
    parts: dict[Part, int]
    signals: int = 0
    """Signals about votes that wait for this moderator, whatever the filters say."""
    objections: int = 0
    """Objections of people whose votes do not count."""


_REPORTS = (
    select(func.count())
    .where(
        Report.handled_at.is_(None),
        or_(
            Report.argument_id == QueueItem.argument_id,
            and_(QueueItem.argument_id.is_(None), Report.idea_id == QueueItem.idea_id),
            Report.practice_id == QueueItem.practice_id,
        ),
    )
    .correlate(QueueItem)
    .scalar_subquery()
)


def waiting(
    choice: Choice, moderator_id: int, now: datetime, after: Place | None = None
) -> tuple[list[Waiting], Place | None]:
    """A page of the queue, oldest first, and the place where the next page begins."""
    query = page(choice, moderator_id, now, after)
    rows = [_line(row, now) for row in db.session.execute(query)]
    return rows[: choice.size], rows[choice.size - 1].place if len(rows) > choice.size else None


def next_free(moderator_id: int, now: datetime, after: Place | None = None) -> Waiting | None:
    """The oldest text after this place that this moderator may decide on and that nobody else is reading."""
    query = page(Choice(part=Part.OTHERS, size=1), moderator_id, now, after)
    row = db.session.execute(query.where(claims.is_free(moderator_id, now)).limit(1)).first()
    return _line(row, now) if row else None


def chosen(ids: Sequence[int], moderator_id: int, now: datetime) -> list[Waiting]:
    """These items, as far as they still wait, oldest first."""
    query = _lines(moderator_id).where(QueueItem.id.in_(ids)).limit(len(ids))
    return [_line(row, now) for row in db.session.execute(query)]


def counts(moderator_id: int, now: datetime, choice: Choice | None = None) -> Counts:
    """How much waits, in one statement; each number is what its filter would show beside the other choices."""
    choice = choice or Choice()
    facts = select(
        QueueItem.kind,
        QueueItem.call_id,
        case((QueueItem.due_at < now, 1), else_=0).label("overdue"),
        case((_is_claimed_by(moderator_id, now), 1), else_=0).label("mine"),
        case((claims.is_own(moderator_id), 1), else_=0).label("own"),
    ).select_from(QueueItem)
    each = _searched(facts, choice).where(QueueItem.closed_at.is_(None)).subquery()
    grouped = select(*each.c, func.count().label("number")).group_by(*each.c).subquery()
    desk = select(*integrity_waiting.columns(moderator_id)).subquery()  # one row, also when no text waits
    rows = db.session.execute(
        select(grouped, Call.slug, Call.title, Call.position, *desk.c)
        .select_from(desk)
        .outerjoin(grouped, true())
        .outerjoin(Call, Call.id == grouped.c.call_id)
    ).all()
    found = [(_Fact(*row[:6]), row[6] or "", row[7] or "", row[8] or 0) for row in rows if row[5] is not None]
    return replace(_count(found, choice), signals=rows[0][9], objections=rows[0][10])


def total() -> int:
    """How much waits."""
    return db.session.scalar(select(func.count()).where(QueueItem.closed_at.is_(None))) or 0


def page(
    choice: Choice, moderator_id: int, now: datetime, after: Place | None = None
) -> Select[*tuple[Any, ...]]:
    """The statement that reads a page, and one line more to know whether there is another."""
    query = _searched(_lines(moderator_id), choice, joined=True).limit(choice.size + 1)
    if choice.kind is not None:
        query = query.where(QueueItem.kind == choice.kind)
    if choice.call:
        query = query.where(Call.slug == choice.call)
    if choice.part == Part.OVERDUE:
        query = query.where(QueueItem.due_at < now)
    elif choice.part == Part.MINE:
        query = query.where(_is_claimed_by(moderator_id, now))
    elif choice.part == Part.OTHERS:
        query = query.where(case((claims.is_own(moderator_id), 1), else_=0) == 0)
    if after is not None:
        here = tuple_(QueueItem.waits_since, QueueItem.id)
        query = query.where(here > tuple_(literal(after.at, UTCDateTime()), after.id))
    return query


def _lines(moderator_id: int) -> Select[*tuple[Any, ...]]:
    """What waits with all that a line shows, oldest first."""
    holder = aliased(Person)
    return (
        select(
            QueueItem.waits_since,
            QueueItem.id,
            QueueItem.kind,
            QueueItem.idea_id,
            QueueItem.argument_id,
            QueueItem.practice_id,
            QueueItem.appeal_id,
            QueueItem.proposal_id,
            func.coalesce(Idea.title, Practice.title, ""),
            func.coalesce(Appeal.text, Argument.body, Idea.summary, Practice.done, ""),
            Person.name,
            QueueItem.author_id,
            Person.group,
            Call.title,
            _REPORTS,
            QueueItem.is_live,
            QueueItem.due_at,
            QueueItem.claimed_by_id,
            QueueItem.claimed_at,
            holder.name,
            case((claims.is_own(moderator_id), 1), else_=0),
        )
        .select_from(QueueItem)
        .outerjoin(Idea, Idea.id == QueueItem.idea_id)
        .outerjoin(Argument, Argument.id == QueueItem.argument_id)
        .outerjoin(Practice, Practice.id == QueueItem.practice_id)
        .outerjoin(Appeal, Appeal.id == QueueItem.appeal_id)
        .outerjoin(Person, Person.id == QueueItem.author_id)
        .outerjoin(Call, Call.id == QueueItem.call_id)
        .outerjoin(holder, holder.id == QueueItem.claimed_by_id)
        .where(QueueItem.closed_at.is_(None))
        .order_by(QueueItem.waits_since, QueueItem.id)
    )


def _searched(
    query: Select[*tuple[Any, ...]], choice: Choice, *, joined: bool = False
) -> Select[*tuple[Any, ...]]:
    """Only what holds the words in its title, its text or the name of its author."""
    if not choice.words:
        return query
    if not joined:
        query = (
            query.outerjoin(Idea, Idea.id == QueueItem.idea_id)
            .outerjoin(Argument, Argument.id == QueueItem.argument_id)
            .outerjoin(Practice, Practice.id == QueueItem.practice_id)
            .outerjoin(Person, Person.id == QueueItem.author_id)
        )
    columns = (Idea.title, Idea.summary, Idea.body, Argument.body, Practice.title, Practice.done, Person.name)
    return query.where(or_(*(column.icontains(choice.words, autoescape=True) for column in columns)))


def _is_claimed_by(moderator_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(QueueItem.claimed_by_id == moderator_id, QueueItem.claimed_at > now - CLAIM)


def _count(found: Sequence[tuple[_Fact, str, str, int]], choice: Choice) -> Counts:
    def number(kind: QueueKind | None, call: str, part: Part) -> int:
        return sum(
            fact.number
            for fact, slug, _title, _position in found
            if (kind is None or fact.kind == kind) and (not call or slug == call) and _is_in(fact, part)
        )

    calls = sorted({(position, title, slug) for _fact, slug, title, position in found if slug})
    return Counts(
        all=number(None, "", Part.ALL),
        found=number(choice.kind, choice.call, choice.part),
        kinds={kind: number(kind, choice.call, choice.part) for kind in QueueKind},
        calls=[(slug, title, number(choice.kind, slug, choice.part)) for _position, title, slug in calls],
        parts={part: number(choice.kind, choice.call, part) for part in Part},
    )


def _is_in(fact: _Fact, part: Part) -> bool:
    return {
        Part.ALL: True,
        Part.OVERDUE: bool(fact.is_overdue),
        Part.MINE: bool(fact.is_mine),
        Part.OTHERS: not fact.is_own,
    }[part]


def _line(row: Row[*tuple[Any, ...]], now: datetime) -> Waiting:
    at, number, kind, idea, argument, practice, appeal, proposal, title, excerpt, author = row[:11]
    author_id, group, call, reports, is_live, due_at, holder_id, claimed_at, holder, own = row[11:]
    is_held = holder_id is not None and claimed_at is not None and claimed_at > now - CLAIM
    return Waiting(
        place=Place(at, number),
        kind=kind,
        idea_id=idea,
        argument_id=argument,
        practice_id=practice,
        appeal_id=appeal,
        proposal_id=proposal,
        title=title,
        excerpt=excerpt,
        author=author or "",
        author_id=author_id,
        group=group,
        call=call or "",
        reports=reports,
        is_live=is_live,
        due_at=due_at,
        holder_id=holder_id if is_held else None,
        holder=(holder or "") if is_held else "",
        is_own=bool(own),
    )
