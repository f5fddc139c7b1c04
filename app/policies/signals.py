"""May they decide what counts as standing out, and which networks are known? Organisers do."""

from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState


class ProcessFacts(Protocol):
    """What this policy asks of a process."""

    @property
    def state(self) -> ProcessState: ...


def may_set_thresholds(person: Person | None, process: ProcessFacts) -> Decision:
    """An organiser may say from where on votes in an open process stand out."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers choose when votes stand out."))
    if process.state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so nobody looks at its votes any more."))
    return YES


def may_keep_networks(person: Person | None) -> Decision:
    """An organiser keeps the list of networks that many people share."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers keep the list of known networks."))
    return YES
