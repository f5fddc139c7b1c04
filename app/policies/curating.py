"""May it be detached, split off or masked? By the idea and its themes; who may is in app.policies.moderation."""

from collections.abc import Collection

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState
from app.models.argument import ArgumentState

_ONLY_PUBLISHED = N_("This is possible with a published idea only.")


def may_detach(
    state: IdeaState,
    themes: Collection[int],
    theme_id: int,
    into_id: int | None,
    of_process: Collection[int],
) -> Decision:
    """A published idea leaves one of its themes when one stays, or goes to another theme of the process."""
    if state != IdeaState.PUBLISHED:
        return Decision(_ONLY_PUBLISHED)
    if theme_id not in themes:
        return Decision(N_("The idea is not in this theme any more."))
    if into_id is not None and into_id not in of_process:
        return Decision(N_("Choose a theme of the same process."))
    if into_id is not None and into_id in themes:
        return Decision(N_("The idea is in that theme already."))
    if into_id is None and len(themes) < 2:
        return Decision(
            N_("An idea has at least one theme. Choose in which other theme this one belongs instead.")
        )
    return YES


def may_split(state: IdeaState) -> Decision:
    """Only what readers see is split, so that they see both parts."""
    return YES if state == IdeaState.PUBLISHED else Decision(_ONLY_PUBLISHED)


def may_take_image(state: IdeaState, *, has_image: bool) -> Decision:
    """The image of an idea that is on the site, or waits to be."""
    if state not in (IdeaState.SUBMITTED, IdeaState.PUBLISHED):
        return Decision(N_("Readers do not see this idea, so its image need not go."))
    if not has_image:
        return Decision(N_("This idea has no image (any more)."))
    return YES


def may_mask_idea(state: IdeaState) -> Decision:
    """Whatever was ever sent in can be masked, but for what its author took back or has not sent in."""
    if state in (IdeaState.DRAFT, IdeaState.WITHDRAWN):
        return Decision(N_("Nobody can read this text, so there is nothing to make unreadable."))
    return YES


def may_mask_argument(state: ArgumentState) -> Decision:
    """Whatever was said and not taken back."""
    if state == ArgumentState.DELETED:
        return Decision(N_("Nobody can read this text, so there is nothing to make unreadable."))
    return YES
