"""The votes of a call exactly as they stood at a moment, read as arrays."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, case, func, select, type_coerce

from app.db import UTCDateTime, db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import Votes, recent_support
from app.models.idea import Idea, IdeaTheme
from app.models.process import Call, Theme
from app.models.seal import SealPlan
from app.models.vote import AgendaTick, Vote
from app.records import excluded, merged_rows, vote_rows
from app.records.vote_rows import VoteRows

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The votes on the published ideas of a call at a cut-off, with what the indices stand for.

    people: ids of those who voted, ascending. ages: of every vote in whole seconds at the cut-off. last: the moment
    of the last vote. themes: (id, title, minutes) in order. pairs: index pairs of idea and theme. excluded: how many
    votes on these ideas an exclusion kept out at the cut-off, by reason.
    """

    votes: Votes
    people: Ints
    ages: Ints
    last: datetime | None
    idea_ids: tuple[int, ...]
    themes: tuple[tuple[int, str, int], ...]
    pairs: tuple[Ints, Ints]
    excluded: Mapping[str, int]

    def recent(self, half_life_days: float) -> NDArray[np.float64]:
        """Actueel per idea at the cut-off."""
        votes = self.votes
        return recent_support(votes.idea, votes.value, self.ages / 86400, votes.n_ideas, half_life_days)


def newest_change(call_id: int) -> datetime | None:
    """The last moment at which anybody changed a vote or a tick of the call."""
    votes = select(func.max(Vote.cast_at)).join(Idea, Idea.id == Vote.idea_id).where(Idea.call_id == call_id)
    ticks = select(func.max(AgendaTick.cast_at)).where(AgendaTick.call_id == call_id)
    found = [
        db.session.scalar(select(type_coerce(newest.scalar_subquery(), UTCDateTime())))
        for newest in (votes, ticks)
    ]
    return max((moment for moment in found if moment is not None), default=None)


def first_due(call_id: int, now: datetime) -> datetime | None:
    """The earliest planned cut-off that has passed and is not sealed: for that one rows remember their state."""
    return db.session.scalar(
        select(
            type_coerce(
                select(func.min(SealPlan.at))
                .where(SealPlan.call_id == call_id, SealPlan.done_at.is_(None), SealPlan.at <= now)
                .scalar_subquery(),
                UTCDateTime(),
            )
        )
    )


def read(call_id: int, groups: Sequence[str], cut_off: datetime) -> Counted:
    """Read what had been voted at the cut-off; six statements, the votes in one of them.

    Exact when nobody voted after the cut-off, or when it is the earliest planned one that is not sealed yet. The
    caller opened a transaction in which nothing changes between two statements.
    """
    published = and_(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    idea_ids = tuple(db.session.scalars(select(Idea.id).where(published).order_by(Idea.id)))
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    themes = tuple(
        (row[0], row[1], row[2])
        for row in db.session.execute(
            select(Theme.id, Theme.title, Theme.minutes)
            .where(Theme.process_id == process)
            .order_by(Theme.position, Theme.id)
        )
    )
    rows = db.session.execute(
        select(IdeaTheme.idea_id, IdeaTheme.theme_id)
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .where(published)
        .order_by(IdeaTheme.idea_id, IdeaTheme.theme_id)
    ).all()
    return _assembled(published, groups, cut_off, idea_ids, themes, [(row[0], row[1]) for row in rows])


def again(call_id: int, groups: Sequence[str], cut_off: datetime, scope: Mapping[str, Any]) -> Counted:
    """The same for the ideas and themes in the scope of a sealed standing, whatever became of them since."""
    ideas = tuple(idea for idea, _themes in scope["ideas"])
    return _assembled(
        Idea.call_id == call_id,
        groups,
        cut_off,
        ideas,
        tuple((theme["id"], theme["title"], theme["minutes"]) for theme in scope["themes"]),
        [(idea, theme) for idea, themes in scope["ideas"] for theme in themes],
        merged_rows.at(call_id, cut_off, ideas),
    )


def changed_since(call_id: int, cut_off: datetime, scope: Collection[int]) -> dict[int, int]:
    """How many votes on each idea in the scope of a standing were cast or changed after its cut-off.

    What a merge brought in since, or took back, changed nothing: that is known exactly.
    """
    rows = db.session.execute(
        select(Vote.idea_id, func.count())
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Idea.call_id == call_id, Vote.cast_at > cut_off)
        .group_by(Vote.idea_id)
    )
    found = Counter({row[0]: row[1] for row in rows if row[0] in scope})
    for row in merged_rows.at(call_id, cut_off, scope):
        found[row.idea_id] += int(row.cast_at is not None and row.cast_at > cut_off)
        found[row.idea_id] -= int(row.cast_now is not None and row.cast_now > cut_off)
    return {idea: votes for idea, votes in found.items() if votes}


