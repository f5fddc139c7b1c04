"""The ranking of themes: one person, one vote per theme, however many ideas stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.ranking import scores as formulas
from app.domain.ranking.ideas import IdeaRanking, rank_ideas
from app.domain.ranking.order import in_order, shared_ranks
from app.domain.ranking.parameters import Method, Parameters, ThemeMethod, Weighting
from app.domain.ranking.tallies import Bools, Floats, Id, Ints, Votes, tally

TOP_IDEAS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where every voter stands on every theme.

    net: votes for minus votes against over the ideas of the theme, shape (V, T). voted: whether the voter
    voted on any of them, shape (V, T). voter_group: group index, shape (V,). votes_cast: votes of the voter
    on all ideas, shape (V,).
    """

    theme_ids: tuple[Id, ...]
    groups: tuple[str, ...]
    net: NDArray[np.int32]
    voted: Bools
    voter_group: Ints
    votes_cast: Ints

    def supporters(self) -> Ints:
        """Voters with more for- than against-votes, per theme and group; shape (T, G)."""
        return self._per_group(self.net > 0)

    def opponents(self) -> Ints:
        """Voters with more against- than for-votes, per theme and group; shape (T, G)."""
        return self._per_group(self.net < 0)

    def neutral(self) -> Ints:
        """Voters in the theme whose votes balance, per theme and group; shape (T, G)."""
        return self._per_group(self.voted & (self.net == 0))

    def _per_group(self, chosen: Bools) -> Ints:
        width = len(self.groups)
        counts = np.zeros((len(self.theme_ids), width), dtype=np.int64)
        for group in range(width):
            counts[:, group] = np.count_nonzero(chosen[self.voter_group == group], axis=0)
        return counts


def positions(
    votes: Votes,
    idea: ArrayLike,
    theme: ArrayLike,
    theme_ids: Sequence[Id],
    groups: Sequence[str],
    counts: Bools | None = None,
) -> Positions:
    """Add up every voter's votes per theme.

    idea, theme: index pairs "this idea stands in this theme", shape (P,); a pair given twice counts once.
    counts: which ideas take part, shape (n_ideas,); default all. Memory: about 8 bytes per voter and theme.
    """
    n_voters, n_themes = len(votes.voter_group), len(theme_ids)
    net = np.zeros(n_voters * n_themes, dtype=np.int32)
    voted = np.zeros(n_voters * n_themes, dtype=np.bool_)
    for slot in _slots(
        np.asarray(idea, dtype=np.int64), np.asarray(theme, dtype=np.int64), votes.n_ideas, counts
    ):
        where = slot[votes.idea]
        for value in (1, -1):
            chosen = (where >= 0) & (votes.value == value)
            key = votes.voter[chosen].astype(np.int64)
            key *= n_themes
            key += where[chosen]
            found = np.bincount(key, minlength=n_voters * n_themes)
            net += (value * found).astype(np.int32)
            voted |= found > 0
    return Positions(
        theme_ids=tuple(theme_ids),
        groups=tuple(groups),
        net=net.reshape(n_voters, n_themes),
        voted=voted.reshape(n_voters, n_themes),
        voter_group=votes.voter_group.astype(np.int64),
        votes_cast=np.bincount(votes.voter[votes.value != 0], minlength=n_voters).astype(np.int64),
    )


