"""May they write down what the room concluded? Facilitators do, from shortly before the evening until the end."""

from datetime import datetime, timedelta
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState

BEFOREHAND = timedelta(hours=4)
"""So long before it begins facilitators can set to work."""
LIVE_AFTERWARDS = timedelta(hours=24)
"""So long after the end of an evening that nobody finished texts still change without a reason."""


class EveningFacts(Protocol):
    """What a policy asks of a workshop."""

    @property
    def process_state(self) -> ProcessState: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def minutes(self) -> int: ...


def may_write(person: Person | None, workshop: EveningFacts, now: datetime) -> Decision:
    """A facilitator may, from four hours before the workshop begins until its process is closed."""
    if person is None or not person.is_facilitator:
        return Decision(N_("Only facilitators write down what the room concluded."))
    if workshop.process_state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so the outcomes stay as they are."))
    if workshop.starts_at is None:
        return Decision(N_("The workshop has no date yet, so there is nothing to write down."))
    if now < workshop.starts_at - BEFOREHAND:
        return Decision(N_("You can write down outcomes from four hours before the workshop begins."))
    return YES


def is_correction(workshop: EveningFacts, finished_at: datetime | None, now: datetime) -> bool:
    """Whether a change needs a reason: the evening was finished, or ended more than a day ago."""
    if finished_at is not None:
        return True
    if workshop.starts_at is None:
        return False
    ends = workshop.ends_at or workshop.starts_at + timedelta(minutes=workshop.minutes)
    return now >= ends + LIVE_AFTERWARDS


def may_remove(
    person: Person | None, workshop: EveningFacts, finished_at: datetime | None, now: datetime
) -> Decision:
    """What stands with the wrong theme may go during the evening; afterwards it is corrected instead."""
    allowed = may_write(person, workshop, now)
    if allowed and is_correction(workshop, finished_at, now):
        return Decision(N_("The evening is over, so nothing is thrown away. Correct the text instead."))
    return allowed


def may_finish(person: Person | None, workshop: EveningFacts, now: datetime) -> Decision:
    """A facilitator may finish the evening once it has begun."""
    allowed = may_write(person, workshop, now)
    if allowed and workshop.starts_at is not None and now < workshop.starts_at:
        return Decision(N_("The workshop has not begun yet."))
    return allowed


def may_remove_picture(person: Person | None) -> Decision:
    """A facilitator may at any time, also of a closed process: who is on it can ask for that."""
    if person is None or not person.is_facilitator:
        return Decision(N_("Only facilitators take pictures of the evening away."))
    return YES


def may_read_report(person: Person | None, finished_at: datetime | None) -> Decision:
    """Everybody may once the evening was finished; facilitators see before how it will look."""
    if finished_at is None and (person is None or not person.is_facilitator):
        return Decision(N_("The report of this evening is not there yet."))
    return YES
