"""May they? Who looks into votes that stand out, who decides that they do not count, and who may object."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.domain.decision import N_, YES, Decision
from app.models.integrity import Exclusion, ExclusionState, IntegritySignal, Objection, SignalState
from app.models.person import Person


@dataclass(frozen=True, slots=True)
class Stake:
    """Who has a stake in a set of votes: the people who cast them, and who wrote or posted the ideas they are on."""

    voters: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    posters: frozenset[int] = frozenset()
    """Who of the staff posted one of these ideas for somebody else."""

    def __or__(self, other: "Stake") -> "Stake":
        return Stake(self.voters | other.voters, self.authors | other.authors, self.posters | other.posters)

    @property
    def people(self) -> frozenset[int]:
        """All of them."""
        return self.voters | self.authors | self.posters


def may_look(person: Person | None) -> Decision:
    """The desk is for moderators."""
    if person is None or not person.is_moderator:
        return Decision(N_("Only moderators look into votes that stand out."))
    return YES


def has_no_stake(person: Person, stake: Stake) -> Decision:
    """Nobody decides on own votes, or on votes on an own idea."""
    if person.id in stake.authors:
        return Decision(N_("These votes are on your own idea. Another moderator looks into them."))
    if person.id in stake.posters:
        return Decision(
            N_(
                "You posted the idea that these votes are on for somebody else. Another moderator looks into them."
            )
        )
    if person.id in stake.voters:
        return Decision(N_("One of these votes is yours. Another moderator looks into them."))
    return YES


def may_handle(person: Person | None, stake: Stake) -> Decision:
    """A moderator without a stake."""
    if person is None or not person.is_moderator:
        return may_look(person)
    return has_no_stake(person, stake)


def can_be_investigated(signal: IntegritySignal) -> Decision:
    """Only what nobody took up yet."""
    if signal.state != SignalState.OPEN:
        return Decision(N_("Somebody has taken up this signal already."))
    return YES


def can_be_closed(signal: IntegritySignal, waiting: bool) -> Decision:
    """Dismissing, or proposing that votes do not count: what is under investigation, one proposal at a time."""
    if signal.state == SignalState.OPEN:
        return Decision(N_("Start the investigation first."))
    if signal.state != SignalState.INVESTIGATING:
        return Decision(N_("This signal has been closed."))
    if waiting:
        return Decision(N_("There is a proposal already. Another moderator decides on it first."))
    return YES


def may_confirm(person: Person | None, exclusion: Exclusion, stake: Stake) -> Decision:
    """Two people decide: whoever proposed it is not the second one."""
    if person is not None and person.is_moderator and person.id == exclusion.proposed_by_id:
        return Decision(N_("You proposed this yourself. A second moderator decides on it."))
    return may_handle(person, stake)


def is_proposed(exclusion: Exclusion) -> Decision:
    """A proposal is decided on once."""
    if exclusion.state != ExclusionState.PROPOSED:
        return Decision(N_("Another moderator has decided on this proposal already."))
    return YES


def may_object(
    excluded: bool, objection: Objection | None, last_moment: datetime | None, now: datetime
) -> Decision:
    """Whose votes do not count objects once, until the last moment that the mail named."""
    if objection is not None:
        return Decision(N_("You have objected already. That can be done once."))
    if not excluded or last_moment is None:
        return Decision(N_("There is nothing here that you can object to."))
    if now > last_moment:
        return Decision(N_("The time to object is over."))
    return YES


def may_decide_objection(
    person: Person | None,
    exclusion: Exclusion,
    stake: Stake,
    others: Collection[int],
) -> Decision:
    """A third moderator decides, neither of the two; an organiser only where no moderator can.

    others: the moderators who could decide on it.
    """
    if person is None or not (person.is_moderator or person.is_organiser):
        return Decision(N_("A moderator who did not decide on these votes before decides on the objection."))
    if person.id in (exclusion.proposed_by_id, exclusion.decided_by_id):
        return Decision(N_("You decided on these votes before. Somebody else decides on the objection."))
    allowed = has_no_stake(person, stake)
    if allowed and not person.is_moderator and others:
        return Decision(
            N_("A third moderator decides on this objection. You decide only where there is none.")
        )
    return allowed


def is_undecided(objection: Objection) -> Decision:
    """An objection is decided on once."""
    if objection.decided_at is not None:
        return Decision(N_("Somebody has decided on this objection already."))
    return YES
