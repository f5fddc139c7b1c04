"""Two ideas become one, and two again: votes once for every person, arguments with their origin, nothing forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, union, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.db import UTCDateTime, db, is_postgresql
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState, IdeaVerb
from app.domain.merging import Cast, together
from app.models.argument import Argument, ArgumentState
from app.models.duplicate import DuplicateProposal, Merge, MergedVote, MovedArgument, ProposalState
from app.models.following import Follow
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.queue import QueueItem, QueueKind
from app.models.vote import Tally, Vote
from app.records import carried, cut_offs, decisions, exclusions, lifecycle, merge_news, queue, tallies

NEAR = timedelta(minutes=1)
"""So long before a planned standing nothing is merged any more: plans are made as long beforehand."""
TRIES = 5

SEALING = Decision(N_("A standing of this call is being sealed at this moment. Try again in a few minutes."))
BUSY = Decision(N_("Many people are voting on these ideas at this moment. Try again."))
ALREADY_UNDONE = Decision(N_("This merge has been undone already."))
CHANGED = Decision(N_("This is not possible now: the ideas have changed in the meantime."))


def hold(idea_id: int, into_id: int, now: datetime) -> tuple[Idea, Idea]:
    """Lock everything that a merge of these ideas touches, or its undoing, and return them as they are now.

    Everybody locks in this order: people by number, arguments, ideas by number, tallies by idea. Whoever votes holds
    the own row and then waits for the idea (`groups.hold_to_vote`), so from here on no vote on either arrives; an
    argument waits for its idea as well. Raises NotAllowed while a planned standing of the call is due.
    """
    for _attempt in range(TRIES):
        savepoint = db.session.begin_nested()
        known = _lock_around(idea_id, into_id)
        found = {
            idea.id: idea
            for idea in db.session.scalars(
                select(Idea)
                .where(Idea.id.in_([idea_id, into_id]))
                .order_by(Idea.id)
                .with_for_update(of=Idea)
                .execution_options(populate_existing=True)
            )
        }
        if known == _around(idea_id, into_id):
            savepoint.commit()
            break
        savepoint.rollback()  # somebody voted or spoke in between: hold them as well
    else:
        raise NotAllowed(BUSY)
    if len(found) != 2:
        raise NotAllowed(CHANGED)
    db.session.execute(
        select(Tally.idea_id)
        .where(Tally.idea_id.in_(found))
        .order_by(Tally.idea_id, Tally.group)
        .with_for_update()
    ).all()
    if cut_offs.first_due(found[idea_id].call_id, now + NEAR) is not None:
        raise NotAllowed(SEALING)
    return found[idea_id], found[into_id]


def _concerned(idea_id: int, into_id: int) -> Select[int]:
    """Everybody whose row a merge points at: voters, followers and authors."""
    both = [idea_id, into_id]
    return select(Person.id).where(
        Person.id.in_(
            union(
                select(Vote.person_id).where(Vote.idea_id.in_(both)),
                select(Follow.person_id).where(Follow.idea_id.in_(both)),
                select(Idea.author_id).where(Idea.id.in_(both)),
            )
        )
    )


def _spoken(idea_id: int, into_id: int) -> Select[int]:
    return select(Argument.id).where(Argument.idea_id.in_([idea_id, into_id])).order_by(Argument.id)


def _lock_around(idea_id: int, into_id: int) -> tuple[list[int], list[int]]:
    people = _concerned(idea_id, into_id).order_by(Person.id).with_for_update(read=True, key_share=True)
    spoken = _spoken(idea_id, into_id).with_for_update(key_share=True)
    return list(db.session.scalars(people)), list(db.session.scalars(spoken))


def _around(idea_id: int, into_id: int) -> tuple[list[int], list[int]]:
    people = _concerned(idea_id, into_id).order_by(Person.id)
    return list(db.session.scalars(people)), list(db.session.scalars(_spoken(idea_id, into_id)))


def merge(
    idea: Idea,
    into: Idea,
    moderator: Person,
    now: datetime,
    *,
    sentence: str = "",
    proposal_id: int | None = None,
) -> Merge:
    """Let an idea go on in another one. Both were locked by `hold`; the caller asked the policy, and commits.

    The rows of votes on the merged idea stay as they are: they are not counted while it is merged, and sealed
    standings of before are counted again from them. Raises NotAllowed when the idea is not published any more.
    """
    if into.state != IdeaState.PUBLISHED or into.call_id != idea.call_id:
        raise NotAllowed(CHANGED)
    made = Merge(
        proposal_id=proposal_id,
        idea_id=idea.id,
        into_id=into.id,
        merged_at=now,
        merged_by_id=moderator.id,
        sentence=sentence,
    )
    since = _decided_at([idea.id], into.call_id, now)
    db.session.add(made)
    db.session.flush()
    lifecycle.move(idea, IdeaVerb.MERGE, now)
    _carry_votes(made)
    if since is not None:
        carried.along(into.call_id, since)
        carried.mark([into.id])
    _carry_arguments(made)
    _carry_follows(made)
    idea.merged_into_id = into.id
    _mark_changed(idea.id, into.id)
    tallies.rebuild(sorted((idea.id, into.id)))
    return made


def undo(made: Merge, actor: Person | None, now: datetime, sentence: str = "") -> None:
    """Put everything back as it was before a merge, but for what people did since. The caller commits.

    Whoever voted on the idea that stays after the merge keeps that vote; replies that were given since go along with
    the argument that they answer. Raises NotAllowed when it was undone already, when a later merge has to be undone
    first, and while a planned standing is due.
    """
    idea, into = hold(made.idea_id, made.into_id, now)
    db.session.refresh(made, with_for_update={"key_share": True})
    if made.undone_at is not None:
        raise NotAllowed(ALREADY_UNDONE)
    may_be_undone(made).or_raise()
    if idea.state != IdeaState.MERGED or idea.merged_into_id != into.id:
        raise NotAllowed(CHANGED)
    since = _decided_at([idea.id, into.id], into.call_id, now)
    made.undone_at = now
    made.undone_by_id = actor.id if actor else None
    made.undo_sentence = sentence
    idea.state = IdeaState.PUBLISHED
    idea.merged_into_id = None
    queue.come_back([idea.id], lifecycle.LEFT_BEHIND[IdeaVerb.MERGE], made.merged_at)
    if since is not None:
        carried.part(made, since)
        carried.along(into.call_id, since)
    _return_votes(made)
    if since is not None:
        carried.mark([idea.id, into.id])
    _return_arguments(made)
    _return_follows(made)
    _mark_changed(idea.id, into.id)
    tallies.rebuild(sorted((idea.id, into.id)))


def _decided_at(idea_ids: list[int], call_id: int, now: datetime) -> datetime | None:
    """From when exclusions of votes on these ideas go along, None when there are none; whoever seals waits from now."""
    return exclusions.moment(call_id, now) if carried.touches(idea_ids) else None


def may_be_undone(made: Merge) -> Decision:
    """Merges are undone in reverse order: the last one first."""
    later = db.session.execute(
        select(Idea.title, Merge.idea_id)
        .join(Idea, Idea.id == Merge.idea_id)
        .where(
            Merge.undone_at.is_(None),
            Merge.id > made.id,
            (Merge.into_id == made.into_id) | (Merge.idea_id == made.into_id),
        )
        .order_by(Merge.id.desc())
        .limit(1)
    ).one_or_none()
    if later is not None:
        return Decision(N_("First undo the later merge of “%(title)s”."), values={"title": later[0]})
    return Decision()


def part(
    made: Merge, actor: Person | None, now: datetime, sentence: str = "", *, quietly: bool = False
) -> None:
    """Undo a merge and tell everybody; the proposal is turned down, so that the site does not bring it up again.

    quietly: right after the merge, when it was a slip: nobody is told, and the proposal waits again. The caller
    commits and announces both ideas. Raises NotAllowed.
    """
    undo(made, actor, now, sentence)
    if not quietly:
        merge_news.parted(made, now)
    proposal = db.session.get(DuplicateProposal, made.proposal_id) if made.proposal_id else None
    if proposal is None:
        return
    if quietly:
        proposal.state = ProposalState.ASKING if proposal.asked_at else ProposalState.PROPOSED
        proposal.decided_at = proposal.decided_by_id = None
        proposal.decision_sentence = ""
        db.session.flush()
        queue.put(QueueKind.DUPLICATE, proposal, now)
    else:
        proposal.state = ProposalState.REJECTED
        proposal.decided_at, proposal.decision_sentence = now, sentence
        proposal.decided_by_id = actor.id if actor else proposal.decided_by_id
    db.session.flush()


@decisions.reverts(ModerationVerb.MERGE)
def _revert(decision: ModerationDecision, now: datetime) -> None:
    """A decision to merge is put back: within ten minutes as if nothing had happened, or after an appeal."""
    made = db.session.get(Merge, decision.before.get("merge", 0))
    if made is None or made.undone_at is not None:
        return
    actor = db.session.get(Person, decision.undone_by_id) if decision.undone_by_id else None
    part(made, actor, now, quietly=decision.undone_at is not None)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The votes of one person on both ideas."""

    merged: Vote
    stays: Vote | None


