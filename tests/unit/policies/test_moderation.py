"""Who may decide on which text, and the sentence that comes with every no."""

from itertools import product

import pytest

from app.domain.ballot import Group
from app.domain.decision import YES
from app.domain.lifecycle import IdeaState, IdeaVerb, state_after
from app.models.argument import ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationVerb
from app.models.person import Person, PersonRole, Role
from app.policies.moderation import is_possible, is_possible_for_argument, may_decide, may_read
from tests.factories import NOW

STAFF_VERBS = (IdeaVerb.PUBLISH, IdeaVerb.RETURN, IdeaVerb.REFUSE, IdeaVerb.HIDE, IdeaVerb.RESTORE)


def a_person(number: int, *roles: Role) -> Person:
    return Person(id=number, group=Group.RESIDENT, role_rows=[PersonRole(role=role) for role in roles])


AUTHOR, READER, MODERATOR = a_person(1), a_person(2), a_person(3, Role.MODERATOR)
OTHERS = [None, READER, a_person(4, Role.FACILITATOR), a_person(5, Role.ORGANISER)]


def test_a_moderator_decides_on_texts_of_others() -> None:
    assert may_decide(MODERATOR, AUTHOR.id) == YES
    assert may_decide(MODERATOR, AUTHOR.id, {READER.id}) == YES


@pytest.mark.parametrize("person", OTHERS)
def test_nobody_else_decides(person: Person | None) -> None:
    assert may_decide(person, AUTHOR.id).refusal == "Only moderators decide on texts."


def test_not_on_an_own_text() -> None:
    decision = may_decide(MODERATOR, MODERATOR.id)
    assert decision.refusal == "This is your own text. Another moderator decides on it."


def test_not_on_a_text_that_they_reported() -> None:
    decision = may_decide(MODERATOR, AUTHOR.id, {READER.id, MODERATOR.id})
    assert decision.refusal == "You reported this text yourself. Another moderator decides on it."


@pytest.mark.parametrize(("state", "verb"), list(product(IdeaState, STAFF_VERBS)))
def test_a_verb_is_possible_where_the_lifecycle_knows_it(state: IdeaState, verb: IdeaVerb) -> None:
    decision = is_possible(state, verb)
    assert bool(decision) == (state_after(state, verb) is not None)
    assert bool(decision) or decision.refusal.endswith(".")


@pytest.mark.parametrize(
    ("state", "verb", "refusal"),
    [
        (ArgumentState.PUBLISHED, ModerationVerb.HIDE, ""),
        (ArgumentState.HIDDEN, ModerationVerb.HIDE, "Only a published argument can be hidden."),
        (ArgumentState.DELETED, ModerationVerb.HIDE, "Only a published argument can be hidden."),
        (ArgumentState.HIDDEN, ModerationVerb.RESTORE, ""),
        (
            ArgumentState.PUBLISHED,
            ModerationVerb.RESTORE,
            "This argument is not hidden, so it cannot be put back.",
        ),
        (
            ArgumentState.DELETED,
            ModerationVerb.RESTORE,
            "This argument is not hidden, so it cannot be put back.",
        ),
    ],
)
def test_arguments_are_hidden_and_put_back(state: ArgumentState, verb: ModerationVerb, refusal: str) -> None:
    assert is_possible_for_argument(state, verb).refusal == refusal


@pytest.mark.parametrize("state", list(IdeaState))
def test_a_moderator_reads_what_was_sent_in(state: IdeaState) -> None:
    sent = Idea(state=state, submitted_at=NOW, author_id=AUTHOR.id)
    assert bool(may_read(MODERATOR, sent)) == (state != IdeaState.DRAFT)
    assert not may_read(READER, sent)


def test_a_draft_that_was_withdrawn_stays_the_authors_own() -> None:
    assert not may_read(MODERATOR, Idea(state=IdeaState.WITHDRAWN, submitted_at=None, author_id=AUTHOR.id))


def test_who_posted_an_idea_for_somebody_else_does_not_decide_on_it() -> None:
    assert may_decide(MODERATOR, AUTHOR.id, posted_by_id=READER.id) == YES
    decision = may_decide(MODERATOR, AUTHOR.id, posted_by_id=MODERATOR.id)
    assert decision.refusal == "You posted this idea for somebody else. Another moderator decides on it."
