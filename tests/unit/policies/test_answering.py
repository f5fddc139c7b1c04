"""Who answers for the municipality, and which step of the public status is allowed."""

from itertools import product

import pytest

from app.domain.ballot import Group
from app.domain.decision import YES
from app.domain.lifecycle import IdeaState, PublicStatus, status_step
from app.models.idea import Idea
from app.models.person import Person, PersonRole, Role
from app.policies.answering import may_answer, may_set_status


def a_person(number: int, *roles: Role) -> Person:
    return Person(id=number, group=Group.RESIDENT, role_rows=[PersonRole(role=role) for role in roles])


def an_idea(
    state: IdeaState = IdeaState.PUBLISHED, status: PublicStatus = PublicStatus.OPEN, author: int = 1
) -> Idea:
    return Idea(state=state, public_status=status, author_id=author)


ORGANISER = a_person(9, Role.ORGANISER)


@pytest.mark.parametrize(
    "person", [None, a_person(2), a_person(3, Role.MODERATOR), a_person(4, Role.FACILITATOR)]
)
def test_only_organisers_answer(person: Person | None) -> None:
    assert may_answer(person, an_idea()).refusal == "Only organisers answer for the municipality."
    assert not may_set_status(person, an_idea(), PublicStatus.ON_AGENDA)


@pytest.mark.parametrize("state", list(IdeaState))
def test_only_what_is_on_the_site_is_answered(state: IdeaState) -> None:
    assert bool(may_answer(ORGANISER, an_idea(state))) == (state == IdeaState.PUBLISHED)


def test_nobody_answers_an_own_idea() -> None:
    own = an_idea(author=ORGANISER.id)
    assert may_answer(ORGANISER, own).refusal == "This is your own idea. Another organiser answers it."
    assert not may_set_status(ORGANISER, own, PublicStatus.ON_AGENDA)


@pytest.mark.parametrize(("before", "after"), list(product(PublicStatus, PublicStatus)))
def test_the_status_follows_the_ladder(before: PublicStatus, after: PublicStatus) -> None:
    decision = may_set_status(ORGANISER, an_idea(status=before), after)
    if status_step(before, after):
        assert decision == YES
    else:
        assert (
            decision.refusal == "The idea cannot go from this status to that one. Correct the status first."
        )
