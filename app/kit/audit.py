"""One line for every action of staff, written in the transaction of the action itself."""

from collections.abc import Mapping
from datetime import datetime

from app.db import Base, db
from app.models.audit import AuditEntry
from app.models.person import Person


def record(
    actor: Person | None,
    action: str,
    subject: Base,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    why: str = "",
) -> None:
    """Add a line to the audit log; the caller commits. Actor is None for a command on the server.

    `action` is room.verb, such as "moderation.publish"; before and after hold only what changed, as plain JSON values.
    """
    if getattr(subject, "id", None) is None:
        db.session.flush()
    db.session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id if actor else None,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=getattr(subject, "id", None),
            before=dict(before or {}),
            after=dict(after or {}),
            why=why,
        )
    )
