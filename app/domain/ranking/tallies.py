"""Votes as arrays, and the counts per idea and group that follow from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Id = int | str
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tallies:
    """Counts of `n` ideas in `G` groups.

    ids: the ideas, in any order, each once. groups: keys of the columns.
    for_, against: whole numbers of shape (n, G), not negative. Raises ValueError when the shapes do not fit.
    """

    ids: tuple[Id, ...]
    groups: tuple[str, ...]
    for_: Ints
    against: Ints

    def __post_init__(self) -> None:
        shape = (len(self.ids), len(self.groups))
        if self.for_.shape != shape or self.against.shape != shape:
            raise ValueError(f"The tallies must have one row per idea and one column per group: {shape}.")
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("Every idea may stand in the tallies once.")
        if self.for_.size and min(int(self.for_.min()), int(self.against.min())) < 0:
            raise ValueError("A tally is never negative.")

    @classmethod
    def of(cls, ids: Sequence[Id], groups: Sequence[str], for_: ArrayLike, against: ArrayLike) -> "Tallies":
        """Tallies from anything that NumPy reads as a table of numbers."""
        shape = (len(ids), len(groups))
        return cls(
            tuple(ids),
            tuple(groups),
            np.asarray(for_, dtype=np.int64).reshape(shape),
            np.asarray(against, dtype=np.int64).reshape(shape),
        )

    @classmethod
    def from_rows(
        cls, ids: Sequence[Id], groups: Sequence[str], rows: Iterable[tuple[Id, str, int, int]]
    ) -> "Tallies":
        """Tallies from the narrow table's rows (idea, group, for, against).

        A missing row counts as zero votes, a row of an idea outside `ids` is left out, a double row is added
        up.
        """
        place = {idea: row for row, idea in enumerate(ids)}
        column = {group: number for number, group in enumerate(groups)}
        for_ = np.zeros((len(ids), len(groups)), dtype=np.int64)
        against = np.zeros_like(for_)
        for idea, group, yes, no in rows:
            row = place.get(idea)
            if row is not None:
                for_[row, column[group]] += yes
                against[row, column[group]] += no
        return cls(tuple(ids), tuple(groups), for_, against)


@dataclass(frozen=True, slots=True)
class Votes:
    """The standing votes as arrays: at most one per voter and idea, withdrawn ones left out or 0.

    voter, idea: indices of shape (N,), counting from 0. value: +1, -1 or 0 (withdrawn), shape (N,).
    voter_group: group index of every voter, shape (V,). n_ideas: number of ideas (indices below it).
    Raises ValueError when an index points outside.
    """

    voter: NDArray[np.integer]
    idea: NDArray[np.integer]
    value: NDArray[np.integer]
    voter_group: NDArray[np.integer]
    n_ideas: int

    def __post_init__(self) -> None:
        if not len(self.voter) == len(self.idea) == len(self.value):
            raise ValueError("Voter, idea and value must be equally long.")
        if len(self.voter) and (
            int(self.voter.min()) < 0
            or int(self.voter.max()) >= len(self.voter_group)
            or int(self.idea.min()) < 0
            or int(self.idea.max()) >= self.n_ideas
        ):
            raise ValueError("A vote points to a voter or an idea that does not exist.")

    @classmethod
    def of(
        cls, voter: ArrayLike, idea: ArrayLike, value: ArrayLike, voter_group: ArrayLike, n_ideas: int
    ) -> "Votes":
        """Votes from anything that NumPy reads as whole numbers, in the narrowest types that hold them."""
        return cls(
            np.asarray(voter, dtype=np.int32),
            np.asarray(idea, dtype=np.int32),
            np.asarray(value, dtype=np.int8),
            np.asarray(voter_group, dtype=np.int32),
            n_ideas,
        )


def last_states(voter: ArrayLike, idea: ArrayLike, time: ArrayLike, sequence: ArrayLike) -> Ints:
    """Indices of the last event per (voter, idea), in the order (time, sequence); shape (at most N,).

    Withdrawals are kept: the caller reads the value at these indices and 0 counts for nothing.
    """
    who, what = np.asarray(voter, dtype=np.int64), np.asarray(idea, dtype=np.int64)
    if not len(who):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((np.asarray(sequence), np.asarray(time), what, who))
    sorted_who, sorted_what = who[order], what[order]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = (sorted_who[1:] != sorted_who[:-1]) | (sorted_what[1:] != sorted_what[:-1])
    return order[last].astype(np.int64)


def tally(votes: Votes, ids: Sequence[Id], groups: Sequence[str]) -> Tallies:
    """Count the votes per idea and group: the recount that the kept tallies are compared with."""
    width = len(groups)
    key = votes.idea.astype(np.int64) * width
    key += votes.voter_group[votes.voter]
    size = votes.n_ideas * width
    for_ = np.bincount(key[votes.value > 0], minlength=size).reshape(votes.n_ideas, width)
    against = np.bincount(key[votes.value < 0], minlength=size).reshape(votes.n_ideas, width)
    return Tallies(tuple(ids), tuple(groups), for_.astype(np.int64), against.astype(np.int64))
