"""What everybody may read of a sealed standing: no ballots, and nothing that tells how one or two people voted."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from app.domain.ballot import SMALLEST_SHOWN_GROUP, Group, groups_to_show
from app.domain.ranking.canonical import in_one_go, sha256
from app.domain.ranking.material import TICKED, WEIGHED, Outcomes
from app.domain.ranking.parameters import Method, ThemeMethod, Weighting
from app.domain.ranking.records import agenda_record, decimal
from app.domain.ranking.snapshot import PUBLIC, Document
from app.domain.ranking.tallies import Bools
from app.domain.ranking.withholding import withhold

PRIVATE = ("key", "inputs", "outputs", "digests", "schema")
"""Parts of the auditor's document that the public one has in another form, or not at all."""


def hidden_votes(groups: Sequence[str], rows: Sequence[Sequence[Any]]) -> Bools:
    """Which figures of which ideas are withheld; rows: [id, for, against, …] of ideas. Shape (n, G)."""
    return _hidden(
        groups, [[(yes, no) for yes, no in zip(row[1], row[2], strict=True)] for row in rows], len(rows)
    )


def hidden_persons(groups: Sequence[str], rows: Sequence[Sequence[Any]]) -> Bools:
    """The same for themes; rows: [id, supporters, opponents, neutral]. The page names all supporters together."""
    return _hidden(
        groups,
        [[(yes + even, no) for yes, no, even in zip(row[1], row[2], row[3], strict=True)] for row in rows],
        len(rows),
    )


