"""What the integrity desk shows: signals, one signal with everything about it, proposals and objections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, null, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.db import db
from app.models.audit import AuditEntry
from app.models.contribution import IdeaOrigin
from app.models.idea import Idea
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    ExclusionState,
    IntegritySignal,
    Objection,
    SignalState,
    SignalVote,
)
from app.models.person import Person, PersonRole, Role
from app.models.process import Call, Process
from app.policies.integrity import Stake

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal in the list: what it is about, and whether a second moderator is waited for."""

    signal: IntegritySignal
    accounts: int
    proposal: Exclusion | None


def signals_in(state: SignalState, before: int | None = None) -> tuple[list[SignalRow], int | None]:
    """The signals in a state, newest first, from a number on; and where the next page begins."""
    accounts = (
        select(func.count(SignalVote.person_id.distinct()))
        .where(SignalVote.signal_id == IntegritySignal.id)
        .correlate(IntegritySignal)
        .scalar_subquery()
    )
    proposal = aliased(Exclusion)
    query = (
        select(IntegritySignal, accounts, proposal)
        .outerjoin(
            proposal,
            and_(proposal.signal_id == IntegritySignal.id, proposal.state == ExclusionState.PROPOSED),
        )
        .join(IntegritySignal.call)
        .options(contains_eager(IntegritySignal.call), joinedload(IntegritySignal.idea))
        .where(IntegritySignal.state == state)
        .order_by(IntegritySignal.id.desc())
        .limit(PER_PAGE + 1)
    )
    if before is not None:
        query = query.where(IntegritySignal.id < before)
    rows = [SignalRow(row[0], row[1], row[2]) for row in db.session.execute(query)]
    more = rows[PER_PAGE - 1].signal.id if len(rows) > PER_PAGE else None
    return rows[:PER_PAGE], more


def counts() -> dict[str, int]:
    """How many signals there are per state, and how many objections wait."""
    rows = db.session.execute(
        select(IntegritySignal.state, func.count()).group_by(IntegritySignal.state)
    ).all()
    waiting = select(func.count()).select_from(Objection).where(Objection.decided_at.is_(None))
    return {
        **dict.fromkeys(SignalState, 0),
        **{row[0]: row[1] for row in rows},
        "objections": db.session.scalar(waiting) or 0,
    }


