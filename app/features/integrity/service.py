"""From a signal to a decision: a moderator investigates, dismisses or proposes, and a second one confirms or refuses.

Whoever works on a signal or its exclusion locks the signal first. Every step is one line in the audit log, and nothing
is ever deleted. The votes count until a second moderator has confirmed.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, insert, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.integrity import accounts, letters, queries
from app.kit import audit, signals
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    ExclusionReason,
    ExclusionState,
    IntegritySignal,
    SignalState,
    SignalVote,
)
from app.models.person import Person
from app.models.vote import Vote
from app.policies.integrity import can_be_closed, can_be_investigated, is_proposed, may_confirm, may_handle
from app.records import exclusions

ROW = {"key_share": True}
NOTHING_LEFT = Decision(
    N_("None of these votes counts any more: they do not count already, or they are not there any more.")
)


class Overtaken(NotAllowed):
    """It changed while the moderator was looking at it: somebody else took a step."""


def investigate(moderator: Person, signal_id: int, now: datetime) -> None:
    """Take up a signal; its votes go on counting. Raises NotAllowed, and Overtaken when somebody else did."""
    may_handle(moderator, queries.stake_in_signal(signal_id)).or_raise()
    signal = _held(signal_id)
    not_overtaken(can_be_investigated(signal))
    signal.state = SignalState.INVESTIGATING
    signal.investigator_id, signal.investigated_at = moderator.id, now
    _line(moderator, "investigate", signal, now, SignalState.OPEN)
    db.session.commit()


def dismiss(moderator: Person, signal_id: int, sentence: str, now: datetime) -> None:
    """Close a signal: nothing is wrong with its votes. Raises NotAllowed and Overtaken."""
    may_handle(moderator, queries.stake_in_signal(signal_id)).or_raise()
    signal = _held(signal_id)
    not_overtaken(can_be_closed(signal, queries.has_proposal(signal_id)))
    signal.state, signal.closed_at, signal.closing_sentence = SignalState.DISMISSED, now, sentence
    _line(moderator, "dismiss", signal, now, SignalState.INVESTIGATING, why=sentence)
    db.session.commit()


def propose(
    moderator: Person,
    signal_id: int,
    chosen: Collection[str],
    reason: ExclusionReason,
    sentence: str,
    now: datetime,
) -> int:
    """Propose that the votes of some accounts of a signal do not count; the number of the proposal.

    chosen: tokens of accounts, see `accounts`. Raises NotAllowed, and Overtaken when the signal was closed meanwhile.
    """
    may_handle(moderator, queries.stake_in_signal(signal_id)).or_raise()
    signal = _held(signal_id)
    not_overtaken(can_be_closed(signal, queries.has_proposal(signal_id)))
    votes = _votes_of(signal_id, chosen)
    if not votes:
        raise Overtaken(NOTHING_LEFT)
    exclusion = Exclusion(
        call_id=signal.call_id,
        signal_id=signal_id,
        reason=reason,
        sentence=sentence,
        state=ExclusionState.PROPOSED,
        proposed_by_id=moderator.id,
        proposed_at=now,
    )
    db.session.add(exclusion)
    db.session.flush()
    rows = [{"exclusion_id": exclusion.id, "idea_id": idea, "person_id": person} for idea, person in votes]
    db.session.execute(insert(ExcludedVote), rows)
    after = {"reason": reason, "votes": len(votes), "accounts": len({person for _idea, person in votes})}
    audit.record(moderator, "integrity.propose", exclusion, now, after=after, why=sentence)
    number = exclusion.id
    db.session.commit()
    return number


def confirm(moderator: Person, exclusion_id: int, now: datetime) -> None:
    """Agree with a proposal: from now on its votes do not count, and their voters hear why.

    Raises NotAllowed, Overtaken when it was decided on already, and exclusions.NotNow while a standing is being sealed.
    """
    # Mails are written before anything is locked.
    post = letters.of_exclusion(exclusion_id, now)
    signal, exclusion = _held_with_signal(exclusion_id)
    may_confirm(moderator, exclusion, queries.stake_in_exclusion(exclusion)).or_raise()
    not_overtaken(is_proposed(exclusion))
    exclusion.state = ExclusionState.IN_FORCE
    exclusion.decided_by_id, exclusion.decided_at = moderator.id, now
    exclusion.object_until = post.last
    db.session.flush()
    since = exclusions.put_in_force(exclusion_id, exclusion.call_id, now)
    if signal is not None:
        signal.state, signal.closed_at = SignalState.EXCLUDED, now
    post.send(exclusion, now)
    audit.record(
        moderator,
        "integrity.confirm",
        exclusion,
        now,
        before={"state": ExclusionState.PROPOSED},
        after={"state": ExclusionState.IN_FORCE, "reason": exclusion.reason, "from": since.isoformat()},
        why=exclusion.sentence,
    )
    ideas = queries.ideas_of(exclusion_id)
    db.session.commit()
    announce(ideas, letters=bool(post.mails))


def refuse(moderator: Person, exclusion_id: int, sentence: str, now: datetime) -> None:
    """Not agree with a proposal: votes go on counting, the investigation goes on. Raises NotAllowed, Overtaken."""
    _signal, exclusion = _held_with_signal(exclusion_id)
    may_confirm(moderator, exclusion, queries.stake_in_exclusion(exclusion)).or_raise()
    not_overtaken(is_proposed(exclusion))
    exclusion.state = ExclusionState.REFUSED
    exclusion.decided_by_id, exclusion.decided_at, exclusion.decision_sentence = moderator.id, now, sentence
    before, after = {"state": ExclusionState.PROPOSED}, {"state": ExclusionState.REFUSED}
    audit.record(moderator, "integrity.refuse", exclusion, now, before=before, after=after, why=sentence)
    db.session.commit()


def announce(ideas: Collection[int], *, letters: bool) -> None:
    """Tell other rooms that numbers changed and that mail waits; after the commit."""
    for idea in ideas:
        signals.idea_changed.send(idea)
    if letters:
        signals.mail_queued.send()


def held_exclusion(exclusion_id: int) -> Exclusion:
    """The exclusion, locked after its signal. Raises LookupError without one."""
    return _held_with_signal(exclusion_id)[1]


def not_overtaken(possible: Decision) -> None:
    """Raise Overtaken when somebody else was first."""
    if not possible:
        raise Overtaken(possible)


def _held(signal_id: int) -> IntegritySignal:
    found = db.session.get(IntegritySignal, signal_id, with_for_update=ROW, populate_existing=True)
    if found is None:
        raise LookupError(f"There is no signal {signal_id}.")
    return found


def _held_with_signal(exclusion_id: int) -> tuple[IntegritySignal | None, Exclusion]:
    row = db.session.execute(
        select(Exclusion.id, Exclusion.signal_id).where(Exclusion.id == exclusion_id)
    ).one_or_none()
    if row is None:
        raise LookupError(f"There is no exclusion {exclusion_id}.")
    signal = _held(row[1]) if row[1] is not None else None
    return signal, db.session.get_one(Exclusion, exclusion_id, with_for_update=ROW, populate_existing=True)


def _votes_of(signal_id: int, chosen: Collection[str]) -> list[tuple[int, int]]:
    """The votes of these accounts in the signal that still count, as (idea, person)."""
    rows = db.session.execute(
        select(SignalVote.idea_id, SignalVote.person_id)
        .join(Vote, and_(Vote.idea_id == SignalVote.idea_id, Vote.person_id == SignalVote.person_id))
        .where(SignalVote.signal_id == signal_id, Vote.excluded_at.is_(None))
        .order_by(SignalVote.idea_id, SignalVote.person_id)
    ).all()
    keys = accounts.tokens_of(signal_id, {row[1] for row in rows})
    return [(row[0], row[1]) for row in rows if keys[row[1]] in chosen]


def _line(
    moderator: Person, verb: str, signal: IntegritySignal, now: datetime, before: SignalState, why: str = ""
) -> None:
    audit.record(
        moderator,
        f"integrity.{verb}",
        signal,
        now,
        before={"state": before},
        after={"state": signal.state},
        why=why,
    )
