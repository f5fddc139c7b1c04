"""May they open or close an agenda vote? Organisers may, until the round of voting is over."""

from datetime import datetime
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.domain.phases import Action
from app.models.person import Person
from app.models.process import ProcessState
from app.policies.taking_part import CallRules


class VotedCall(CallRules, Protocol):
    """What this policy asks of a call."""

    @property
    def process_state(self) -> ProcessState: ...
    def closes(self, action: Action) -> datetime | None: ...


def may_open_agenda_vote(person: Person | None, call: VotedCall, now: datetime) -> Decision:
    """An organiser may say where the agenda of a call comes from, while people can still vote in it."""
    if person is None or not person.is_organiser:
        return Decision(N_("Only organisers open or close an agenda vote."))
    if call.process_state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so the agenda stays as it is."))
    closes = call.closes(Action.VOTE)
    if closes is None:
        return Decision(N_("Nobody votes in this call, so it has no agenda vote."))
    if closes <= now:
        return Decision(N_("The round of voting is over, so what the agenda follows from stays as it was."))
    return YES
