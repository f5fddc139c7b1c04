"""What an investigator looks at: when the votes of a signal came in, and where everything stands without them.

Read from the votes of this moment; nothing here decides or writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import and_, case, select

from app.db import db
from app.domain.integrity.influence import Moved, moved, with_votes, without_votes
from app.domain.ranking import Tallies, rank_ideas
from app.models.idea import Idea
from app.models.integrity import IntegritySignal, SignalVote
from app.models.vote import Vote
from app.records import integrity_rows, ranking_rules, vote_tables
from app.records.ranking_rules import Rules

STEPS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400)
)
"""The widths that a bar of a timeline may have."""
MOST_BARS = 72
MARGIN, LEAST_MARGIN = 0.5, timedelta(hours=1)
"""So much of its own length is shown before and after what stands out, and an hour at least: what was usual."""
SHOWN = 5
"""Ideas without flagged votes are shown from so many places on."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The votes that came in from a moment on, for as long as a bar of the timeline is wide."""

    starts_at: datetime
    flagged_for: int
    flagged_against: int
    other_for: int
    other_against: int

    @property
    def total(self) -> int:
        return self.flagged_for + self.flagged_against + self.other_for + self.other_against


@dataclass(frozen=True, slots=True)
class Timeline:
    """The votes around what stands out, bar after bar without gaps; no bars when none of the votes is left.

    width: of every bar. bars: at most `MOST_BARS`, oldest first.
    """

    width: timedelta
    bars: tuple[Bar, ...]

    @property
    def highest(self) -> int:
        return max((bar.total for bar in self.bars), default=0)

    @property
    def flagged(self) -> int:
        return sum(bar.flagged_for + bar.flagged_against for bar in self.bars)


@dataclass(frozen=True, slots=True)
class ShadowIdea:
    """Where an idea stands with and without the votes of a signal; rank None: too few votes to be ranked."""

    idea_id: int
    title: str
    rank: int | None
    rank_without: int | None
    flagged: int
    """How many of the votes are on this idea."""

    @property
    def shift(self) -> int | None:
        """So many places lower without them (negative: higher); None where it has no rank on one side."""
        if self.rank is None or self.rank_without is None:
            return None
        return self.rank_without - self.rank


@dataclass(frozen=True, slots=True)
class ShadowAgenda:
    """The themes on the agenda of a workshop, with and without the votes of a signal, in order."""

    workshop_id: int
    title: str
    themes: tuple[str, ...]
    themes_without: tuple[str, ...]

    @property
    def leaves(self) -> tuple[str, ...]:
        """The themes that are on the agenda through these votes only."""
        return tuple(theme for theme in self.themes if theme not in self.themes_without)

    @property
    def comes(self) -> tuple[str, ...]:
        """The themes that these votes keep off the agenda."""
        return tuple(theme for theme in self.themes_without if theme not in self.themes)


@dataclass(frozen=True, slots=True)
class Shadow:
    """The ranking of a call without the votes of a signal.

    ideas: those with flagged votes, and those that move five places or enter or leave the first ten; by rank.
    ranked: how many ideas have a rank. agendas: one per workshop, when they were asked for.
    """

    votes: int
    """How many votes it is without."""
    ideas: tuple[ShadowIdea, ...]
    ranked: int
    agendas: tuple[ShadowAgenda, ...]

    @property
    def changes_agenda(self) -> bool:
        return any(each.leaves or each.comes for each in self.agendas)


def timeline(signal_id: int) -> Timeline:
    """When the votes of a signal came in, among all votes on the same ideas; two statements. None is left out,
    whether it counts or not."""
    on = SignalVote.signal_id == signal_id
    its = select(SignalVote.idea_id, SignalVote.person_id, Vote.cast_at).join(
        Vote, and_(Vote.idea_id == SignalVote.idea_id, Vote.person_id == SignalVote.person_id)
    )
    flagged = db.session.execute(its.where(on, Vote.value != 0)).all()
    if not flagged:
        return Timeline(STEPS[0], ())
    first, last = min(row[2] for row in flagged), max(row[2] for row in flagged)
    margin = max((last - first) * MARGIN, LEAST_MARGIN)
    rows = db.session.execute(
        select(Vote.idea_id, Vote.person_id, Vote.value, Vote.cast_at).where(
            Vote.idea_id.in_(select(SignalVote.idea_id).where(on)),
            Vote.value != 0,
            Vote.cast_at.between(first - margin, last + margin),
        )
    )
    pairs = {(row[0], row[1]) for row in flagged}
    marked = [((row[0], row[1]) in pairs, row[2], row[3]) for row in rows]
    return _bars(marked, first - margin, last + margin)


