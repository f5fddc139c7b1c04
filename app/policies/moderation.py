"""May they decide? Moderators decide on texts of others, but not on a text that they reported themselves."""

from collections.abc import Collection

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState, IdeaVerb, state_after
from app.models.argument import ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationVerb
from app.models.person import Person

_OTHER_STATE = {
    IdeaVerb.PUBLISH: N_("This idea is no longer waiting for a decision."),
    IdeaVerb.RETURN: N_("This idea is no longer waiting for a decision."),
    IdeaVerb.REFUSE: N_("This idea is no longer waiting for a decision."),
    IdeaVerb.HIDE: N_("Only a published idea can be hidden."),
    IdeaVerb.RESTORE: N_("This idea is not hidden, so it cannot be put back."),
}
_ARGUMENT_STATES = {
    ModerationVerb.HIDE: (ArgumentState.PUBLISHED, N_("Only a published argument can be hidden.")),
    ModerationVerb.RESTORE: (
        ArgumentState.HIDDEN,
        N_("This argument is not hidden, so it cannot be put back."),
    ),
}


def may_read(person: Person | None, idea: Idea) -> Decision:
    """A moderator may read what was ever sent in; a draft is the author's own."""
    if person is None or not person.is_moderator:
        return Decision(N_("This page is for moderators."))
    unsent = idea.state == IdeaState.WITHDRAWN and idea.submitted_at is None
    if idea.state == IdeaState.DRAFT or unsent:
        return Decision(N_("The author has not sent in this text."))
    return YES


def may_decide(
    person: Person | None,
    author_id: int,
    reporter_ids: Collection[int] = (),
    posted_by_id: int | None = None,
) -> Decision:
    """A moderator may decide on a text by somebody else that they have not reported or posted themselves."""
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators decide on texts."))
    if author_id == person.id:
        return Decision(N_("This is your own text. Another moderator decides on it."))
    if posted_by_id is not None and posted_by_id == person.id:
        return Decision(N_("You posted this idea for somebody else. Another moderator decides on it."))
    if person.id in reporter_ids:
        return Decision(N_("You reported this text yourself. Another moderator decides on it."))
    return YES


def is_possible(state: IdeaState, verb: IdeaVerb) -> Decision:
    """Whether an idea in this state knows what the moderator wants to do."""
    if state_after(state, verb) is None:
        return Decision(_OTHER_STATE[verb])
    return YES


def is_possible_for_argument(state: ArgumentState, verb: ModerationVerb) -> Decision:
    """Whether an argument in this state can be hidden or put back."""
    needed, refusal = _ARGUMENT_STATES[verb]
    return YES if state == needed else Decision(refusal)


def may_return(posted_by_id: int | None) -> Decision:
    """Only to somebody who can change it: the author of what staff posted has no account here."""
    if posted_by_id is not None:
        return Decision(
            N_(
                "Staff posted this idea for somebody who has no account, so it cannot go back. Publish or refuse it."
            )
        )
    return YES
