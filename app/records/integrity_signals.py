"""Writes down what stands out: found again it stays the same signal, and what was dismissed rests until it grows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db, is_postgresql
from app.domain.integrity import Finding, Kind
from app.models.integrity import IntegritySignal, SignalKind, SignalState, SignalVote

CLOSED = (SignalState.EXCLUDED, SignalState.DISMISSED)
AT_ONCE = 500
Pairs = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of the findings of a call."""

    new: int = 0
    again: int = 0
    resting: int = 0
    """Found, but closed before and not grown by half since."""


@dataclass(slots=True)
class _Known:
    signal: IntegritySignal
    votes: Pairs


def write(call_id: int, findings: Sequence[Finding], now: datetime) -> Written:
    """Make or update the signals of these findings; nothing else ever follows from them. The caller commits.

    A finding is a signal that was there already when both are about the same and share a vote. What somebody does
    with a signal, its state, is left as it is. A closed one comes back, as a new signal, once it is about half as
    many votes again.
    """
    known = _known(call_id)
    keys = {each.signal.key for each in known}
    counts = {"new": 0, "again": 0, "resting": 0}
    for finding in findings:
        votes = finding.pairs
        same = _same(finding, votes, known)
        if same is None or (_is_closed(same) and 2 * len(votes) >= 3 * len(same.votes)):
            key = _free_key(call_id, finding, keys)
            keys.add(key)
            signal = _new(call_id, key, finding, now)
            known.append(_Known(signal, votes))
            _add_votes(signal.id, votes)
            counts["new"] += 1
        elif _is_closed(same):
            counts["resting"] += 1
        else:
            _update(same.signal, finding, now)
            _add_votes(same.signal.id, votes - same.votes)
            same.votes |= votes
            counts["again"] += 1
    return Written(**counts)


def _known(call_id: int) -> list[_Known]:
    """The signals of a call with their votes, newest first; locked, so that nobody closes one meanwhile."""
    signals = db.session.scalars(
        select(IntegritySignal)
        .where(IntegritySignal.call_id == call_id)
        .order_by(IntegritySignal.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    votes: dict[int, Pairs] = defaultdict(set)
    for number, idea, person in db.session.execute(
        select(SignalVote.signal_id, SignalVote.idea_id, SignalVote.person_id)
        .join(IntegritySignal, IntegritySignal.id == SignalVote.signal_id)
        .where(IntegritySignal.call_id == call_id)
    ):
        votes[number].add((idea, person))
    return [_Known(signal, votes[signal.id]) for signal in signals]


def _is_closed(known: _Known) -> bool:
    return known.signal.state in CLOSED


def _same(finding: Finding, votes: Pairs, known: Iterable[_Known]) -> _Known | None:
    """The signal that a finding is: open ones first, then by how many votes they share, then the newest."""
    about = _about(finding.kind, finding.idea, finding.direction, finding.figures)
    shared = [
        (len(votes & each.votes), each)
        for each in known
        if _about(each.signal.kind.value, each.signal.idea_id, each.signal.direction, each.signal.figures)
        == about
    ]
    likely = [(not _is_closed(each), number, each.signal.id, each) for number, each in shared if number]
    return max(likely, key=lambda row: row[:3])[3] if likely else None


def _about(kind: str, idea: int | None, direction: int, figures: Any) -> tuple[object, ...]:
    """What two findings of a kind must have in common to be the same; networks and rings are known by votes alone."""
    match Kind(kind):
        case Kind.SAME_NETWORK | Kind.RING:
            return (kind,)
        case Kind.INFLUENCE | Kind.JUMP:
            return kind, idea, figures.get("workshop")
        case _:
            return kind, idea, direction


def _free_key(call_id: int, finding: Finding, taken: set[str]) -> str:
    """The key of a new signal; a number is added when an earlier one has it."""
    parts = (finding.kind, call_id, finding.idea or "-", finding.direction, finding.mark)
    key = ":".join(str(part) for part in parts)
    free, number = key, 1
    while free in taken:
        number += 1
        free = f"{key}#{number}"
    return free


def _new(call_id: int, key: str, finding: Finding, now: datetime) -> IntegritySignal:
    signal = IntegritySignal(
        key=key,
        call_id=call_id,
        idea_id=finding.idea,
        kind=SignalKind(finding.kind),
        direction=finding.direction,
        figures=dict(finding.figures),
        found_at=now,
        last_found_at=now,
        state=SignalState.OPEN,
    )
    db.session.add(signal)
    db.session.flush()
    return signal


def _update(signal: IntegritySignal, finding: Finding, now: datetime) -> None:
    signal.last_found_at = now
    signal.figures = dict(finding.figures)
    signal.idea_id, signal.direction = finding.idea, finding.direction


def _add_votes(signal_id: int, votes: Pairs) -> None:
    rows = [{"signal_id": signal_id, "idea_id": idea, "person_id": person} for idea, person in sorted(votes)]
    put: Any = (postgresql if is_postgresql() else sqlite).insert(SignalVote)
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(put.on_conflict_do_nothing(), rows[start : start + AT_ONCE])
