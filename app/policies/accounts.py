"""May they sign in, and give somebody a new second step?"""

from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.models.person import Person


def may_sign_in(person: Person, now: datetime) -> Decision:
    """Everybody who can read the mail of an account, unless the account is blocked at this moment."""
    if person.is_blocked(now):
        return Decision(N_("This account is blocked. Do you think that is a mistake? Write to us."))
    return YES


def may_reset_second_factor(actor: Person | None, person: Person) -> Decision:
    """An organiser may do so for anybody else, after hearing from them in another way than by mail alone."""
    if actor is None or not actor.is_organiser:
        return Decision(N_("Only organisers can reset the second step of somebody."))
    if actor.id == person.id:
        return Decision(N_("You replace your own app on your own page."))
    return YES


def may_set_up_second_factor(person: Person) -> Decision:
    """Everybody who signs in by mail or by the provider; a voting code comes from a letter and stands by itself."""
    if person.email is None and person.oidc_hash is None:
        return Decision(N_("You come in with a voting code. There is no second step for that."))
    return YES


def may_go_without(person: Person, *, of_staff: bool) -> Decision:
    """Whether somebody may stop the second step: staff need it where the site asks it of them."""
    if of_staff and person.is_staff:
        return Decision(N_("Whoever works for this site needs the second step."))
    return YES


def may_end_session(person: Person, whose: int | None) -> Decision:
    """Somebody ends their own sessions; one that is gone already is nobody's."""
    if whose not in (None, person.id):
        return Decision(N_("That is a session of somebody else."))
    return YES
