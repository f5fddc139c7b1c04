"""Who may submit, vote and argue, and the sentence that comes with every no."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.ballot import Group
from app.domain.decision import YES
from app.domain.lifecycle import IdeaState
from app.domain.phases import Action
from app.models.argument import ArgumentState
from app.models.person import Person
from app.models.process import Audience, CallKind, ProcessState
from app.policies.discussion import may_reply, may_report
from app.policies.taking_part import may_argue, may_choose_agenda, may_submit, may_vote
from app.records.calls import CallRow, PhaseRow
from tests.factories import NOW

RESIDENT = Person(id=1, group=Group.RESIDENT, is_delegate=False)
COUNCIL = Person(id=2, group=Group.COUNCIL, is_delegate=False)
PARTNER = Person(id=3, group=Group.PARTNER, is_delegate=False)
DELEGATE = Person(id=4, group=Group.PARTNER, is_delegate=True)
HOUR = timedelta(hours=1)


def a_call(
    audience: Audience = Audience.EVERYONE,
    starts: datetime = NOW - HOUR,
    ends: datetime = NOW + HOUR,
    state: ProcessState = ProcessState.OPEN,
    *,
    rights: bool = True,
    agenda_ballot: bool = False,
) -> CallRow:
    phase = PhaseRow("Fase", starts, ends, rights, rights, rights, False, "random")
    return CallRow(
        1,
        "oproep",
        "Oproep",
        "",
        CallKind.IDEAS,
        audience,
        1,
        "traject",
        "Traject",
        state,
        (phase,),
        agenda_ballot,
    )


MERGED = "This idea has become one with another idea. You can vote on that one."


@pytest.mark.parametrize("person", [RESIDENT, COUNCIL, DELEGATE])
def test_they_may_vote(person: Person) -> None:
    assert may_vote(person, IdeaState.PUBLISHED, a_call(), NOW) == YES


@pytest.mark.parametrize(
    ("person", "state", "call", "sentence"),
    [
        (None, IdeaState.PUBLISHED, a_call(), "Sign in to vote."),
        (PARTNER, IdeaState.PUBLISHED, a_call(), "Your organisation votes through its delegate."),
        (
            RESIDENT,
            IdeaState.PUBLISHED,
            a_call(Audience.COUNCIL),
            "Only council members can answer this call.",
        ),
        (
            COUNCIL,
            IdeaState.PUBLISHED,
            a_call(Audience.PARTNERS),
            "Only partners in the city can answer this call.",
        ),
        (RESIDENT, IdeaState.PUBLISHED, a_call(ends=NOW), "Voting on this idea is closed."),
        (
            RESIDENT,
            IdeaState.PUBLISHED,
            a_call(starts=NOW + HOUR, ends=NOW + 2 * HOUR),
            "Voting on this idea has not started yet.",
        ),
        (RESIDENT, IdeaState.PUBLISHED, a_call(rights=False), "Voting on this idea is closed."),
        (RESIDENT, IdeaState.PUBLISHED, a_call(state=ProcessState.CLOSED), "Voting on this idea is closed."),
        *(
            (
                RESIDENT,
                state,
                a_call(),
                MERGED if state == IdeaState.MERGED else "You cannot vote on this idea.",
            )
            for state in IdeaState
            if state != IdeaState.PUBLISHED
        ),
    ],
)
def test_they_may_not_vote(person: Person | None, state: IdeaState, call: CallRow, sentence: str) -> None:
    assert may_vote(person, state, call, NOW).refusal == sentence


def test_a_phase_counts_from_its_first_moment_and_not_at_its_last() -> None:
    assert may_vote(RESIDENT, IdeaState.PUBLISHED, a_call(starts=NOW), NOW)
    assert not may_vote(RESIDENT, IdeaState.PUBLISHED, a_call(ends=NOW), NOW)


@pytest.mark.parametrize("person", [RESIDENT, COUNCIL, PARTNER, DELEGATE])
def test_everybody_signed_in_may_argue_also_outside_the_audience(person: Person) -> None:
    assert may_argue(person, IdeaState.PUBLISHED, a_call(Audience.COUNCIL), NOW)


@pytest.mark.parametrize(
    ("person", "state", "call", "sentence"),
    [
        (None, IdeaState.PUBLISHED, a_call(), "Sign in to react."),
        (RESIDENT, IdeaState.HIDDEN, a_call(), "You cannot react to this idea."),
        (RESIDENT, IdeaState.PUBLISHED, a_call(ends=NOW), "The discussion of this idea is closed."),
        (
            RESIDENT,
            IdeaState.PUBLISHED,
            a_call(starts=NOW + HOUR, ends=NOW + 2 * HOUR),
            "The discussion of this idea has not started yet.",
        ),
    ],
)
def test_they_may_not_argue(person: Person | None, state: IdeaState, call: CallRow, sentence: str) -> None:
    assert may_argue(person, state, call, NOW).refusal == sentence
    assert may_reply(person, state, ArgumentState.PUBLISHED, call, NOW).refusal == sentence


@pytest.mark.parametrize("state", [ArgumentState.HIDDEN, ArgumentState.DELETED])
def test_nobody_replies_to_what_is_gone(state: ArgumentState) -> None:
    refusal = may_reply(RESIDENT, IdeaState.PUBLISHED, state, a_call(), NOW).refusal
    assert refusal == "You cannot reply to this: the text has been removed."


@pytest.mark.parametrize(
    ("person", "call", "sentence"),
    [
        (None, a_call(), "Sign in to send in your idea."),
        (RESIDENT, a_call(Audience.COUNCIL), "Only council members can answer this call."),
        (RESIDENT, a_call(ends=NOW), "This call is closed. You can no longer send in ideas."),
        (
            RESIDENT,
            a_call(starts=NOW + HOUR, ends=NOW + 2 * HOUR),
            "You cannot send in ideas for this call yet.",
        ),
    ],
)
def test_they_may_not_submit(person: Person | None, call: CallRow, sentence: str) -> None:
    assert may_submit(person, call, NOW).refusal == sentence


def test_only_what_signing_in_mends_asks_to_sign_in() -> None:
    closed = a_call(ends=NOW)
    assert may_vote(None, IdeaState.PUBLISHED, a_call(), NOW).needs_sign_in
    assert may_argue(None, IdeaState.PUBLISHED, a_call(), NOW).needs_sign_in
    assert may_submit(None, a_call(), NOW).needs_sign_in
    assert may_report(None, 9, NOW).needs_sign_in
    assert not may_vote(None, IdeaState.PUBLISHED, closed, NOW).needs_sign_in
    assert not may_vote(PARTNER, IdeaState.PUBLISHED, a_call(), NOW).needs_sign_in
    assert closed.allows(Action.VOTE, NOW) is False


def test_who_may_report() -> None:
    assert may_report(RESIDENT, COUNCIL.id, NOW)
    assert may_report(RESIDENT, RESIDENT.id, NOW).refusal == "You cannot report your own text."
    assert may_report(None, COUNCIL.id, NOW).refusal == "Sign in to report this text."


def an_open_ballot(audience: Audience = Audience.EVERYONE, **values: Any) -> CallRow:
    return a_call(audience, agenda_ballot=True, **values)


@pytest.mark.parametrize("person", [RESIDENT, COUNCIL, DELEGATE])
def test_they_may_choose_the_agenda(person: Person) -> None:
    assert may_choose_agenda(person, an_open_ballot(), NOW) == YES


@pytest.mark.parametrize(
    ("person", "call", "sentence"),
    [
        (None, an_open_ballot(), "Sign in to choose themes for the agenda."),
        (PARTNER, an_open_ballot(), "Your organisation votes through its delegate."),
        (RESIDENT, an_open_ballot(Audience.COUNCIL), "Only council members can answer this call."),
        (COUNCIL, an_open_ballot(Audience.PARTNERS), "Only partners in the city can answer this call."),
        (RESIDENT, a_call(), "In this call people do not tick the themes of the agenda themselves."),
        (None, a_call(), "In this call people do not tick the themes of the agenda themselves."),
        (RESIDENT, an_open_ballot(ends=NOW), "Choosing themes for the agenda is closed."),
        (None, an_open_ballot(ends=NOW), "Choosing themes for the agenda is closed."),
        (RESIDENT, an_open_ballot(rights=False), "Choosing themes for the agenda is closed."),
        (
            RESIDENT,
            an_open_ballot(state=ProcessState.CLOSED),
            "Choosing themes for the agenda is closed.",
        ),
        (
            RESIDENT,
            an_open_ballot(starts=NOW + HOUR, ends=NOW + 2 * HOUR),
            "Choosing themes for the agenda has not started yet.",
        ),
    ],
)
def test_they_may_not_choose_the_agenda(person: Person | None, call: CallRow, sentence: str) -> None:
    decision = may_choose_agenda(person, call, NOW)
    assert decision.refusal == sentence
    assert decision.needs_sign_in == sentence.startswith("Sign in")
