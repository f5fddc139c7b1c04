"""What the pages about pairs of ideas read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.ballot import Side
from app.domain.likeness import marked
from app.domain.merging import Consent, consent
from app.models.argument import Argument, ArgumentState
from app.models.duplicate import DuplicateAnswer, DuplicateProposal, Merge, ProposalSource, ProposalState
from app.models.entry import VotingCode
from app.models.idea import Idea
from app.models.person import Person
from app.records import alike, ballots, ideas
from app.records.alike import AlikeRow
from app.records.ballots import Ballot
from app.records.ideas import IdeaRow

PAGE = 50
MOST_SAID = 100
OPEN = (ProposalState.PROPOSED, ProposalState.ASKING)


@dataclass(frozen=True, slots=True)
class Line:
    """A pair in the list."""

    id: int
    title: str
    other: str
    source: ProposalSource
    state: ProposalState
    created_at: datetime
    answer_until: datetime | None
    decided_at: datetime | None


def pairs(*, is_open: bool) -> list[Line]:
    """Pairs that wait, oldest first; or those that were decided, newest first."""
    other = aliased(Idea)
    query = (
        select(
            DuplicateProposal.id,
            Idea.title,
            other.title,
            DuplicateProposal.source,
            DuplicateProposal.state,
            DuplicateProposal.created_at,
            DuplicateProposal.answer_until,
            DuplicateProposal.decided_at,
        )
        .join(Idea, Idea.id == DuplicateProposal.idea_id)
        .join(other, other.id == DuplicateProposal.into_id)
        .limit(PAGE)
    )
    if is_open:
        query = query.where(DuplicateProposal.state.in_(OPEN)).order_by(
            DuplicateProposal.created_at, DuplicateProposal.id
        )
    else:
        query = query.where(DuplicateProposal.state.not_in(OPEN)).order_by(
            DuplicateProposal.decided_at.desc(), DuplicateProposal.id.desc()
        )
    return [Line(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an author said."""

    author: str
    agrees: bool
    text: str
    answered_at: datetime


def answers(proposal_id: int) -> list[Answer]:
    """What the authors said, in the order in which they did."""
    rows = db.session.execute(
        select(Person.name, DuplicateAnswer.agrees, DuplicateAnswer.text, DuplicateAnswer.answered_at)
        .join(Person, Person.id == DuplicateAnswer.person_id)
        .where(DuplicateAnswer.proposal_id == proposal_id)
        .order_by(DuplicateAnswer.answered_at, DuplicateAnswer.person_id)
    )
    return [Answer(*row) for row in rows]


def own_answer(proposal_id: int, person_id: int) -> DuplicateAnswer | None:
    """What this author said before."""
    return db.session.get(DuplicateAnswer, (proposal_id, person_id))


def consent_of(proposal: DuplicateProposal, now: datetime) -> Consent:
    """How far the authors have come; those who can no longer answer count as silent."""
    said = {
        row[0]: row[1]
        for row in db.session.execute(
            select(DuplicateAnswer.person_id, DuplicateAnswer.agrees).where(
                DuplicateAnswer.proposal_id == proposal.id
            )
        )
    }
    return consent(proposal.asked_at, proposal.answer_until, said, reachable(proposal, now), now)


def reachable(proposal: DuplicateProposal, now: datetime) -> list[int]:
    """The authors of a pair who can sign in, each once: not those for whom staff posted, nor deleted accounts."""
    codes = select(VotingCode.person_id).where(VotingCode.person_id == Person.id).exists()
    return list(
        db.session.scalars(
            select(Person.id)
            .where(
                Person.id.in_(
                    select(Idea.author_id).where(Idea.id.in_([proposal.idea_id, proposal.into_id]))
                ),
                Person.erased_at.is_(None),
                Person.not_blocked(now),
                or_(Person.email.is_not(None), Person.oidc_hash.is_not(None), codes),
            )
            .order_by(Person.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Said:
    """An argument, question or reply that readers see."""

    side: Side
    body: str
    author: str
    is_reply: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One of two ideas as the page shows it beside the other; texts in pieces, shared words marked."""

    idea: IdeaRow
    title: list[tuple[str, bool]]
    summary: list[tuple[str, bool]]
    body: list[tuple[str, bool]]
    ballot: Ballot
    said: list[Said]


def side_by_side(proposal: DuplicateProposal, now: datetime) -> tuple[Seen, Seen]:
    """Both ideas of a pair. Raises LookupError when one is gone."""
    one, other = ideas.one(proposal.idea_id), ideas.one(proposal.into_id)
    if one is None or other is None:
        raise LookupError(f"An idea of pair {proposal.id} is gone.")
    return _seen(one, other, now), _seen(other, one, now)


def _seen(idea: IdeaRow, other: IdeaRow, now: datetime) -> Seen:
    against = f"{other.title} {other.summary} {other.body}"
    return Seen(
        idea,
        marked(idea.title, against),
        marked(idea.summary, against),
        marked(idea.body, against),
        ballots.of_idea(idea.id, idea.state, idea.call, None, now),
        _said(idea.id),
    )


def _said(idea_id: int) -> list[Said]:
    rows = db.session.execute(
        select(Argument.side, Argument.body, Person.name, Argument.parent_id)
        .join(Person, Person.id == Argument.author_id)
        .where(Argument.idea_id == idea_id, Argument.state == ArgumentState.PUBLISHED)
        .order_by(Argument.created_at, Argument.id)
        .limit(MOST_SAID)
    )
    return [Said(side, body, name, parent is not None) for side, body, name, parent in rows]


def likely(idea: IdeaRow) -> list[AlikeRow]:
    """Published ideas of the same call that share enough words with this one, the likest first."""
    found = alike.published(idea.title, idea.summary, [idea.call.id])
    return [row for row in found if row.id != idea.id]


def between(one: int, other: int) -> DuplicateProposal | None:
    """The proposal about these two ideas, whichever of them would stay."""
    pair = (one, other)
    return db.session.scalar(
        select(DuplicateProposal)
        .where(DuplicateProposal.idea_id.in_(pair), DuplicateProposal.into_id.in_(pair))
        .order_by(DuplicateProposal.id)
        .limit(1)
    )


def proposed_today(person_id: int, now: datetime) -> int:
    """How many pairs somebody brought up in the last day."""
    mine = DuplicateProposal.proposed_by_id == person_id
    count = select(func.count()).where(mine, DuplicateProposal.created_at > now - timedelta(days=1))
    return db.session.scalar(count) or 0


def merge_of(proposal: DuplicateProposal) -> Merge | None:
    """The last merge that followed from a proposal."""
    return db.session.scalar(
        select(Merge).where(Merge.proposal_id == proposal.id).order_by(Merge.id.desc()).limit(1)
    )
