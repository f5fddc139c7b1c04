"""S4: accounts on one network that vote alike, several of them made within two days of each other."""

import numpy as np

from app.domain.integrity.columns import Columns, Ints
from app.domain.integrity.findings import Finding, Kind, about
from app.domain.integrity.thresholds import Thresholds

HOUR = 3600.0


def same_network(columns: Columns, thresholds: Thresholds) -> list[Finding]:
    """S4: at least so many accounts on one network voted alike, and so many of them were made within two days.

    A vote lies on the networks from which its voter took part in the week of the vote. One finding per week and
    network, with all targets that stand out; networks that many share for a good reason leave no traces. Votes of
    people who are checked in at a workshop stay out.
    """
    vote, trace = _joined(columns)
    if not len(vote):
        return []
    network, week = columns.trace_network[trace], columns.trace_week[trace]
    _networks, place = np.unique(network, return_inverse=True)
    group = (place * (int(columns.trace_week.max()) + 1) + week) * (2 * len(columns.ideas))
    group += columns.target[vote]
    order = np.lexsort((vote, group))
    group, vote = group[order], vote[order]
    cells = np.split(vote, np.flatnonzero(np.diff(group)) + 1)
    keys = group[np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1])] // (2 * len(columns.ideas))
    by_network: dict[int, list[Ints]] = {}
    for key, votes in zip(keys.tolist(), cells, strict=True):
        if len(votes) >= thresholds.network_accounts and _created(columns, votes, thresholds):
            by_network.setdefault(key, []).append(votes)
    return [_finding(columns, found, thresholds) for found in by_network.values()]


def _joined(columns: Columns) -> tuple[Ints, Ints]:
    """Pairs of a vote and a trace of its voter in the week of the vote (places in both)."""
    if not len(columns.trace_person):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    first = int(columns.trace_week.min())
    width = int(columns.trace_week.max()) - first + 1
    free = np.flatnonzero(~columns.muted & (columns.week >= first) & (columns.week < first + width))
    key = columns.person[free] * width + columns.week[free] - first
    of_trace = columns.trace_person * width + columns.trace_week - first
    order = np.argsort(of_trace, kind="stable")
    sorted_traces = of_trace[order]
    begin = np.searchsorted(sorted_traces, key, "left")
    counts = np.searchsorted(sorted_traces, key, "right") - begin
    vote = np.repeat(free, counts)
    ahead = np.arange(len(vote)) - np.repeat(np.cumsum(counts) - counts, counts)
    return vote, order[np.repeat(begin, counts) + ahead]


def _created(columns: Columns, votes: Ints, thresholds: Thresholds) -> int:
    """How many of the accounts were made within two days of each other, 0 when too few."""
    created = np.sort(columns.created[np.unique(columns.who[votes])])
    inside = np.searchsorted(created, created + thresholds.network_hours * HOUR, "right") - np.arange(
        len(created)
    )
    most = int(inside.max())
    return most if most >= thresholds.network_created else 0


def _finding(columns: Columns, cells: list[Ints], thresholds: Thresholds) -> Finding:
    largest = max(cells, key=len)
    votes = np.unique(np.concatenate(cells))
    figures = {
        "accounts": len(np.unique(columns.person[votes])),
        "x": len(largest),
        "created": _created(columns, largest, thresholds),
        "hours": thresholds.network_hours,
        "ideas": len(np.unique(columns.idea[votes])),
    }
    # The lowest number of the people tells networks apart; the hash itself stays where its key is destroyed.
    mark = f"{int(columns.week[votes].min())}-{int(columns.person[votes].min())}"
    targets = np.unique(columns.target[votes])
    target = int(targets[0]) if len(targets) == 1 else None
    return about(columns, votes, Kind.SAME_NETWORK, mark, figures, target)
