"""What came out of a round for pages: people by phone, per group where that is safe, and paper apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain import rounds as rules
from app.domain.ballot import GROUPS, Group
from app.features.room import queries, words
from app.kit import voices
from app.models.room import RoundKind, RoundState
from app.records import rounds
from app.records.rounds import Figures, RoundRow, Row


@dataclass(frozen=True, slots=True)
class Bar:
    """One choice: its name, how many, and where its bar begins and ends as shares of the whole."""

    name: str
    value: int
    number: int
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class GroupLine:
    """What the people of one group chose, in words; None: not shown, too few of them."""

    name: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """One option with what it got by phone and on paper; paper None: not counted by two people alike."""

    option_id: int
    text: str
    idea_id: int | None
    bars: tuple[Bar, ...]
    people: int
    groups: tuple[GroupLine, ...]
    paper: tuple[tuple[str, int], ...] | None

    @property
    def phones(self) -> tuple[tuple[str, int], ...]:
        """Name and number of every choice."""
        return tuple((bar.name, bar.number) for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A round with its figures; no results before it is revealed."""

    round: RoundRow
    voters: int
    results: tuple[Result, ...]
    texts: tuple[str, ...]
    """The options, while there are no figures to show."""


def outcome(of: RoundRow) -> Outcome:
    """What everybody may see of a round now."""
    return outcomes([of])[0]


def outcomes(all_: Sequence[RoundRow]) -> list[Outcome]:
    """The same of many rounds, in as many statements."""
    figures = rounds.figures_of(all_)
    groups = queries.by_group([of.id for of in all_ if of.state is RoundState.REVEALED])
    return [_outcome(of, figures[of.id], groups) for of in all_]


def _outcome(
    of: RoundRow, found: Figures, groups: Mapping[int, Mapping[Group, Mapping[int, int]]]
) -> Outcome:
    if of.state is not RoundState.REVEALED:
        return Outcome(of, found.voters, (), tuple(row.text for row in found.rows))
    results = [_result(of, row, found, groups.get(row.option_id, {})) for row in found.rows]
    if of.kind in (RoundKind.DOTS, RoundKind.OPEN):
        results.sort(key=lambda each: -each.bars[0].number)
    return Outcome(of, found.voters, tuple(results), ())


def _result(of: RoundRow, row: Row, all_: Figures, groups: Mapping[Group, Mapping[int, int]]) -> Result:
    if of.kind is RoundKind.DOTS:
        most = max((each.dots for each in all_.rows), default=0)
        bars = [_bar(of, 1, row.dots, 0.0, most)]
    elif of.kind is RoundKind.OPEN:
        most = max((each.counts.get(1, 0) for each in all_.rows), default=0)
        bars = [_bar(of, 1, row.counts.get(1, 0), 0.0, most)]
    else:
        bars, start, total = [], 0.0, sum(row.counts.values())
        for value in rounds.VALUES[of.kind]:
            bars.append(_bar(of, value, row.counts.get(value, 0), start, total))
            start += bars[-1].share
    paper = None
    if row.paper is not None:
        paper = tuple(
            (words.choice_name(of.kind, value), row.paper[value]) for value in rounds.COUNTED[of.kind]
        )
    return Result(
        option_id=row.option_id,
        text=row.text,
        idea_id=row.idea_id,
        bars=tuple(bars),
        people=sum(row.counts.values()),
        groups=_groups(of, groups),
        paper=paper,
    )


def _bar(of: RoundRow, value: int, number: int, start: float, most: int) -> Bar:
    return Bar(words.choice_name(of.kind, value), value, number, start, number / most if most else 0.0)


def _groups(of: RoundRow, counts: Mapping[Group, Mapping[int, int]]) -> tuple[GroupLine, ...]:
    """Every group of which somebody chose; those that would tell what one or two people chose without figures."""
    heads = {group: sum(chosen.values()) for group, chosen in counts.items()}
    shown = rules.shown_groups(heads)
    return tuple(
        GroupLine(
            voices.group_plural(group), words.group_text(of.kind, counts[group]) if group in shown else None
        )
        for group in GROUPS
        if heads.get(group)
    )
