"""May they sign in?"""

from app.domain.decision import N_, YES, Decision
from app.models.person import Person


def may_sign_in(person: Person) -> Decision:
    """Everybody who can read the mail of an account, unless the account was blocked."""
    if person.blocked_at is not None:
        return Decision(N_("This account is blocked. Do you think that is a mistake? Write to us."))
    return YES
