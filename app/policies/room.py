"""May they? Coming in at a workshop, voting in a live round, and leading the room."""

from datetime import datetime, timedelta
from typing import Protocol

from app.domain.decision import N_, YES, Decision
from app.models.person import Person
from app.models.process import ProcessState
from app.models.room import RoundState
from app.policies.workshop import WorkshopFacts

DOORS_BEFORE = timedelta(hours=3)
"""How long before the beginning people can check in."""
BY_HAND = timedelta(hours=8)
"""How long doors stay open that a facilitator opened by hand."""
AWAKE_AFTER = timedelta(hours=2)
"""How long after its end the pages of an evening keep who leads it signed in: it runs late, and is written down."""
LEAD_AFTER = timedelta(days=7)
"""How long after the end rounds can be finished: paper is counted the next day."""


class RoomFacts(WorkshopFacts, Protocol):
    """What a policy asks of the room of a workshop."""

    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def doors_until(self) -> datetime | None: ...


class EveningFacts(RoomFacts, Protocol):
    """What a policy asks of the evening itself."""

    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def minutes(self) -> int: ...
    @property
    def finished_at(self) -> datetime | None: ...


def hours_awake(workshop: EveningFacts, now: datetime) -> tuple[int, int] | None:
    """From when until when the pages that lead an evening keep their facilitator signed in without a press.

    In seconds from now; None for an evening that was, was finished, or has no date. From when people can check in
    until two hours after the end, or as long as the doors are held open by hand.
    """
    if workshop.process_state != ProcessState.OPEN or workshop.finished_at is not None:
        return None
    spans = []
    if workshop.doors_until is not None:
        spans.append((now, workshop.doors_until))
    if workshop.starts_at is not None:
        ends = workshop.ends_at or workshop.starts_at + timedelta(minutes=workshop.minutes)
        spans.append((workshop.starts_at - DOORS_BEFORE, ends + AWAKE_AFTER))
    begins = min((since for since, until in spans if until > now), default=now)
    ends = max((until for _since, until in spans), default=now)
    if ends <= now:
        return None
    return max(0, int((begins - now).total_seconds())), int((ends - now).total_seconds())


def may_lead(person: Person | None, workshop: WorkshopFacts, now: datetime) -> Decision:
    """A facilitator leads the rounds, the doors and the counting, until a week after the workshop."""
    if person is None or not person.is_facilitator:
        return Decision(N_("Only facilitators lead the rounds of a workshop."))
    if workshop.process_state != ProcessState.OPEN:
        return Decision(N_("This process is closed, so what happened in the room stays as it is."))
    if workshop.is_over(now - LEAD_AFTER):
        return Decision(
            N_("The workshop was more than a week ago, so what happened in the room stays as it is.")
        )
    return YES


def may_check_in(workshop: RoomFacts, now: datetime) -> Decision:
    """Everybody with the code, while the doors are open: on the day, or as long as a facilitator opened them."""
    if workshop.process_state != ProcessState.OPEN:
        return Decision(N_("This workshop is over. You can read what came out of it."))
    if workshop.doors_until is not None:
        if workshop.doors_until > now:
            return YES
        return Decision(N_("The doors are closed at the moment. Ask the facilitator."))
    if workshop.starts_at is None:
        return Decision(
            N_("The doors are not open yet. The facilitator opens them when the workshop begins.")
        )
    if workshop.is_over(now):
        return Decision(N_("This workshop is over. You can read what came out of it."))
    if now < workshop.starts_at - DOORS_BEFORE:
        return Decision(N_("The doors are not open yet. They open three hours before the beginning."))
    return YES


def may_show_code(workshop: RoomFacts, now: datetime) -> Decision:
    """A screen may have the code until the end, and for as long as a facilitator holds the doors open by hand."""
    if workshop.process_state == ProcessState.OPEN:
        if workshop.doors_until is not None and workshop.doors_until > now:
            return YES
        if not workshop.is_over(now):
            return YES
    return Decision(N_("This workshop is over. You can read what came out of it."))


NOT_HERE = Decision(N_("Check in first: then you can vote here."))
REMOVED = Decision(N_("This phone is not checked in any more. Check in again, or ask the facilitator."))


def may_vote(*, is_here: bool, state: RoundState) -> Decision:
    """Who is checked in, while the round is open."""
    if not is_here:
        return NOT_HERE
    if state is RoundState.PLANNED:
        return Decision(N_("This round is not open yet."))
    if state is not RoundState.OPEN:
        return Decision(N_("This round is closed. What you chose before still counts."))
    return YES


def may_open(state: RoundState, *, another_is_open: bool) -> Decision:
    """One round at a time; what has been shown stays as it is."""
    if state is RoundState.REVEALED:
        return Decision(
            N_(
                "Everybody has seen the result of this round, so it stays as it is. Make a new one to vote again."
            )
        )
    if another_is_open:
        return Decision(N_("Another round is open. Close that one first."))
    return YES


def may_merge(state: RoundState) -> Decision:
    """Which answers mean the same is settled before the result is shown: afterwards it would be another result."""
    if state is RoundState.REVEALED:
        return Decision(N_("Everybody has seen the result of this round, so its answers stay one or apart."))
    return YES


def may_change(state: RoundState) -> Decision:
    """What is asked stays as it is once people could vote on it."""
    if state is not RoundState.PLANNED:
        return Decision(N_("People could vote on this round already, so the question stays as it is."))
    return YES
