"""May they arrange, publish or invite? Facilitators do, until the workshop was held or its process is closed."""

from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState


class WorkshopFacts(Protocol):
    """What a policy asks of a workshop."""

    @property
    def process_state(self) -> ProcessState: ...
    def is_over(self, now: datetime) -> bool: ...


def may_arrange(person: Person | None, workshop: WorkshopFacts, now: datetime) -> Decision:
    """A facilitator may change minutes, blocks and fixed themes of a workshop that is still to come."""
    if person is None or not person.is_facilitator:
        return Decision(N_("Only facilitators arrange the agenda."))
    if workshop.process_state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so the agenda stays as it is."))
    if workshop.is_over(now):
        return Decision(N_("The workshop has been held, so the agenda stays as it was."))
    return YES


def may_publish(person: Person | None, workshop: WorkshopFacts, now: datetime, *, hidden: bool) -> Decision:
    """Who arranges it may publish the agenda or change its order, unless nobody may see counts: it would tell them.

    hidden: whether nobody may see counts now.
    """
    decision = may_arrange(person, workshop, now)
    if decision and hidden:
        return Decision(
            N_("You can do this when the round of voting has ended: until then nobody sees how it stands.")
        )
    return decision


def may_answer(workshop: WorkshopFacts, now: datetime) -> Decision:
    """Who was asked to come may answer, and change the answer, until the workshop was held."""
    if workshop.process_state != ProcessState.OPEN or workshop.is_over(now):
        return Decision(N_("The workshop has been held, so you can no longer answer."))
    return YES
