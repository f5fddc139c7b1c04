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
_NOT_WAITING = N_("This reaction is no longer waiting for a decision.")
_ARGUMENT_STATES = {
    ModerationVerb.PUBLISH: (ArgumentState.WAITING, _NOT_WAITING),
    ModerationVerb.REFUSE: (ArgumentState.WAITING, _NOT_WAITING),
    ModerationVerb.HIDE: (ArgumentState.PUBLISHED, N_("Only a published argument can be hidden.")),
    ModerationVerb.RESTORE: (
        ArgumentState.HIDDEN,
        N_("This argument is not hidden, so it cannot be put back."),
    ),
}
MOST_AT_ONCE = 200
"""So many texts can be decided on in one step."""


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
    """Whether an argument in this state knows what the moderator wants to do."""
    if verb not in _ARGUMENT_STATES:
        return Decision(N_("A reaction cannot be sent back to its author. Publish or refuse it."))
    needed, refusal = _ARGUMENT_STATES[verb]
    return YES if state == needed else Decision(refusal)


def may_keep(was_recalled: bool) -> Decision:
    """A text that reports took off the site is published again or refused: left as it is nobody would see it again."""
    if was_recalled:
        return Decision(N_("Reports took this text off the site. Publish it again, or refuse it."))
    return YES


def may_return(posted_by_id: int | None, *, was_published: bool = False) -> Decision:
    """Only to somebody who can change it: the author of what staff posted has no account here.

    What was on the site and was taken back after reports stays as it is: others voted on this text.
    """
    if was_published:
        return Decision(
            N_("Others voted on this text, so it cannot go back to be written anew. Publish or refuse it.")
        )
    if posted_by_id is not None:
        return Decision(
            N_(
                "Staff posted this idea for somebody who has no account, so it cannot go back. Publish or refuse it."
            )
        )
    return YES


def may_publish(checklist: Collection[str], checked: Collection[str]) -> Decision:
    """Only after going through every point that the organisers want checked."""
    if set(checklist) - set(checked):
        return Decision(N_("Go through the whole list first, and tick every point."))
    return YES


def may_claim(*, is_own: bool) -> Decision:
    """What somebody may not decide on they do not hold either: that would keep the others from it."""
    if is_own:
        return Decision(
            N_(
                "You wrote, posted or reported this, or decided on it before. It waits for another moderator, so you"
                " do not take it."
            )
        )
    return YES


def may_go_on(person: Person, holder_id: int | None, holder: str) -> Decision:
    """What another moderator is reading waits for them, until they let it go or the time of their claim is up."""
    if holder_id is None or holder_id == person.id:
        return YES
    if not holder:
        return Decision(N_("Another moderator is reading this text now. Take another one."))
    return Decision(N_("%(name)s is reading this text now. Take another one."), {"name": holder})


def may_undo(
    person: Person | None,
    author_id: int | None,
    reporter_ids: Collection[int] = (),
    posted_by_id: int | None = None,
) -> Decision:
    """Every moderator may undo a fresh decision, also that of another one; but none on a text of their own."""
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators decide on texts."))
    if author_id is None:
        return YES
    return may_decide(person, author_id, reporter_ids, posted_by_id)


def may_decide_together(number: int) -> Decision:
    """As many at once as somebody can answer for."""
    if not number:
        return Decision(N_("Tick the texts that you want to decide on first."))
    if number > MOST_AT_ONCE:
        return Decision(
            N_("You ticked %(number)d texts. Decide on at most %(most)d at once."),
            {"number": number, "most": MOST_AT_ONCE},
        )
    return YES
