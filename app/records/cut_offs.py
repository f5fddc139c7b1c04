"""The votes of a call exactly as they stood at a moment, read as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Float, and_, case, cast, extract, func, select, type_coerce
from sqlalchemy.types import String

from app.db import UTCDateTime, db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import Votes, recent_support
from app.models.idea import Idea, IdeaTheme
from app.models.process import Call, Theme
from app.models.seal import SealPlan
from app.models.vote import AgendaTick, Vote

Ints = NDArray[np.int64]
BATCH = 100_000


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
    column = {theme[0]: place for place, theme in enumerate(themes)}
    known = [(idea, column[theme]) for idea, theme in rows if theme in column]
    ids = np.array(idea_ids, dtype=np.int64)
    person, idea, value, group, moment = _votes(published, groups, cut_off)
    people, first, voter = np.unique(person, return_index=True, return_inverse=True)
    at = int(cut_off.timestamp())
    return Counted(
        votes=Votes.of(
            voter.reshape(-1),
            np.searchsorted(ids, idea),
            value,
            group[first] if len(people) else [],
            len(idea_ids),
        ),
        people=people,
        # When somebody voted whose vote changed after the cut-off is not known any more: it counts as just cast.
        ages=np.maximum(0, at - np.floor(moment).astype(np.int64)),
        last=_last(published, cut_off),
        idea_ids=idea_ids,
        themes=themes,
        pairs=(
            np.searchsorted(ids, np.array([pair[0] for pair in known], dtype=np.int64)),
            np.array([pair[1] for pair in known], dtype=np.int64),
        ),
    )


def _last(published: ColumnElement[bool], cut_off: datetime) -> datetime | None:
    """The moment of the last vote that counted, as far as it was not changed since."""
    newest = (
        select(func.max(Vote.cast_at))
        .join(Idea, Idea.id == Vote.idea_id)
        .where(published, Vote.value != 0, Vote.cast_at <= cut_off)
    )
    return db.session.scalar(select(type_coerce(newest.scalar_subquery(), UTCDateTime())))


def _votes(
    published: ColumnElement[bool], groups: Sequence[str], cut_off: datetime
) -> tuple[Ints, Ints, Ints, Ints, NDArray[np.float64]]:
    """Person, idea, value, group and moment (seconds since 1970) of every vote that stood, sorted by idea and
    person, so that sums of what fades come out the same everywhere."""
    state = case((Vote.cast_at <= cut_off, Vote.value), else_=Vote.settled)
    place = case(
        {group: number for number, group in enumerate(groups)}, value=type_coerce(Vote.group, String)
    )
    query = (
        select(Vote.person_id, Vote.idea_id, state, place, cast(extract("epoch", Vote.cast_at), Float))
        .join(Idea, Idea.id == Vote.idea_id)
        .where(published, state != 0)
    )
    result = db.session.connection().execute(query, execution_options={"stream_results": True})
    # Straight from the driver: a million rows as objects would take ten times as long. Numbers of people and ideas
    # stay far below 2^53, so that they pass through floats unharmed.
    parts: list[NDArray[np.float64]] = []
    while rows := result.cursor.fetchmany(BATCH):
        flat = np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=5 * len(rows))
        parts.append(flat.reshape(len(rows), 5))
    result.close()
    table = np.concatenate(parts) if parts else np.zeros((0, 5))
    table = table[np.lexsort((table[:, 0], table[:, 1]))]
    person, idea, value, group = (table[:, column].astype(np.int64) for column in range(4))
    return person, idea, value, group, table[:, 4]
