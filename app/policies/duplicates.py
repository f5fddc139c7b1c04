"""May they? Saying that two ideas are the same, answering as an author, merging, keeping apart, and undoing a merge."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState, PublicStatus
from app.domain.merging import Consent
from app.models.duplicate import ProposalState
from app.models.person import Person
from app.models.process import ProcessState
from app.policies.conduct import may_post

MOST_A_DAY = 10
"""How many pairs one resident may bring up in a day: moderators read every one of them."""


class IdeaFacts(Protocol):
    """What a policy asks of an idea."""

    @property
    def id(self) -> int: ...
    @property
    def call_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def state(self) -> IdeaState: ...
    @property
    def public_status(self) -> PublicStatus: ...


def are_comparable(one: IdeaFacts, other: IdeaFacts, process: ProcessState) -> Decision:
    """Two published ideas of one call can be the same, as long as their process is open."""
    if one.id == other.id:
        return Decision(N_("This is the same idea. Choose another one."))
    if one.call_id != other.call_id:
        return Decision(N_("These ideas answer different calls, so they stay apart."))
    if process != ProcessState.OPEN:
        return Decision(N_("This process is closed, so its ideas stay as they are."))
    for idea in (one, other):
        if idea.state == IdeaState.MERGED:
            return Decision(N_("One of these ideas has become one with another idea already."))
        if idea.state != IdeaState.PUBLISHED:
            return Decision(N_("One of these ideas is not on the site, so they cannot become one."))
    return YES


def may_propose(
    person: Person | None,
    one: IdeaFacts,
    other: IdeaFacts,
    process: ProcessState,
    today: int,
    now: datetime,
) -> Decision:
    """Who may post may say that two ideas are the same. `today`: how many pairs they brought up in a day."""
    if person is None:
        return Decision(N_("Sign in to say that two ideas are the same."), needs_sign_in=True)
    if not (may := may_post(person, now)):
        return may
    if not person.is_moderator and today >= MOST_A_DAY:
        return Decision(N_("You have pointed out many ideas today. Go on tomorrow."))
    return are_comparable(one, other, process)


def may_judge(person: Person | None, authors: Collection[int], posters: Collection[int] = ()) -> Decision:
    """Moderators decide on pairs of ideas of others, which they did not post for somebody else either (`posters`)."""
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators decide whether ideas become one."))
    if person.id in authors:
        return Decision(N_("One of these ideas is yours. Another moderator decides on them."))
    if person.id in posters:
        return Decision(
            N_("You posted one of these ideas for somebody else. Another moderator decides on them.")
        )
    return YES


def may_ask(
    person: Person | None,
    state: ProposalState,
    one: IdeaFacts,
    other: IdeaFacts,
    process: ProcessState,
    posters: Collection[int] = (),
) -> Decision:
    """The authors are asked once, before anything happens."""
    if state != ProposalState.PROPOSED:
        return Decision(N_("Somebody has dealt with these ideas in the meantime."))
    may = may_judge(person, {one.author_id, other.author_id}, posters)
    return may and are_comparable(one, other, process)


def may_merge(
    person: Person | None,
    state: ProposalState,
    consent: Consent,
    proposed_by_id: int | None,
    one: IdeaFacts,
    into: IdeaFacts,
    process: ProcessState,
    posters: Collection[int] = (),
) -> Decision:
    """After the authors agreed or were silent for a week; against an objection not whoever proposed it."""
    if state not in (ProposalState.PROPOSED, ProposalState.ASKING):
        return Decision(N_("Somebody has dealt with these ideas in the meantime."))
    may = may_judge(person, {one.author_id, into.author_id}, posters)
    if not may:
        return may
    if consent == Consent.NOT_ASKED:
        return Decision(N_("Ask the authors first. They have a week to object."))
    if consent == Consent.WAITING:
        return Decision(N_("The authors can still answer. Wait until they have, or until the week is over."))
    if consent == Consent.OBJECTED and person is not None and person.id == proposed_by_id:
        return Decision(
            N_("An author objects, and you proposed this yourself. Another moderator decides on it.")
        )
    comparable = are_comparable(one, into, process)
    if not comparable:
        return comparable
    return may_leave(one)


def may_leave(idea: IdeaFacts) -> Decision:
    """An idea that is on its way to the council keeps its own place: it can only be the one that stays."""
    if idea.public_status != PublicStatus.OPEN:
        return Decision(
            N_("This idea is on its way to the council already. Choose it as the one that stays.")
        )
    return YES


def may_reject(
    person: Person | None, state: ProposalState, authors: Collection[int], posters: Collection[int] = ()
) -> Decision:
    """Ideas are kept apart as long as they have not been merged."""
    if state not in (ProposalState.PROPOSED, ProposalState.ASKING):
        return Decision(N_("Somebody has dealt with these ideas in the meantime."))
    return may_judge(person, authors, posters)


def may_answer(
    person: Person | None,
    state: ProposalState,
    answer_until: datetime | None,
    authors: Collection[int],
    now: datetime,
) -> Decision:
    """The authors answer, and may change their answer, until the week is over or somebody has decided."""
    if person is None:
        return Decision(N_("Sign in to answer."), needs_sign_in=True)
    if person.id not in authors:
        return Decision(N_("Only the authors of these two ideas can answer."))
    if state == ProposalState.MERGED:
        return Decision(N_("These ideas have become one already."))
    if state == ProposalState.REJECTED:
        return Decision(N_("The moderators keep these ideas apart. You need not do anything."))
    if state != ProposalState.ASKING or answer_until is None:
        return Decision(N_("Nobody has asked you about these ideas."))
    if now >= answer_until:
        return Decision(N_("The time to answer is over. The moderators decide now."))
    return YES
