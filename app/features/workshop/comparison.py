"""Four ways to choose the agenda side by side: which themes, who finds something on it, and who would be left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.ballot import SMALLEST_SHOWN_GROUP
from app.domain.ranking import AgendaMethod, AgendaPhase, Weighting
from app.features.workshop import words
from app.kit import voices
from app.records.agenda_plans import Plan, Plans
from app.records.frames import ThemeTag

Row = Mapping[str, Any]
POINT = 0.005
"""Half a percent: a smaller difference is not worth a word."""


@dataclass(frozen=True, slots=True)
class Column:
    """One way to choose. places: the number on the agenda by theme, in the order of the programme.

    shares: per group the share of voters with at least one item; None is withheld, or not known of an older standing.
    keeps: whether the promise to groups of supporters holds; None when that is not known. words: what differs from the
    agenda that counts; empty for that agenda itself.
    """

    name: str
    counts: bool
    places: Mapping[int, int]
    minutes: int
    shares: tuple[float | None, ...]
    keeps: bool | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns, the themes of their rows with minutes, and the groups that somebody voted in."""

    columns: tuple[Column, ...]
    themes: tuple[tuple[ThemeTag, int], ...]
    groups: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every way chooses the same themes."""
        return len({frozenset(column.places) for column in self.columns}) == 1


def table(plans: Plans, tags: Mapping[int, ThemeTag], usual: Weighting) -> Table | None:
    """The agenda that counts beside the other ways, or None when one of them cannot be told."""
    here, there = plans.by[usual], plans.by[_other(usual)]
    if not here.data or not there.data:
        return None
    minutes = {row["id"]: row["minutes"] for row in (*here.data["left_out"], *here.entries)}
    minutes = {row["id"]: row["minutes"] for row in there.entries} | minutes
    groups = [place for place, heads in enumerate(here.data["voters"]) if heads]
    others = {row["method"].partition("@")[0]: row for row in here.data["comparisons"]}
    pinned = [entry["id"] for entry in here.entries if entry["phase"] == AgendaPhase.PINNED]
    base = _shares(here.data, here.data["with_item"], groups)
    columns = [
        _drafted(here, here, base, groups, tags),
        _drafted(there, here, base, groups, tags),
        *(
            _compared(others[method], name, here, pinned, base, groups, tags, minutes)
            for method, name in (
                (AgendaMethod.PHRAGMEN, _("Taking turns to save up (Phragmén)")),
                (AgendaMethod.GREEDY, _("Most votes first")),
            )
            if method in others
        ),
    ]
    shown = dict.fromkeys(theme for column in columns for theme in column.places if theme in tags)
    return Table(
        columns=tuple(columns),
        themes=tuple((tags[theme], minutes.get(theme, 0)) for theme in shown),
        groups=tuple(voices.group_plural(here.data["groups"][place]) for place in groups),
    )


def _other(weighting: Weighting) -> Weighting:
    return next(each for each in Weighting if each is not weighting)


def _drafted(
    plan: Plan, usual: Plan, base: Sequence[float | None], groups: Sequence[int], tags: Mapping[int, ThemeTag]
) -> Column:
    shares = _shares(plan.data, plan.data["with_item"], groups)
    counts = plan is usual
    return Column(
        name=words.weighting_name(plan.weighting),
        counts=counts,
        places={part.id: part.number for part in plan.parts if part.number is not None},
        minutes=sum(entry["minutes"] for entry in plan.entries),
        shares=shares,
        keeps=plan.data["certificate"]["holds"],
        words=()
        if counts
        else (_difference(plan.themes, usual, tags), *_voices(usual.data, groups, base, shares)),
    )


def _compared(
    row: Row,
    name: str,
    usual: Plan,
    pinned: Sequence[int],
    base: Sequence[float | None],
    groups: Sequence[int],
    tags: Mapping[int, ThemeTag],
    minutes: Mapping[int, int],
) -> Column:
    chosen = [*pinned, *row["items"]]
    shares = _shares(usual.data, row.get("with_item"), groups)
    broken = row.get("broken")
    return Column(
        name=name,
        counts=False,
        places={theme: place for place, theme in enumerate(chosen, start=1)},
        minutes=sum(minutes.get(theme, 0) for theme in chosen),
        shares=shares,
        keeps=None if broken is None else not broken,
        words=(
            _difference(chosen, usual, tags),
            *_voices(usual.data, groups, base, shares),
            *_left_out(broken or (), tags, minutes),
        ),
    )


def _shares(
    data: Row, reached: Sequence[int | None] | None, groups: Sequence[int]
) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for place in groups:
        voters, heads = data["voters"][place], reached[place] if reached else None
        found.append(None if heads is None or voters < SMALLEST_SHOWN_GROUP else heads / voters)
    return tuple(found)


def _difference(chosen: Sequence[int], usual: Plan, tags: Mapping[int, ThemeTag]) -> str:
    return words.difference(
        [tags[t].title for t in chosen if t not in usual.themes and t in tags],
        [tags[t].title for t in usual.themes if t not in chosen and t in tags],
    )


def _voices(
    data: Row, groups: Sequence[int], base: Sequence[float | None], shares: Sequence[float | None]
) -> list[str]:
    """Of which groups more people would find something on the agenda, and of which fewer."""
    more: list[str] = []
    fewer: list[str] = []
    for place, before, after in zip(groups, base, shares, strict=True):
        if before is None or after is None or abs(after - before) < POINT:
            continue
        named = voices.group_plural(data["groups"][place]).lower()
        (more if after > before else fewer).append(named)
    said = []
    if more:
        said.append(_("More %(groups)s would find something on it.", groups=voices.listed(more)))
    if fewer:
        said.append(_("Fewer %(groups)s would find something on it.", groups=voices.listed(fewer)))
    return said


def _left_out(broken: Sequence[Row], tags: Mapping[int, ThemeTag], minutes: Mapping[int, int]) -> list[str]:
    return [
        ngettext(
            "The supporters of %(theme)s would come off badly: together they weigh enough for its %(all)s minutes, "
            "but part of them would get %(num)s minute at most.",
            "The supporters of %(theme)s would come off badly: together they weigh enough for its %(all)s minutes, "
            "but part of them would get %(num)s minutes at most.",
            row["level"],
            theme=tags[row["item"]].title,
            all=minutes.get(row["item"], 0),
        )
        for row in broken
        if row["item"] in tags
    ]
