"""What moderators read about a person: texts, decisions, reports, measures, notes; and whom they search for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState, RefusalReason
from app.models.argument import Argument, ArgumentState
from app.models.contribution import IdeaOrigin
from app.models.entry import DeviceSession, SecondFactor, VotingCode
from app.models.idea import Idea
from app.models.moderation import (
    Appeal,
    ModerationDecision,
    ModerationNote,
    ModerationVerb,
    Report,
    ReportOutcome,
    ReportReason,
    Sanction,
    SanctionKind,
)
from app.models.person import Person
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.records.sweeping import BATCH

MOST = 50
"""Rows of each list on the page of a person; the newest come first."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text of a person, or of somebody else where it is about a report."""

    kind: str
    """`idea`, `argument` or `practice`."""
    id: int
    title: str
    """Of the idea or example; of an argument, that of its idea."""
    state: IdeaState | ArgumentState | PracticeState
    at: datetime
    body: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided on one of the texts."""

    kind: str
    text_id: int
    title: str
    verb: ModerationVerb
    reason: RefusalReason | None
    sentence: str
    at: datetime
    moderator: str
    """Empty when the site did it by a rule."""
    is_undone: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that the person made, or one on a text of theirs."""

    kind: str
    text_id: int
    title: str
    reason: ReportReason
    explanation: str
    at: datetime
    outcome: ReportOutcome | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """A sanction with what was said against it."""

    sanction: Sanction
    by: str
    lifted_by: str
    appeal: Appeal | None

    def is_in_force(self, now: datetime) -> bool:
        """Whether it holds at this moment; a warning is over at once."""
        row = self.sanction
        if row.lifted_at is not None or row.kind == SanctionKind.WARN:
            return False
        return row.ends_at is None or now < row.ends_at

    def can_be_lifted(self, now: datetime) -> bool:
        """A warning can be taken back as well."""
        return self.sanction.lifted_at is None and (
            self.sanction.kind == SanctionKind.WARN or self.is_in_force(now)
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """A step that took everything of somebody off the site and is in force, in whole or in part."""

    batch: str
    at: datetime
    texts: int
    people: int


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody comes in, without any address."""

    by_mail: bool
    by_provider: bool
    by_code: bool
    has_second_step: bool
    devices: int


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search."""

    id: int
    name: str
    group: Group
    since: datetime
    texts: int
    warnings: int
    is_paused: bool
    is_blocked: bool


def texts(person_id: int) -> tuple[list[TextRow], int]:
    """The last texts of somebody, of every kind together, and how many there are; drafts are nobody's business."""
    ideas = select(Idea.id, Idea.title, Idea.state, Idea.created_at).where(
        Idea.author_id == person_id, Idea.state != IdeaState.DRAFT, Idea.submitted_at.is_not(None)
    )
    arguments = (
        select(Argument.id, Idea.title, Argument.state, Argument.created_at, Argument.body)
        .join(Idea, Idea.id == Argument.idea_id)
        .where(Argument.author_id == person_id)
    )
    practices = (
        select(Practice.id, Practice.title, Practice.state, PracticeSuggestion.suggested_at)
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(PracticeSuggestion.person_id == person_id)
    )
    rows: list[TextRow] = []
    total = 0
    for kind, query, newest in (
        ("idea", ideas, Idea.created_at),
        ("argument", arguments, Argument.created_at),
        ("practice", practices, PracticeSuggestion.suggested_at),
    ):
        total += db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows += [TextRow(kind, *row) for row in db.session.execute(query.order_by(newest.desc()).limit(MOST))]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:MOST], total


