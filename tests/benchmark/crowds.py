"""Arrays that a ranking is measured with: a million votes, and ballots of a million people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.benchmark.sizes import Size

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
ITEMS, MINUTES = 30, 180
COSTS = tuple((15, 20, 30, 45)[item % 4] for item in range(ITEMS))
GROUP_SHARES = (0.93, 0.01, 0.06)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Votes as arrays of indices, the voter's groups, and pairs of idea and theme."""

    voter: NDArray[np.int32]
    idea: NDArray[np.int32]
    value: NDArray[np.int8]
    group: NDArray[np.int32]
    pairs: tuple[Ints, Ints]


def votes(rng: np.random.Generator, size: Size) -> tuple[Ints, Ints, Ints]:
    """Idea, voter and value of every vote: a long tail of ideas, nobody twice on one."""
    share = 1.0 / (np.arange(size.ideas) + 10.0) ** 0.8
    wanted = np.minimum(size.people // 2, np.ceil(share / share.sum() * size.votes)).astype(int)
    chosen = np.repeat(np.arange(size.ideas), wanted)[: size.votes]
    counts = np.bincount(chosen, minlength=size.ideas)
    voters = np.concatenate([rng.choice(size.people, n, replace=False, shuffle=False) for n in counts])
    lean = rng.uniform(0.3, 0.95, size.ideas)
    values = np.where(rng.random(len(chosen)) < lean[chosen], 1, -1)
    return chosen, voters, values


def crowd(size: Size, themes: int = ITEMS) -> Crowd:
    """Votes in no order; every idea in one or two themes."""
    rng = np.random.default_rng(2019)
    idea, voter, value = votes(rng, size)
    order = rng.permutation(len(idea))
    first, second = np.arange(size.ideas), np.arange(0, size.ideas, 2)
    themes_of = rng.integers(0, themes, len(first) + len(second))
    return Crowd(
        voter[order].astype(np.int32),
        idea[order].astype(np.int32),
        value[order].astype(np.int8),
        rng.choice(3, size.people, p=GROUP_SHARES).astype(np.int32),
        (np.concatenate([first, second]), themes_of),
    )


def ballots(people: int, kinds: int | None = None) -> tuple[Bools, Ints]:
    """Which of the items everybody wants, shape (people, ITEMS), and their groups.

    Without `kinds` nearly every ballot is another one; otherwise there are so many, some far more often than others.
    """
    rng = np.random.default_rng(2019)
    fame = rng.uniform(0.05, 0.5, ITEMS)
    group = rng.choice(3, people, p=GROUP_SHARES)
    wants = rng.random((kinds or people, ITEMS), dtype=np.float32) < fame
    if kinds:
        share = 1.0 / (np.arange(kinds) + 10.0) ** 0.8
        wants = wants[rng.choice(kinds, people, p=share / share.sum())]
    return wants, group
