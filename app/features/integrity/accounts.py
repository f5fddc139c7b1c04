"""The accounts behind a set of votes, under other names: A1, A2, … Nobody reads here who they are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from app.db import db
from app.domain.ballot import GROUPS, Group, groups_to_show
from app.kit import tokens
from app.models.idea import Idea
from app.models.integrity import Exclusion, SignalVote
from app.models.person import Person
from app.models.vote import Vote


@dataclass(frozen=True, slots=True)
class Account:
    """One account as an investigator sees it.

    token: stands for the account in forms and addresses; only this site can tell whose it is. age: how old the account
    was when the signal was found. votes: on how many ideas of the call it has a vote; flagged: how many of them are in
    the signal, and off: how many of those do not count already. group: None where it could tell who this is.
    """

    token: str
    label: str
    age: timedelta
    votes: int
    flagged: int
    off: int
    group: Group | None


def tokens_of(signal_id: int, people: Collection[int]) -> dict[int, str]:
    """What stands for each of these people at this signal: another name at every signal."""
    return {
        person: tokens.keyed_hash("integrity-account", str(signal_id), str(person))[:20] for person in people
    }


def labels_of(signal_id: int) -> dict[int, str]:
    """The names of all accounts of a signal, the oldest first: those that join a signal later are mostly newer, and
    the others keep their names."""
    its = select(SignalVote.person_id).where(SignalVote.signal_id == signal_id)
    people = db.session.scalars(
        select(Person.id).where(Person.id.in_(its)).order_by(Person.created_at, Person.id)
    )
    return {person: f"A{number}" for number, person in enumerate(people, start=1)}


def behind(token: str, signal_id: int, people: Collection[int]) -> int | None:
    """Whose token it is among these people."""
    return next((person for person, each in tokens_of(signal_id, people).items() if each == token), None)


def of_signal(signal_id: int, call_id: int, found_at: datetime) -> list[Account]:
    """All accounts whose votes a signal is about, A1 first; two statements."""
    labels = labels_of(signal_id)
    keys = tokens_of(signal_id, labels)
    rows = db.session.execute(
        select(
            SignalVote.person_id,
            Person.created_at,
            Person.group,
            func.count(),
            func.count(Vote.excluded_at),
        )
        .join(Person, Person.id == SignalVote.person_id)
        .join(Vote, and_(Vote.idea_id == SignalVote.idea_id, Vote.person_id == SignalVote.person_id))
        .where(SignalVote.signal_id == signal_id)
        .group_by(SignalVote.person_id, Person.created_at, Person.group)
    ).all()
    votes = _votes_in(call_id, signal_id)
    shown = groups_told([row[2] for row in rows])
    found = [
        Account(
            token=keys[row[0]],
            label=labels[row[0]],
            age=max(found_at - row[1], timedelta(0)),
            votes=votes.get(row[0], 0),
            flagged=row[3],
            off=row[4],
            group=row[2] if row[2] in shown else None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda account: int(account.label[1:]))


def groups_told(groups: Collection[Group]) -> frozenset[Group]:
    """The groups that may stand beside an account: not those of one or two, whom somebody could recognise."""
    return groups_to_show({group: (sum(each == group for each in groups), 0) for group in GROUPS})


def _votes_in(call_id: int, signal_id: int) -> Mapping[int, int]:
    people = select(SignalVote.person_id).where(SignalVote.signal_id == signal_id)
    rows = db.session.execute(
        select(Vote.person_id, func.count())
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id.in_(people), Idea.call_id == call_id, Vote.value != 0)
        .group_by(Vote.person_id)
    )
    return {row[0]: row[1] for row in rows}


def set_of(exclusion: Exclusion) -> int:
    """The signal whose names an exclusion uses; a number of its own (below nought) when there is none any more."""
    return exclusion.signal_id if exclusion.signal_id is not None else -exclusion.id
