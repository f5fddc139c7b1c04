"""Putting an exclusion of votes in force and lifting it: the votes, the tallies and the standings at once.

Everybody locks in this order: the exclusion, people by number, ideas, tallies by idea, the process. A voter holds the
own row while a vote is written, so a vote and its exclusion come one after the other; whoever seals holds the process.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, tuple_, type_coerce, update

from app.db import UTCDateTime, db
from app.domain.decision import N_, Decision, NotAllowed
from app.models.idea import Idea
from app.models.integrity import ExcludedVote
from app.models.person import Person
from app.models.process import Call, Process
from app.models.seal import Snapshot
from app.models.vote import Tally, Vote
from app.records import carried, cut_offs, standings, tallies


class NotNow(NotAllowed):
    """It cannot be done at this moment, whoever asks; the sentence says what to do."""


BEING_SEALED = Decision(
    N_("A standing of this call is being sealed at this moment. Wait half a minute and try again.")
)
EXCLUDED_ALREADY = Decision(
    N_(
        "Some of these votes do not count already, by another decision. Refuse this one and look at the rest again."
    )
)


def put_in_force(exclusion_id: int, call_id: int, now: datetime) -> datetime:
    """Let no vote of the exclusion count from now on; the moment from which. The caller holds its row and commits.

    A vote on an idea that was merged does not count on the idea that stays. Raises NotNow while a planned standing
    waits to be sealed, or when one of the votes is excluded already.
    """
    mine = ExcludedVote.exclusion_id == exclusion_id
    ideas = _lock(mine)
    since = moment(call_id, now)
    votes = tuple_(Vote.idea_id, Vote.person_id).in_(
        select(ExcludedVote.idea_id, ExcludedVote.person_id).where(mine)
    )
    if db.session.scalar(select(func.count()).where(votes, Vote.excluded_at.is_not(None))):
        raise NotNow(EXCLUDED_ALREADY)
    _execute(update(ExcludedVote).where(mine).values(from_at=since))
    carried.along(call_id, since)
    carried.mark(ideas, select(ExcludedVote.person_id).where(mine))
    _count_anew(ideas, call_id)
    return since


def lift(exclusion_id: int, call_id: int, person_id: int, now: datetime) -> int:
    """Let the votes of one person count again; how many. The caller holds the row of the exclusion and commits.

    A vote that came along with a merge counts once, where it is now; not when another exclusion keeps it out.
    Raises NotNow while a planned standing waits to be sealed.
    """
    mine = (
        (ExcludedVote.exclusion_id == exclusion_id)
        & (ExcludedVote.person_id == person_id)
        & ExcludedVote.from_at.is_not(None)
        & ExcludedVote.lifted_at.is_(None)
    )
    ideas = _lock(mine)
    since = moment(call_id, now)
    _execute(update(ExcludedVote).where(mine).values(lifted_at=since))
    carried.along(call_id, since)
    carried.mark(ideas, select(Person.id).where(Person.id == person_id))
    _count_anew(ideas, call_id)
    again = (Vote.person_id == person_id, Vote.excluded_at.is_(None), Idea.merged_into_id.is_(None))
    return sum(
        db.session.scalar(
            select(func.count()).select_from(Vote).join(Idea).where(Vote.idea_id.in_(some), *again)
        )
        or 0
        for some in carried.chunks(ideas)
    )


def _lock(which: ColumnElement[bool]) -> list[int]:
    """Lock the people whose votes these are, the ideas that they count for, then their tallies; the ideas.

    Whoever merges holds the ideas as well, so from here on none of them goes on in another one.
    """
    people = select(ExcludedVote.person_id).where(which)
    db.session.execute(
        select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update(of=Person)
    ).all()
    decided = list(db.session.scalars(select(ExcludedVote.idea_id).where(which).distinct()))
    ideas: list[int] = []
    # A merge that was on its way is waited for, and then known.
    while ideas != (ideas := carried.ends(decided)):
        for some in carried.chunks(ideas):
            db.session.execute(
                select(Idea.id)
                .where(Idea.id.in_(some))
                .order_by(Idea.id)
                .with_for_update(read=True, key_share=True, of=Idea)
            ).all()
    for some in carried.chunks(ideas):
        db.session.execute(
            select(Tally.idea_id)
            .where(Tally.idea_id.in_(some))
            .order_by(Tally.idea_id, Tally.group)
            .with_for_update()
        ).all()
    return ideas


def moment(call_id: int, now: datetime) -> datetime:
    """From when it holds: now, and in any case after every cut-off that was sealed without it.

    While a planned cut-off has passed and waits to be sealed nothing changes, so that it is sealed as people saw it.
    """
    db.session.execute(
        select(Process.id)
        .join(Call, Call.process_id == Process.id)
        .where(Call.id == call_id)
        .with_for_update(key_share=True, of=Process)
    ).all()
    if cut_offs.first_due(call_id, now) is not None:
        raise NotNow(BEING_SEALED)
    newest = select(func.max(Snapshot.cut_off)).where(Snapshot.call_id == call_id).scalar_subquery()
    sealed: datetime | None = db.session.scalar(select(type_coerce(newest, UTCDateTime())))
    return now if sealed is None or now > sealed else sealed + timedelta(microseconds=1)


def _count_anew(ideas: Sequence[int], call_id: int) -> None:
    for some in carried.chunks(ideas):
        tallies.rebuild(some)
    standings.outdate(call_id)


def _execute(statement: object) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
