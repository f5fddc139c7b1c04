"""Exclusions that go along with votes when ideas are merged, and come back when a merge is undone.

What was decided stands in the rows of `ExcludedVote` without a merge. A vote that is carried to the idea that stays
brings its exclusion along as a row more, from the moment of the merge on, so that every moment can be counted again.
Whoever calls holds the voters, the tallies and the process; see `exclusions` and `merging`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from app.db import db
from app.models.duplicate import Merge, MergedVote
from app.models.idea import Idea
from app.models.integrity import ExcludedVote
from app.models.vote import Vote

AT_ONCE = 500
IN_FORCE = and_(ExcludedVote.from_at.is_not(None), ExcludedVote.lifted_at.is_(None))


def ends(idea_ids: Iterable[int]) -> list[int]:
    """These ideas and all that they go on in, by number: where an exclusion of their votes is felt."""
    found = set(idea_ids)
    new = found
    while new:
        new = {
            into
            for some in chunks(new)
            for into in db.session.scalars(
                select(Merge.into_id).where(Merge.idea_id.in_(some), Merge.undone_at.is_(None))
            )
        } - found
        found = found | new
    return sorted(found)


def along(call_id: int, moment: datetime) -> None:
    """Let every exclusion in force on a merged idea hold on the one that it went on in, step by step."""
    while rows := _missing(call_id):
        first = {(row["idea_id"], row["person_id"]): row for row in reversed(rows)}
        given = [{**row, "from_at": moment} for row in first.values()]
        db.session.execute(insert(ExcludedVote), given)
        _hold_places(given)


def _missing(call_id: int) -> list[dict[str, Any]]:
    """The rows that are to be made for the next step of every chain; earlier merges first."""
    there = aliased(ExcludedVote)
    covered = exists().where(
        there.idea_id == Merge.into_id,
        there.person_id == ExcludedVote.person_id,
        there.from_at.is_not(None),
        there.lifted_at.is_(None),
    )
    rows = db.session.execute(
        select(ExcludedVote.exclusion_id, Merge.into_id, ExcludedVote.person_id, Merge.id)
        .join(Merge, Merge.idea_id == ExcludedVote.idea_id)
        .join(Idea, Idea.id == Merge.idea_id)
        .where(Idea.call_id == call_id, Merge.undone_at.is_(None), IN_FORCE, ~covered)
        .order_by(Merge.id, ExcludedVote.person_id)
    )
    return [_row(*row) for row in rows]


def _row(exclusion: int, idea: int, person: int, merge: int) -> dict[str, Any]:
    return {"exclusion_id": exclusion, "idea_id": idea, "person_id": person, "merge_id": merge}


def _hold_places(rows: Collection[dict[str, Any]]) -> None:
    """Who has no vote on the idea that stays gets a withdrawn one, which bears the mark when it is changed.

    That is somebody whose vote on the merged idea was withdrawn before the merge, and excluded after it.
    """
    there, said = aliased(Vote), aliased(Vote)
    for some in chunks(sorted({row["merge_id"] for row in rows})):
        people = {(row["merge_id"], row["person_id"]) for row in rows}
        found = db.session.execute(
            select(Merge.id, Merge.into_id, said.person_id, said.group, said.cast_at)
            .join(said, said.idea_id == Merge.idea_id)
            .outerjoin(there, and_(there.idea_id == Merge.into_id, there.person_id == said.person_id))
            .where(Merge.id.in_(some), there.person_id.is_(None))
            .order_by(Merge.id, said.person_id)
        ).all()
        for merge, into, person, group, cast_at in found:
            if (merge, person) not in people:
                continue
            db.session.add_all(
                (
                    Vote(idea_id=into, person_id=person, value=0, group=group, cast_at=cast_at),
                    MergedVote(merge_id=merge, person_id=person, value_after=0, cast_at_after=cast_at),
                )
            )
    db.session.flush()


def part(made: Merge, moment: datetime) -> None:
    """End what this merge carried along; `made` is undone already.

    What was decided since on the votes of the idea that stays was about both, and holds on either from now on.
    """
    db.session.flush()
    mine = (ExcludedVote.merge_id == made.id, IN_FORCE)
    db.session.execute(
        update(ExcludedVote)
        .where(*mine)
        .values(lifted_at=moment)
        .execution_options(synchronize_session=False)
    )
    own, of = aliased(ExcludedVote), aliased(Merge)
    covered = exists().where(
        own.idea_id == made.idea_id,
        own.person_id == ExcludedVote.person_id,
        own.from_at.is_not(None),
        own.lifted_at.is_(None),
    )
    voted = exists().where(Vote.idea_id == made.idea_id, Vote.person_id == ExcludedVote.person_id)
    rows = db.session.execute(
        select(ExcludedVote.exclusion_id, ExcludedVote.person_id)
        .outerjoin(of, of.id == ExcludedVote.merge_id)
        .where(
            ExcludedVote.idea_id == made.into_id,
            ExcludedVote.from_at > made.merged_at,
            or_(of.id.is_(None), of.idea_id == ExcludedVote.idea_id),  # not what a merge carries along here
            IN_FORCE,
            voted,
            ~covered,
        )
        .order_by(ExcludedVote.person_id)
    ).all()
    if rows:
        given = [{**_row(row[0], made.idea_id, row[1], made.id), "from_at": moment} for row in rows]
        db.session.execute(insert(ExcludedVote), given)


def people_off(idea_id: int) -> set[int]:
    """Everybody whose vote on an idea does not count now."""
    return set(
        db.session.scalars(select(ExcludedVote.person_id).where(ExcludedVote.idea_id == idea_id, IN_FORCE))
    )


def touches(idea_ids: Collection[int]) -> bool:
    """Whether a vote on one of these ideas does not count now."""
    return bool(db.session.scalar(select(exists().where(ExcludedVote.idea_id.in_(idea_ids), IN_FORCE))))


def mark(idea_ids: Iterable[int], people: Select[int] | None = None) -> None:
    """Let votes on these ideas bear the moment from which they do not count, and no other vote. The caller commits.

    people: only their votes, which are all that the caller holds.
    """
    since = (
        select(func.max(ExcludedVote.from_at))
        .where(ExcludedVote.idea_id == Vote.idea_id, ExcludedVote.person_id == Vote.person_id, IN_FORCE)
        .scalar_subquery()
    )
    db.session.flush()
    for some in chunks(idea_ids):
        which: list[ColumnElement[bool]] = [
            Vote.idea_id.in_(some),
            or_(Vote.excluded_at.is_not(None), since.is_not(None)),
        ]
        if people is not None:
            which.append(Vote.person_id.in_(people))
        db.session.execute(
            update(Vote).where(*which).values(excluded_at=since).execution_options(synchronize_session=False)
        )


def chunks(numbers: Iterable[int]) -> Iterable[list[int]]:
    """Numbers in order, so many at a time."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
