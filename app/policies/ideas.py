"""May they read, edit, send in or withdraw an idea? By person, idea and where its process stands."""

from datetime import datetime, timedelta
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import READABLE_STATES, IdeaState, IdeaVerb, state_after
from app.models.person import Person
from app.models.process import Audience, ProcessState
from app.policies.conduct import may_post
from app.policies.taking_part import CallRules, may_submit

EDITABLE_STATES = frozenset({IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.RETURNED})
"""States in which the author edits freely: nobody else has read the text yet."""

BETWEEN_AMENDMENTS = timedelta(days=1)
"""Readers can follow an idea that changes once a day; one that changes by the hour is another each time."""

_CLOSED = N_("This process is closed, so the idea stays as it is.")
_UNREADABLE = {
    IdeaState.WITHDRAWN: N_("The author has withdrawn this idea."),
    IdeaState.HIDDEN: N_("A moderator has hidden this idea because it breaks the house rules."),
    IdeaState.SUBMITTED: N_(
        "Several readers reported this idea. A moderator is looking at it again; until then it is not on the site."
    ),
}


_RECALLED = N_(
    "Several readers reported your idea, so a moderator is looking at it again. Until then you cannot change it."
)


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


def is_recalled(idea: IdeaFacts) -> bool:
    """Whether it was on the site and went off it until a moderator has looked: reports took it back."""
    return idea.state == IdeaState.SUBMITTED and idea.published_at is not None


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


def may_edit(
    person: Person | None, idea: IdeaFacts, call: CallInProcess, now: datetime, *, has_reactions: bool
) -> Decision:
    """The author edits freely until the first vote or argument."""
    if person is None:
        return Decision(N_("Sign in to change your idea."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can change this idea."))
    if call.process_state != ProcessState.OPEN:
        return Decision(_CLOSED)
    if is_recalled(idea):
        return Decision(_RECALLED)
    if idea.state in (IdeaState.DRAFT, IdeaState.RETURNED):
        return YES
    if not (may := may_post(person, now)):
        return may
    if idea.state in EDITABLE_STATES:
        return YES
    if idea.state != IdeaState.PUBLISHED:
        return Decision(N_("This idea can no longer be changed."))
    if has_reactions:
        return Decision(
            N_("Others have voted or reacted, so a change of the text stays visible, with its reason.")
        )
    return YES


def may_amend(
    person: Person | None, idea: IdeaFacts, call: CallInProcess, last: datetime | None, now: datetime
) -> Decision:
    """After the first vote or argument the author changes the text in view of everybody, once a day at most."""
    if person is None:
        return Decision(N_("Sign in to change your idea."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can change this idea."))
    if call.process_state != ProcessState.OPEN:
        return Decision(_CLOSED)
    if idea.state != IdeaState.PUBLISHED:
        return Decision(N_("This idea can no longer be changed."))
    if not (may := may_post(person, now)):
        return may
    if last is not None and now - last < BETWEEN_AMENDMENTS:
        return Decision(N_("You changed this idea less than a day ago. You can change it again tomorrow."))
    return YES


def may_post_for_other(person: Person | None, call: CallRules, now: datetime) -> Decision:
    """Moderators and organisers bring in what they heard elsewhere, in a call for everybody while it is open."""
    if person is None:
        return Decision(N_("Sign in to send in this idea."), needs_sign_in=True)
    if not (person.is_moderator or person.is_organiser):
        return Decision(N_("Only moderators and organisers send in ideas for somebody else."))
    if call.audience != Audience.EVERYONE:
        return Decision(N_("This call is not for everybody, so people answer it themselves."))
    return may_submit(person, call, now)


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
    return may_post(person, now) if call.process_state == ProcessState.OPEN else Decision(_CLOSED)


def may_throw_away(person: Person | None, idea: IdeaFacts) -> Decision:
    """The author removes a draft for good, as long as nobody else ever had it."""
    if person is None:
        return Decision(N_("Sign in to throw away your draft."), needs_sign_in=True)
    if idea.author_id != person.id:
        return Decision(N_("Only the author can throw away this draft."))
    if idea.state != IdeaState.DRAFT or idea.submitted_at is not None:
        return Decision(N_("Only a draft that was never sent in can be thrown away."))
    return YES


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
