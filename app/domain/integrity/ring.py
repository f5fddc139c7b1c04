"""S5: accounts that move as one: the same votes, again and again within a minute of each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.domain.integrity.columns import Columns, Floats, Ints
from app.domain.integrity.findings import Finding, Kind, about
from app.domain.integrity.thresholds import Thresholds

NEIGHBOURS = 48
"""A vote is compared with so many that follow it: in a larger crowd a ring still hangs together by its neighbours."""
MOST_PAIRS = 100_000
BUCKETS = 1 << 22
_MIX = np.uint64(0x9E3779B97F4A7C15)


def rings(columns: Columns, thresholds: Thresholds) -> list[Finding]:
    """S5: groups of at least three accounts that are tied together by pairs which vote as one.

    A pair votes as one when it cast at least so many equal votes within a minute, has voted on at least so many of
    the same ideas, nearly always the same way, and hardly on anything else. Memory: a few numbers per vote.
    """
    pairs = _companions(columns, thresholds)
    ballots = _Ballots.of(columns)
    tied = [pair for pair in pairs if ballots.votes_as_one(*pair, thresholds)]
    return [
        _finding(columns, ballots, members, thresholds)
        for members in _components(tied)
        if len(members) >= thresholds.ring_size
    ]


def _companions(columns: Columns, thresholds: Thresholds) -> list[tuple[int, int, int]]:
    """Pairs of people (places) with how many equal votes they cast within a minute, when there are enough."""
    people = len(columns.people)
    busy = np.bincount(columns.who, minlength=people) >= max(thresholds.ring_common, thresholds.ring_together)
    chosen = np.flatnonzero(busy[columns.who])
    order = chosen[np.lexsort((columns.moment[chosen], columns.target[chosen]))]
    target, moment, who = columns.target[order], columns.moment[order], columns.who[order]
    # First count in buckets that pairs share by chance, then exactly what is left: most pairs never meet again.
    buckets = np.zeros(BUCKETS, dtype=np.uint16)
    for key in _close(target, moment, who, people, thresholds.ring_seconds):
        found = np.bincount(_bucket(key), minlength=BUCKETS)
        buckets = np.minimum(buckets + found, 60_000).astype(np.uint16)
    kept = [np.zeros(0, dtype=np.int64)]
    for key in _close(target, moment, who, people, thresholds.ring_seconds):
        kept.append(key[buckets[_bucket(key)] >= thresholds.ring_together])
    pairs, times = np.unique(np.concatenate(kept), return_counts=True)
    enough = np.flatnonzero(times >= thresholds.ring_together)
    enough = enough[np.argsort(-times[enough], kind="stable")][:MOST_PAIRS]
    return [
        (pair // people, pair % people, together)
        for pair, together in zip(pairs[enough].tolist(), times[enough].tolist(), strict=True)
    ]


def _close(target: Ints, moment: Floats, who: Ints, people: int, seconds: float) -> Iterator[Ints]:
    """Pairs of people, as one number, whose equal votes came within a minute: one array per distance in the order."""
    for lag in range(1, min(NEIGHBOURS, max(len(who) - 1, 0)) + 1):
        near = (target[lag:] == target[:-lag]) & (moment[lag:] - moment[:-lag] <= seconds)
        if not near.any():
            break
        a, b = who[:-lag][near], who[lag:][near]
        yield np.minimum(a, b) * people + np.maximum(a, b)


def _bucket(key: Ints) -> Ints:
    mixed = key.astype(np.uint64) * _MIX
    return (mixed >> np.uint64(64 - 22)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Ballots:
    """What everybody voted: ideas (sorted) and values of person p stand at start[p] to start[p + 1]."""

    idea: Ints
    value: Ints
    vote: Ints
    start: Ints

    @classmethod
    def of(cls, columns: Columns) -> "_Ballots":
        order = np.lexsort((columns.idea, columns.who))
        start = np.searchsorted(columns.who[order], np.arange(len(columns.people) + 1))
        return cls(columns.idea[order], columns.value[order], order, start)

    def votes_as_one(self, a: int, b: int, _together: int, thresholds: Thresholds) -> bool:
        """Whether two people voted on the same ideas in the same way."""
        mine, theirs = slice(self.start[a], self.start[a + 1]), slice(self.start[b], self.start[b + 1])
        common, left, right = np.intersect1d(
            self.idea[mine], self.idea[theirs], assume_unique=True, return_indices=True
        )
        if len(common) < thresholds.ring_common:
            return False
        equal = int((self.value[mine][left] == self.value[theirs][right]).sum())
        either = (mine.stop - mine.start) + (theirs.stop - theirs.start) - len(common)
        return (
            equal >= thresholds.ring_agreement * len(common)
            and len(common) >= thresholds.ring_overlap * either
        )


def _components(pairs: list[tuple[int, int, int]]) -> list[list[int]]:
    """People who hang together by pairs, each group sorted."""
    parent: dict[int, int] = {}

    def top(person: int) -> int:
        while parent.setdefault(person, person) != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    for a, b, _together in pairs:
        parent[max(top(a), top(b))] = min(top(a), top(b))
    groups: dict[int, list[int]] = {}
    for person in sorted(parent):
        groups.setdefault(top(person), []).append(person)
    return list(groups.values())


def _finding(columns: Columns, ballots: _Ballots, members: list[int], thresholds: Thresholds) -> Finding:
    """The ring with those of its votes that at least two of its members cast alike."""
    votes = np.concatenate([ballots.vote[ballots.start[one] : ballots.start[one + 1]] for one in members])
    _targets, place, counts = np.unique(columns.target[votes], return_inverse=True, return_counts=True)
    alike = np.sort(votes[counts[place] >= 2])
    figures = {
        "accounts": len(members),
        "ideas": len(np.unique(columns.idea[alike])),
        "seconds": thresholds.ring_seconds,
        "together": thresholds.ring_together,
        "from": float(columns.moment[alike].min()),
        "until": float(columns.moment[alike].max()),
    }
    return about(columns, alike, Kind.RING, str(int(columns.people[members[0]])), figures)
