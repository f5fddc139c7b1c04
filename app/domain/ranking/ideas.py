"""The ranking of ideas: order, shared ranks, bands, and for every row why it stands where it stands."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from app.domain.ranking import scores as formulas
from app.domain.ranking.firmness import Columns, votes_to_move
from app.domain.ranking.order import in_order, shared_ranks
from app.domain.ranking.parameters import Method, Parameters, Weighting
from app.domain.ranking.tallies import Floats, Id, Ints, Tallies

MOST_TIES_NAMED = 10


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

    def firmness(self, start: int = 0, stop: int | None = None) -> tuple[Ints, Ints]:
        """Votes that move each row of start..stop one place up and down; see `votes_to_move`."""
        columns = Columns(
            method=self.method,
            weighting=self.weighting,
            parameters=self.parameters,
            mu=self.mu,
            rank=self.rank,
            score=self.score,
            n=(self.for_ + self.against).sum(axis=1),
            for_=self.for_,
            against=self.against,
        )
        return votes_to_move(columns, start, len(self.ids) if stop is None else stop)

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
    up, down = ranking.firmness(begin, end)
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
