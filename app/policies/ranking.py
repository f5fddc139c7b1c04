"""May they choose the rules of the ranking? Organisers do, as long as the process is open."""

from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState


class ProcessFacts(Protocol):
    """What this policy asks of a process."""

    @property
    def state(self) -> ProcessState: ...


def may_set_rules(person: Person | None, process: ProcessFacts) -> Decision:
    """An organiser may change how the ideas and themes of an open process are ranked."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers choose the rules of the ranking."))
    if process.state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so its ranking stays as it is."))
    return YES
