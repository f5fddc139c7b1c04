"""Who may read, change, send in and withdraw an idea, and who may not, with the sentence that says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from app.domain.decision import Decision
from app.domain.lifecycle import IdeaState
from app.domain.phases import Action
from app.models.person import Person, PersonRole, Role
from app.models.process import Audience, ProcessState
from app.policies.ideas import may_edit, may_read, may_send_in, may_withdraw
from tests.factories import NOW

S = IdeaState
AUTHOR, OTHER, MODERATOR, ORGANISER = "author", "other", "moderator", "organiser"
NOBODY = "nobody"


@dataclass
class Facts:
    """An idea as a policy sees it."""

    state: IdeaState
    author_id: int = 1
    was_sent: bool = True
    was_public: bool = False

    @property
    def submitted_at(self) -> datetime | None:
        return NOW if self.was_sent else None

    @property
    def published_at(self) -> datetime | None:
        return NOW if self.was_public else None


@dataclass
class Call:
    """A call as a policy sees it."""

    process_state: ProcessState = ProcessState.OPEN
    is_open: bool = True
    audience: Audience = Audience.EVERYONE

    def allows(self, action: Action, now: datetime) -> bool:
        return self.is_open and self.process_state == ProcessState.OPEN

    def opens(self, action: Action, now: datetime) -> None:
        return None


def person(kind: str) -> Person | None:
    numbers = {AUTHOR: 1, OTHER: 2, MODERATOR: 3, ORGANISER: 4}
    if kind == NOBODY:
        return None
    found = Person(id=numbers[kind], name=kind)
    found.role_rows = [PersonRole(role=Role(kind))] if kind in (MODERATOR, ORGANISER) else []
    return found


def facts(state: IdeaState) -> Facts:
    return Facts(
        state,
        was_sent=state != S.DRAFT,
        was_public=state in (S.PUBLISHED, S.MERGED, S.HIDDEN, S.WITHDRAWN),
    )


EVERYBODY = {NOBODY, OTHER, AUTHOR, MODERATOR, ORGANISER}
READERS = {
    S.DRAFT: {AUTHOR},
    S.SUBMITTED: {AUTHOR, MODERATOR},
    S.RETURNED: {AUTHOR, MODERATOR},
    S.REFUSED: {AUTHOR, MODERATOR},
    S.PUBLISHED: EVERYBODY,
    S.MERGED: EVERYBODY,
    S.WITHDRAWN: {AUTHOR, MODERATOR},
    S.HIDDEN: {AUTHOR, MODERATOR},
}
EDITORS = {
    state: {AUTHOR} if state in (S.DRAFT, S.SUBMITTED, S.RETURNED, S.PUBLISHED) else set() for state in S
}
WITHDRAWERS = EDITORS


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("kind", sorted(EVERYBODY))
def test_who_reads(state: IdeaState, kind: str) -> None:
    assert bool(may_read(person(kind), facts(state))) == (kind in READERS[state])


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("kind", sorted(EVERYBODY))
def test_who_edits(state: IdeaState, kind: str) -> None:
    decision = may_edit(person(kind), facts(state), Call(), NOW, has_reactions=False)
    assert bool(decision) == (kind in EDITORS[state])


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("kind", sorted(EVERYBODY))
def test_who_withdraws(state: IdeaState, kind: str) -> None:
    assert bool(may_withdraw(person(kind), facts(state), Call())) == (kind in WITHDRAWERS[state])


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("kind", sorted(EVERYBODY))
def test_who_sends_in(state: IdeaState, kind: str) -> None:
    decision = may_send_in(person(kind), facts(state), Call(), NOW)
    assert bool(decision) == (kind == AUTHOR and state in (S.DRAFT, S.RETURNED))


@pytest.mark.parametrize(
    ("kind", "idea", "sentence", "sign_in"),
    [
        (NOBODY, Facts(S.SUBMITTED), "This idea has not been published.", True),
        (OTHER, Facts(S.REFUSED), "This idea has not been published.", False),
        (NOBODY, facts(S.WITHDRAWN), "The author has withdrawn this idea.", False),
        (
            OTHER,
            facts(S.HIDDEN),
            "A moderator has hidden this idea because it breaks the house rules.",
            False,
        ),
        (MODERATOR, Facts(S.WITHDRAWN, was_sent=False), "This idea has not been published.", False),
    ],
)
def test_the_sentence_for_readers(kind: str, idea: Facts, sentence: str, sign_in: bool) -> None:
    assert may_read(person(kind), idea) == Decision(sentence, needs_sign_in=sign_in)


def test_the_first_reaction_ends_editing() -> None:
    idea = facts(S.PUBLISHED)
    assert may_edit(person(AUTHOR), idea, Call(), NOW, has_reactions=False)
    refused = may_edit(person(AUTHOR), idea, Call(), NOW, has_reactions=True)
    assert (
        refused.refusal
        == "Others have voted or reacted, so a change of the text stays visible, with its reason."
    )
    assert may_edit(person(AUTHOR), facts(S.SUBMITTED), Call(), NOW, has_reactions=True)


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.RETURNED, S.PUBLISHED])
def test_a_closed_process_never_changes(state: IdeaState) -> None:
    closed = Call(ProcessState.CLOSED)
    sentence = "This process is closed, so the idea stays as it is."
    assert may_edit(person(AUTHOR), facts(state), closed, NOW, has_reactions=False).refusal == sentence
    assert may_withdraw(person(AUTHOR), facts(state), closed).refusal == sentence
    assert not may_send_in(person(AUTHOR), facts(state), closed, NOW)


def test_after_the_deadline_a_draft_stays_and_a_returned_idea_may_come_back() -> None:
    over = Call(is_open=False)
    assert may_send_in(person(AUTHOR), facts(S.DRAFT), over, NOW + timedelta(days=1)).refusal == (
        "This call is closed. You can no longer send in ideas."
    )
    assert may_send_in(person(AUTHOR), facts(S.RETURNED), over, NOW)


@pytest.mark.parametrize("kind", [OTHER, MODERATOR, ORGANISER])
def test_staff_does_not_touch_the_texts_of_others(kind: str) -> None:
    idea = facts(S.PUBLISHED)
    assert may_edit(person(kind), idea, Call(), NOW, has_reactions=False).refusal == (
        "Only the author can change this idea."
    )
    assert may_withdraw(person(kind), idea, Call()).refusal == "Only the author can withdraw this idea."
