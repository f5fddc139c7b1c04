"""The transitions of an idea, and the ladder of its public status."""

from itertools import pairwise, product

import pytest

from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import (
    STATUS_LADDER,
    IdeaState,
    IdeaVerb,
    PublicStatus,
    RefusalReason,
    StatusStep,
    leads_to,
    state_after,
    status_step,
    status_steps,
)

S, V, P = IdeaState, IdeaVerb, PublicStatus
KNOWN = {
    (S.DRAFT, V.SUBMIT, S.SUBMITTED),
    (S.RETURNED, V.SUBMIT, S.SUBMITTED),
    (S.SUBMITTED, V.PUBLISH, S.PUBLISHED),
    (S.SUBMITTED, V.RETURN, S.RETURNED),
    (S.SUBMITTED, V.REFUSE, S.REFUSED),
    (S.PUBLISHED, V.HIDE, S.HIDDEN),
    (S.HIDDEN, V.RESTORE, S.PUBLISHED),
    (S.PUBLISHED, V.MERGE, S.MERGED),
    (S.PUBLISHED, V.RECALL, S.SUBMITTED),
    (S.DRAFT, V.WITHDRAW, S.WITHDRAWN),
    (S.SUBMITTED, V.WITHDRAW, S.WITHDRAWN),
    (S.RETURNED, V.WITHDRAW, S.WITHDRAWN),
    (S.PUBLISHED, V.WITHDRAW, S.WITHDRAWN),
}
MAIN_WAY = [P.OPEN, P.ON_AGENDA, P.DISCUSSED, P.BEFORE_COUNCIL, P.ADOPTED, P.IN_EXECUTION, P.DONE]


@pytest.mark.parametrize(("state", "verb"), list(product(S, V)))
def test_every_state_knows_exactly_its_verbs(state: IdeaState, verb: IdeaVerb) -> None:
    wanted = {after for known, does, after in KNOWN if (known, does) == (state, verb)}
    assert state_after(state, verb) == (wanted.pop() if wanted else None)


def test_the_ladder_knows_every_status() -> None:
    assert set(STATUS_LADDER) == set(P)


def test_every_status_but_the_first_comes_from_exactly_one_other() -> None:
    comes_from = {after: [b for b in P if after in STATUS_LADDER[b]] for after in P}
    assert comes_from.pop(P.OPEN) == []
    assert all(len(before) == 1 for before in comes_from.values())


def test_the_main_way_goes_rung_by_rung() -> None:
    assert all(after in STATUS_LADDER[before] for before, after in pairwise(MAIN_WAY))
    assert STATUS_LADDER[P.BEFORE_COUNCIL] == (P.ADOPTED, P.NOT_ADOPTED)


@pytest.mark.parametrize(("before", "after"), list(product(P, P)))
def test_forward_and_correction_are_each_others_way_back(before: PublicStatus, after: PublicStatus) -> None:
    step, back = status_step(before, after), status_step(after, before)
    assert (step == StatusStep.FORWARD) == (back == StatusStep.CORRECTION)
    assert (step is None) == (back is None)
    assert (step == StatusStep.FORWARD) == leads_to(before, after)


def test_what_was_not_adopted_is_not_carried_out() -> None:
    for after in (P.ADOPTED, P.IN_EXECUTION, P.DONE):
        assert status_step(P.NOT_ADOPTED, after) is None
        assert status_step(after, P.NOT_ADOPTED) is None


def test_rungs_may_be_skipped_forward_and_mistakes_corrected() -> None:
    assert status_step(P.OPEN, P.DONE) == StatusStep.FORWARD
    assert status_step(P.OPEN, P.NOT_ADOPTED) == StatusStep.FORWARD
    assert status_step(P.NOT_ADOPTED, P.BEFORE_COUNCIL) == StatusStep.CORRECTION
    assert status_step(P.DISCUSSED, P.DISCUSSED) is None


def test_the_steps_that_are_offered_come_forward_first() -> None:
    assert list(status_steps(P.BEFORE_COUNCIL)) == [
        P.ADOPTED,
        P.NOT_ADOPTED,
        P.IN_EXECUTION,
        P.DONE,
        P.OPEN,
        P.ON_AGENDA,
        P.DISCUSSED,
    ]
    assert list(status_steps(P.NOT_ADOPTED)) == [P.OPEN, P.ON_AGENDA, P.DISCUSSED, P.BEFORE_COUNCIL]


def test_every_reason_cites_its_own_house_rule() -> None:
    assert set(HOUSE_RULES) == set(RefusalReason)
    assert [rule.number for rule in HOUSE_RULES.values()] == list(range(1, len(HOUSE_RULES) + 1))
