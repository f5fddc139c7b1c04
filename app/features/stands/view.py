"""The page of a sealed standing, put together from its public document: nothing on it comes from the votes of now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.programme import PartKind
from app.domain.ranking import (
    Method,
    Weighting,
    approval_bounds,
    mean_bounds,
    number,
    parameters_of,
    score_bounds,
)
from app.features.stands import words
from app.kit import charts, voices
from app.kit.words import word
from app.models.workshop import AgendaItemKind
from app.records import agenda_plans, stands
from app.records.agenda_plans import Plan
from app.records.frames import ThemeTag

Record = Mapping[str, Any]
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """An idea in the sealed ranking. `title` is None when it is not on the site any more."""

    id: int
    title: str | None
    rank: int
    votes_for: int
    votes_against: int
    score: str
    share: float
    groups: tuple[str, ...]
    """Per group for and against, or that they are withheld."""


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme in the sealed ranking."""

    tag: ThemeTag | None
    title: str
    rank: int | None
    score: str
    share: float
    carried: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the sealed agenda."""

    title: str
    minutes: int
    tag: ThemeTag | None = None
    number: int | None = None
    carried: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """The sealed agenda of a workshop; without parts when what was fixed took more than there was."""

    minutes: int
    parts: tuple[Slice, ...]
    bar: Markup
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The score of one idea worked out by hand: the averages, a line per group, and the sum."""

    title: str
    means: tuple[tuple[str, str], ...]
    """Per group the average share of for-votes over all ideas, as a sum where all figures are public."""
    lines: tuple[tuple[str, str], ...]
    total: str
    score: str
    is_exact: bool = True
    """Otherwise every line says between which numbers the value lies."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Everything that the page says."""

    document: Record
    last_vote: datetime | None
    people: tuple[tuple[str, str], ...]
    exclusions: tuple[tuple[str, int], ...]
    ranked: int
    too_few: int
    ideas: tuple[IdeaLine, ...]
    start: int
    group_names: tuple[str, ...]
    themes: tuple[ThemeLine, ...]
    programme: Programme | None
    settings: tuple[tuple[str, str], ...]
    methods: str
    example: Example | None
    file: str
    """What the download is called."""
    commands: tuple[tuple[str, ...], str, str]
    is_coarse: bool
    """Whether every score is in whole percents, because the averages would tell on one or two people."""

    @property
    def more(self) -> bool:
        """Whether another page of ideas follows."""
        return self.start + PER_PAGE < self.ranked


Titles = Callable[[Sequence[int]], Mapping[int, str]]


def stand(
    of: Record, start: int, tags: Mapping[int, ThemeTag], workshop: tuple[int, str] | None, titles: Titles
) -> Stand:
    """The page from place `start` (from 0) on; `titles` looks up what ideas are called now, asked once."""
    ranking = stands.ideas(of)
    rows: Sequence[Record] = ranking.get("rows", ())
    start = max(0, min(start, len(rows) - 1)) // PER_PAGE * PER_PAGE if rows else 0
    shown = rows[start : start + PER_PAGE]
    chosen = _computable(rows, ranking)
    named = titles([row["id"] for row in (*shown, *([chosen] if chosen else []))])
    last = of["times"]["last_vote"]
    groups = tuple(of["inputs"]["groups"])
    return Stand(
        document=of,
        last_vote=datetime.fromisoformat(last) if last else None,
        people=tuple(
            (voices.group_plural(group), _people(of["inputs"]["voters"].get(group))) for group in groups
        ),
        exclusions=tuple(
            (words.exclusion(reason), count) for reason, count in of["inputs"]["exclusions"].items() if count
        ),
        ranked=len(rows),
        too_few=len(ranking.get("too_few", ())),
        ideas=tuple(_idea(row, named) for row in shown),
        start=start,
        group_names=tuple(voices.group_plural(group) for group in groups),
        themes=tuple(_themes(of, tags)),
        programme=_programme(of, *workshop, tags) if workshop else None,
        settings=tuple(words.settings(of["parameters"])),
        methods=", ".join(name for kind in ("ideas", "themes", "agenda") for name in of["methods"][kind]),
        example=_example(chosen, ranking, of, named) if chosen else None,
        file=(file := file_name(of["call"]["slug"], of["number"])),
        commands=words.commands(file, of["seed"]["value"]),
        is_coarse=bool(rows) and ranking["mu"] is None,
    )