def _carry_votes(made: Merge) -> None:
    there = {
        vote.person_id: vote
        for vote in db.session.scalars(_fresh(select(Vote).where(Vote.idea_id == made.into_id)))
    }
    merged = db.session.scalars(_fresh(select(Vote).where(Vote.idea_id == made.idea_id)))
    for pair in (_Pair(vote, there.get(vote.person_id)) for vote in merged):
        after = together(_cast(pair.merged), _cast(pair.stays) if pair.stays else None)
        if after is None:
            continue
        db.session.add(_noted(made, pair, after))
        if pair.stays is None:
            db.session.add(
                Vote(
                    idea_id=made.into_id,
                    person_id=pair.merged.person_id,
                    value=after.value,
                    previous=0,
                    settled=0,
                    group=pair.merged.group,
                    cast_at=after.cast_at,
                )
            )
        else:
            if pair.stays.value != after.value:
                pair.stays.previous = pair.stays.value
            pair.stays.value, pair.stays.cast_at = after.value, after.cast_at
    db.session.flush()


def _fresh(query: Select[Vote]) -> Select[Vote]:
    return query.order_by(Vote.person_id).execution_options(populate_existing=True)


def _cast(vote: Vote) -> Cast:
    return Cast(vote.value, vote.cast_at)


def _noted(made: Merge, pair: _Pair, after: Cast) -> MergedVote:
    before = pair.stays
    return MergedVote(
        merge_id=made.id,
        person_id=pair.merged.person_id,
        value_after=after.value,
        cast_at_after=after.cast_at,
        value_before=before.value if before else None,
        previous_before=before.previous if before else None,
        settled_before=before.settled if before else None,
        group_before=before.group if before else None,
        cast_at_before=before.cast_at if before else None,
        restored=False,
    )


