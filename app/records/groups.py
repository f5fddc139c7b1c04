"""Giving somebody another group or organisation, so that what they voted in open rounds counts where it belongs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app.db import db, is_postgresql
from app.domain.ballot import Group, VoteValue
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.domain.phases import Action
from app.models.idea import Idea
from app.models.person import Organisation, Person
from app.models.process import ProcessState
from app.models.vote import AgendaTick, Tally, Vote
from app.policies.taking_part import counts
from app.records import agenda_ballots, calls, tallies
from app.records.calls import CallRow

_GONE = Decision(N_("This account has been deleted."))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move would do to the votes of a person in rounds that are open, and who would stop being delegate."""

    moves: bool
    """Whether there are votes that would count for the new group from then on."""
    stops: bool
    """Whether there are votes that would stop counting."""
    replaces: str
    """The name of the delegate of the organisation whose votes would stop counting; nothing when there is none."""


def hold(voter: Person) -> None:
    """Keep the group of somebody who is about to vote as it is until the vote is written.

    A move waits for it, or goes before it and is seen; so does the end of an account. SQLite has one writer at a
    time anyway. Raises NotAllowed.
    """
    if is_postgresql():
        seen = ["group", "organisation_id", "is_delegate", "erased_at"]
        db.session.refresh(voter, seen, with_for_update={"read": True, "key_share": True})
    if voter.erased_at is not None:
        raise NotAllowed(_GONE)


def hold_to_vote(voter: Person, idea_id: int, state: IdeaState) -> IdeaState:
    """The same, and the idea as well: its state as it is now, kept until the vote is written. In one statement.

    A merge waits for the vote, or goes before it and is seen. Raises NotAllowed.
    """
    if is_postgresql():
        columns = (Person.group, Person.organisation_id, Person.is_delegate, Person.erased_at)
        *now, state = db.session.execute(
            select(*columns, Idea.state)
            .join(Idea, Idea.id == idea_id)
            .where(Person.id == voter.id)
            .with_for_update(read=True, key_share=True)
        ).one()
        for column, value in zip(columns, now, strict=True):
            set_committed_value(voter, column.key, value)
    if voter.erased_at is not None:
        raise NotAllowed(_GONE)
    return state


def effect(
    person: Person | None, group: Group, organisation_id: int | None, is_delegate: bool, now: datetime
) -> Effect:
    """What moving this person would do, for the page that asks them; nothing is written."""
    replaced = None
    if is_delegate and organisation_id is not None:
        replaced = db.session.scalar(
            select(Person.name).where(
                Person.organisation_id == organisation_id,
                Person.is_delegate,
                Person.id != (person.id if person else 0),
            )
        )
    moves = stops = False
    if person is not None:
        voted = {
            *db.session.scalars(
                select(Idea.call_id)
                .join(Vote, Vote.idea_id == Idea.id)
                .where(Vote.person_id == person.id, Vote.value != 0)
                .distinct()
            ),
            *db.session.scalars(
                select(AgendaTick.call_id)
                .where(AgendaTick.person_id == person.id, AgendaTick.value != 0)
                .distinct()
            ),
        }
        for call in _open_calls(now):
            if call.id in voted:
                going_on = bool(counts(group, is_delegate, call.audience))
                moves |= going_on and person.group != group
                stops |= not going_on
    return Effect(moves, stops, replaced or "")


def move_person(
    person: Person, group: Group, organisation: Organisation | None, is_delegate: bool, now: datetime
) -> Person | None:
    """Give a person a group, and an organisation with or without speaking for it; the caller commits.

    In every round that is open or still opens again, the votes and ticks count for the new group from now on; those
    that may not count there any more (of a partner who is no delegate, or outside the audience) are withdrawn. Rounds
    that are over keep what was counted, group and all. An organisation has one delegate: the one whom this person
    follows up stops being it. Returns that one.

    Everybody locks in this order: organisation, people by number, tallies by idea, calls.
    """
    if organisation is not None:
        db.session.refresh(organisation, with_for_update={"key_share": True})
    former = None
    if is_delegate and organisation is not None:
        former = db.session.scalar(
            select(Person.id).where(
                Person.organisation_id == organisation.id, Person.is_delegate, Person.id != person.id
            )
        )
    moving = sorted({person.id} | ({former} if former is not None else set()))
    locked = {
        each.id: each
        for each in db.session.scalars(
            select(Person)
            .where(Person.id.in_(moving))
            .order_by(Person.id)
            .with_for_update(of=Person)
            .execution_options(populate_existing=True)
        )
    }
    followed = locked.get(former) if former is not None else None
    if followed is not None:
        followed.is_delegate = False
        db.session.flush()  # before the other becomes it: the database holds that there is one
    was = person.group
    person.group = group
    person.organisation_id = organisation.id if organisation else None
    person.is_delegate = is_delegate
    db.session.flush()
    open_calls = _open_calls(now)
    _lock_tallies(moving, [call.id for call in open_calls])
    for each in locked.values():
        silent = [call.id for call in open_calls if not counts(each.group, each.is_delegate, call.audience)]
        _withdraw(each, silent, now)
    if was != group:
        here = [call.id for call in open_calls]
        agenda_ballots.move_person(person.id, group, here)
        tallies.move_votes(person.id, group, here)
    return followed


def leave_seat(person: Person, now: datetime) -> None:
    """Let the votes of a council member who leaves count as those of a resident in rounds that are open.

    Whoever takes the seat then, perhaps the same person with a new account, has the one vote of it. Where only the
    council votes they are withdrawn. Rounds that are over keep what was counted. A delegate needs none of this: an
    organisation has one. The row of the person is locked, and the caller commits.
    """
    if person.group != Group.COUNCIL:
        return
    open_calls = _open_calls(now)
    _lock_tallies([person.id], [call.id for call in open_calls])
    silent = [call.id for call in open_calls if not counts(Group.RESIDENT, False, call.audience)]
    _withdraw(person, silent, now)
    here = [call.id for call in open_calls]
    agenda_ballots.move_person(person.id, Group.RESIDENT, here)
    tallies.move_votes(person.id, Group.RESIDENT, here)


def _open_calls(now: datetime) -> list[CallRow]:
    """Calls in which people vote, or will yet; what was counted in the others stands."""
    found = []
    for call in calls.every():
        ends = call.closes(Action.VOTE)
        if call.process_state == ProcessState.OPEN and ends is not None and ends > now:
            found.append(call)
    return found


def _lock_tallies(people: Collection[int], call_ids: Sequence[int]) -> None:
    """Lock the tallies of everything these people voted on, in the one order that everybody keeps to."""
    ideas = (
        select(Vote.idea_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id.in_(people), Idea.call_id.in_(call_ids))
    )
    db.session.execute(
        select(Tally.idea_id)
        .where(Tally.idea_id.in_(ideas))
        .order_by(Tally.idea_id, Tally.group)
        .with_for_update()
    ).all()


def _withdraw(person: Person, call_ids: Sequence[int], now: datetime) -> None:
    """Take back whatever the person voted and ticked in these calls."""
    if not call_ids:
        return
    voted = db.session.scalars(
        select(Vote.idea_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id == person.id, Vote.value != 0, Idea.call_id.in_(call_ids))
        .order_by(Vote.idea_id)
    ).all()
    for idea_id in voted:
        tallies.put(idea_id, person.id, person.group, VoteValue.WITHDRAWN, now)
    agenda_ballots.withdraw(person.id, call_ids, now)
