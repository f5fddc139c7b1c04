"""S1 and S2: votes from accounts that have only just been made, and from people who hardly voted on anything else."""

import numpy as np

from app.domain.integrity.columns import Base, Bools, Columns, Floats, Ints, windows
from app.domain.integrity.findings import Finding, Kind, about, episodes, minute
from app.domain.integrity.tails import log_binomial_tail, odds_against
from app.domain.integrity.thresholds import Thresholds

DAY = 86400.0
HOUR = 3600.0


def new_accounts(columns: Columns, thresholds: Thresholds, base: Base) -> list[Finding]:
    """S1: in a day at least so many votes for the same came from accounts younger than two days, far more than usual.

    Votes of people who are checked in at a workshop count neither as new nor as others. One finding per idea,
    direction and episode: the numbers are those of its most telling day, the votes all those of new accounts in it.
    """
    age = columns.moment - columns.created[columns.who]
    is_new = age < thresholds.new_hours * HOUR
    window = windows(columns, np.flatnonzero(~columns.muted), DAY)
    new = is_new[window.order]
    x, n = window.sum_of(new), window.size
    hit = _stands_out(x, n, base.new, thresholds.new_votes, thresholds.new_share, thresholds)
    found = []
    for places in episodes(window.target, window.moment, hit, DAY):
        best = places[int(np.argmax(_surprise(x[places], n[places], base.new)))]
        chance = log_binomial_tail(int(x[best]), int(n[best]), base.new)
        if chance >= thresholds.log_rarity:
            continue
        rows = np.arange(window.start[places[0]], places[-1] + 1)
        figures = {
            **_figures(int(x[best]), int(n[best]), base.new, chance),
            "hours": thresholds.new_hours,
            "from": float(window.moment[window.start[best]]),
            "until": float(window.moment[best]),
        }
        begin = minute(float(window.moment[rows[new[rows]][0]]))
        votes = window.order[rows[new[rows]]]
        found.append(about(columns, votes, Kind.NEW_ACCOUNTS, begin, figures, int(window.target[places[0]])))
    return found


def one_off(columns: Columns, thresholds: Thresholds, base: Base) -> list[Finding]:
    """S2: of the votes for the same, far more than usual came from people who hardly voted on anything else."""
    rare = columns.votes_cast[columns.who] <= thresholds.one_off_most
    size = 2 * len(columns.ideas)
    x = np.bincount(columns.target[rare], minlength=size)
    n = np.bincount(columns.target, minlength=size)
    hit = _stands_out(x, n, base.one_off, thresholds.one_off_votes, thresholds.one_off_share, thresholds)
    found = []
    for target in np.flatnonzero(hit).tolist():
        chance = log_binomial_tail(int(x[target]), int(n[target]), base.one_off)
        if chance >= thresholds.log_rarity:
            continue
        votes = np.flatnonzero(rare & (columns.target == target))
        figures = {
            **_figures(int(x[target]), int(n[target]), base.one_off, chance),
            "most": thresholds.one_off_most,
        }
        found.append(about(columns, votes, Kind.ONE_OFF, "", figures, target))
    return found


def _stands_out(x: Ints, n: Ints, usual: float, least: int, share: float, thresholds: Thresholds) -> Bools:
    """Enough of them, and a share far above the usual one. The tail comes last: it takes longest."""
    bound = max(share, thresholds.times_usual * usual)
    enough: Bools = (x >= least) & (x >= bound * n)
    return enough


def _surprise(x: Ints, n: Ints, usual: float) -> Floats:
    """n times the divergence of the share x/n from the usual one: by Chernoff the tail is at most exp(-this)."""
    p = min(max(usual, 1e-12), 1 - 1e-12)
    a = x / np.maximum(n, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        yes = np.where(a > 0, a * np.log(a / p), 0.0)
        no = np.where(a < 1, (1 - a) * np.log((1 - a) / (1 - p)), 0.0)
    gain: Floats = np.asarray(n * (yes + no), dtype=np.float64)
    return gain


def _figures(x: int, n: int, usual: float, chance: float) -> dict[str, float | int]:
    return {"x": x, "n": n, "usual": round(usual, 6), "odds": odds_against(chance)}
