"""May they appeal, and may they decide on an appeal? The author says no once, and somebody else answers."""

from collections.abc import Collection
from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.models.moderation import ModerationVerb, Sanction, SanctionKind
from app.models.person import Person

APPEALABLE = frozenset(
    {
        ModerationVerb.REFUSE,
        ModerationVerb.HIDE,
        ModerationVerb.DETACH,
        ModerationVerb.SPLIT,
        ModerationVerb.MASK,
        ModerationVerb.TAKE_IMAGE,
        ModerationVerb.MERGE,
    }
)
"""What takes something from an author. To a request the author answers by changing the text."""


def may_appeal(
    person: Person | None,
    author_id: int | None,
    opens_at: datetime,
    until: datetime,
    now: datetime,
    *,
    is_undone: bool = False,
    has_appealed: bool = False,
) -> Decision:
    """The author appeals once, from the moment that a decision can no longer be undone until the last day."""
    if person is None:
        return Decision(N_("Sign in to appeal."), needs_sign_in=True)
    if person.id != author_id:
        return Decision(N_("Only the author can appeal."))
    if is_undone:
        return Decision(N_("This decision does not stand any more, so there is nothing to appeal against."))
    if has_appealed:
        return Decision(N_("You have appealed already. You can do that once for every decision."))
    if now < opens_at:
        return Decision(
            N_("The moderator can still take this decision back. You can appeal in a few minutes.")
        )
    if now >= until:
        return Decision(N_("The time to appeal is over."))
    return YES


def may_appeal_measure(
    sanction: Sanction, until: datetime, now: datetime, *, has_appealed: bool = False
) -> Decision:
    """Whoever a measure is about appeals once: until the last day or while it holds; not against what was lifted."""
    if has_appealed:
        return Decision(N_("You have appealed already. You can do that once for every decision."))
    if sanction.lifted_at is not None:
        return Decision(N_("This measure was lifted, so there is nothing to appeal against."))
    holds = sanction.kind != SanctionKind.WARN and (sanction.ends_at is None or now < sanction.ends_at)
    if not holds and now >= until:
        return Decision(N_("The time to appeal is over."))
    return YES


def may_appeal_against(verb: ModerationVerb) -> Decision:
    """Not every decision takes something away."""
    if verb not in APPEALABLE:
        return Decision(N_("You cannot appeal against a decision of this kind."))
    return YES


def may_decide_appeal(
    person: Person | None,
    author_id: int,
    first_id: int | None,
    *,
    reporter_ids: Collection[int] = (),
    posted_by_id: int | None = None,
    is_decided: bool = False,
    is_about_staff: bool = False,
) -> Decision:
    """A moderator who neither wrote the text nor decided on it, nor reported it or posted it for somebody else.

    A measure against somebody who works for the site is an organiser's from beginning to end.
    """
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators decide on appeals."))
    if person.id == author_id:
        return Decision(N_("This is your own appeal. Another moderator decides on it."))
    if person.id == first_id:
        return Decision(N_("You took the first decision. Another moderator decides on the appeal."))
    if is_about_staff and not person.is_organiser:
        return Decision(N_("This person works for the site. Only an organiser decides about them."))
    if person.id in reporter_ids:
        return Decision(N_("You reported this text yourself. Another moderator decides on the appeal."))
    if posted_by_id is not None and person.id == posted_by_id:
        return Decision(
            N_("You posted this idea for somebody else. Another moderator decides on the appeal.")
        )
    if is_decided:
        return Decision(N_("This appeal has been decided already."))
    return YES
