"""Votes of one's own that do not count: which, why, until when one may object, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, not_, or_, select

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.decision import Decision
from app.domain.lifecycle import IdeaState
from app.features.integrity import queries
from app.models.duplicate import Merge
from app.models.idea import Idea
from app.models.integrity import ExcludedVote, Exclusion, Objection
from app.models.process import Call
from app.models.vote import Vote
from app.policies.integrity import may_object


@dataclass(frozen=True, slots=True)
class OwnVote:
    """One vote: on which idea (no title when it is off the site), what it is now, and since when it counts again."""

    idea_id: int
    title: str
    value: VoteValue
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnExclusion:
    """A decision on votes of one's own."""

    exclusion: Exclusion
    call_title: str
    votes: tuple[OwnVote, ...]
    last: datetime | None
    """Until when one may object; None when nothing of it is in force."""
    objection: Objection | None
    may: Decision

    @property
    def is_in_force(self) -> bool:
        return any(vote.lifted_at is None for vote in self.votes)


def exclusions(person_id: int, now: datetime) -> list[OwnExclusion]:
    """Every decision that votes of this person do not count, newest first; one statement.

    A vote that went along with a merge is named once: on the idea that stays, and after the merge is undone on the
    one where it was cast.
    """
    carried_here = ExcludedVote.idea_id == Merge.into_id
    is_there = and_(
        Idea.merged_into_id.is_(None),
        or_(Merge.id.is_(None), not_(carried_here), Merge.undone_at.is_(None)),
    )
    rows = db.session.execute(
        select(
            Exclusion,
            Call.title,
            Objection,
            Idea.id,
            Idea.title,
            Idea.state,
            Vote.value,
            ExcludedVote.lifted_at,
            is_there,
        )
        .join(ExcludedVote, ExcludedVote.exclusion_id == Exclusion.id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .outerjoin(Merge, Merge.id == ExcludedVote.merge_id)
        .join(Call, Call.id == Exclusion.call_id)
        .outerjoin(Vote, and_(Vote.idea_id == ExcludedVote.idea_id, Vote.person_id == ExcludedVote.person_id))
        .outerjoin(
            Objection,
            and_(Objection.exclusion_id == Exclusion.id, Objection.person_id == ExcludedVote.person_id),
        )
        .where(ExcludedVote.person_id == person_id, ExcludedVote.from_at.is_not(None))
        .order_by(Exclusion.id.desc(), Idea.id)
    ).all()
    votes: dict[int, list[OwnVote]] = {}
    placed = {row[0].id for row in rows if row[-1]}
    about: dict[int, tuple[Exclusion, str, Objection | None]] = {}
    for exclusion, call_title, objection, idea_id, title, state, value, lifted_at, is_here in rows:
        if not is_here and exclusion.id in placed:
            continue
        about[exclusion.id] = (exclusion, call_title, objection)
        shown = title if state == IdeaState.PUBLISHED else ""
        votes.setdefault(exclusion.id, []).append(OwnVote(idea_id, shown, VoteValue(value or 0), lifted_at))
    found = []
    for number, (exclusion, call_title, made) in about.items():
        last = queries.last_moment(exclusion)
        out = any(vote.lifted_at is None for vote in votes[number])
        may = may_object(out, made, last, now)
        found.append(
            OwnExclusion(exclusion, call_title, tuple(votes[number]), last if out else None, made, may)
        )
    return found