def file_name(slug: str, number: int) -> str:
    """What the download of a standing is called."""
    return f"stand-{slug}-{number}.json"


def title_of(idea_id: int, named: Mapping[int, str]) -> str:
    """What an idea is called now, or its number when it is not on the site any more."""
    return named.get(idea_id) or _("idea %(number)s (not on the site any more)", number=idea_id)


def _people(count: int | None) -> str:
    return _("not shown: too few people") if count is None else str(format_decimal(count))


def _withheld(row: Record) -> bool:
    return None in row["for"] or None in row["against"]


def _idea(row: Record, named: Mapping[int, str]) -> IdeaLine:
    return IdeaLine(
        id=row["id"],
        title=named.get(row["id"]),
        rank=row["rank"],
        votes_for=row["p"],
        votes_against=row["q"],
        score=words.share(row["score"], whole=row["band"] is None),
        share=round(number(row["score"]), 4),
        groups=tuple(
            _("not shown") if yes is None or no is None else _("%(yes)s for, %(no)s against", yes=yes, no=no)
            for yes, no in zip(row["for"], row["against"], strict=True)
        ),
    )


def _themes(of: Record, tags: Mapping[int, ThemeTag]) -> list[ThemeLine]:
    titles = {row["id"]: row["title"] for row in of["scope"]["themes"]}
    groups = of["inputs"]["groups"]
    ranking = stands.themes(of)
    return [
        ThemeLine(
            tag=tags.get(row["id"]),
            title=titles.get(row["id"], ""),
            rank=row["rank"],
            score=words.share(row["score"], whole=row["band"] is None) if row["rank"] else "",
            share=round(number(row["score"]), 4),
            carried=_carried(groups, row["supporters"]),
        )
        for row in (*ranking.get("rows", ()), *ranking.get("too_few", ()))
    ]


def _carried(groups: Sequence[str], heads: Sequence[int | None]) -> str:
    return _("Carried by %(people)s.", people=voices.people(groups, heads))


def _programme(of: Record, workshop_id: int, title: str, tags: Mapping[int, ThemeTag]) -> Programme:
    scope = stands.workshop(of, workshop_id)
    fixed = agenda_plans.sealed_items(scope)
    usual = Weighting(of["weighting"])
    plan = agenda_plans.plan_of(
        scope.get("minutes", 0),
        usual,
        stands.agenda(of, workshop_id, usual),
        fixed,
        datetime.fromisoformat(of["times"]["sealed_at"]),
    )
    titles = {row["id"]: row["title"] for row in of["scope"]["themes"]}
    parts = tuple(_slices(plan, fixed, titles, tags))
    items = [
        charts.Item(
            part.title,
            part.minutes,
            tone=part.tag.accent if part.tag else 0,
            mark=str(part.number) if part.number else "",
        )
        for part in parts
    ]
    said = ", ".join(f"{part.title} {part.minutes} {_('min')}" for part in parts)
    return Programme(
        minutes=scope.get("minutes", 0),
        parts=parts,
        bar=charts.time_bar(_("The programme of %(title)s", title=title), items, _("min"), said),
        left_out=tuple(
            (titles.get(row["id"], ""), words.why_not(row)) for row in plan.data.get("left_out", ())
        ),
    )


