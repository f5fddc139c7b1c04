"""What organisers conclude from a process, and how many days an answer may take in it."""

from datetime import datetime

from app.db import db
from app.features.council.elements import mark_of
from app.features.council.holding import Overtaken, hold
from app.kit import audit
from app.models.person import Person
from app.policies.council import may_arrange


def mark(text: str, answer_days: int) -> str:
    """A short name of both, for a form to compare with later."""
    return mark_of(f"{answer_days}|{text}")


def conclude(
    organiser: Person, process_id: int, text: str, answer_days: int, seen: str, now: datetime
) -> bool:
    """Write both down; whether anything changed. Raises NotAllowed and Overtaken."""
    may_arrange(organiser).or_raise()
    process = hold(process_id)
    before = {"evaluation": process.evaluation, "answer_days": process.answer_days}
    after = {"evaluation": text, "answer_days": answer_days}
    if before == after:
        db.session.rollback()
        return False
    if mark(process.evaluation, process.answer_days) != seen:
        db.session.rollback()
        raise Overtaken
    changed = [name for name in after if before[name] != after[name]]
    process.evaluation, process.answer_days = text, answer_days
    audit.record(
        organiser,
        "council.conclude",
        process,
        now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    db.session.commit()
    return True
