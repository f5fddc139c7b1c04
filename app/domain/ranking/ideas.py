"""The ranking of ideas: order, shared ranks, bands, and for every row why it stands where it stands."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from app.domain.ranking import scores as formulas
from app.domain.ranking.order import in_order, shared_ranks, smallest_crossing
from app.domain.ranking.parameters import Method, Parameters, Weighting
from app.domain.ranking.tallies import Bools, Floats, Id, Ints, Tallies

MOST_TIES_NAMED = 10
FARTHEST_CROSSING = 1 << 20
LONGEST_SCAN = 100


@dataclass(frozen=True, slots=True)
class IdeaRow:
    """One idea in a ranking.

    rank: from 1, shared by equals; None for an idea with too few votes. score: rounded to 12 places. band:
    half the width around a Draagvlak score, None for other methods. n, p, q: votes, for, against. for_,
    against: the same per group. approval: a_g per group (0..1). ties_with: at most ten ideas of the same
    score and n; tied: how many there are. votes_up: the fewest for-votes from one group that lift the idea
    above the next better one; votes_down: the fewest against-votes from one group that drop it below the
    next one; firmness: the smaller of the two. Each is None where no number of votes does it. For Omstreden
    and Groepsverschil, where any vote can do either, both directions and up to a hundred votes are tried.
    """

    id: Id
    rank: int | None
    score: float | None
    band: float | None
    n: int
    p: int
    q: int
    for_: tuple[int, ...]
    against: tuple[int, ...]
    approval: tuple[float, ...]
    ties_with: tuple[Id, ...]
    tied: int
    votes_up: int | None
    votes_down: int | None
    firmness: int | None


@dataclass(frozen=True, slots=True, eq=False)
class IdeaRanking:
    """Ranked ideas as columns, best first; `rows()` gives them one by one with their explanation.

    R ranked ideas, G groups: ids (R), rank, score, n, p, q, place (row in the tallies): shape (R,). for_,
    against, approval: shape (R, G). band: shape (R,) or None. mu: the means that were used for smoothing.
    too_few: the ideas below n_min votes, most votes first; they have no rank and feed nothing.
    """

    method: Method
    weighting: Weighting
    parameters: Parameters
    seed: str
    mu: tuple[Fraction, ...]
    ids: tuple[Id, ...]
    place: Ints
    rank: Ints
    score: Floats
    band: Floats | None
    for_: Ints
    against: Ints
    approval: Floats
    too_few: tuple[IdeaRow, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def p(self) -> Ints:
        """For-votes per ranked idea."""
        total: Ints = self.for_.sum(axis=1)
        return total

    @property
    def q(self) -> Ints:
        """Against-votes per ranked idea."""
        total: Ints = self.against.sum(axis=1)
        return total

    def rank_of(self) -> dict[Id, int]:
        """Rank by idea, ranked ideas only."""
        return dict(zip(self.ids, self.rank.tolist(), strict=True))

    def rows(self, start: int = 0, stop: int | None = None) -> list[IdeaRow]:
        """The ranked rows from `start` up to `stop` (positions from 0), each with ties and firmness."""
        end = len(self.ids) if stop is None else min(stop, len(self.ids))
        begin = max(0, min(start, end))
        return _rows(self, begin, end)


def rank_ideas(
    tallies: Tallies,
    parameters: Parameters,
    method: Method = Method.DRAAGVLAK,
    seed: str = "",
    weighting: Weighting = Weighting.PER_GROUP,
    recent: ArrayLike | None = None,
) -> IdeaRanking:
    """Rank published ideas from their tallies.

    tallies: counts of the published ideas only. seed: decides the order of equals. weighting: `per_person`
    takes all persons as one group in Draagvlak and Brug. recent: for Actueel, the result of
    `recent_support`, shape (n,). Raises ValueError when the groups of tallies and parameters differ, or when
    Actueel comes without `recent`.
    """
    if tallies.groups != parameters.groups:
        raise ValueError("The tallies and the parameters must name the same groups in the same order.")
    fresh = None if recent is None else np.asarray(recent, dtype=np.float64)
    if fresh is not None and fresh.shape != (len(tallies.ids),):
        raise ValueError("`recent` must hold one number per idea.")
    n = (tallies.for_ + tallies.against).sum(axis=1)
    eligible = np.flatnonzero(n >= parameters.n_min)
    for_, against = tallies.for_[eligible], tallies.against[eligible]
    mu = means(method, for_, against, weighting)
    score = formulas.score(
        method, for_, against, parameters, mu, weighting, None if fresh is None else fresh[eligible]
    )
    ids = [tallies.ids[index] for index in eligible.tolist()]
    order = in_order(score, n[eligible], ids, seed)
    for_, against, score = for_[order], against[order], score[order]
    group_mu = formulas.group_means(for_, against)
    approval = formulas.approval(for_, against, group_mu, parameters.m)
    return IdeaRanking(
        method=method,
        weighting=weighting,
        parameters=parameters,
        seed=seed,
        mu=mu,
        ids=tuple(ids[index] for index in order.tolist()),
        place=eligible[order].astype(np.int64),
        rank=shared_ranks(score, n[eligible][order]),
        score=score,
        band=_band(method, for_, against, approval, mu, parameters, weighting),
        for_=for_,
        against=against,
        approval=approval,
        too_few=_too_few(tallies, n, group_mu, parameters, seed),
    )


def means(method: Method, for_: Ints, against: Ints, weighting: Weighting) -> tuple[Fraction, ...]:
    """mu as the method uses it: one per group, or a single one when every person weighs alike."""
    if method is Method.GROEPSVERSCHIL:
        return formulas.group_means(for_, against)
    return formulas.group_means(formulas.pooled(for_, weighting), formulas.pooled(against, weighting))


def _band(
    method: Method,
    for_: Ints,
    against: Ints,
    approval: Floats,
    mu: tuple[Fraction, ...],
    parameters: Parameters,
    weighting: Weighting,
) -> Floats | None:
    if method is not Method.DRAAGVLAK:
        return None
    if weighting is Weighting.PER_GROUP:
        return formulas.band(approval, for_ + against, parameters, parameters.whole_weights)
    yes, no = formulas.pooled(for_, weighting), formulas.pooled(against, weighting)
    return formulas.band(formulas.approval(yes, no, mu, parameters.m), yes + no, parameters, (1,))


def _too_few(
    tallies: Tallies, n: Ints, mu: tuple[Fraction, ...], parameters: Parameters, seed: str
) -> tuple[IdeaRow, ...]:
    below = np.flatnonzero(n < parameters.n_min)
    ids = [tallies.ids[index] for index in below.tolist()]
    order = in_order(np.zeros(len(below)), n[below], ids, seed)
    for_, against = tallies.for_[below][order], tallies.against[below][order]
    approval = formulas.approval(for_, against, mu, parameters.m).tolist()
    return tuple(
        IdeaRow(
            id=ids[index],
            rank=None,
            score=None,
            band=None,
            n=sum(yes) + sum(no),
            p=sum(yes),
            q=sum(no),
            for_=tuple(yes),
            against=tuple(no),
            approval=tuple(share),
            ties_with=(),
            tied=0,
            votes_up=None,
            votes_down=None,
            firmness=None,
        )
        for index, yes, no, share in zip(
            order.tolist(), for_.tolist(), against.tolist(), approval, strict=True
        )
    )


def _rows(ranking: IdeaRanking, begin: int, end: int) -> list[IdeaRow]:
    up, down = firmness(ranking, begin, end)
    ups, downs = up.tolist(), down.tolist()
    ranks = ranking.rank.tolist()
    # Rows of equal rank stand next to each other and the rank is the place of the first of them.
    last = np.searchsorted(ranking.rank, ranking.rank[begin:end], side="right").tolist()
    bands = None if ranking.band is None else ranking.band[begin:end].tolist()
    columns = zip(
        ranking.score[begin:end].tolist(),
        ranking.for_[begin:end].tolist(),
        ranking.against[begin:end].tolist(),
        ranking.approval[begin:end].tolist(),
        strict=True,
    )
    rows = []
    for offset, (score, yes, no, share) in enumerate(columns):
        here = begin + offset
        first, after = ranks[here] - 1, last[offset]
        mates = [ranking.ids[i] for i in range(first, min(after, first + MOST_TIES_NAMED + 1)) if i != here]
        moves = [votes for votes in (ups[offset], downs[offset]) if votes]
        rows.append(
            IdeaRow(
                id=ranking.ids[here],
                rank=ranks[here],
                score=score,
                band=None if bands is None else bands[offset],
                n=sum(yes) + sum(no),
                p=sum(yes),
                q=sum(no),
                for_=tuple(yes),
                against=tuple(no),
                approval=tuple(share),
                ties_with=tuple(mates[:MOST_TIES_NAMED]),
                tied=after - first - 1,
                votes_up=ups[offset] or None,
                votes_down=downs[offset] or None,
                firmness=min(moves) if moves else None,
            )
        )
    return rows


def firmness(ranking: IdeaRanking, begin: int = 0, end: int | None = None) -> tuple[Ints, Ints]:
    """Votes that move each row of begin..end one place up and one place down; 0 where no number does it.

    Up means above the nearest row with a better score or n; down means below the next row, or below the
    equals of a shared rank. The votes all come from the one group that needs fewest; the other rows and the
    averages mu stay as they are.
    """
    stop = len(ranking) if end is None else end
    rows = np.arange(begin, stop)
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    n = (ranking.for_ + ranking.against).sum(axis=1)
    above = ranking.rank[rows] - 2
    tied = np.searchsorted(ranking.rank, ranking.rank[rows], side="right") - ranking.rank[rows] > 0
    below = np.where(tied, rows, rows + 1)
    better, worse = above >= 0, below < len(ranking)
    above, below = np.where(better, above, 0), np.where(worse, below, 0)
    question = _Question(ranking, rows, n)
    up = question.fewest(+1, ranking.score[above], n[above])
    down = question.fewest(-1, ranking.score[below], n[below])
    return np.where(better, up, 0), np.where(worse, down, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What would the scores of these rows be with k votes more from one group?"""

    ranking: IdeaRanking
    rows: Ints
    n: Ints

    def score(self, sign: int, group: int, k: Ints) -> Floats:
        for_, against = self.ranking.for_[self.rows], self.ranking.against[self.rows]
        (for_ if sign > 0 else against)[:, group] += k
        ranking = self.ranking
        if ranking.method is Method.ACTUEEL:
            return ranking.score[self.rows] + sign * k
        return formulas.score(
            ranking.method, for_, against, ranking.parameters, ranking.mu, ranking.weighting
        )

    def passes(self, direction: int, sign: int, group: int, k: Ints, score: Floats, n: Ints) -> Bools:
        mine, mine_n = self.score(sign, group, k), self.n[self.rows] + k
        beyond: Bools = (mine > score) if direction > 0 else (mine < score)
        further: Bools = (mine_n > n) if direction > 0 else (mine_n < n)
        found: Bools = beyond | ((mine == score) & further)
        return found

    def fewest(self, direction: int, score: Floats, n: Ints) -> Ints:
        method = self.ranking.method
        apart = method.sees_groups and not (
            self.ranking.weighting is Weighting.PER_PERSON and method is not Method.GROEPSVERSCHIL
        )
        groups = range(len(self.ranking.parameters.groups) if apart else 1)
        best = np.zeros(len(self.rows), dtype=np.int64)
        for group in groups:
            if method.rises_with_support:
                found = smallest_crossing(
                    lambda k, g=group: self.passes(direction, direction, g, k, score, n),  # type: ignore[misc]
                    len(self.rows),
                    FARTHEST_CROSSING,
                )
                best = _fewer(best, found)
            else:
                for sign in (+1, -1):
                    best = _fewer(best, self.scan(direction, sign, group, score, n))
        return best

    def scan(self, direction: int, sign: int, group: int, score: Floats, n: Ints) -> Ints:
        found = np.zeros(len(self.rows), dtype=np.int64)
        for k in range(1, LONGEST_SCAN + 1):
            hit = self.passes(direction, sign, group, np.full(len(self.rows), k), score, n)
            found = np.where((found == 0) & hit, k, found)
            if bool((found > 0).all()):
                break
        return found


def _fewer(a: Ints, b: Ints) -> Ints:
    return np.where(a == 0, b, np.where(b == 0, a, np.minimum(a, b)))
