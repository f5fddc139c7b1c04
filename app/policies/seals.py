"""May they seal? Organisers seal the standing of a call, facilitators that of a workshop that is still to come."""

from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.policies.workshop import WorkshopFacts


def may_seal(person: Person | None, workshop: WorkshopFacts | None, moment: datetime) -> Decision:
    """Whether somebody may seal at this moment (for a plan: the planned one), for a workshop or without one."""
    if person is None or not (person.is_organiser or (workshop is not None and person.is_facilitator)):
        return Decision(N_("Only organisers seal a standing, and facilitators that of their workshop."))
    if workshop is not None and workshop.is_over(moment):
        return Decision(N_("The workshop has been held, so its agenda stays with what was sealed before."))
    return YES


def may_audit(person: Person | None, hidden: bool) -> Decision:
    """Whether somebody may have the file for checkers, which holds every ballot without a name.

    hidden: whether nobody may see counts now.
    """
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers may have the file for checkers."))
    return may_read(hidden)


def may_read(hidden: bool) -> Decision:
    """Whether anybody may see a sealed standing now."""
    if hidden:
        return Decision(N_("You see this standing when the round of voting has ended."))
    return YES
