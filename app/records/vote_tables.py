"""The votes of a call as tables of numbers, and the rankings that follow from them at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, and_, case, select, type_coerce

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import (
    IdeaRanking,
    Method,
    Parameters,
    Tallies,
    ThemeMethod,
    ThemeRanking,
    Votes,
    Weighting,
    rank_ideas,
    rank_themes,
    recent_support,
)
from app.models.idea import Idea, IdeaTheme
from app.models.process import Call, Theme
from app.models.vote import Tally
from app.records import vote_rows
from app.records.ranking_rules import rules_of


def tallies_of(call_id: int, groups: Sequence[str]) -> Tallies:
    """The tallies of the published ideas of a call, in one statement."""
    known = {group: number for number, group in enumerate(groups)}
    place = case(known, value=type_coerce(Tally.group, String), else_=len(groups))
    rows = db.session.execute(
        select(Tally.idea_id, place, Tally.votes_for, Tally.votes_against)
        .join(Idea, Idea.id == Tally.idea_id)
        .where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    ).all()
    table = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=4 * len(rows)).reshape(-1, 4)
    ids, row = np.unique(table[:, 0], return_inverse=True)
    counts = np.zeros((2, len(ids), len(groups) + 1), dtype=np.int64)
    counts[:, row, table[:, 1]] = table[:, 2:].T
    if bool(counts[:, :, len(groups)].any()):
        raise ValueError("Somebody of a group that the process does not know voted.")
    return Tallies.of(ids.tolist(), groups, counts[0, :, :-1], counts[1, :, :-1])


def ranked_ideas(
    call_id: int,
    method: Method = Method.DRAAGVLAK,
    weighting: Weighting | None = None,
    now: datetime | None = None,
) -> IdeaRanking:
    """The ranking of a call's ideas at this moment, from the tallies (Actueel: from the votes, at `now`)."""
    rules = rules_of(call_id)
    tallies = tallies_of(call_id, rules.parameters.groups)
    recent = None
    if method is Method.ACTUEEL:
        if now is None:
            raise ValueError("Actueel needs a moment.")
        table = vote_table(call_id, rules.parameters.groups)
        support = dict(zip(table.idea_ids, recent_of(table, now, rules.parameters).tolist(), strict=True))
        recent = [support.get(int(idea), 0.0) for idea in tallies.ids]
    return rank_ideas(tallies, rules.parameters, method, rules.seed, weighting or rules.weighting, recent)


@dataclass(frozen=True, slots=True)
class VoteTable:
    """The votes of a call as arrays, with the ids that the indices stand for. cast: whole seconds since 1970."""

    votes: Votes
    cast: NDArray[np.float64]
    idea_ids: tuple[int, ...]
    theme_ids: tuple[int, ...]
    idea_themes: tuple[NDArray[np.int64], NDArray[np.int64]]


def vote_table(call_id: int, groups: Sequence[str]) -> VoteTable:
    """Read the votes on published ideas of a call, with themes; four statements, narrow columns only."""
    published = and_(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    idea_ids = tuple(db.session.scalars(select(Idea.id).where(published).order_by(Idea.id)))
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    theme_ids = tuple(
        db.session.scalars(
            select(Theme.id).where(Theme.process_id == process).order_by(Theme.position, Theme.id)
        )
    )
    pairs = db.session.execute(
        select(IdeaTheme.idea_id, IdeaTheme.theme_id)
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .where(published)
    ).all()
    rows = vote_rows.read(published, groups)
    ids = np.array(idea_ids, dtype=np.int64)
    voters, first, voter = np.unique(rows.person, return_index=True, return_inverse=True)
    theme_place = {theme: number for number, theme in enumerate(theme_ids)}
    known = [(idea, theme_place[theme]) for idea, theme in pairs if theme in theme_place]
    return VoteTable(
        votes=Votes.of(
            voter.reshape(-1),
            np.searchsorted(ids, rows.idea),
            rows.value,
            rows.group[first] if len(voters) else [],
            len(idea_ids),
        ),
        cast=np.floor(rows.moment),
        idea_ids=idea_ids,
        theme_ids=theme_ids,
        idea_themes=(
            np.searchsorted(ids, np.array([pair[0] for pair in known], dtype=np.int64)),
            np.array([pair[1] for pair in known], dtype=np.int64),
        ),
    )


def recent_of(table: VoteTable, now: datetime, parameters: Parameters) -> NDArray[np.float64]:
    """Actueel of every idea in the table at a moment."""
    ages = np.maximum(0.0, np.floor(now.timestamp()) - table.cast) / 86400
    votes = table.votes
    return recent_support(votes.idea, votes.value, ages, votes.n_ideas, parameters.half_life_days)


def ranked_themes(
    call_id: int,
    method: ThemeMethod = ThemeMethod.MEERDERHEID,
    weighting: Weighting | None = None,
) -> ThemeRanking:
    """The ranking of themes from the votes of a call; reads every vote, so never in a request."""
    rules = rules_of(call_id)
    table = vote_table(call_id, rules.parameters.groups)
    return rank_themes(
        table.votes,
        table.idea_ids,
        table.idea_themes,
        table.theme_ids,
        rules.parameters,
        rules.seed,
        method,
        weighting or rules.weighting,
    )