def _slices(
    plan: Plan,
    fixed: Sequence[agenda_plans.FixedItem],
    titles: Mapping[int, str],
    tags: Mapping[int, ThemeTag],
) -> list[Slice]:
    blocks = {item.id: item.title or word(AgendaItemKind(item.kind)) for item in fixed}
    entries = {entry["id"]: entry for entry in plan.entries}
    found = []
    for part in plan.parts:
        if part.kind is PartKind.THEME:
            entry = entries[part.id]
            found.append(
                Slice(
                    titles.get(part.id, ""),
                    part.minutes,
                    tags.get(part.id),
                    part.number,
                    _carried(plan.data["groups"], entry["supporters"]),
                    words.phase(entry),
                )
            )
        else:
            name = _("Time to spare") if part.kind is PartKind.FREE else blocks[part.id]
            found.append(Slice(name, part.minutes))
    return found


def _computable(rows: Sequence[Record], ranking: Record) -> Record | None:
    """The first idea whose own figures are all public, so that its score can be worked out, or its bounds."""
    if ranking.get("weighting") != Weighting.PER_GROUP:
        return None
    return next((row for row in rows if not _withheld(row)), None)


def _example(row: Record, ranking: Record, of: Record, named: Mapping[int, str]) -> Example:
    if ranking.get("mu") and None not in ranking["mu"]:
        return _exact_example(row, ranking, of, named)
    return _example_between(row, ranking, of, named)


def _exact_example(row: Record, ranking: Record, of: Record, named: Mapping[int, str]) -> Example:
    m, weights = of["parameters"]["m"], of["parameters"]["weights"]
    means, lines, terms, total = [], [], [], 0.0
    for at, (group, yes, no, mu, weight) in enumerate(
        zip(of["inputs"]["groups"], row["for"], row["against"], ranking["mu"], weights, strict=True)
    ):
        mean = number(str(mu))
        means.append((voices.group_plural(group), _mean(ranking["rows"], at, str(mu))))
        approval = (yes + m * mean) / (yes + no + m)
        total += number(str(weight)) * approval
        formula = f"({yes} + {m} × {words.figure(mean)}) / ({yes + no} + {m}) = {words.figure(approval)}"
        lines.append((voices.group_plural(group), formula))
        terms.append(f"{weight} × {words.figure(approval)}")
    return Example(
        title=title_of(row["id"], named),
        means=tuple(means),
        lines=tuple(lines),
        total=f"{' + '.join(terms)} = {words.outcome(total)}",
        score=words.share(row["score"], whole=False),
    )


def _example_between(row: Record, ranking: Record, of: Record, named: Mapping[int, str]) -> Example:
    """Where averages are withheld: between which numbers they lie, and so between which the score lies."""
    parameters = parameters_of(of["parameters"])
    known = [(each["for"], each["against"], each["p"], each["q"]) for each in ranking["rows"]]
    averages = mean_bounds(known, len(parameters.groups))
    mine = (row["for"], row["against"], row["p"], row["q"])
    approvals = approval_bounds(mine, averages, parameters.m)
    low, high = score_bounds(Method.DRAAGVLAK, approvals, parameters)
    names = [voices.group_plural(group) for group in of["inputs"]["groups"]]
    return Example(
        title=title_of(row["id"], named),
        means=tuple((name, words.between(*ends)) for name, ends in zip(names, averages, strict=True)),
        lines=tuple((name, words.between(*ends)) for name, ends in zip(names, approvals, strict=True)),
        total=words.between(low, high),
        score=words.share(row["score"], whole=True),
        is_exact=False,
    )


def _mean(rows: Sequence[Record], group: int, mu: str) -> str:
    """The average of a group as a sum over the ranked ideas, or as the fraction where an idea is withheld."""
    figures = [(row["for"][group], row["against"][group]) for row in rows]
    if all(yes is not None and no is not None for yes, no in figures):
        yes, every = sum(pair[0] for pair in figures), sum(sum(pair) for pair in figures)
        return f"({yes} + 1) / ({every} + 2) = {words.figure(number(mu))}"
    term = f"{mu.replace('/', ' / ')} = {words.figure(number(mu))}"
    return _("%(term)s (from the file)", term=term)