def sweepable(person_id: int) -> tuple[int, int]:
    """How many texts of somebody readers see, and how many wait."""
    shown = (
        (Idea.author_id == person_id, Idea.state == IdeaState.PUBLISHED),
        (Argument.author_id == person_id, Argument.state == ArgumentState.PUBLISHED),
    )
    waiting = (
        (Idea.author_id == person_id, Idea.state == IdeaState.SUBMITTED),
        (Argument.author_id == person_id, Argument.state == ArgumentState.WAITING),
    )
    suggested = (
        select(func.count())
        .select_from(PracticeSuggestion)
        .join(Practice, Practice.id == PracticeSuggestion.practice_id)
        .where(PracticeSuggestion.person_id == person_id)
    )
    counts = [
        sum(select(func.count()).where(*each).scalar_subquery() for each in some)
        + suggested.where(Practice.state == state).scalar_subquery()
        for some, state in ((shown, PracticeState.PUBLISHED), (waiting, PracticeState.SUGGESTED))
    ]
    row = db.session.execute(select(*counts)).one()
    return int(row[0]), int(row[1])


def decisions(person_id: int) -> list[DecisionRow]:
    """What was decided on the texts of somebody, newest first."""
    moderator = aliased(Person)
    query = _about(ModerationDecision)
    rows = db.session.execute(
        query.add_columns(
            ModerationDecision.verb,
            ModerationDecision.reason,
            ModerationDecision.sentence,
            ModerationDecision.decided_at,
            func.coalesce(moderator.name, ""),
            ModerationDecision.undone_at.is_not(None),
        )
        .outerjoin(moderator, moderator.id == ModerationDecision.moderator_id)
        .where(_written_by(person_id))
        .order_by(ModerationDecision.id.desc())
        .limit(MOST)
    )
    return [DecisionRow(*row) for row in rows]


def reports_made(person_id: int, reader_id: int) -> list[ReportRow]:
    """What somebody reported, newest first; not what they reported of texts that the reader wrote or posted."""
    posted = select(IdeaOrigin.idea_id).where(IdeaOrigin.posted_by_id == reader_id)
    author = func.coalesce(Idea.author_id, Argument.author_id, PracticeSuggestion.person_id, 0)
    return _reports(
        and_(
            Report.reporter_id == person_id,
            author != reader_id,
            or_(Report.idea_id.is_(None), Report.idea_id.not_in(posted)),
        )
    )


def reports_received(person_id: int) -> list[ReportRow]:
    """What others reported of somebody's texts, newest first; not who did."""
    return _reports(_written_by(person_id))


def measures(person_id: int) -> list[Measure]:
    """Every sanction of somebody, the newest first."""
    by, lifter = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(Sanction, by.name, lifter.name, Appeal)
        .join(by, by.id == Sanction.by_id)
        .outerjoin(lifter, lifter.id == Sanction.lifted_by_id)
        .outerjoin(Appeal, Appeal.sanction_id == Sanction.id)
        .where(Sanction.person_id == person_id)
        .order_by(Sanction.id.desc())
    )
    return [Measure(sanction, name, lifted or "", appeal) for sanction, name, lifted, appeal in rows]


def notes(person_id: int) -> Sequence[ModerationNote]:
    """What moderators wrote to each other about somebody, newest first."""
    return db.session.scalars(
        select(ModerationNote)
        .options(joinedload(ModerationNote.author))
        .where(ModerationNote.person_id == person_id)
        .order_by(ModerationNote.id.desc())
    ).all()


def sweeps(person_id: int) -> list[Sweep]:
    """The steps that took texts of somebody off the site and have not been undone."""
    query = _about(ModerationDecision)
    batches = (
        query.with_only_columns(ModerationDecision.batch)
        .where(
            ModerationDecision.batch.startswith(BATCH, autoescape=True),
            ModerationDecision.undone_at.is_(None),
            _written_by(person_id),
        )
        .distinct()
    )
    whole = _about(ModerationDecision)
    of_text = func.coalesce(Argument.author_id, PracticeSuggestion.person_id, Idea.author_id)
    rows = db.session.execute(
        whole.with_only_columns(
            ModerationDecision.batch,
            func.min(ModerationDecision.decided_at),
            func.count(),
            func.count(of_text.distinct()),
        )
        .where(ModerationDecision.batch.in_(batches), ModerationDecision.undone_at.is_(None))
        .group_by(ModerationDecision.batch)
        .order_by(func.min(ModerationDecision.decided_at).desc())
    )
    return [Sweep(str(batch), at, count, people) for batch, at, count, people in rows]


