"""May they have their account removed?"""

from app.domain.decision import N_, YES, Decision
from app.models.person import Person


def may_erase(person: Person, *, other_organisers: bool) -> Decision:
    """Everybody may, at once; the last organiser hands the keys to somebody else first."""
    if person.is_organiser and not other_organisers:
        return Decision(
            N_("You are the only organiser. Make somebody else organiser first, then delete your account.")
        )
    return YES
