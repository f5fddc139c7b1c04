"""Sealed standings as verbs and nouns: seal one now or plan it, read them, compute them again."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import exists, func, select, update

from app.db import begin_read, begin_write, db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.ranking.canonical import Difference, parse, sha256
from app.domain.ranking.verification import FAULTS, verify_both
from app.kit import audit
from app.models.audit import AuditEntry
from app.models.person import Person
from app.models.process import Call, Process
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.workshop import Workshop
from app.records import excluded, sealing, standings
from app.records.sealing import Reading, Sealed

log = structlog.get_logger()
SETTLE = timedelta(seconds=10)
"""So long after its minute a planned standing is sealed: longer than any vote waits for a lock."""
AHEAD = timedelta(minutes=1)
"""A plan is made at least so long before its moment, so that every vote after it knows of the plan."""
TRIES = 5

TOO_SOON = Decision(N_("Choose a moment at least a minute from now."))
PLANNED = Decision(N_("There is a plan for this moment already."))
DONE = Decision(N_("This standing was sealed or called off in the meantime."))
SEALED_MEANWHILE = Decision(N_("A standing was sealed in the meantime. Look whether you still need another."))
BUSY = Decision(N_("Other standings are being sealed at this moment. Try again."))
NOT_THAT_CALL = Decision(N_("The workshop gets its themes from another call."))


def seal(
    call_id: int,
    reason: SealReason,
    now: datetime,
    *,
    workshop_id: int | None = None,
    cut_off: datetime | None = None,
    after: int | None = None,
    actor: Person | None = None,
    why: str = "",
    draw: Callable[[int], str] = secrets.token_hex,
) -> Snapshot:
    """Seal the standing of a call: everything that was voted by now, or at a cut-off that is known exactly. Commits.

    Reads in one transaction, computes without holding the database, then writes; when somebody else sealed in the
    meantime it begins again, because the chain and the lots went on.

    after: the number of the last standing that the actor knew of (0 for none), so that a form sent twice seals once.
    actor: whose doing it is, None for the site itself. draw: where secrets come from, see sealing.documents.
    Raises LookupError without such a call or workshop, NotAllowed with a sentence for what cannot be.
    """
    _check(call_id, workshop_id)
    actor_id = actor.id if actor else None
    for _attempt in range(TRIES):
        reading = sealing.read(call_id, cut_off, now)
        if after is not None and (reading.facts.last or (0,))[0] != after:
            SEALED_MEANWHILE.or_raise()
        made = sealing.documents(reading, reason.value, now, workshop_id, draw)
        begin_write()
        snapshot = _write(reading, made, reason, now, workshop_id)
        if snapshot is not None:
            _line(actor_id, snapshot, now, why)
            db.session.commit()
            return snapshot
        db.session.rollback()
    raise NotAllowed(BUSY)


def _check(call_id: int, workshop_id: int | None) -> None:
    if workshop_id is None:
        return
    of = db.session.scalar(select(Workshop.call_id).where(Workshop.id == workshop_id))
    if of is None:
        raise LookupError(f"There is no workshop {workshop_id}.")
    if of != call_id:
        NOT_THAT_CALL.or_raise()


def _write(
    reading: Reading, made: Sealed, reason: SealReason, now: datetime, workshop_id: int | None
) -> Snapshot | None:
    """Add the standing to its chain; None when it is not true any more: chain or lots went on, or it was decided
    meanwhile that votes did not count at the cut-off. The caller commits."""
    facts = reading.facts
    # Everybody who seals in this process waits here, so that seeds and numbers go up one by one.
    seed = db.session.scalar(
        select(Process.tie_seed).where(Process.id == facts.process_id).with_for_update(key_share=True)
    )
    if seed != facts.rules.seed or sealing.last_of(facts.call_id) != facts.last:
        return None
    if excluded.in_force_at(facts.call_id, reading.cut_off) != reading.in_force:
        return None
    snapshot = Snapshot(
        call_id=facts.call_id,
        number=made.number,
        digest=sha256(made.public),
        previous_digest=made.previous,
        reason=reason,
        workshop_id=workshop_id,
        cut_off=reading.cut_off,
        sealed_at=max(now, reading.cut_off),
        votes=made.votes,
        voters=made.voters,
        public=made.public,
        audit=made.audit,
    )
    db.session.add(snapshot)
    db.session.flush()
    db.session.execute(update(Process).where(Process.id == facts.process_id).values(tie_seed=made.next_seed))
    for call_id in db.session.scalars(select(Call.id).where(Call.process_id == facts.process_id)).all():
        standings.outdate(call_id)
    return snapshot


def _line(actor_id: int | None, snapshot: Snapshot, now: datetime, why: str) -> None:
    after = {"number": snapshot.number, "digest": snapshot.digest}
    audit.record(_person(actor_id), "ranking.seal", snapshot, now, after=after, why=why)


def _person(actor_id: int | None) -> Person | None:
    return None if actor_id is None else db.session.get(Person, actor_id)


def plan(
    call_id: int,
    at: datetime,
    now: datetime,
    *,
    reason: SealReason = SealReason.SCHEDULED,
    workshop_id: int | None = None,
    actor: Person | None = None,
    why: str = "",
) -> SealPlan:
    """Plan a standing for a moment to come. Commits.

    Raises LookupError without such a call or workshop, NotAllowed with a sentence when the moment is too near or taken.
    """
    begin_write()
    _check(call_id, workshop_id)
    if at < now + AHEAD:
        TOO_SOON.or_raise()
    if db.session.scalar(select(Call.id).where(Call.id == call_id).with_for_update(key_share=True)) is None:
        raise LookupError(f"There is no call {call_id}.")
    mine = (SealPlan.call_id == call_id, SealPlan.at == at, SealPlan.done_at.is_(None))
    if db.session.scalar(
        select(exists().where(*mine, SealPlan.workshop_id.is_not_distinct_from(workshop_id)))
    ):
        PLANNED.or_raise()
    made = SealPlan(
        call_id=call_id,
        reason=reason,
        workshop_id=workshop_id,
        at=at,
        created_at=now,
        created_by=actor.id if actor else None,
    )
    db.session.add(made)
    after = {"at": at.isoformat(), "reason": reason.value}
    audit.record(actor, "ranking.plan_seal", made, now, after=after, why=why)
    db.session.commit()
    return made


def cancel_plan(plan_id: int, now: datetime, *, actor: Person | None = None) -> None:
    """Call a planned standing off. Commits. Raises LookupError without such a plan, NotAllowed when it is done."""
    begin_write()
    found = db.session.scalar(select(SealPlan).where(SealPlan.id == plan_id).with_for_update())
    if found is None:
        raise LookupError(f"There is no plan {plan_id}.")
    if found.done_at is not None:
        DONE.or_raise()
    found.done_at = now
    audit.record(actor, "ranking.cancel_seal", found, now, before={"at": found.at.isoformat()})
    db.session.commit()


def plans_of(call_id: int) -> list[SealPlan]:
    """The standings that are still to be sealed, soonest first."""
    return list(
        db.session.scalars(
            select(SealPlan)
            .where(SealPlan.call_id == call_id, SealPlan.done_at.is_(None))
            .order_by(SealPlan.at, SealPlan.id)
        )
    )


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    call_id: int
    reason: SealReason
    workshop_id: int | None
    at: datetime


def due(now: datetime) -> list[_Due]:
    """The plans whose moment has passed and settled, the earliest first."""
    rows = db.session.execute(
        select(SealPlan.id, SealPlan.call_id, SealPlan.reason, SealPlan.workshop_id, SealPlan.at)
        .where(SealPlan.done_at.is_(None), SealPlan.at <= now - SETTLE)
        .order_by(SealPlan.at, SealPlan.id)
    ).all()
    return [_Due(*row) for row in rows]


def run_due(now: datetime) -> list[int]:
    """Seal every plan whose moment has passed, each once and exactly at its cut-off; the new standings' numbers (id).

    A plan that fails is left for the next turn; the other calls go on. Raises the first fault at the end.
    """
    begin_read()
    waiting = due(now)
    db.session.rollback()
    sealed: list[int] = []
    faults: dict[int, Exception] = {}
    for each in waiting:
        if each.call_id in faults:
            continue  # a later cut-off of this call is exact only after the earlier one was sealed
        try:
            number = _run(each, now)
        except Exception as fault:
            db.session.rollback()
            log.exception("seal_failed", plan=each.id, call=each.call_id)
            faults[each.call_id] = fault
            continue
        if number is not None:
            sealed.append(number)
    if faults:
        raise next(iter(faults.values()))
    return sealed


def _run(each: _Due, now: datetime) -> int | None:
    for _attempt in range(TRIES):
        reading = sealing.read(each.call_id, each.at, now)
        made = sealing.documents(reading, each.reason.value, now, each.workshop_id)
        begin_write()
        open_still = select(SealPlan).where(SealPlan.id == each.id).with_for_update()
        found = db.session.scalar(open_still)
        if found is None or found.done_at is not None:
            db.session.rollback()
            return None  # somebody else sealed it, or called it off
        snapshot = _write(reading, made, each.reason, now, each.workshop_id)
        if snapshot is not None:
            found.done_at, found.snapshot_id = now, snapshot.id
            _line(None, snapshot, now, "")
            db.session.commit()
            return snapshot.id
        db.session.rollback()
    raise NotAllowed(BUSY)


def public_document(snapshot_id: int) -> dict[str, Any]:
    """What everybody may read of a standing. Raises LookupError when there is none."""
    return _parsed(db.session.scalar(select(Snapshot.public).where(Snapshot.id == snapshot_id)), snapshot_id)


def _parsed(text: str | None, snapshot_id: int) -> dict[str, Any]:
    if text is None:
        raise LookupError(f"There is no standing {snapshot_id}.")
    found = parse(text)
    assert isinstance(found, dict)
    return found


def verify(snapshot_id: int) -> list[Difference]:
    """Compute a standing again from what is kept of it, with its place in the chain; none is the only right answer.

    Raises LookupError when there is none.
    """
    found = db.session.get(Snapshot, snapshot_id)
    if found is None:
        raise LookupError(f"There is no standing {snapshot_id}.")
    return [*_kept(found), *_chained(found), *verify_both(found.public, found.audit)]


def _kept(found: Snapshot) -> list[Difference]:
    """Whether the row says what its documents say."""
    if sha256(found.public) != found.digest:
        return [Difference("digest", found.digest, sha256(found.public))]
    try:
        pairs = _pairs(found, parse(found.public))
    except FAULTS as fault:
        return [Difference("public", f"something that is no standing ({fault})", "a public document")]
    return [
        Difference(path, str(stands), str(says)) for path, (stands, says) in pairs.items() if stands != says
    ]


def _pairs(found: Snapshot, document: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the row says beside what its documents say."""
    times, voters = document["times"], document["inputs"]["voters"]
    if None in voters.values() and sha256(found.audit) == document["digests"]["audit"]:
        voters = parse(found.audit)["inputs"]["voters"]  # the public one withholds small groups
    workshop = document["workshop"]
    if found.workshop_id is None and workshop is not None and db.session.get(Workshop, workshop) is None:
        workshop = None  # its workshop is gone, and the number with it
    return {
        "number": (found.number, document["number"]),
        "previous": (found.previous_digest, document["previous"]),
        "reason": (found.reason.value, document["reason"]),
        "call.id": (found.call_id, document["call"]["id"]),
        "times.cut_off": (found.cut_off, datetime.fromisoformat(times["cut_off"])),
        "times.sealed_at": (found.sealed_at, datetime.fromisoformat(times["sealed_at"])),
        "inputs.votes": (found.votes, document["inputs"]["votes"]),
        "inputs.voters": (found.voters, found.voters if None in voters.values() else sum(voters.values())),
        "workshop": (found.workshop_id, workshop),
    }