def ways_in(person: Person) -> WaysIn:
    """What may be known of how somebody signs in, in one statement."""
    devices = select(func.count()).where(
        DeviceSession.person_id == person.id, DeviceSession.ended_at.is_(None)
    )
    by_code, has_second_step, open_on = db.session.execute(
        select(
            exists().where(VotingCode.person_id == person.id),
            exists().where(SecondFactor.person_id == person.id, SecondFactor.confirmed_at.is_not(None)),
            devices.scalar_subquery(),
        )
    ).one()
    return WaysIn(
        by_mail=person.email is not None,
        by_provider=person.oidc_hash is not None,
        by_code=by_code,
        has_second_step=has_second_step,
        devices=open_on,
    )


def search(words: str, now: datetime) -> list[Found]:
    """People by a part of their name or by their number; without words those whom moderators dealt with last."""
    query = _people(now)
    if words:
        number = int(words) if words.isascii() and words.isdigit() and len(words) < 10 else 0
        like = Person.name.icontains(words, autoescape=True)
        query = query.where(or_(like, Person.id == number)).order_by(Person.name, Person.id)
    else:
        last = select(func.max(Sanction.id)).where(Sanction.person_id == Person.id).scalar_subquery()
        query = query.where(last.is_not(None)).order_by(last.desc())
    return [Found(*row) for row in db.session.execute(query.limit(MOST))]


def _people(now: datetime) -> Select[*tuple[Any, ...]]:
    ideas = select(func.count()).where(Idea.author_id == Person.id, Idea.submitted_at.is_not(None))
    arguments = select(func.count()).where(Argument.author_id == Person.id)
    warnings = select(func.count()).where(
        Sanction.person_id == Person.id, Sanction.kind == SanctionKind.WARN, Sanction.lifted_at.is_(None)
    )
    return select(
        Person.id,
        Person.name,
        Person.group,
        Person.created_at,
        ideas.scalar_subquery() + arguments.scalar_subquery(),
        warnings.scalar_subquery(),
        and_(Person.paused_until.is_not(None), Person.paused_until > now),
        ~Person.not_blocked(now),
    ).where(Person.erased_at.is_(None))


def _reports(which: ColumnElement[bool]) -> list[ReportRow]:
    query = _about(Report)
    rows = db.session.execute(
        query.add_columns(
            Report.reason,
            Report.explanation,
            Report.created_at,
            Report.outcome,
            Report.handled_at.is_(None),
        )
        .where(which)
        .order_by(Report.id.desc())
        .limit(MOST)
    )
    return [ReportRow(*row) for row in rows]


_SAID_ON = aliased(Idea)
"""The idea that an argument is about."""


def _about(table: Any) -> Select[*tuple[Any, ...]]:
    """Rows of decisions or reports with the text that they are about: its kind, number and title."""
    kind = case(
        (table.argument_id.is_not(None), "argument"),
        (table.practice_id.is_not(None), "practice"),
        else_="idea",
    )
    number = func.coalesce(table.argument_id, table.practice_id, table.idea_id)
    title = func.coalesce(Idea.title, _SAID_ON.title, Practice.title)
    return (
        select(kind, number, title)
        .select_from(table)
        .outerjoin(Idea, Idea.id == table.idea_id)
        .outerjoin(Argument, Argument.id == table.argument_id)
        .outerjoin(_SAID_ON, _SAID_ON.id == Argument.idea_id)
        .outerjoin(Practice, Practice.id == table.practice_id)
        .outerjoin(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
    )


def _written_by(person_id: int) -> ColumnElement[bool]:
    return or_(
        Idea.author_id == person_id,
        Argument.author_id == person_id,
        PracticeSuggestion.person_id == person_id,
    )
