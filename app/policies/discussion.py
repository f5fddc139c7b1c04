"""May they talk along? Replying to an argument and reporting a text, by person, idea and moment."""

from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState
from app.models.argument import ArgumentState
from app.models.person import Person
from app.policies.taking_part import CallRules, may_argue


def may_reply(
    person: Person | None, state: IdeaState, argument: ArgumentState, call: CallRules, now: datetime
) -> Decision:
    """Who may argue on an idea may reply to an argument on it that is still there."""
    if argument != ArgumentState.PUBLISHED:
        return Decision(N_("You cannot reply to this: the text has been removed."))
    return may_argue(person, state, call, now)


def may_report(person: Person | None, author_id: int) -> Decision:
    """A signed-in person may report a text of somebody else, also when the discussion is closed."""
    if person is None:
        return Decision(N_("Sign in to report this text."), needs_sign_in=True)
    if person.id == author_id:
        return Decision(N_("You cannot report your own text."))
    return YES
