"""Who may clean up a wave, and whose texts may go along with it."""

from collections.abc import Collection
from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.policies.friction import has_standing


def may_clean(person: Person | None) -> Decision:
    """Moderators clean up waves, and undo it."""
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators clean up a wave."))
    return YES


def can_go_along(moderator: Person, author: Person, stakes: Collection[int]) -> bool:
    """Never oneself or whoever works here, nor those in whose texts the moderator has a stake (`stakes`)."""
    return author.id != moderator.id and not author.is_staff and author.id not in stakes


def goes_along(
    moderator: Person, author: Person, named: Collection[int], stakes: Collection[int], now: datetime
) -> bool:
    """New accounts go along with a wave, as far as they can; who has standing only when named."""
    if not can_go_along(moderator, author, stakes):
        return False
    return author.id in named or not has_standing(author, now)
