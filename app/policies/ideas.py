"""May they read, edit, send in or withdraw an idea? By person, idea and where its process stands."""

from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import READABLE_STATES, IdeaState, IdeaVerb, state_after
from app.models.person import Person
from app.models.process import ProcessState
from app.policies.taking_part import CallRules, may_submit

EDITABLE_STATES = frozenset({IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.RETURNED})
"""States in which the author edits freely: nobody else has read the text yet."""

_CLOSED = N_("This process is closed, so the idea stays as it is.")
_UNREADABLE = {
    IdeaState.WITHDRAWN: N_("The author has withdrawn this idea."),
    IdeaState.HIDDEN: N_("A moderator has hidden this idea because it breaks the house rules."),
}


class IdeaFacts(Protocol):
    """What a policy asks of an idea."""

    @property
    def author_id(self) -> int: ...
    @property
    def state(self) -> IdeaState: ...
    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def published_at(self) -> datetime | None: ...


class CallInProcess(CallRules, Protocol):
    """What a policy asks of the call and the process around it."""

    @property
    def process_state(self) -> ProcessState: ...


def may_read(person: Person | None, idea: IdeaFacts) -> Decision:
    """Everybody reads what is published; the author reads the rest, moderators what was ever sent in."""
    if idea.state in READABLE_STATES:
        return YES
    if person is not None and idea.author_id == person.id:
        return YES
    if person is not None and person.is_moderator and idea.submitted_at is not None:
        return YES
    was_public = idea.published_at is not None
    if was_public and idea.state in _UNREADABLE:
        return Decision(_UNREADABLE[idea.state])
    return Decision(N_("This idea has not been published."), needs_sign_in=person is None)


def may_edit(person: Person | None, idea: IdeaFacts, call: CallInProcess, *, has_reactions: bool) -> Decision:
    """The author edits freely until the first vote or argument."""
    if person is None:
        return Decision(N_("Sign in to change your idea."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can change this idea."))
    if call.process_state != ProcessState.OPEN:
        return Decision(_CLOSED)
    if idea.state in EDITABLE_STATES:
        return YES
    if idea.state != IdeaState.PUBLISHED:
        return Decision(N_("This idea can no longer be changed."))
    if has_reactions:
        return Decision(N_("Others have voted or reacted, so you can no longer change the text."))
    return YES


def may_send_in(person: Person | None, idea: IdeaFacts, call: CallInProcess, now: datetime) -> Decision:
    """The author sends in a draft while the call is open, and a returned idea as long as the process is.

    Who was in time the first time is not shut out by the time that a moderator took.
    """
    if person is None:
        return Decision(N_("Sign in to send in your idea."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can send in this idea."))
    if idea.state == IdeaState.DRAFT:
        return may_submit(person, call, now)
    if idea.state != IdeaState.RETURNED:
        return Decision(N_("This idea has been sent in already."))
    return YES if call.process_state == ProcessState.OPEN else Decision(_CLOSED)


def may_withdraw(person: Person | None, idea: IdeaFacts, call: CallInProcess) -> Decision:
    """The author withdraws an idea as long as the process is open."""
    if person is None:
        return Decision(N_("Sign in to withdraw your idea."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can withdraw this idea."))
    if call.process_state != ProcessState.OPEN:
        return Decision(_CLOSED)
    if state_after(idea.state, IdeaVerb.WITHDRAW) is None:
        return Decision(N_("This idea can no longer be withdrawn."))
    return YES
