"""How texts of a process are moderated: its settings as plain values, and choosing them anew."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision
from app.features.organiser.service import Overtaken
from app.kit import audit
from app.models.person import Person
from app.models.process import Call, Curation, Process
from app.policies.moderation_settings import may_keep_names, may_set_moderation
from app.records.statuses import ROW

CHOOSING = "moderation.set_rules"
OF_PROCESS = ("promised_hours", "report_threshold", "appeal_days", "retention_months")
OF_CALL = ("idea_curation", "argument_curation", "trust_after", "checklist", "threshold")
AT_ONCE = frozenset({Curation.AFTER, Curation.REPORTED})
"""What goes on the site before a moderator has read it, whoever wrote it."""

Settings = Mapping[str, Any]


def calls_of(process_id: int, *, locked: bool = False) -> list[Call]:
    """The calls of a process in the order of the pages; locked against others who choose, in one order for all."""
    query = select(Call).where(Call.process_id == process_id)
    if locked:
        held = (
            query.order_by(Call.id).with_for_update(key_share=True).execution_options(populate_existing=True)
        )
        return sorted(db.session.scalars(held), key=lambda call: (call.position, call.id))
    return list(db.session.scalars(query.order_by(Call.position, Call.id)))


def plain(process: Process, calls: Sequence[Call]) -> dict[str, Any]:
    """All settings by name; those of a call as `name@call`."""
    found: dict[str, Any] = {name: getattr(process, name) for name in OF_PROCESS}
    for call in calls:
        found |= {f"{name}@{call.slug}": getattr(call, name) for name in OF_CALL}
    return found


def mark(settings: Settings) -> str:
    """A short mark of the settings in force, by which a form knows whether they changed meanwhile."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def choose(
    organiser: Person, process: Process, wanted: Settings, seen: str, reason: str, now: datetime
) -> list[Call]:
    """Moderate by these settings from now on; the calls in which ideas now go on the site unread and did not before.

    `wanted` holds values under the names that `plain` gives; `seen` is the mark of the settings that the organiser saw.
    The same settings again change nothing. Raises NotAllowed, and Overtaken.
    """
    may_set_moderation(organiser).or_raise()
    db.session.refresh(process, with_for_update=ROW)
    calls = calls_of(process.id, locked=True)
    before = plain(process, calls)
    changed = [name for name in before if name in wanted and before[name] != wanted[name]]
    if not changed and set(wanted) == set(before):
        db.session.rollback()
        return []
    if seen != mark(before) or set(wanted) != set(before):
        raise Overtaken(Decision(N_("Somebody else has changed these settings in the meantime.")))
    may_keep_names(process, wanted["retention_months"]).or_raise()
    opened = [
        call
        for call in calls
        if wanted[f"idea_curation@{call.slug}"] in AT_ONCE and call.idea_curation not in AT_ONCE
    ]
    for name in changed:
        column, _at, slug = name.partition("@")
        target: Any = next((call for call in calls if call.slug == slug), process)
        setattr(target, column, wanted[name])
    audit.record(
        organiser,
        CHOOSING,
        process,
        now,
        before={name: before[name] for name in changed},
        after={name: wanted[name] for name in changed},
        why=reason,
    )
    db.session.commit()
    return opened
