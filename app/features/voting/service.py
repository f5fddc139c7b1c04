"""Casting, changing and withdrawing a vote."""

from datetime import datetime

from app.db import db
from app.domain.ballot import VoteValue
from app.kit import signals
from app.models.person import Person
from app.policies.taking_part import may_vote
from app.records import tallies
from app.records.heads import IdeaHead


def cast_vote(voter: Person, idea: IdeaHead, value: VoteValue, now: datetime) -> None:
    """Bring the person's vote on the idea into a state, whatever it was, and keep the tally exact.

    Raises NotAllowed. Nothing else happens between the first lock and the commit.
    """
    may_vote(voter, idea.state, idea.call, now).or_raise()
    tallies.put(idea.id, voter.id, voter.group, value, now)
    db.session.commit()
    signals.vote_cast.send(idea.id)