def hidden_beside(groups: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[Any, frozenset[int]]:
    """Columns per theme that the page of themes withholds, where the agenda must not tell how many support it.

    The same people stand on both pages: whoever reads there that of two small groups one has no supporters reads off
    the total here what the other voted. A group in which nobody takes a stand tells nothing. Rows as for
    `hidden_persons`.
    """
    found = {}
    for row, hidden in zip(rows, hidden_persons(groups, rows).tolist(), strict=True):
        columns = frozenset(column for column, is_hidden in enumerate(hidden) if is_hidden)
        heads = sum(row[kind][column] for kind in (1, 2, 3) for column in columns)
        found[row[0]] = columns if heads else frozenset()
    return found


def _hidden(groups: Sequence[str], totals: Sequence[Sequence[tuple[int, int]]], height: int) -> Bools:
    keys = [Group(group) for group in groups]
    hidden = np.zeros((height, len(groups)), dtype=np.bool_)
    for number, row in enumerate(totals):
        shown = groups_to_show(dict(zip(keys, row, strict=True)))
        hidden[number] = [key not in shown for key in keys]
    return hidden


def fewest_behind(hidden: Bools, row: ArrayLike, column: ArrayLike, who: ArrayLike) -> int | None:
    """The fewest people behind a sum of withheld figures that can be worked out from the means; None without any.

    The means tell the sum of every group over all rows, and every row tells its sum over all groups. Subtracting
    what is shown leaves, for every set of groups, their figures in those rows where groups inside and outside the
    set are withheld together. row, column, who: one entry per vote, as indices; hidden: of the rows that the means
    are made of (False everywhere else).
    """
    rows, columns, people = (np.asarray(side, dtype=np.int64) for side in (row, column, who))
    kept: Bools = np.take(hidden, rows * hidden.shape[1] + columns)
    rows, columns, people = rows[kept], columns[kept], people[kept]
    fewest: int | None = None
    for inside in _subsets(hidden.shape[1]):
        chosen = np.zeros(hidden.shape[1], dtype=np.bool_)
        chosen[list(inside)] = True
        mixed = hidden[:, chosen].any(axis=1) & hidden[:, ~chosen].any(axis=1)
        counted = np.take(mixed, rows) & np.take(chosen, columns)
        heads = len(np.unique(people[counted]))
        if heads and (fewest is None or heads < fewest):
            fewest = heads
    return fewest


def _subsets(size: int) -> Iterator[tuple[int, ...]]:
    for length in range(1, size):
        yield from combinations(range(size), length)


@in_one_go()
def public_document(audit: Mapping[str, Any], found: Outcomes, audit_text: str) -> Document:
    """The public document that belongs to an auditor's one, with the digest of its text."""
    inputs, outputs = audit["inputs"], audit["outputs"]
    groups = inputs["groups"]
    ideas = _IdeaRedaction(audit)
    voters = inputs["voters"]
    shown = groups_to_show({Group(group): (heads, 0) for group, heads in voters.items()})
    beside = None if audit["scope"]["ballots"] == TICKED else hidden_beside(groups, inputs["themes"])
    return {
        **{name: part for name, part in audit.items() if name not in PRIVATE},
        "schema": PUBLIC,
        "inputs": {
            "groups": groups,
            "tallies": [ideas.tally(row) for row in inputs["tallies"]],
            "votes": inputs["votes"],
            "voters": {group: heads if Group(group) in shown else None for group, heads in voters.items()},
            "exclusions": inputs["exclusions"],
        },
        "digests": {
            **{name: text for name, text in audit["digests"].items() if name != "parts"},
            "audit": sha256(audit_text),
        },
        "outputs": {
            "ideas": {key: ideas.ranking(key, record) for key, record in outputs["ideas"].items()},
            "themes": _themes(audit, ideas),
            "agendas": {
                f"{workshop}:{weighting.value}": {"error": draft}
                if isinstance(draft, str)
                else agenda_record(withhold(draft, beside))
                for (workshop, weighting), draft in found.agendas.items()
            },
        },
    }


def _may_tell(audit: Mapping[str, Any], kind: str) -> bool:
    """Whether the means of a kind tell nothing about one or two people."""
    smallest = audit["inputs"]["smallest"][kind]
    return smallest is None or smallest >= SMALLEST_SHOWN_GROUP


class _IdeaRedaction:
    """Which figures of ideas are withheld, and their rows without them."""

    def __init__(self, audit: Mapping[str, Any]) -> None:
        inputs = audit["inputs"]
        rows = inputs["tallies"]
        self.means = _may_tell(audit, "ideas")
        self.hidden = {
            row[0]: hidden if any(hidden) else None
            for row, hidden in zip(rows, hidden_votes(inputs["groups"], rows).tolist(), strict=True)
        }

    def is_coarse(self, idea: int) -> bool:
        """Whether scores of the idea that come from groups are given in whole percents."""
        return not self.means or self.hidden[idea] is not None

    def tally(self, row: Sequence[Any]) -> list[Any]:
        hidden = self.hidden[row[0]]
        return [row[0], _without(row[1], hidden), _without(row[2], hidden), row[3], row[4]]

    def ranking(self, key: str, record: Mapping[str, Any]) -> Document:
        name, weighting = key.split(":")
        method = Method(name)
        by_group = method.sees_groups and not (method in WEIGHED and weighting == Weighting.PER_PERSON)
        pooled = len(record["mu"]) != len(record["parameters"]["groups"])
        rows = record["rows"]
        coarse = [by_group and self.is_coarse(row["id"]) for row in rows]
        return {
            **record,
            "mu": record["mu"] if self.means or pooled else None,
            "rows": [self._row(method, rows, place, coarse) for place in range(len(rows))],
            "too_few": [self._plain_row(row) for row in record["too_few"]],
        }

    def _plain_row(self, row: Mapping[str, Any]) -> Document:
        hidden = self.hidden[row["id"]]
        if hidden is None and self.means:
            return dict(row)
        return {
            **row,
            "for": _without(row["for"], hidden),
            "against": _without(row["against"], hidden),
            "approval": _without(row["approval"], hidden)
            if self.means
            else [None for _share in row["approval"]],
        }

    def _row(
        self, method: Method, rows: Sequence[Mapping[str, Any]], place: int, coarse: Sequence[bool]
    ) -> Document:
        row = self._plain_row(rows[place])
        if method is Method.ACTUEEL:
            # With more decimals one could try out at which moment somebody voted.
            row["score"] = decimal(round(float(row["score"]), 1))
        if coarse[place]:
            row["score"], row["band"] = decimal(round(float(row["score"]), 2)), None
        # How many votes it takes to pass a row tells where exactly that row stands.
        # One of several equals goes down by leaving the others behind, whatever stands below them.
        above, below = row["rank"] - 2, place if row["tied"] else place + 1
        if coarse[place] or (above >= 0 and coarse[above]):
            row["votes_up"] = None
        if coarse[place] or (below < len(rows) and coarse[below]):
            row["votes_down"] = None
        moves = [votes for votes in (row["votes_up"], row["votes_down"]) if votes]
        row["firmness"] = min(moves) if moves and not coarse[place] else None
        return row


def _themes(audit: Mapping[str, Any], ideas: _IdeaRedaction) -> Document:
    inputs = audit["inputs"]
    means = _may_tell(audit, "themes")
    rows = inputs["themes"]
    hidden = dict(zip((row[0] for row in rows), hidden_persons(inputs["groups"], rows).tolist(), strict=True))
    result = {}
    for key, record in audit["outputs"]["themes"].items():
        name, weighting = key.split(":")
        method, by_group = ThemeMethod(name), weighting == Weighting.PER_GROUP
        result[key] = {
            **record,
            "mu": record["mu"] if means else None,
            **{
                part: [
                    _theme_row(row, method, hidden[row["id"]], by_group, means, ideas) for row in record[part]
                ]
                for part in ("rows", "too_few")
            },
        }
    return result


def _theme_row(
    row: Mapping[str, Any],
    method: ThemeMethod,
    hidden: Sequence[bool],
    by_group: bool,
    means: bool,
    ideas: _IdeaRedaction,
) -> Document:
    some = any(hidden)
    told = dict(row)
    for name in ("supporters", "opponents", "neutral"):
        told[name] = _without(row[name], hidden)
    told["approval"] = _without(row["approval"], hidden) if means else [None for _share in hidden]
    if some or not means:
        told["gap"] = None
    if by_group and any(ideas.is_coarse(idea) for idea in row["top"]):
        told["top3"] = decimal(round(float(row["top3"]), 2))
        if method is ThemeMethod.TOP3:
            told["score"] = told["top3"]
    if by_group and method is ThemeMethod.MEERDERHEID and (some or not means):
        told["score"], told["band"] = decimal(round(float(row["score"]), 2)), None
    return told


def _without(row: Sequence[Any], hidden: Sequence[bool] | None) -> list[Any]:
    if hidden is None:
        return list(row)
    return [None if gone else figure for figure, gone in zip(row, hidden, strict=True)]
