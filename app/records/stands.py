"""What a sealed standing says: its public document, read once per process for as long as it is asked for."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.domain.ranking import Method, ThemeMethod, Weighting
from app.models.seal import SealReason, Snapshot

Record = Mapping[str, Any]
CAPACITY = 8
"""Documents kept in memory; of a call with two thousand ideas one takes a few megabytes."""


@dataclass(frozen=True, slots=True)
class StandRow:
    """A sealed standing without its documents."""

    id: int
    call_id: int
    number: int
    digest: str
    previous_digest: str | None
    reason: SealReason
    workshop_id: int | None
    cut_off: datetime
    sealed_at: datetime
    votes: int
    voters: int


COLUMNS: tuple[Any, ...] = (
    Snapshot.id,
    Snapshot.call_id,
    Snapshot.number,
    Snapshot.digest,
    Snapshot.previous_digest,
    Snapshot.reason,
    Snapshot.workshop_id,
    Snapshot.cut_off,
    Snapshot.sealed_at,
    Snapshot.votes,
    Snapshot.voters,
)
"""What a row is read from, in the order of its fields."""


def _one(statement: Select[Any]) -> StandRow | None:
    row = db.session.execute(statement.limit(1)).one_or_none()
    return StandRow(*row) if row else None


def get(snapshot_id: int) -> StandRow | None:
    """One sealed standing."""
    return _one(select(*COLUMNS).where(Snapshot.id == snapshot_id))


def newest(call_id: int) -> StandRow | None:
    """The last one of a call."""
    return _one(select(*COLUMNS).where(Snapshot.call_id == call_id).order_by(Snapshot.number.desc()))


def of_workshop(workshop_id: int) -> StandRow | None:
    """The last one that was sealed for a workshop: its agenda follows from it."""
    return _one(select(*COLUMNS).where(Snapshot.workshop_id == workshop_id).order_by(Snapshot.number.desc()))


def numbered(call_id: int, number: int) -> StandRow | None:
    """The one with this number in the chain of a call."""
    return _one(select(*COLUMNS).where(Snapshot.call_id == call_id, Snapshot.number == number))


def of_calls(call_ids: Iterable[int] | None = None) -> list[StandRow]:
    """All of these calls (of every call, without any named), the newest first."""
    query = select(*COLUMNS).order_by(Snapshot.sealed_at.desc(), Snapshot.id.desc())
    if call_ids is not None:
        query = query.where(Snapshot.call_id.in_(list(call_ids)))
    return [StandRow(*row) for row in db.session.execute(query)]


_kept: OrderedDict[str, Record] = OrderedDict()
_lock = Lock()


def document(digest: str) -> Record:
    """The public document with this digest, with of its outputs only what pages show: the usual methods.

    A digest names one text for ever, so it is read and taken apart once. Raises LookupError when there is none.
    """
    with _lock:
        known = _kept.get(digest)
        if known is not None:
            _kept.move_to_end(digest)
            return known
    text = db.session.scalar(select(Snapshot.public).where(Snapshot.digest == digest))
    if text is None:
        raise LookupError(digest)
    found = trimmed(json.loads(text))
    with _lock:
        _kept[digest] = found
        while len(_kept) > CAPACITY:
            _kept.popitem(last=False)
    return found


def trimmed(whole: Record) -> Record:
    """The document without the rankings that pages do not show, which are most of its size."""
    outputs = whole["outputs"]
    usual = {
        "ideas": _key(Method.DRAAGVLAK, whole["weighting"]),
        "themes": _key(ThemeMethod.MEERDERHEID, whole["weighting"]),
    }
    kept = {kind: {key: outputs[kind][key]} for kind, key in usual.items() if key in outputs[kind]}
    return {**whole, "outputs": {"ideas": {}, "themes": {}, **kept, "agendas": outputs["agendas"]}}


def _key(method: Method | ThemeMethod, weighting: str) -> str:
    return f"{method.value}:{weighting}"


def ideas(of: Record) -> Record:
    """The ranking of ideas by the usual method and weighting."""
    found: Record = of["outputs"]["ideas"].get(_key(Method.DRAAGVLAK, of["weighting"]), {})
    return found


def themes(of: Record) -> Record:
    """The ranking of themes by the usual method and weighting."""
    found: Record = of["outputs"]["themes"].get(_key(ThemeMethod.MEERDERHEID, of["weighting"]), {})
    return found


def agenda(of: Record, workshop_id: int, weighting: Weighting) -> Record:
    """The agenda of a workshop, or {"error": …} when its minutes did not suffice for what was fixed."""
    found: Record = of["outputs"]["agendas"].get(f"{workshop_id}:{weighting.value}", {"error": ""})
    return found


def workshop(of: Record, workshop_id: int) -> Record:
    """What was fixed for a workshop: its minutes, blocks, pinned and skipped themes. Empty when it had none."""
    return next((found for found in of["scope"]["workshops"] if found["id"] == workshop_id), {})


def votes_on(of: Record, idea_id: int) -> int | None:
    """How many votes on an idea were counted; None when it took no part."""
    return next((row[3] + row[4] for row in of["inputs"]["tallies"] if row[0] == idea_id), None)
