"""May they come? Registering for an activity, by activity and moment; and who arranges activities."""

from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState


class ActivityFacts(Protocol):
    """What a policy asks of an activity."""

    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def capacity(self) -> int | None: ...
    @property
    def registration_ends_at(self) -> datetime | None: ...


def may_register(person: Person | None, activity: ActivityFacts, now: datetime) -> Decision:
    """Everybody who signed in, where registering is asked, until it closes or the activity begins."""
    if activity.capacity is None:
        return Decision(N_("You need not register for this activity: you can simply come."))
    if activity.starts_at is not None and activity.starts_at <= now:
        return Decision(N_("This activity has begun. You can no longer register."))
    if activity.registration_ends_at is not None and activity.registration_ends_at <= now:
        return Decision(N_("Registration is closed."))
    if person is None:
        return Decision(N_("Sign in to register."), needs_sign_in=True)
    return YES


def may_cancel(activity: ActivityFacts, now: datetime) -> Decision:
    """Until the activity begins: also when registration is closed, because somebody else may wait for the place."""
    if activity.starts_at is not None and activity.starts_at <= now:
        return Decision(N_("This activity has begun. You can no longer cancel."))
    return YES


def may_arrange(person: Person | None, process_state: ProcessState) -> Decision:
    """Organisers set dates, places and files as long as the process is open."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers arrange activities."))
    if process_state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so its activities stay as they are."))
    return YES
