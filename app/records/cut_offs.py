"""The votes of a call exactly as they stood at a moment, read as arrays."""

from collections.abc import Mapping, Sequence
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
from app.records import vote_rows

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The votes on the published ideas of a call at a cut-off, with what the indices stand for.

    people: ids of those who voted, ascending. ages: of every vote in whole seconds at the cut-off. last: the moment
    of the last vote. themes: (id, title, minutes) in order. pairs: index pairs of idea and theme.
    """

    votes: Votes
    people: Ints
    ages: Ints
    last: datetime | None
    idea_ids: tuple[int, ...]
    themes: tuple[tuple[int, str, int], ...]
    pairs: tuple[Ints, Ints]

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
    """Read what had been voted at the cut-off; five statements, the votes in one of them.

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
    return _assembled(
        Idea.call_id == call_id,
        groups,
        cut_off,
        tuple(idea for idea, _themes in scope["ideas"]),
        tuple((theme["id"], theme["title"], theme["minutes"]) for theme in scope["themes"]),
        [(idea, theme) for idea, themes in scope["ideas"] for theme in themes],
    )


def changed_since(call_id: int, cut_off: datetime) -> dict[int, int]:
    """How many votes on each idea of a call were cast or changed after a moment."""
    rows = db.session.execute(
        select(Vote.idea_id, func.count())
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Idea.call_id == call_id, Vote.cast_at > cut_off)
        .group_by(Vote.idea_id)
    )
    return {row[0]: row[1] for row in rows}


def _assembled(
    chosen: ColumnElement[bool],
    groups: Sequence[str],
    cut_off: datetime,
    idea_ids: tuple[int, ...],
    themes: tuple[tuple[int, str, int], ...],
    tags: Sequence[tuple[int, int]],
) -> Counted:
    column = {theme[0]: place for place, theme in enumerate(themes)}
    known = [(idea, column[theme]) for idea, theme in tags if theme in column]
    ids = np.array(idea_ids, dtype=np.int64)
    state = case((Vote.cast_at <= cut_off, Vote.value), else_=Vote.settled)
    rows = vote_rows.read(chosen, groups, state)
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
    )


def _last(chosen: ColumnElement[bool], cut_off: datetime) -> datetime | None:
    """The moment of the last vote that counted, as far as it was not changed since."""
    newest = (
        select(func.max(Vote.cast_at))
        .join(Idea, Idea.id == Vote.idea_id)
        .where(chosen, Vote.value != 0, Vote.cast_at <= cut_off)
    )
    return db.session.scalar(select(type_coerce(newest.scalar_subquery(), UTCDateTime())))