def _assembled(
    chosen: ColumnElement[bool],
    groups: Sequence[str],
    cut_off: datetime,
    idea_ids: tuple[int, ...],
    themes: tuple[tuple[int, str, int], ...],
    tags: Sequence[tuple[int, int]],
    merged: Sequence[merged_rows.Row] = (),
) -> Counted:
    column = {theme[0]: place for place, theme in enumerate(themes)}
    known = [(idea, column[theme]) for idea, theme in tags if theme in column]
    ids = np.array(idea_ids, dtype=np.int64)
    state = case((Vote.cast_at <= cut_off, Vote.value), else_=Vote.settled)
    off = excluded.off_at(chosen, cut_off, state)
    counted = vote_rows.read(chosen, groups, state, excluded.counts_at(cut_off))
    rows = _corrected(counted, merged, groups, cut_off, {(each.idea_id, each.person_id) for each in off})
    inside = np.isin(rows.idea, ids)
    group = rows.group[inside]
    people, first, voter = np.unique(rows.person[inside], return_index=True, return_inverse=True)
    return Counted(
        votes=Votes.of(
            voter.reshape(-1),
            np.searchsorted(ids, rows.idea[inside]),
            rows.value[inside],
            group[first] if len(people) else [],
            len(idea_ids),
        ),
        people=people,
        # When somebody voted whose vote changed after the cut-off is not known any more: it counts as just cast.
        ages=np.maximum(0, int(cut_off.timestamp()) - np.floor(rows.moment[inside]).astype(np.int64)),
        last=_last(chosen, cut_off),
        idea_ids=idea_ids,
        themes=themes,
        pairs=(
            np.searchsorted(ids, np.array([pair[0] for pair in known], dtype=np.int64)),
            np.array([pair[1] for pair in known], dtype=np.int64),
        ),
        excluded=_excluded(off, merged, cut_off, frozenset(idea_ids)),
    )


def _excluded(
    off: Iterable[excluded.Off], merged: Iterable[merged_rows.Row], cut_off: datetime, ideas: frozenset[int]
) -> dict[str, int]:
    """How many votes on these ideas did not count at the cut-off, by reason."""
    was = {(row.idea_id, row.person_id): row.at(cut_off) for row in merged}
    return Counter(
        each.reason.value
        for each in off
        if each.idea_id in ideas and was.get((each.idea_id, each.person_id), each.value)
    )


def _corrected(
    rows: VoteRows,
    merged: Sequence[merged_rows.Row],
    groups: Sequence[str],
    cut_off: datetime,
    off: Collection[tuple[int, int]],
) -> VoteRows:
    """The votes with those that merges moved since in the place that they had. off: which did not count then."""
    if not merged:
        return rows
    ideas = np.array([row.idea_id for row in merged], dtype=np.int64)
    people = np.array([row.person_id for row in merged], dtype=np.int64)
    width = int(max(people.max(), rows.person.max(initial=0))) + 1
    kept = ~np.isin(rows.idea * width + rows.person, ideas * width + people)
    back = [(row, row.at(cut_off)) for row in merged if (row.idea_id, row.person_id) not in off]
    back = [(row, value) for row, value in back if value]
    moments = [row.cast_at.timestamp() for row, _value in back if row.cast_at is not None]
    person = np.append(rows.person[kept], np.array([row.person_id for row, _ in back], dtype=np.int64))
    idea = np.append(rows.idea[kept], np.array([row.idea_id for row, _ in back], dtype=np.int64))
    order = np.lexsort((person, idea))
    places = np.array([groups.index(row.group) for row, _ in back], dtype=np.int64)
    return VoteRows(
        person=person[order],
        idea=idea[order],
        value=np.append(rows.value[kept], np.array([value for _, value in back], dtype=np.int64))[order],
        group=np.append(rows.group[kept], places)[order],
        moment=np.append(rows.moment[kept], np.array(moments, dtype=np.float64))[order],
    )


def _last(chosen: ColumnElement[bool], cut_off: datetime) -> datetime | None:
    """The moment of the last vote that counted, as far as it was not changed since."""
    newest = (
        select(func.max(Vote.cast_at))
        .join(Idea, Idea.id == Vote.idea_id)
        .where(chosen, Vote.value != 0, Vote.cast_at <= cut_off, excluded.counts_at(cut_off))
    )
    return db.session.scalar(select(type_coerce(newest.scalar_subquery(), UTCDateTime())))
