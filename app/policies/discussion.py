"""May they talk along? Replying, marking, changing and reporting texts, by person, idea and moment."""

from datetime import datetime, timedelta

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState
from app.models.argument import ArgumentState
from app.models.person import Person
from app.policies.conduct import may_post
from app.policies.taking_part import CallRules, may_argue

CHANGEABLE = timedelta(minutes=10)
"""How long after posting the author may mend a text, as long as nobody answered it."""


def may_reply(
    person: Person | None, state: IdeaState, argument: ArgumentState, call: CallRules, now: datetime
) -> Decision:
    """Who may argue on an idea may reply to an argument on it that is still there."""
    if argument != ArgumentState.PUBLISHED:
        return Decision(N_("You cannot reply to this: the text has been removed."))
    return may_argue(person, state, call, now)


def may_report(person: Person | None, author_id: int | None, now: datetime) -> Decision:
    """A signed-in person may report a text of somebody else, also when the discussion is closed.

    Strangers may do so by a form of their own, see `conduct.may_report_without_account`.
    """
    if person is None:
        return Decision(N_("Sign in to report this text."), needs_sign_in=True)
    if person.id == author_id:
        return Decision(N_("You cannot report your own text."))
    return may_post(person, now)


def is_fresh(created_at: datetime, now: datetime) -> bool:
    """Whether a text was posted so short ago that its author may still change it."""
    return now - created_at <= CHANGEABLE


def may_mark(
    person: Person | None,
    author_id: int,
    state: IdeaState,
    argument: ArgumentState,
    call: CallRules,
    now: datetime,
) -> Decision:
    """Who may argue on an idea may say that the text of somebody else helped."""
    if argument != ArgumentState.PUBLISHED:
        return Decision(N_("You cannot mark this as helpful: the text has been removed."))
    may = may_argue(person, state, call, now)
    if may.needs_sign_in:
        return Decision(N_("Sign in to mark a text as helpful."), needs_sign_in=True)
    if may and person is not None and person.id == author_id:
        return Decision(N_("You cannot mark your own text as helpful."))
    return may


def may_delete(
    person: Person | None, author_id: int, argument: ArgumentState, *, is_recalled: bool = False
) -> Decision:
    """The author may take back own words, also when the discussion is closed: nothing is counted by them.

    Also what no moderator has read yet; but not what reports took off the site (`is_recalled`).
    """
    if person is None:
        return Decision(N_("Sign in to change or remove your text."), needs_sign_in=True)
    if person.id != author_id:
        return Decision(N_("Only the author can change or remove this text."))
    if argument in (ArgumentState.HIDDEN, ArgumentState.REFUSED):
        return Decision(N_("The moderators removed this text, so it stays as it is."))
    if is_recalled:
        return Decision(N_("A moderator is looking at this text. Until then it stays as it is."))
    if argument == ArgumentState.DELETED:
        return Decision(N_("You have removed this text already."))
    return YES


def may_change(
    person: Person | None,
    author_id: int,
    created_at: datetime,
    argument: ArgumentState,
    state: IdeaState,
    call: CallRules,
    now: datetime,
    *,
    is_answered: bool,
    is_recalled: bool = False,
    is_read_first: bool = False,
) -> Decision:
    """The author may mend a text for ten minutes, as long as nobody answered it and the discussion is open.

    Where a moderator reads texts first (`is_read_first`), nobody puts other words in the place of those that were read.
    """
    own = may_delete(person, author_id, argument, is_recalled=is_recalled)
    if not own:
        return own
    if not is_fresh(created_at, now):
        return Decision(
            N_("You can change a text for ten minutes after posting it. You can still remove it.")
        )
    if is_answered:
        return Decision(
            N_("Somebody has answered this text, so you can no longer change it. You can still remove it.")
        )
    if is_read_first and argument == ArgumentState.PUBLISHED:
        return Decision(
            N_(
                "A moderator reads texts here before others see them. Yours is on the site now,"
                " so you can no longer change it. You can still remove it."
            )
        )
    return may_argue(person, state, call, now)
