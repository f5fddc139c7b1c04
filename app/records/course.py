"""What an author can know of the course of own texts: sent in when, read by when, decided how, appeal until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.db import db
from app.domain.house_rules import HOUSE_RULES, HouseRule
from app.domain.lifecycle import READABLE_STATES, IdeaState, RefusalReason
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import Appeal, AppealOutcome, ModerationDecision, ModerationVerb, Sanction
from app.models.practice import Practice, PracticeSuggestion
from app.models.queue import QueueItem, QueueKind
from app.policies.appeals import APPEALABLE
from app.records import decisions

TOLD = (
    ModerationVerb.PUBLISH,
    ModerationVerb.RETURN,
    ModerationVerb.REFUSE,
    ModerationVerb.HIDE,
    ModerationVerb.RESTORE,
    ModerationVerb.RECALL,
    ModerationVerb.DETACH,
    ModerationVerb.SPLIT,
    ModerationVerb.MASK,
    ModerationVerb.TAKE_IMAGE,
    ModerationVerb.MERGE,
)
"""Who reported a text, or that its moderators left it, is not for the author."""
_OWN_TEXTS = (
    QueueKind.IDEA,
    QueueKind.AMENDMENT,
    QueueKind.IMAGE,
    QueueKind.ARGUMENT,
    QueueKind.REPLY,
    QueueKind.PRACTICE,
)
_CLOSING = (ModerationVerb.REFUSE, ModerationVerb.HIDE, ModerationVerb.RECALL)


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    """What the author said against a decision, and what came of it."""

    id: int
    text: str
    at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: AppealOutcome | None
    sentence: str

    def is_late(self, now: datetime) -> bool:
        """Whether the answer was promised before now, and is not there."""
        return self.decided_at is None and self.due_at < now


@dataclass(frozen=True, slots=True)
class Told:
    """A decision on an own text as its author reads it."""

    id: int
    verb: ModerationVerb
    reason: RefusalReason | None
    sentence: str
    at: datetime
    undone_at: datetime | None
    idea_id: int | None
    argument_id: int | None
    title: str
    """Of the text, or of the idea that it stands under, as far as the author may read that."""
    until: datetime
    appeal: OwnAppeal | None

    @property
    def rule(self) -> HouseRule | None:
        """The house rule that the decision rests on."""
        return HOUSE_RULES[self.reason] if self.reason else None

    @property
    def is_appealable(self) -> bool:
        """Whether one can say no to a decision of this kind."""
        return self.verb in APPEALABLE

    def is_open(self, now: datetime) -> bool:
        """Whether the author can appeal, now or in a few minutes."""
        return self.is_appealable and self.appeal is None and self.undone_at is None and now < self.until

    def opens_at(self) -> datetime:
        """From when, see app.records.decisions.UNDO."""
        return self.at + decisions.UNDO


@dataclass(frozen=True, slots=True)
class Waiting:
    """An own text that waits for a moderator, since when, and until when we promised to look."""

    kind: QueueKind
    since: datetime
    due_at: datetime
    idea_id: int | None
    title: str
    is_live: bool

    def is_late(self, now: datetime) -> bool:
        """Whether we broke our promise."""
        return self.due_at < now


@dataclass(frozen=True, slots=True)
class Course:
    """Everything about own texts, newest first."""

    waiting: tuple[Waiting, ...]
    told: tuple[Told, ...]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.told)


@dataclass(frozen=True, slots=True)
class Closing:
    """Why readers do not see a text: the house rule and the day; never the text, nor the words to its author."""

    verb: ModerationVerb
    reason: RefusalReason | None
    at: datetime

    @property
    def rule(self) -> HouseRule | None:
        """The house rule that it broke."""
        return HOUSE_RULES[self.reason] if self.reason else None


def of_idea(idea_id: int, author_id: int) -> Course:
    """The course of one idea itself, not of what was said on it; two statements."""
    return Course(
        _waiting(author_id, QueueItem.idea_id == idea_id, QueueItem.argument_id.is_(None)),
        tuple(_told(_decided(author_id).where(ModerationDecision.idea_id == idea_id), author_id)),
    )


def of_person(author_id: int, most: int = 200) -> Course:
    """The course of everything that somebody wrote; two statements."""
    ideas = select(Idea.id).where(Idea.author_id == author_id)
    arguments = select(Argument.id).where(Argument.author_id == author_id)
    practices = select(PracticeSuggestion.practice_id).where(PracticeSuggestion.person_id == author_id)
    own = or_(
        ModerationDecision.idea_id.in_(ideas),
        ModerationDecision.argument_id.in_(arguments),
        ModerationDecision.practice_id.in_(practices),
    )
    return Course(_waiting(author_id), tuple(_told(_decided(author_id).where(own).limit(most), author_id)))


def one(decision_id: int, author_id: int) -> Told | None:
    """One decision, if it is about a text of this person."""
    own = _decided(author_id).where(
        ModerationDecision.id == decision_id,
        or_(
            and_(ModerationDecision.idea_id.is_not(None), Idea.author_id == author_id),
            Argument.author_id == author_id,
            PracticeSuggestion.person_id == author_id,
        ),
    )
    return next(iter(_told(own, author_id)), None)


def closing_of(idea_id: int, state: IdeaState) -> Closing | None:
    """Why this idea is refused or hidden; None for every other state."""
    if state not in (IdeaState.REFUSED, IdeaState.HIDDEN):
        return None
    row = db.session.execute(
        select(ModerationDecision.verb, ModerationDecision.reason, ModerationDecision.decided_at)
        .where(
            ModerationDecision.idea_id == idea_id,
            ModerationDecision.verb.in_(_CLOSING),
            ModerationDecision.undone_at.is_(None),
        )
        .order_by(ModerationDecision.decided_at.desc(), ModerationDecision.id.desc())
        .limit(1)
    ).one_or_none()
    return Closing(*row) if row is not None else None


def sanctions_of(person_id: int) -> list[tuple[Sanction, Appeal | None]]:
    """What was laid upon somebody, newest first, with the appeal against it."""
    rows = db.session.execute(
        select(Sanction, Appeal)
        .outerjoin(Appeal, Appeal.sanction_id == Sanction.id)
        .where(Sanction.person_id == person_id)
        .order_by(Sanction.started_at.desc(), Sanction.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def _decided(author_id: int) -> Select[*tuple[Any, ...]]:
    """Decisions that the author was told of, newest first: those that stand, and those that an appeal is about."""
    return (
        select(
            ModerationDecision.id,
            ModerationDecision.verb,
            ModerationDecision.reason,
            ModerationDecision.sentence,
            ModerationDecision.decided_at,
            ModerationDecision.undone_at,
            Idea.id,
            ModerationDecision.argument_id,
            func.coalesce(Idea.title, Practice.title, ""),
            Idea.state,
            Idea.author_id,
            ModerationDecision.appeal_until,
            Appeal.id,
            Appeal.text,
            Appeal.created_at,
            Appeal.due_at,
            Appeal.decided_at,
            Appeal.outcome,
            Appeal.sentence,
        )
        .outerjoin(Argument, Argument.id == ModerationDecision.argument_id)
        .outerjoin(Idea, Idea.id == func.coalesce(ModerationDecision.idea_id, Argument.idea_id))
        .outerjoin(Practice, Practice.id == ModerationDecision.practice_id)
        .outerjoin(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .outerjoin(Appeal, and_(Appeal.decision_id == ModerationDecision.id, Appeal.author_id == author_id))
        .where(
            ModerationDecision.verb.in_(TOLD),
            or_(ModerationDecision.undone_at.is_(None), Appeal.id.is_not(None)),
        )
        .order_by(ModerationDecision.decided_at.desc(), ModerationDecision.id.desc())
    )


def _told(query: Select[*tuple[Any, ...]], author_id: int) -> list[Told]:
    found = []
    for row in db.session.execute(query):
        number, verb, reason, sentence, at, undone_at, idea_id, argument_id, title, state, owner, until = row[
            :12
        ]
        appeal = OwnAppeal(*row[12:]) if row[12] is not None else None
        known = idea_id is None or owner == author_id or state in READABLE_STATES
        found.append(
            Told(
                number,
                verb,
                reason,
                sentence,
                at,
                undone_at,
                idea_id,
                argument_id,
                title if known else "",
                until,
                appeal,
            )
        )
    return found


def _waiting(author_id: int, *conditions: ColumnElement[bool]) -> tuple[Waiting, ...]:
    rows = db.session.execute(
        select(
            QueueItem.kind,
            QueueItem.waits_since,
            QueueItem.due_at,
            QueueItem.idea_id,
            func.coalesce(Practice.title, Idea.title, ""),
            QueueItem.is_live,
        )
        .outerjoin(Idea, Idea.id == QueueItem.idea_id)
        .outerjoin(Practice, Practice.id == QueueItem.practice_id)
        .where(
            QueueItem.author_id == author_id,
            QueueItem.closed_at.is_(None),
            QueueItem.kind.in_(_OWN_TEXTS),
            *conditions,
        )
        .order_by(QueueItem.waits_since.desc(), QueueItem.id.desc())
    )
    return tuple(Waiting(*row) for row in rows)
