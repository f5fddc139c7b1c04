"""Where themes stood at the end of each day: written once a day, read by the picture of the ranking over time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import case, exists, func, insert, select

from app.db import begin_read, begin_write, db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import ThemeRanking, Votes, rank_themes
from app.kit.moments import CITY, day_of
from app.models.idea import Idea, IdeaTheme
from app.models.process import Call, Phase, Theme
from app.models.standing import StandingDay
from app.models.vote import Vote
from app.records import excluded, ranking_rules

MOST_DAYS = 60
"""A site that was away for longer begins anew: what stood in between is not made up."""


def midnight(day: date) -> datetime:
    """The end of a day, by the clocks of the city."""
    return datetime.combine(day + timedelta(days=1), time(), CITY).astimezone(UTC)


def missing(now: datetime) -> dict[int, list[date]]:
    """Per call the days that have ended and are not written down yet, in one statement.

    Only days on which people could vote on the call. A call without any day begins yesterday: what was before that is
    not known any more, because a vote keeps its last state only.
    """
    yesterday = day_of(now) - timedelta(days=1)
    newest = (
        select(func.max(StandingDay.day))
        .where(StandingDay.call_id == Call.id)
        .correlate(Call)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Call.id, newest, func.min(Phase.starts_at), func.max(Phase.ends_at))
        .join(Phase, Phase.call_id == Call.id)
        .where(Phase.may_vote, exists(select(Theme.id).where(Theme.process_id == Call.process_id)))
        .group_by(Call.id)
        .order_by(Call.id)
    ).all()
    found = {}
    for call_id, last, starts, ends in rows:
        newest_day: date | None = last
        first = yesterday if newest_day is None else newest_day + timedelta(days=1)
        first = max(first, day_of(starts), yesterday - timedelta(days=MOST_DAYS - 1))
        days = [day for day in _days(first, yesterday) if day <= day_of(ends)]
        if days:
            found[call_id] = days
    return found


def voted_days(call_id: int, now: datetime) -> list[date]:
    """The days from the first vote of a call to its end or yesterday, for a site on which every vote was cast once."""
    row = db.session.execute(
        select(
            func.min(Vote.cast_at),
            select(func.max(Phase.ends_at)).where(Phase.call_id == call_id, Phase.may_vote).scalar_subquery(),
        )
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED, Vote.value != 0)
    ).one()
    first: datetime | None = row[0]
    last: datetime | None = row[1]
    if first is None or last is None:
        return []
    return list(_days(day_of(first), min(day_of(now) - timedelta(days=1), day_of(last))))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def write(call_id: int, days: Sequence[date]) -> int:
    """Write down where the themes of a call stood at the end of these days; the number of new rows. Commits.

    A day that is there already stays as it is, also when somebody else is at it at the same moment.
    """
    begin_read()
    rankings = _rankings(call_id, days)
    begin_write()
    # Two may have computed at once: the second waits here, then finds what the first wrote.
    db.session.execute(select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))
    known = set(
        db.session.scalars(
            select(StandingDay.day)
            .where(StandingDay.call_id == call_id, StandingDay.day.in_(days))
            .distinct()
        )
    )
    rows = [
        {
            "call_id": call_id,
            "day": day,
            "theme_id": int(row.id),
            "rank": row.rank,
            "score": row.score,
            "supporters": row.reach,
        }
        for day, ranking in rankings.items()
        if day not in known
        for row in (*ranking.rows, *ranking.too_few)
    ]
    if rows:
        db.session.execute(insert(StandingDay), rows)
    db.session.commit()
    return len(rows)


def _rankings(call_id: int, days: Sequence[date]) -> dict[date, ThemeRanking]:
    rules = ranking_rules.rules_of(call_id)
    published = (Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    ideas = tuple(db.session.scalars(select(Idea.id).where(*published).order_by(Idea.id)))
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    themes = tuple(
        db.session.scalars(
            select(Theme.id).where(Theme.process_id == process).order_by(Theme.position, Theme.id)
        )
    )
    place = {theme: number for number, theme in enumerate(themes)}
    pairs = [
        (idea, place[theme])
        for idea, theme in db.session.execute(
            select(IdeaTheme.idea_id, IdeaTheme.theme_id)
            .join(Idea, Idea.id == IdeaTheme.idea_id)
            .where(*published)
        )
        if theme in place
    ]
    stands_in = (
        np.searchsorted(ideas, np.array([pair[0] for pair in pairs], dtype=np.int64)),
        np.array([pair[1] for pair in pairs], dtype=np.int64),
    )
    groups = rules.parameters.groups
    return {
        day: rank_themes(
            _votes_at(call_id, midnight(day), ideas, groups),
            ideas,
            stands_in,
            themes,
            rules.parameters,
            rules.seed,
            weighting=rules.weighting,
        )
        for day in sorted(set(days))
    }


def _votes_at(call_id: int, moment: datetime, ideas: Sequence[int], groups: Sequence[str]) -> Votes:
    """The votes as they stood at a moment: what was changed since is undone. A vote knows one change back."""
    stood = case((Vote.cast_at < moment, Vote.value), else_=Vote.previous)
    rows = db.session.execute(
        select(Vote.person_id, Vote.idea_id, stood, Vote.group)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(
            Idea.call_id == call_id,
            Idea.state == IdeaState.PUBLISHED,
            stood != 0,
            excluded.counts_at(moment),
        )
    ).all()
    people, places, values, whose = zip(*rows, strict=True) if rows else ((), (), (), ())
    column = {group: number for number, group in enumerate(groups)}
    voters, first, voter = np.unique(np.array(people, dtype=np.int64), return_index=True, return_inverse=True)
    group = np.array([column[str(name)] for name in whose], dtype=np.int64)
    return Votes.of(
        voter.reshape(-1),
        np.searchsorted(ideas, np.array(places, dtype=np.int64)),
        values,
        group[first] if len(voters) else [],
        len(ideas),
    )