def _slots(idea: Ints, theme: Ints, n_ideas: int, counts: Bools | None) -> list[NDArray[np.int32]]:
    """The first, second, … theme of every idea as arrays (-1 for none), so that votes are looked up, not
    copied.
    """
    pairs = (
        np.unique(np.stack([idea, theme], axis=1), axis=0) if len(idea) else np.zeros((0, 2), dtype=np.int64)
    )
    if counts is not None:
        pairs = pairs[counts[pairs[:, 0]]]
    ideas = pairs[:, 0]
    nth = np.arange(len(ideas)) - np.searchsorted(ideas, ideas, side="left")
    slots = []
    for number in range(int(nth.max()) + 1 if len(nth) else 0):
        slot = np.full(n_ideas, -1, dtype=np.int32)
        chosen = nth == number
        slot[ideas[chosen]] = pairs[chosen, 1]
        slots.append(slot)
    return slots


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme in a ranking.

    rank: from 1, shared by equals; None below min_supporters. score: of the chosen method, 12 places.
    supporters, opponents, neutral: persons per group. approval: a_g per group. ideas: number of eligible
    ideas. top: up to three of them by Draagvlak. gap: largest minus smallest a_g (Groepsverschil). reach:
    unique supporters. top3: mean Draagvlak of the top ideas.
    """

    id: Id
    rank: int | None
    score: float
    band: float | None
    supporters: tuple[int, ...]
    opponents: tuple[int, ...]
    neutral: tuple[int, ...]
    approval: tuple[float, ...]
    ideas: int
    top: tuple[Id, ...]
    gap: float
    reach: int
    top3: float
    ties_with: tuple[Id, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ThemeRanking:
    """Ranked themes, best first, then in `too_few` those with fewer than min_supporters supporters.

    mu: mean approval per group over the eligible themes. ideas: the Draagvlak ranking that the top ideas
    come from. positions: what the ballots of the agenda are inferred from.
    """

    method: ThemeMethod
    weighting: Weighting
    parameters: Parameters
    seed: str
    mu: tuple[Fraction, ...]
    rows: tuple[ThemeRow, ...]
    too_few: tuple[ThemeRow, ...]
    ideas: IdeaRanking
    positions: Positions


def rank_themes(
    votes: Votes,
    idea_ids: Sequence[Id],
    idea_themes: tuple[ArrayLike, ArrayLike],
    theme_ids: Sequence[Id],
    parameters: Parameters,
    seed: str = "",
    method: ThemeMethod = ThemeMethod.MEERDERHEID,
    weighting: Weighting = Weighting.PER_GROUP,
) -> ThemeRanking:
    """Rank themes from the votes on published ideas.

    idea_ids: published ideas, in the order of the vote indices. idea_themes: two index arrays of equal
    length, (idea, theme). Ideas below n_min votes take no part. Raises ValueError when lengths do not fit.
    """
    stand, by, pairs = _prepare(votes, idea_ids, idea_themes, theme_ids, parameters, seed, (weighting,))
    return standings(stand, by[weighting], pairs, parameters, seed, method, weighting)


def theme_rankings(
    votes: Votes,
    idea_ids: Sequence[Id],
    idea_themes: tuple[ArrayLike, ArrayLike],
    theme_ids: Sequence[Id],
    parameters: Parameters,
    seed: str = "",
) -> dict[tuple[ThemeMethod, Weighting], ThemeRanking]:
    """Every method by every weighting, as `rank_themes` gives them, from a single pass over the votes."""
    stand, by, pairs = _prepare(votes, idea_ids, idea_themes, theme_ids, parameters, seed, tuple(Weighting))
    counts = ThemeCounts.of(stand)
    return {
        (method, weighting): rank_counts(
            counts, by[weighting], pairs, parameters, seed, method, weighting, stand
        )
        for method in ThemeMethod
        for weighting in Weighting
    }


def _prepare(
    votes: Votes,
    idea_ids: Sequence[Id],
    idea_themes: tuple[ArrayLike, ArrayLike],
    theme_ids: Sequence[Id],
    parameters: Parameters,
    seed: str,
    weightings: Sequence[Weighting],
) -> tuple[Positions, dict[Weighting, IdeaRanking], tuple[Ints, Ints]]:
    """The positions of the voters, the Draagvlak rankings of the ideas, and the pairs of idea and theme."""
    if len(idea_ids) != votes.n_ideas:
        raise ValueError("There must be exactly one id per idea.")
    tallies = tally(votes, idea_ids, parameters.groups)
    by = {each: rank_ideas(tallies, parameters, Method.DRAAGVLAK, seed, each) for each in weightings}
    eligible = np.zeros(votes.n_ideas, dtype=np.bool_)
    eligible[by[weightings[0]].place] = True  # the same ideas by every weighting
    idea, theme = (np.asarray(side, dtype=np.int64) for side in idea_themes)
    stand = positions(votes, idea, theme, theme_ids, parameters.groups, eligible)
    return stand, by, (idea, theme)


@dataclass(frozen=True, slots=True, eq=False)
class ThemeCounts:
    """How many persons stand where on every theme: what the ranking of themes needs of the votes.

    supporters, opponents, neutral: persons per theme and group, shape (T, G).
    """

    theme_ids: tuple[Id, ...]
    groups: tuple[str, ...]
    supporters: Ints
    opponents: Ints
    neutral: Ints

    @classmethod
    def of(cls, stand: Positions) -> "ThemeCounts":
        """The counts of these positions."""
        return cls(stand.theme_ids, stand.groups, stand.supporters(), stand.opponents(), stand.neutral())

    def nobody(self) -> Positions:
        """Positions of no voters at all, where the voters themselves are not known."""
        width = len(self.theme_ids)
        empty = np.zeros(0, dtype=np.int64)
        return Positions(
            theme_ids=self.theme_ids,
            groups=self.groups,
            net=np.zeros((0, width), dtype=np.int32),
            voted=np.zeros((0, width), dtype=np.bool_),
            voter_group=empty,
            votes_cast=empty,
        )


def standings(
    stand: Positions,
    ideas: IdeaRanking,
    idea_themes: tuple[Ints, Ints],
    parameters: Parameters,
    seed: str = "",
    method: ThemeMethod = ThemeMethod.MEERDERHEID,
    weighting: Weighting = Weighting.PER_GROUP,
) -> ThemeRanking:
    """Rank themes from the positions of the voters and the Draagvlak ranking of the ideas."""
    counts = ThemeCounts.of(stand)
    return rank_counts(counts, ideas, idea_themes, parameters, seed, method, weighting, stand)


def rank_counts(
    stand: ThemeCounts,
    ideas: IdeaRanking,
    idea_themes: tuple[Ints, Ints],
    parameters: Parameters,
    seed: str = "",
    method: ThemeMethod = ThemeMethod.MEERDERHEID,
    weighting: Weighting = Weighting.PER_GROUP,
    positions: Positions | None = None,
) -> ThemeRanking:
    """Rank themes from the counts of persons alone; `positions` come along in the result where known."""
    supporters, opponents, neutral = stand.supporters, stand.opponents, stand.neutral
    reach = supporters.sum(axis=1)
    eligible = reach >= parameters.min_supporters
    mu = formulas.group_means(supporters[eligible], opponents[eligible])
    pooled_mu = formulas.group_means(
        formulas.pooled(supporters[eligible], weighting), formulas.pooled(opponents[eligible], weighting)
    )
    approval = formulas.approval(supporters, opponents, mu, parameters.m)
    majority = formulas.score(Method.DRAAGVLAK, supporters, opponents, parameters, pooled_mu, weighting)
    top, best, numbers = _top_ideas(ideas, idea_themes, len(stand.theme_ids))
    by_method = {
        ThemeMethod.MEERDERHEID: majority,
        ThemeMethod.BEREIK: reach.astype(np.float64),
        ThemeMethod.TOP3: best,
    }
    score = by_method[method]
    width = _bands(supporters, opponents, approval, pooled_mu, parameters, weighting)
    gap = formulas.group_gap(approval)
    n = reach + opponents.sum(axis=1)

    def rows(chosen: Ints, ranked: bool) -> tuple[ThemeRow, ...]:
        ids = [stand.theme_ids[t] for t in chosen.tolist()]
        order = chosen[in_order(score[chosen], n[chosen], ids, seed)]
        ranks = shared_ranks(score[order], n[order]).tolist()
        by_rank: dict[int, list[Id]] = {}
        for t, rank in zip(order.tolist(), ranks, strict=True):
            by_rank.setdefault(rank, []).append(stand.theme_ids[t])
        return tuple(
            ThemeRow(
                id=stand.theme_ids[t],
                rank=rank if ranked else None,
                score=float(score[t]),
                band=float(width[t]) if method is ThemeMethod.MEERDERHEID else None,
                supporters=tuple(supporters[t].tolist()),
                opponents=tuple(opponents[t].tolist()),
                neutral=tuple(neutral[t].tolist()),
                approval=tuple(approval[t].tolist()),
                ideas=numbers[t],
                top=top[t],
                gap=float(gap[t]),
                reach=int(reach[t]),
                top3=float(best[t]),
                ties_with=tuple(i for i in by_rank[rank] if i != stand.theme_ids[t]) if ranked else (),
            )
            for t, rank in zip(order.tolist(), ranks, strict=True)
        )

    return ThemeRanking(
        method=method,
        weighting=weighting,
        parameters=parameters,
        seed=seed,
        mu=mu,
        rows=rows(np.flatnonzero(eligible), True),
        too_few=rows(np.flatnonzero(~eligible), False),
        ideas=ideas,
        positions=stand.nobody() if positions is None else positions,
    )


def _bands(
    supporters: Ints,
    opponents: Ints,
    approval: Floats,
    mu: tuple[Fraction, ...],
    parameters: Parameters,
    weighting: Weighting,
) -> Floats:
    if weighting is Weighting.PER_GROUP:
        return formulas.band(approval, supporters + opponents, parameters, parameters.whole_weights)
    yes, no = formulas.pooled(supporters, weighting), formulas.pooled(opponents, weighting)
    return formulas.band(formulas.approval(yes, no, mu, parameters.m), yes + no, parameters, (1,))


def _top_ideas(
    ideas: IdeaRanking, idea_themes: tuple[Ints, Ints], n_themes: int
) -> tuple[list[tuple[Id, ...]], Floats, list[int]]:
    """Per theme its best ideas, their mean Draagvlak (0 without ideas), and the number of eligible ideas."""
    position = {place: number for number, place in enumerate(ideas.place.tolist())}
    members: list[set[int]] = [set() for _ in range(n_themes)]
    for idea, theme in zip(idea_themes[0].tolist(), idea_themes[1].tolist(), strict=True):
        if idea in position:
            members[theme].add(position[idea])
    best = [sorted(found)[:TOP_IDEAS] for found in members]
    mean = np.array([float(ideas.score[rows].sum()) / len(rows) if rows else 0.0 for rows in best])
    rounded: Floats = np.round(mean.reshape(n_themes), 12)
    return (
        [tuple(ideas.ids[row] for row in rows) for rows in best],
        rounded,
        [len(found) for found in members],
    )
