"""What may be followed."""

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState


def may_follow(state: IdeaState | None) -> Decision:
    """Everything that everybody can read; `state` is that of an idea, None for a theme, a call or a process."""
    if state not in (None, IdeaState.PUBLISHED):
        return Decision(N_("This idea is not on the site, so you cannot follow it."))
    return YES
