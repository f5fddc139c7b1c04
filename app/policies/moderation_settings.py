"""May they choose how texts are moderated? Organisers do, and names never stay longer than people were told."""

from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState


class ProcessFacts(Protocol):
    """What this policy asks of a process."""

    @property
    def state(self) -> ProcessState: ...
    @property
    def retention_months(self) -> int: ...


def may_set_moderation(person: Person | None) -> Decision:
    """An organiser may choose how texts are moderated, also in a closed process: its texts can still be reported."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers choose how texts are moderated."))
    return YES


def may_keep_names(process: ProcessFacts, months: int) -> Decision:
    """Once a process is closed, names may go sooner with what people wrote, but not later than they were told."""
    if process.state != ProcessState.OPEN and months > process.retention_months:
        return Decision(
            N_("This process is closed. Names may go sooner, but not stay longer than %(months)s months."),
            {"months": process.retention_months},
        )
    return YES