def signal(signal_id: int) -> IntegritySignal | None:
    """One signal with its call and idea."""
    return db.session.get(
        IntegritySignal,
        signal_id,
        options=[
            joinedload(IntegritySignal.call),
            joinedload(IntegritySignal.idea),
            joinedload(IntegritySignal.investigator),
        ],
    )


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A decision that votes do not count, as far as it has come."""

    exclusion: Exclusion
    proposed_by: str
    decided_by: str
    votes: int
    accounts: int
    lifted: int
    """How many of the votes count again."""


def proposals(signal_id: int) -> list[ProposalRow]:
    """All proposals on a signal, newest first."""
    first, second = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(
            Exclusion,
            first.name,
            func.coalesce(second.name, ""),
            func.count(),
            func.count(ExcludedVote.person_id.distinct()),
            func.count(ExcludedVote.lifted_at),
        )
        .join(first, first.id == Exclusion.proposed_by_id)
        .outerjoin(second, second.id == Exclusion.decided_by_id)
        .join(ExcludedVote, ExcludedVote.exclusion_id == Exclusion.id)
        .where(Exclusion.signal_id == signal_id, ExcludedVote.merge_id.is_(None))
        .group_by(Exclusion.id, first.name, second.name)
        .order_by(Exclusion.id.desc())
    )
    return [ProposalRow(*row) for row in rows]


def accounts_in(exclusion_id: int) -> set[int]:
    """The people whose votes a proposal is about; only to be shown under another name."""
    return set(
        db.session.scalars(
            select(ExcludedVote.person_id).where(ExcludedVote.exclusion_id == exclusion_id).distinct()
        )
    )


def ideas_of(exclusion_id: int, person_id: int | None = None) -> list[int]:
    """The ideas that the votes of an exclusion are on."""
    query = select(ExcludedVote.idea_id).where(ExcludedVote.exclusion_id == exclusion_id).distinct()
    if person_id is not None:
        query = query.where(ExcludedVote.person_id == person_id)
    return list(db.session.scalars(query.order_by(ExcludedVote.idea_id)))


def has_proposal(signal_id: int) -> bool:
    """Whether a proposal on the signal waits for a second moderator."""
    return bool(
        db.session.scalar(
            select(
                exists().where(Exclusion.signal_id == signal_id, Exclusion.state == ExclusionState.PROPOSED)
            )
        )
    )


def stake_in_signal(signal_id: int) -> Stake:
    """Who has a stake in the votes of a signal."""
    rows = db.session.execute(
        select(SignalVote.person_id, Idea.author_id, IdeaOrigin.posted_by_id)
        .join(Idea, Idea.id == SignalVote.idea_id)
        .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
        .where(SignalVote.signal_id == signal_id)
    ).all()
    about = db.session.execute(
        select(null(), Idea.author_id, IdeaOrigin.posted_by_id)
        .join(IntegritySignal, IntegritySignal.idea_id == Idea.id)
        .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
        .where(IntegritySignal.id == signal_id)
    ).all()
    return _stake([*rows, *about])


def stake_in_exclusion(exclusion: Exclusion) -> Stake:
    """The same for a proposal: the whole signal that it came from counts."""
    rows = db.session.execute(
        select(ExcludedVote.person_id, Idea.author_id, IdeaOrigin.posted_by_id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
        .where(ExcludedVote.exclusion_id == exclusion.id)
    ).all()
    whole = Stake() if exclusion.signal_id is None else stake_in_signal(exclusion.signal_id)
    return _stake(rows) | whole


def _stake(rows: Sequence[Any]) -> Stake:
    voters, authors, posters = ({row[part] for row in rows} - {None} for part in range(3))
    return Stake(frozenset(voters), frozenset(authors), frozenset(posters))


def moderators_without_part(exclusion: Exclusion, now: datetime) -> set[int]:
    """The moderators who could decide on an objection: neither of the two, and without a stake."""
    stake = stake_in_exclusion(exclusion)
    found = db.session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.MODERATOR, Person.not_blocked(now), Person.erased_at.is_(None))
    )
    part = {exclusion.proposed_by_id, exclusion.decided_by_id} | stake.people
    return {number for number in found if number not in part}


def days_to_object(call_id: int) -> int:
    """How many days a voter has to object, and moderators have to answer."""
    return db.session.scalars(
        select(Process.appeal_days).join(Call, Call.process_id == Process.id).where(Call.id == call_id)
    ).one()


def last_moment(exclusion: Exclusion) -> datetime | None:
    """Until when one may object, as the mail named it; None for what is not in force."""
    return exclusion.object_until if exclusion.state == ExclusionState.IN_FORCE else None


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """What somebody said against an exclusion, and whose it is (never shown)."""

    objection: Objection
    exclusion: Exclusion
    call_title: str
    decided_by: str


def objections(waiting: bool) -> list[ObjectionRow]:
    """Objections that wait, the first one due first, or the hundred that were decided last."""
    by = aliased(Person)
    query = (
        select(Objection, Exclusion, Call.title, func.coalesce(by.name, ""))
        .join(Exclusion, Exclusion.id == Objection.exclusion_id)
        .join(Call, Call.id == Exclusion.call_id)
        .outerjoin(by, by.id == Objection.decided_by_id)
    )
    if waiting:
        query = query.where(Objection.decided_at.is_(None)).order_by(Objection.due_at, Objection.exclusion_id)
    else:
        query = query.where(Objection.decided_at.is_not(None)).order_by(Objection.decided_at.desc())
    return [ObjectionRow(*row) for row in db.session.execute(query.limit(100))]


def objections_to(exclusion_ids: Sequence[int]) -> list[Objection]:
    """All objections to these exclusions, oldest first."""
    return list(
        db.session.scalars(
            select(Objection)
            .where(Objection.exclusion_id.in_(exclusion_ids))
            .order_by(Objection.made_at, Objection.person_id)
        )
    )


@dataclass(frozen=True, slots=True)
class LogLine:
    """One step that was taken: by whom, when and why."""

    at: datetime
    action: str
    actor: str
    why: str
    after: Mapping[str, object]


def log(signal_id: int, exclusion_ids: Sequence[int]) -> list[LogLine]:
    """Every step that staff took on a signal and its proposals, oldest first; from the audit log."""
    about = or_(
        and_(AuditEntry.subject_type == "integrity_signal", AuditEntry.subject_id == signal_id),
        and_(AuditEntry.subject_type == "exclusion", AuditEntry.subject_id.in_(exclusion_ids)),
    )
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.action,
            func.coalesce(Person.name, ""),
            AuditEntry.why,
            AuditEntry.after,
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(about)
        .order_by(AuditEntry.id)
    )
    return [LogLine(*row) for row in rows]
