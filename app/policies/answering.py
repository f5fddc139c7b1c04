"""May they answer? Organisers answer published ideas of others and set their public status, step by step."""

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import PublicStatus, status_step
from app.models.idea import Idea
from app.models.person import Person


def may_answer(person: Person | None, idea: Idea) -> Decision:
    """An organiser may answer a published idea by somebody else."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers answer for the municipality."))
    if idea.author_id == person.id:
        return Decision(N_("This is your own idea. Another organiser answers it."))
    if not idea.is_published:
        return Decision(N_("This idea is not on the site, so there is nothing to answer."))
    return YES


def may_set_status(person: Person | None, idea: Idea, status: PublicStatus) -> Decision:
    """An organiser may take a published idea by somebody else further along the ladder, or correct a mistake."""
    answer = may_answer(person, idea)
    if not answer:
        return answer
    if status_step(idea.public_status, status) is None:
        return Decision(N_("The idea cannot go from this status to that one. Correct the status first."))
    return YES
