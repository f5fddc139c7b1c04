"""What moderators look at: a text with what is known about it, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState, RefusalReason
from app.domain.likeness import stems
from app.kit import html
from app.kit.pagination import older_than
from app.models.argument import Argument, ArgumentState
from app.models.contribution import IdeaChallenge, IdeaImage, IdeaOrigin
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb, Report, ReportReason
from app.models.person import Organisation, Person
from app.models.practice import Practice
from app.models.vote import Vote
from app.records import reporters, sweeping
from app.records.alike import nearness, with_any
from app.records.decisions import UNDO
from app.records.ideas import ImageTag, Origin
from app.records.reporters import Figures

PAGE = 20
ALIKE = 0.35
"""From this likeness on, two titles or two titles with their summaries may be the same idea."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a text, and what became of their other texts."""

    name: str
    group: Group
    organisation: str
    since: datetime
    published: int
    decisions: tuple["Decided", ...]
    id: int


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision."""

    id: int
    verb: ModerationVerb
    reason: RefusalReason | None
    sentence: str
    at: datetime
    moderator: str
    """Nobody where the site did it by itself."""
    title: str
    idea_id: int | None
    argument_id: int | None
    practice_id: int | None
    batch: str | None
    undone_at: datetime | None
    undone_by: str

    def is_fresh(self, now: datetime) -> bool:
        """Whether it can still be undone."""
        return self.undone_at is None and now < self.at + UNDO


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a moderator decided last, as long as it can be undone."""

    id: int
    verb: ModerationVerb
    title: str
    batch: str | None
    number: int
    """How many texts were decided on along with it."""
    until: datetime
    votes: int
    """Votes on an idea that came since it was published."""

    @property
    def is_sweep(self) -> bool:
        """Whether it took everything of somebody off the site; who was blocked with it has heard so at once."""
        return sweeping.is_sweep(self.batch)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another idea in the same call that may be the same."""

    id: int
    title: str
    summary: str
    state: IdeaState
    likeness: float


@dataclass(frozen=True, slots=True)
class Said:
    """One argument, question or reply under an idea."""

    id: int
    side: Side
    body: str
    state: ArgumentState
    author: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One open report."""

    id: int
    reason: ReportReason
    explanation: str
    at: datetime
    reporter: str
    reporter_id: int | None
    """None for somebody without account."""
    record: Figures
    """How the earlier reports of this person turned out."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What residents answer to the questions of a challenge."""

    task: str
    team: str
    means: str
    better: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the text of an idea."""

    image: ImageTag | None
    origin: Origin | None
    posted_by: str
    challenge: Answers | None

    @property
    def posted_by_id(self) -> int | None:
        """Who of the staff brought it in, and so may not decide on it."""
        return self.origin.posted_by_id if self.origin else None


def author(person_id: int, subject: Idea | Argument) -> Author:
    """Who wrote a text, with the last decisions on their other texts."""
    published = (
        select(func.count())
        .where(Idea.author_id == person_id, Idea.state == IdeaState.PUBLISHED)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Person.name, Person.group, func.coalesce(Organisation.name, ""), Person.created_at, published)
        .outerjoin(Organisation, Person.organisation_id == Organisation.id)
        .where(Person.id == person_id)
    ).one()
    mine = or_(Idea.author_id == person_id, Argument.author_id == person_id)
    other = (
        or_(ModerationDecision.idea_id.is_(None), ModerationDecision.idea_id != subject.id)
        if isinstance(subject, Idea)
        else or_(ModerationDecision.argument_id.is_(None), ModerationDecision.argument_id != subject.id)
    )
    name, group, organisation, since, ideas = row
    decided = _decided(_decisions().where(mine, other).limit(5))
    return Author(name, group, organisation, since, ideas, tuple(decided), person_id)


def decisions_on(subject: Idea | Argument) -> list[Decided]:
    """What was decided on this text, newest first."""
    column = ModerationDecision.idea_id if isinstance(subject, Idea) else ModerationDecision.argument_id
    return _decided(_decisions().where(column == subject.id))


def decisions(before: int | None = None) -> tuple[list[Decided], int | None]:
    """A page of all decisions, newest first, and the number before which the next page begins."""
    query = _decisions().limit(PAGE + 1)
    if before is not None:
        query = query.where(older_than(ModerationDecision, ModerationDecision.decided_at, before))
    rows = _decided(query)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def report_lines(reports: Sequence[Report]) -> list[ReportLine]:
    """Open reports as the page shows them, with how earlier reports of the same people turned out."""
    known = reporters.figures([report.reporter_id for report in reports if report.reporter_id is not None])
    return [
        ReportLine(
            report.id,
            report.reason,
            report.explanation,
            report.created_at,
            report.reporter.name if report.reporter else "",
            report.reporter_id,
            known.get(report.reporter_id or 0, reporters.NONE),
        )
        for report in reports
    ]


def said_on(idea: Idea) -> list[Said]:
    """The last hundred arguments, questions and replies under an idea, newest first."""
    rows = db.session.execute(
        select(Argument.id, Argument.side, Argument.body, Argument.state, Person.name)
        .join(Person, Argument.author_id == Person.id)
        .where(Argument.idea_id == idea.id, Argument.state != ArgumentState.DELETED)
        .order_by(Argument.created_at.desc(), Argument.id.desc())
        .limit(100)
    )
    return [Said(*row) for row in rows]


def beside(idea: Idea) -> Beside:
    """Image, origin and answers to a challenge of an idea, in one statement."""
    row: Any = db.session.execute(
        select(
            IdeaImage.key,
            IdeaImage.alt,
            IdeaImage.width,
            IdeaImage.height,
            IdeaOrigin.channel,
            IdeaOrigin.note,
            IdeaOrigin.posted_by_id,
            Person.name,
            IdeaChallenge.task,
            IdeaChallenge.team,
            IdeaChallenge.means,
            IdeaChallenge.better,
        )
        .select_from(Idea)
        .outerjoin(IdeaImage, IdeaImage.idea_id == Idea.id)
        .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
        .outerjoin(Person, Person.id == IdeaOrigin.posted_by_id)
        .outerjoin(IdeaChallenge, IdeaChallenge.idea_id == Idea.id)
        .where(Idea.id == idea.id)
    ).one()
    return Beside(
        image=ImageTag(*row[:4]) if row[0] is not None else None,
        origin=Origin(*row[4:7]) if row[4] is not None else None,
        posted_by=row[7] or "",
        challenge=Answers(*row[8:]) if row[8] is not None else None,
    )


def alike(idea: Idea) -> list[Alike]:
    """At most three ideas of the same call that share enough words with this one, the likest first."""
    words = sorted(stems(idea.title) | stems(idea.summary))
    if not words:
        return []
    query = select(Idea.id, Idea.title, Idea.summary, Idea.state).where(
        Idea.call_id == idea.call_id,
        Idea.id != idea.id,
        Idea.state.in_([IdeaState.SUBMITTED, IdeaState.PUBLISHED]),
    )
    rows = [
        Alike(
            number,
            title,
            summary,
            state,
            nearness(idea.title, idea.summary, title, summary),
        )
        for number, title, summary, state in db.session.execute(with_any(query, words).limit(30))
    ]
    return sorted((row for row in rows if row.likeness >= ALIKE), key=lambda row: (-row.likeness, row.id))[:3]


def body_of(subject: Idea | Argument) -> Markup:
    """The text as readers see it."""
    return html.from_plain(subject.body)


def fresh_decision(moderator_id: int, now: datetime) -> Fresh | None:
    """The last decision of this moderator that can still be undone, in one statement."""
    also = aliased(ModerationDecision)
    number = (
        select(func.count())
        .where(also.batch == ModerationDecision.batch, also.undone_at.is_(None))
        .scalar_subquery()
    )
    votes = (
        select(func.count())
        .where(Vote.idea_id == ModerationDecision.idea_id, Vote.value != 0)
        .scalar_subquery()
    )
    row = db.session.execute(
        _titled(
            select(
                ModerationDecision.id,
                ModerationDecision.verb,
                _TITLE,
                ModerationDecision.batch,
                number,
                ModerationDecision.decided_at,
                case((ModerationDecision.verb == ModerationVerb.PUBLISH, votes), else_=0),
            )
        )
        .where(
            ModerationDecision.moderator_id == moderator_id,
            ModerationDecision.undone_at.is_(None),
            ModerationDecision.decided_at > now - UNDO,
        )
        .order_by(ModerationDecision.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    number_, verb, title, batch, together, at, votes_ = row
    return Fresh(number_, verb, title, batch, together if batch else 1, at + UNDO, votes_)


_TITLE = func.coalesce(Idea.title, Practice.title, "")


def _titled(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Decisions with the text that they are about."""
    return (
        query.select_from(ModerationDecision)
        .outerjoin(Argument, ModerationDecision.argument_id == Argument.id)
        .outerjoin(Idea, Idea.id == func.coalesce(ModerationDecision.idea_id, Argument.idea_id))
        .outerjoin(Practice, Practice.id == ModerationDecision.practice_id)
    )


def _decisions() -> Select[*tuple[Any, ...]]:
    """Decisions with the text they are about, newest first."""
    moderator, undoer = aliased(Person), aliased(Person)
    return (
        _titled(
            select(
                ModerationDecision.id,
                ModerationDecision.verb,
                ModerationDecision.reason,
                ModerationDecision.sentence,
                ModerationDecision.decided_at,
                func.coalesce(moderator.name, ""),
                _TITLE,
                Idea.id,
                ModerationDecision.argument_id,
                ModerationDecision.practice_id,
                ModerationDecision.batch,
                ModerationDecision.undone_at,
                func.coalesce(undoer.name, ""),
            )
        )
        .outerjoin(moderator, ModerationDecision.moderator_id == moderator.id)
        .outerjoin(undoer, ModerationDecision.undone_by_id == undoer.id)
        .order_by(ModerationDecision.decided_at.desc(), ModerationDecision.id.desc())
    )


def _decided(query: Select[*tuple[Any, ...]]) -> list[Decided]:
    return [Decided(*row) for row in db.session.execute(query)]
