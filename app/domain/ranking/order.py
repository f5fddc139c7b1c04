"""From scores to places: sorting, lots for equals, shared ranks."""

import hashlib
from collections.abc import Sequence

import numpy as np

from app.domain.ranking.tallies import Floats, Id, Ints


def lot(seed: str, key: Id) -> str:
    """The lot that orders equals: SHA-256 of `seed:key` in hex; a lower one comes first."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def in_order(scores: Floats, n: Ints, ids: Sequence[Id], seed: str) -> Ints:
    """Indices in the order (-score, -n, lot). Lots are drawn only where two rows are equal."""
    order = np.lexsort((-n, -scores)).astype(np.int64)
    ranks = shared_ranks(scores[order], n[order])
    starts = np.flatnonzero(np.diff(ranks, prepend=0)) if len(ranks) else ranks
    lengths = np.diff(np.append(starts, len(order)))
    for start, length in zip(starts[lengths > 1].tolist(), lengths[lengths > 1].tolist(), strict=True):
        run = order[start : start + length].tolist()
        order[start : start + length] = sorted(run, key=lambda index: lot(seed, ids[index]))
    return order


def shared_ranks(scores: Floats, n: Ints) -> Ints:
    """Ranks from 1 of rows that stand in order; equal score and n share one (1, 2, 2, 4)."""
    places = np.arange(1, len(scores) + 1, dtype=np.int64)
    if not len(scores):
        return places
    new = np.ones(len(scores), dtype=np.bool_)
    new[1:] = (scores[1:] != scores[:-1]) | (n[1:] != n[:-1])
    ranks: Ints = np.maximum.accumulate(np.where(new, places, 0))
    return ranks
