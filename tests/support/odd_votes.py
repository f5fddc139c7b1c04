"""Votes that stand out, for tests: a signal on an idea, an exclusion in force, an objection. The caller commits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from app.db import db
from app.features.integrity import queries
from app.models import Idea, Person
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    ExclusionReason,
    ExclusionState,
    IntegritySignal,
    Objection,
    SignalKind,
    SignalVote,
)
from app.records import exclusions

SENTENCE = "Deze stemmen komen van accounts die allemaal in dezelfde minuut zijn gemaakt."
_numbers = count(1)


def a_signal(idea: Idea, voters: Sequence[Person], **values: Any) -> IntegritySignal:
    """A burst of votes on an idea by these people."""
    now = datetime.now(UTC)
    base = {
        "key": f"burst:{idea.id}:1:{next(_numbers)}",
        "call_id": idea.call_id,
        "idea_id": idea.id,
        "kind": SignalKind.BURST,
        "direction": 1,
        "figures": {
            "x": len(voters),
            "minutes": 10,
            "expected": 1.5,
            "from": now.timestamp(),
            "votes": len(voters),
            "people": len(voters),
        },
        "found_at": now,
        "last_found_at": now,
    }
    signal = IntegritySignal(**{**base, **values})
    db.session.add(signal)
    db.session.flush()
    db.session.add_all(
        SignalVote(signal_id=signal.id, idea_id=idea.id, person_id=voter.id) for voter in voters
    )
    db.session.flush()
    return signal


def a_proposal(
    signal: IntegritySignal, by: Person, reason: ExclusionReason = ExclusionReason.MANY_ACCOUNTS
) -> Exclusion:
    """A proposal about all votes of a signal."""
    exclusion = Exclusion(
        call_id=signal.call_id,
        signal_id=signal.id,
        reason=reason,
        sentence=SENTENCE,
        proposed_by_id=by.id,
        proposed_at=datetime.now(UTC),
    )
    db.session.add(exclusion)
    db.session.flush()
    for vote in db.session.query(SignalVote).filter_by(signal_id=signal.id):
        db.session.add(
            ExcludedVote(exclusion_id=exclusion.id, idea_id=vote.idea_id, person_id=vote.person_id)
        )
    db.session.flush()
    return exclusion


def an_exclusion(
    signal: IntegritySignal,
    by: Person,
    second: Person,
    reason: ExclusionReason = ExclusionReason.MANY_ACCOUNTS,
    now: datetime | None = None,
) -> Exclusion:
    """The same, confirmed: from `now` on the votes do not count."""
    exclusion, now = a_proposal(signal, by, reason), now or datetime.now(UTC)
    exclusion.state, exclusion.decided_by_id, exclusion.decided_at = ExclusionState.IN_FORCE, second.id, now
    exclusion.object_until = now + timedelta(days=queries.days_to_object(exclusion.call_id))
    db.session.flush()
    exclusions.put_in_force(exclusion.id, exclusion.call_id, now)
    return exclusion


def an_objection(exclusion: Exclusion, text: str = "Ik heb zelf gestemd, met mijn eigen account.") -> int:
    """The first person in the exclusion objects; who it is."""
    now = datetime.now(UTC)
    vote = db.session.query(ExcludedVote).filter_by(exclusion_id=exclusion.id).order_by("person_id").first()
    assert vote is not None
    person: int = vote.person_id
    db.session.add(
        Objection(
            exclusion_id=exclusion.id,
            person_id=person,
            text=text,
            made_at=now,
            due_at=now + timedelta(days=14),
        )
    )
    db.session.flush()
    return person
