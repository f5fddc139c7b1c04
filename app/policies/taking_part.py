"""May they take part? Submitting, voting and arguing, by person, call and moment."""

from datetime import datetime
from typing import Protocol

from app.domain.ballot import Group
from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState
from app.domain.phases import Action
from app.models.person import Person
from app.models.process import Audience
from app.policies.conduct import may_post


class CallRules(Protocol):
    """What a policy asks of a call."""

    @property
    def audience(self) -> Audience: ...
    def allows(self, action: Action, now: datetime) -> bool: ...
    def opens(self, action: Action, now: datetime) -> datetime | None: ...


class AgendaCall(CallRules, Protocol):
    """What a policy asks of a call whose agenda people may choose."""

    @property
    def agenda_ballot(self) -> bool: ...


def in_audience(person: Person, audience: Audience) -> bool:
    """Whether a call with this audience is meant for the person."""
    return _meant_for(person.group, audience)


def _meant_for(group: Group, audience: Audience) -> bool:
    return {
        Audience.EVERYONE: True,
        Audience.COUNCIL: group == Group.COUNCIL,
        Audience.PARTNERS: group == Group.PARTNER,
    }[audience]


_ONLY_FOR = {
    Audience.COUNCIL: N_("Only council members can answer this call."),
    Audience.PARTNERS: N_("Only partners in the city can answer this call."),
}


def may_submit(person: Person | None, call: CallRules, now: datetime) -> Decision:
    """A person of the audience may submit an idea while a phase of the call gives the right."""
    if not call.allows(Action.SUBMIT, now):
        if call.opens(Action.SUBMIT, now):
            return Decision(N_("You cannot send in ideas for this call yet."))
        return Decision(N_("This call is closed. You can no longer send in ideas."))
    if person is None:
        return Decision(N_("Sign in to send in your idea."), needs_sign_in=True)
    if not in_audience(person, call.audience):
        return Decision(_ONLY_FOR[call.audience])
    return may_post(person, now)


def may_vote(person: Person | None, state: IdeaState, call: CallRules, now: datetime) -> Decision:
    """A person of the audience may vote on a published idea while its call is in a voting phase."""
    if state == IdeaState.MERGED:
        return Decision(N_("This idea has become one with another idea. You can vote on that one."))
    if state != IdeaState.PUBLISHED:
        return Decision(N_("You cannot vote on this idea."))
    if not call.allows(Action.VOTE, now):
        if call.opens(Action.VOTE, now):
            return Decision(N_("Voting on this idea has not started yet."))
        return Decision(N_("Voting on this idea is closed."))
    if person is None:
        return Decision(N_("Sign in to vote."), needs_sign_in=True)
    return counts(person.group, person.is_delegate, call.audience)


def counts(group: Group, is_delegate: bool, audience: Audience) -> Decision:
    """Whose voice counts: people of the audience, and of a partner organisation its delegate."""
    if not _meant_for(group, audience):
        return Decision(_ONLY_FOR[audience])
    if group == Group.PARTNER and not is_delegate:
        return Decision(N_("Your organisation votes through its delegate."))
    return YES


def may_choose_agenda(person: Person | None, call: AgendaCall, now: datetime) -> Decision:
    """Who may vote in a call may tick themes for its agenda, where the organiser opened that."""
    if not call.agenda_ballot:
        return Decision(N_("In this call people do not tick the themes of the agenda themselves."))
    if not call.allows(Action.VOTE, now):
        if call.opens(Action.VOTE, now):
            return Decision(N_("Choosing themes for the agenda has not started yet."))
        return Decision(N_("Choosing themes for the agenda is closed."))
    if person is None:
        return Decision(N_("Sign in to choose themes for the agenda."), needs_sign_in=True)
    return counts(person.group, person.is_delegate, call.audience)


def may_argue(person: Person | None, state: IdeaState, call: CallRules, now: datetime) -> Decision:
    """A signed-in person may argue on a published idea while a phase of its call gives the right."""
    if state == IdeaState.MERGED:
        return Decision(N_("This idea has become one with another idea. You can react to that one."))
    if state != IdeaState.PUBLISHED:
        return Decision(N_("You cannot react to this idea."))
    if not call.allows(Action.ARGUE, now):
        if call.opens(Action.ARGUE, now):
            return Decision(N_("The discussion of this idea has not started yet."))
        return Decision(N_("The discussion of this idea is closed."))
    if person is None:
        return Decision(N_("Sign in to react."), needs_sign_in=True)
    return may_post(person, now)