def _return_votes(made: Merge) -> None:
    notes = db.session.scalars(
        select(MergedVote).where(MergedVote.merge_id == made.id).order_by(MergedVote.person_id)
    ).all()
    there = {
        vote.person_id: vote
        for vote in db.session.scalars(_fresh(select(Vote).where(Vote.idea_id == made.into_id)))
    }
    judged = carried.people_off(made.into_id)
    for note in notes:
        vote = there.get(note.person_id)
        if vote is None or (vote.value, vote.cast_at) != (note.value_after, note.cast_at_after):
            continue  # voted again since: the newer vote stays
        note.restored = True
        if note.value_before is None or note.cast_at_before is None:
            if note.person_id in judged:
                vote.value = vote.previous = vote.settled = 0  # so that a new vote here does not count either
            else:
                db.session.delete(vote)
            continue
        vote.value, vote.cast_at = note.value_before, note.cast_at_before
        vote.previous = note.previous_before or 0
        vote.settled = note.settled_before or 0
        # The group stays the one that the person has now.
    db.session.flush()


def _carry_arguments(made: Merge) -> None:
    moved = list(db.session.scalars(select(Argument.id).where(Argument.idea_id == made.idea_id)))
    if not moved:
        return
    rows = [{"argument_id": number, "merge_id": made.id, "origin_id": made.idea_id} for number in moved]
    db.session.execute(insert(MovedArgument), rows)
    _move(moved, made.into_id)


def _return_arguments(made: Merge) -> None:
    moved = select(MovedArgument.argument_id).where(MovedArgument.merge_id == made.id)
    back = list(
        db.session.scalars(
            select(Argument.id).where(
                Argument.idea_id == made.into_id, Argument.id.in_(moved) | Argument.parent_id.in_(moved)
            )
        )
    )
    _move(back, made.idea_id)


def _move(numbers: Sequence[int], idea_id: int) -> None:
    """Put arguments under another idea, and what waits about them in the queue as well."""
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        for table, column in ((Argument, Argument.id), (QueueItem, QueueItem.argument_id)):
            db.session.execute(
                update(table)
                .where(column.in_(some))
                .values(idea_id=idea_id)
                .execution_options(synchronize_session=False)
            )


def _carry_follows(made: Merge) -> None:
    """Who follows the merged idea follows the other one; the moment tells these follows apart from others."""
    theirs = select(Follow.person_id, literal(made.into_id), literal(made.merged_at, UTCDateTime())).where(
        Follow.idea_id == made.idea_id
    )
    if not is_postgresql():
        theirs = theirs.where(literal(True))
    add = insert_on_postgresql if is_postgresql() else insert_on_sqlite
    db.session.execute(
        add(Follow)
        .from_select(["person_id", "idea_id", "created_at"], theirs.order_by(Follow.person_id))
        .on_conflict_do_nothing()
    )


def _return_follows(made: Merge) -> None:
    theirs = select(Follow.person_id).where(Follow.idea_id == made.idea_id)
    db.session.execute(
        delete(Follow)
        .where(
            Follow.idea_id == made.into_id,
            Follow.created_at == made.merged_at,
            Follow.person_id.in_(theirs),
        )
        .execution_options(synchronize_session=False)
    )


def _mark_changed(*idea_ids: int) -> None:
    """Both pages read differently from now on, and count their arguments anew."""
    db.session.flush()
    said = (
        select(func.count())
        .where(Argument.idea_id == Idea.id, Argument.state == ArgumentState.PUBLISHED)
        .correlate(Idea)
        .scalar_subquery()
    )
    values: dict[str, Any] = {"version": Idea.version + 1, "argument_count": said}
    db.session.execute(
        update(Idea)
        .where(Idea.id.in_(idea_ids))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    for idea_id in idea_ids:
        db.session.expire(db.session.get_one(Idea, idea_id))
