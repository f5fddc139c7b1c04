"""S6 and S7: what changes without the votes that stand out, and ideas that rose fast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.integrity.columns import Bools, Columns, Ints
from app.domain.integrity.findings import Finding, Kind
from app.domain.integrity.thresholds import Thresholds
from app.domain.ranking import IdeaRanking, Tallies

TOP = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """An idea with its rank with and without some votes; None: too few votes to be ranked."""

    idea: int
    rank: int | None
    rank_without: int | None
    flagged: int
    shift: int
    """Places lost without them; one without a rank stands behind all that have one. Negative: it rises."""

    @property
    def top_changes(self) -> bool:
        """Whether it enters or leaves the first ten."""
        return _in_top(self.rank) != _in_top(self.rank_without)


def _in_top(rank: int | None) -> bool:
    return rank is not None and rank <= TOP


def with_votes(tallies: Tallies, idea: Ints, group: Ints, value: Ints, sign: int = 1) -> Tallies:
    """The tallies with these votes added: places of ideas and of groups in the tallies, and +1 or -1; shape (V,).

    Raises ValueError when more is taken away than there is.
    """
    shape = tallies.for_.shape
    cell = idea * shape[1] + group
    size = shape[0] * shape[1]
    yes = np.bincount(cell[value > 0], minlength=size).reshape(shape)
    no = np.bincount(cell[value < 0], minlength=size).reshape(shape)
    return Tallies(tallies.ids, tallies.groups, tallies.for_ + sign * yes, tallies.against + sign * no)


def without_votes(tallies: Tallies, idea: Ints, group: Ints, value: Ints) -> Tallies:
    """The tallies without these votes; see `with_votes`."""
    return with_votes(tallies, idea, group, value, -1)


def moved(ranking: IdeaRanking, shadow: IdeaRanking, flagged: Mapping[int, int]) -> list[Moved]:
    """Every idea with its two ranks, by rank. flagged: how many of the votes are on an idea."""
    with_, without = ranking.rank_of(), shadow.rank_of()
    last, last_without = len(with_) + 1, len(without) + 1
    both = [int(idea) for idea in dict.fromkeys([*with_, *without, *flagged])]
    rows = [
        Moved(
            idea,
            with_.get(idea),
            without.get(idea),
            flagged.get(idea, 0),
            without.get(idea, last_without) - with_.get(idea, last),
        )
        for idea in both
    ]
    return sorted(rows, key=lambda row: (row.rank or last, row.rank_without or last_without, row.idea))


def influence(
    rows: Sequence[Moved], flagged: Mapping[int, Finding], thresholds: Thresholds, ranked: int
) -> list[Finding]:
    """S6: ideas that stand five places elsewhere without the votes on them that stand out, or enter or leave the
    first ten. flagged: per idea all its votes that stand out, as one finding of any kind."""
    found = []
    for row in rows:
        votes = flagged.get(row.idea)
        if votes is None or not (abs(row.shift) >= thresholds.shift or row.top_changes):
            continue
        figures = {
            "rank": row.rank,
            "rank_without": row.rank_without,
            "shift": row.shift,
            "top": TOP,
            "top_changes": row.top_changes,
            "ranked": ranked,
            "votes": len(votes),
            "people": len(np.unique(votes.people)),
        }
        found.append(
            Finding(Kind.INFLUENCE, "", row.idea, votes.direction, figures, votes.ideas, votes.people)
        )
    return found


def agenda_influence(
    workshop: int,
    agenda: Sequence[int],
    without: Sequence[int],
    titles: Mapping[int, str],
    flagged: Finding,
) -> list[Finding]:
    """S6 for the agenda of a workshop: at most one finding, when other themes stand on it without these votes."""
    leaves = [titles.get(theme, "") for theme in agenda if theme not in without]
    comes = [titles.get(theme, "") for theme in without if theme not in agenda]
    if not leaves and not comes:
        return []
    figures = {
        "workshop": workshop,
        "leaves": leaves,
        "comes": comes,
        "votes": len(flagged),
        "people": len(np.unique(flagged.people)),
    }
    return [Finding(Kind.INFLUENCE, f"agenda-{workshop}", None, 0, figures, flagged.ideas, flagged.people)]


def jumps(
    ranking: IdeaRanking, yesterday: IdeaRanking, flagged: Mapping[int, Finding], thresholds: Thresholds
) -> list[Finding]:
    """S7: ideas with another signal that rose at least twenty places since the votes of a day ago."""
    now, then = ranking.rank_of(), yesterday.rank_of()
    found = []
    for idea, votes in flagged.items():
        rank, before = now.get(idea), then.get(idea)
        if rank is None or before is None or before - rank < thresholds.jump:
            continue
        figures = {
            "rank": rank,
            "before": before,
            "places": before - rank,
            "hours": 24,
            "votes": len(votes),
            "people": len(np.unique(votes.people)),
        }
        found.append(Finding(Kind.JUMP, "", idea, votes.direction, figures, votes.ideas, votes.people))
    return found


def by_idea(findings: Sequence[Finding], columns: Columns) -> dict[int, Finding]:
    """All votes that stand out, per idea and each once; a vote in the columns is found by idea and person."""
    flagged = flagged_votes(findings, columns)
    places = np.flatnonzero(flagged)
    found = {}
    for idea in np.unique(columns.idea[places]).tolist():
        votes = places[columns.idea[places] == idea]
        values = np.unique(columns.value[votes])
        direction = int(values[0]) if len(values) == 1 else 0
        found[idea] = Finding(
            Kind.INFLUENCE, "", idea, direction, {}, columns.idea[votes], columns.person[votes]
        )
    return found


def flagged_votes(findings: Sequence[Finding], columns: Columns) -> Bools:
    """Which votes in the columns stand out in any of the findings."""
    if not findings:
        return np.zeros(len(columns), dtype=np.bool_)
    width = int(columns.people.max()) + 1
    wanted = np.unique(np.concatenate([each.ideas * width + each.people for each in findings]))
    mask: Bools = np.isin(columns.idea * width + columns.person, wanted)
    return mask
