"""May they? Organisers prepare what goes to the council, note down what it decided, promise answers and tell how it is
carried out."""

from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.council import CouncilResult
from app.models.person import Person

TAKEN = frozenset({CouncilResult.ADOPTED, CouncilResult.AMENDED})
"""What is carried out."""


class ElementFacts(Protocol):
    """What a policy asks of a focus element."""

    @property
    def is_fixed(self) -> bool:
        """Whether its proposal went to the council."""

    @property
    def result(self) -> CouncilResult | None: ...


def may_arrange(person: Person | None) -> Decision:
    """An organiser prepares what goes to the council; also after a process closed, for the council decides later."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers prepare what goes to the council."))
    return YES


def may_change_element(person: Person | None, element: ElementFacts) -> Decision:
    """As long as its proposal has not gone to the council and the council decided nothing."""
    answer = may_arrange(person)
    if not answer:
        return answer
    if element.result is not None:
        return Decision(N_("The council has decided on this focus element, so it stays as it is."))
    if element.is_fixed:
        return Decision(N_("This focus element went to the council, so it stays as it is."))
    return YES


def may_change_proposal(person: Person | None, *, is_handed_in: bool) -> Decision:
    """Until it is handed in."""
    answer = may_arrange(person)
    if not answer:
        return answer
    if is_handed_in:
        return Decision(N_("This proposal went to the council, so it stays as it is."))
    return YES


def may_hand_in(person: Person | None, *, is_handed_in: bool, elements: int) -> Decision:
    """Once, and with at least one focus element."""
    answer = may_change_proposal(person, is_handed_in=is_handed_in)
    if answer and not elements:
        return Decision(N_("Choose at least one focus element first."))
    return answer


def may_decide(person: Person | None, *, is_handed_in: bool, is_decided: bool) -> Decision:
    """Note down what the council decided on a proposal that it has; once, and by corrections afterwards."""
    answer = may_arrange(person)
    if not answer:
        return answer
    if not is_handed_in:
        return Decision(N_("Hand the proposal in first. The council cannot have decided on it yet."))
    if is_decided:
        return Decision(N_("The decision on this proposal has been published. You can correct it."))
    return YES


def may_carry_out(person: Person | None, element: ElementFacts) -> Decision:
    """Tell how it is carried out, of what the council agreed with."""
    answer = may_arrange(person)
    if not answer:
        return answer
    if element.result not in TAKEN:
        return Decision(N_("The council did not agree with this focus element, so nobody carries it out."))
    return YES


def may_answer(person: Person | None, *, is_answered: bool) -> Decision:
    """Answer what was promised, once."""
    answer = may_arrange(person)
    if not answer:
        return answer
    if is_answered:
        return Decision(N_("This has been answered already."))
    return YES