def _chained(found: Snapshot) -> list[Difference]:
    """Whether the standing before it is there and is the one it names, and its seed is the one promised."""
    before = db.session.execute(
        select(Snapshot.digest).where(Snapshot.call_id == found.call_id, Snapshot.number == found.number - 1)
    ).scalar_one_or_none()
    if before != found.previous_digest:
        return [Difference("previous", found.previous_digest or "nothing", before or "nothing")]
    return []


def chain_ends() -> list[tuple[str, Difference]]:
    """Processes whose last standing is not the one that promised the seed in force: a later one is gone."""
    newest = select(func.max(Snapshot.id)).join(Call, Call.id == Snapshot.call_id).group_by(Call.process_id)
    rows = db.session.execute(
        select(Process.slug, Process.tie_seed, Snapshot.public)
        .join(Call, Call.process_id == Process.id)
        .join(Snapshot, Snapshot.call_id == Call.id)
        .where(Snapshot.id.in_(newest))
        .order_by(Process.id)
    )
    found = []
    for slug, seed, text in rows:
        try:
            promised = str(parse(text)["seed"]["next_hash"])
        except FAULTS:
            continue  # named already: it is no standing
        if promised != sha256(seed):
            found.append((slug, Difference("seed.next_hash", promised, sha256(seed))))
    return found


def gone() -> list[Difference]:
    """Standings that the audit log tells of and that are not kept any more."""
    kept = set(db.session.scalars(select(Snapshot.digest)))
    lines = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "ranking.seal").order_by(AuditEntry.id)
    )
    return [
        Difference("snapshot", "nothing", f"standing {line.after.get('number')}, {line.after.get('digest')}")
        for line in lines
        if line.after.get("digest") not in kept
    ]
