"""The arithmetic of promised answers: how late one is, and when to remind of it."""

from datetime import datetime, timedelta

DAY = timedelta(days=1)
REMINDERS = (timedelta(days=7), timedelta(days=1), timedelta(0))
"""So long before the promised moment people are reminded; the last one at the moment itself."""
DAYS_TO_ANSWER = (1, 365)


def days_late(due_at: datetime, now: datetime) -> int:
    """Since how many days an answer is late: 0 until the promised moment, 1 in the first day after it."""
    return 0 if now <= due_at else (now - due_at) // DAY + 1


def days_left(due_at: datetime, now: datetime) -> int:
    """How many whole days are left; 0 on the last day and afterwards."""
    return max((due_at - now) // DAY, 0)


def is_reminder_due(
    started_at: datetime, due_at: datetime, reminded_at: datetime | None, now: datetime
) -> bool:
    """Whether it is time to remind of a promise: a moment for it has passed since it was made and last reminded of.

    Whoever could not be reminded in time hears once, not once for every moment that went by.
    """
    passed = [due_at - before for before in REMINDERS if started_at < due_at - before <= now]
    return bool(passed) and (reminded_at is None or reminded_at < passed[-1])