def _bars(votes: Iterable[tuple[bool, int, datetime]], first: datetime, last: datetime) -> Timeline:
    """Votes (flagged or not, value, moment) in bars of one width, which begin at whole widths."""
    width = next((step for step in STEPS if (last - first) / step < MOST_BARS - 1), STEPS[-1])
    seconds = width.total_seconds()
    begin = int(first.timestamp() // seconds)
    number = min(int(last.timestamp() // seconds) - begin + 1, MOST_BARS)
    counts = np.zeros((number, 2, 2), dtype=np.int64)
    for is_flagged, value, moment in votes:
        place = min(max(int(moment.timestamp() // seconds) - begin, 0), number - 1)
        counts[place, 0 if is_flagged else 1, 0 if value > 0 else 1] += 1
    return Timeline(
        width,
        tuple(
            Bar(datetime.fromtimestamp((begin + place) * seconds, UTC), *counts[place].reshape(-1).tolist())
            for place in range(number)
        ),
    )


def shadow(signal_id: int, *, with_agendas: bool = True) -> Shadow:
    """Where everything stands with all votes of a signal, and without them, whichever of them count now.

    with_agendas: also the agendas of the workshops, for which every vote of the call is read (a second for every
    half million); without them a few statements on tallies.
    """
    call_id = db.session.scalars(select(IntegritySignal.call_id).where(IntegritySignal.id == signal_id)).one()
    rules = ranking_rules.rules_of(call_id)
    groups = rules.parameters.groups
    tallies = vote_tables.tallies_of(call_id, groups)
    flagged = _flagged(signal_id, groups)
    place = {int(idea): number for number, idea in enumerate(tallies.ids)}
    flagged = [row for row in flagged if row[0] in place]
    table = np.array([(place[row[0]], *row[1:]) for row in flagged], dtype=np.int64).reshape(-1, 4)
    counts = table[:, 3] == 1
    without = without_votes(tallies, *(table[counts, column] for column in (0, 1, 2)))
    with_ = with_votes(tallies, *(table[~counts, column] for column in (0, 1, 2)))
    rows = _moved(with_, without, rules, [row[0] for row in flagged])
    shown = [
        row for row in rows if row.flagged or abs(row.shift) >= SHOWN or (row.top_changes and row.shift != 0)
    ]
    titles = _titles(row.idea for row in shown)
    return Shadow(
        votes=len(flagged),
        ideas=tuple(
            ShadowIdea(row.idea, titles[row.idea], row.rank, row.rank_without, row.flagged) for row in shown
        ),
        ranked=sum(row.rank is not None for row in rows),
        agendas=_shadow_agendas(signal_id, call_id, rules) if with_agendas else (),
    )


def _flagged(signal_id: int, groups: tuple[str, ...]) -> list[tuple[int, int, int, int]]:
    """The votes of a signal that are for or against now: idea, place of the group, value, and 1 when it counts."""
    rows = db.session.execute(
        select(Vote.idea_id, Vote.group, Vote.value, case((Vote.excluded_at.is_(None), 1), else_=0))
        .join(SignalVote, and_(SignalVote.idea_id == Vote.idea_id, SignalVote.person_id == Vote.person_id))
        .where(SignalVote.signal_id == signal_id, Vote.value != 0)
    )
    return [(row[0], groups.index(row[1]), row[2], row[3]) for row in rows]


def _moved(with_: Tallies, without: Tallies, rules: Rules, ideas: list[int]) -> list[Moved]:
    numbers, counts = np.unique(np.array(ideas, dtype=np.int64), return_counts=True)
    ranking, shadow_ranking = (
        rank_ideas(each, rules.parameters, seed=rules.seed, weighting=rules.weighting)
        for each in (with_, without)
    )
    return moved(ranking, shadow_ranking, dict(zip(numbers.tolist(), counts.tolist(), strict=True)))


def _titles(ideas: Iterable[int]) -> dict[int, str]:
    return {
        row[0]: row[1] for row in db.session.execute(select(Idea.id, Idea.title).where(Idea.id.in_(ideas)))
    }


def _shadow_agendas(signal_id: int, call_id: int, rules: Rules) -> tuple[ShadowAgenda, ...]:
    frame = integrity_rows.agenda_frame(call_id)
    if frame is None:
        return ()
    its = db.session.execute(
        select(SignalVote.idea_id, SignalVote.person_id).where(SignalVote.signal_id == signal_id)
    ).all()
    rows = integrity_rows.votes(call_id, rules.parameters.groups, but_also_of=signal_id)
    width = int(rows.person.max()) + 1 if len(rows.person) else 1
    out = np.isin(rows.idea * width + rows.person, [idea * width + person for idea, person in its])
    pairs = zip(
        integrity_rows.agendas(frame, rules, rows, np.ones_like(out)),
        integrity_rows.agendas(frame, rules, rows, ~out),
        strict=True,
    )
    return tuple(
        ShadowAgenda(
            now.workshop_id,
            now.title,
            tuple(frame.titles[theme] for theme in now.themes or ()),
            tuple(frame.titles[theme] for theme in then.themes or ()),
        )
        for now, then in pairs
    )
