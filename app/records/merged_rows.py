"""Votes that merges moved, as they stood at a moment: what a merge or its undoing did since is taken back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from app.db import UTCDateTime, db
from app.domain.ballot import Group
from app.models.duplicate import Merge, MergedVote
from app.models.idea import Idea
from app.models.vote import Vote

NEAR = timedelta(minutes=1)
"""A standing that is sealed at the very moment of a merge may have been read on either side of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A vote on an idea that others were merged into, at a moment; without `cast_at` there was none."""

    idea_id: int
    person_id: int
    group: Group
    value: int
    settled: int
    cast_at: datetime | None
    cast_now: datetime | None
    """When the vote that is there now was cast, None when there is none."""

    def at(self, cut_off: datetime) -> int:
        """What it was at the cut-off: 1, -1, or 0 for none. Whether it counted is asked of the exclusions."""
        if self.cast_at is None:
            return 0
        return self.value if self.cast_at <= cut_off else self.settled


def newest(call_id: int) -> datetime | None:
    """The last moment at which ideas of a call were merged, or a merge was undone."""
    ours = select(Merge.merged_at, Merge.undone_at).join(Idea, Idea.id == Merge.idea_id)
    both = ours.where(Idea.call_id == call_id).subquery()
    row = db.session.execute(
        select(
            type_coerce(func.max(both.c.merged_at), UTCDateTime()),
            type_coerce(func.max(both.c.undone_at), UTCDateTime()),
        )
    ).one()
    return max((moment for moment in row if moment is not None), default=None)


def at(call_id: int, cut_off: datetime, scope: Collection[int]) -> list[Row]:
    """The votes that a merge or an undoing changed after the cut-off of a standing, as they stood at it.

    scope: the ideas that the standing counted. An idea among them was not merged when it was read, whatever the
    clocks say.
    """
    merges = db.session.execute(
        select(Merge.id, Merge.idea_id, Merge.into_id, Merge.merged_at, Merge.undone_at)
        .join(Idea, Idea.id == Merge.idea_id)
        .where(
            Idea.call_id == call_id, or_(Merge.merged_at > cut_off - NEAR, Merge.undone_at > cut_off - NEAR)
        )
        .order_by(Merge.id)
    ).all()
    backwards = sorted(_after(merges, cut_off, set(scope)), reverse=True)
    touched = _touched({number for _moment, number, _undone in backwards})
    rows = _now(touched)
    for _moment, number, undone in backwards:
        for vote in touched:
            if vote.merge_id != number:
                continue
            key = (vote.into_id, vote.person_id)
            if not undone:
                rows[key] = replace(
                    rows[key],
                    value=vote.value_before or 0,
                    settled=vote.settled_before or 0,
                    cast_at=vote.cast_at_before,
                )
            elif vote.restored:
                rows[key] = replace(
                    rows[key],
                    value=vote.value_after,
                    settled=vote.settled_before or 0,
                    cast_at=vote.cast_at_after,
                )
    return [row for row in rows.values() if row.idea_id in scope]


def _after(
    merges: Iterable[Any], cut_off: datetime, scope: Collection[int]
) -> list[tuple[datetime, int, bool]]:
    """What happened after the standing was read, as (moment, merge, whether it was undone)."""
    found: list[tuple[datetime, int, bool]] = []
    for number, idea_id, _into, merged_at, undone_at in merges:
        near = merged_at <= cut_off + NEAR and (undone_at is None or undone_at > cut_off - NEAR)
        was_merged = idea_id not in scope and near
        if not was_merged and (undone_at is None or undone_at > cut_off):
            found.append((merged_at, number, False))
        if undone_at is not None and (was_merged or undone_at > cut_off):
            found.append((undone_at, number, True))
    return found


@dataclass(frozen=True, slots=True)
class _Touched:
    merge_id: int
    into_id: int
    person_id: int
    value_after: int
    cast_at_after: datetime
    value_before: int | None
    settled_before: int | None
    cast_at_before: datetime | None
    restored: bool
    group: Group
    value: int | None
    settled: int | None
    cast_at: datetime | None


def _touched(merge_ids: Collection[int]) -> list[_Touched]:
    """What these merges did to votes, each with the vote as it is now."""
    if not merge_ids:
        return []
    there, said = aliased(Vote), aliased(Vote)
    rows: Iterable[Sequence[Any]] = db.session.execute(
        select(
            MergedVote.merge_id,
            Merge.into_id,
            MergedVote.person_id,
            MergedVote.value_after,
            MergedVote.cast_at_after,
            MergedVote.value_before,
            MergedVote.settled_before,
            MergedVote.cast_at_before,
            MergedVote.restored,
            type_coerce(func.coalesce(there.group, said.group), Vote.group.type),
            there.value,
            there.settled,
            there.cast_at,
        )
        .join(Merge, Merge.id == MergedVote.merge_id)
        .outerjoin(there, and_(there.idea_id == Merge.into_id, there.person_id == MergedVote.person_id))
        .outerjoin(said, and_(said.idea_id == Merge.idea_id, said.person_id == MergedVote.person_id))
        .where(MergedVote.merge_id.in_(merge_ids))
        .order_by(MergedVote.merge_id, MergedVote.person_id)
    )
    return [_Touched(*row) for row in rows]


def _now(touched: Iterable[_Touched]) -> dict[tuple[int, int], Row]:
    return {
        (vote.into_id, vote.person_id): Row(
            idea_id=vote.into_id,
            person_id=vote.person_id,
            group=vote.group,
            value=vote.value or 0,
            settled=vote.settled or 0,
            cast_at=vote.cast_at,
            cast_now=vote.cast_at,
        )
        for vote in touched
    }
