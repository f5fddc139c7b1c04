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


def goes_along(moderator: Person, author: Person, named: Collection[int], now: datetime) -> bool:
    """New accounts go along with a wave. Who has standing only when named; oneself and whoever works here never."""
    if author.id == moderator.id or author.is_staff:
        return False
    return author.id in named or not has_standing(author, now)
