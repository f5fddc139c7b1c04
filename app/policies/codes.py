"""May codes be made for a call?"""

from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.domain.phases import Action
from app.models.person import Person
from app.models.process import Audience, ProcessState


class CodeCall(Protocol):
    """What this policy asks of a call."""

    @property
    def audience(self) -> Audience: ...
    @property
    def process_state(self) -> ProcessState: ...
    def closes(self, action: Action) -> datetime | None: ...


def may_make_codes(organiser: Person | None, call: CodeCall, now: datetime) -> Decision:
    """An organiser, or the server itself, may make codes for a call that residents vote in, or will yet."""
    if organiser is not None and not organiser.is_organiser:
        return Decision(N_("Only organisers make voting codes."))
    if call.audience != Audience.EVERYONE:
        return Decision(N_("Voting codes are for residents, and this call is not meant for them."))
    ends = call.closes(Action.VOTE)
    if call.process_state != ProcessState.OPEN or ends is None or ends <= now:
        return Decision(N_("Nobody can vote in this call any more."))
    return YES
