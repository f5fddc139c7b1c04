"""The page of a workshop, put together: its programme with the reason of every part and of what is not in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_time
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.ballot import SMALLEST_SHOWN_GROUP
from app.domain.programme import Part, PartKind
from app.domain.ranking import Weighting, WhyNot
from app.features.workshop import deviation_words, words
from app.features.workshop.items import Item
from app.kit import charts, voices
from app.records import agenda_deviations, agenda_versions
from app.records.agenda_plans import Plan, Plans
from app.records.agendas import WorkshopRow
from app.records.frames import ThemeTag

Row = Mapping[str, Any]
TOP = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the programme as the page shows it. The second half is for themes only."""

    part: Part
    clock: str
    title: str
    tag: ThemeTag | None = None
    phase: str = ""
    is_pinned: bool = False
    reason: str = ""
    carriers: str = ""
    payment: str = ""
    shares: tuple[tuple[str, str, str, str], ...] = ()
    """Per group: its name, supporters, minutes paid, most that one person pays; empty when anything is withheld."""
    tied: str = ""
    top: tuple[tuple[int, str], ...] = ()
    is_new: bool = False
    """Whether the usual agenda leaves it out."""
    item: Item | None = None
    """What belongs to the theme, where that was read."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A theme that is not on the agenda, and why."""

    tag: ThemeTag
    minutes: int
    why: str
    is_skipped: bool = False
    is_dropped: bool = False
    """Whether the usual agenda has it."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The agenda of a workshop in words."""

    weighting: Weighting
    lines: tuple[Line, ...]
    bar: Markup
    missing: tuple[Missing, ...]
    too_few: tuple[ThemeTag, ...]
    difference: str
    """What the weighting that is not the usual one changes; empty on the usual one."""
    reached: tuple[tuple[str, float | None], ...]
    """Per group the share of voters with at least one item; None is withheld."""
    holds: bool
    checked: int
    high_endowment: bool
    budget: int
    lacking: int
    is_failed: bool
    computed_at: datetime
    is_ticked: bool = False
    """Whether people ticked the themes themselves."""
    deviations: tuple[tuple[str, str], ...] = ()
    """What the facilitator did other than the votes, each with the reason."""

    @property
    def has_themes(self) -> bool:
        return any(line.part.kind == PartKind.THEME for line in self.lines)


def agenda(
    of: WorkshopRow,
    plans: Plans,
    tags: Mapping[int, ThemeTag],
    weighting: Weighting,
    usual: Weighting,
    items: Mapping[int, Item] | None = None,
    titles: Mapping[int, str] | None = None,
) -> Agenda:
    """The agenda by a weighting, compared with the usual one. One statement when it has to read the titles of ideas.

    items: what belongs to its themes, and titles: of their top ideas, where that was read.
    """
    plan = plans.by[weighting]
    usual_themes = plans.by[usual].themes
    data = plan.data
    ranked = (*plans.themes.get("rows", ()), *plans.themes.get("too_few", ()))
    top_ids = {row["id"]: row["top"][:TOP] for row in ranked}
    if titles is None:
        titles = agenda_versions.idea_titles(
            number for theme in plan.themes for number in top_ids.get(theme, ())
        )
    lines = tuple(
        replace(line, item=items.get(line.tag.id)) if items and line.tag else line
        for line in _lines(
            of, plan, usual_themes, plans, tags, {k: _named(v, titles) for k, v in top_ids.items()}
        )
    )
    changed = ""
    if weighting is not usual:
        changed = words.difference(
            [tags[t].title for t in plan.themes if t not in usual_themes and t in tags],
            [tags[t].title for t in usual_themes if t not in plan.themes and t in tags],
        )
    return Agenda(
        weighting=weighting,
        lines=lines,
        bar=_bar(of, lines),
        missing=tuple(_missing(plan, usual_themes, tags)),
        too_few=tuple(tags[theme] for theme in _too_few(plans, plan) if theme in tags),
        is_ticked=plans.is_ticked,
        difference=changed,
        reached=tuple(_reached(data)),
        holds=bool(data) and data["certificate"]["holds"],
        checked=data["certificate"]["checked"] if data else 0,
        high_endowment=bool(data) and data["high_endowment"],
        budget=data["budget"] if data else 0,
        lacking=plan.lacking,
        is_failed=not data,
        computed_at=plan.computed_at,
        deviations=tuple(
            (deviation_words.deviation(each, tags), each.reason)
            for each in agenda_deviations.of_plan(plans, plan)
            if each.theme_id is None or each.theme_id in tags
        ),
    )


def clock_text(of: WorkshopRow, begins: int) -> str:
    """What the clock says when a part begins; empty while the workshop has no date."""
    if of.starts_at is None:
        return ""
    return str(format_time(of.starts_at + timedelta(minutes=begins), "HH:mm"))


def _named(ids: list[int], titles: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    return tuple((number, titles[number]) for number in ids if number in titles)


def _lines(
    of: WorkshopRow,
    plan: Plan,
    usual_themes: Sequence[int],
    plans: Plans,
    tags: Mapping[int, ThemeTag],
    top: Mapping[int, tuple[tuple[int, str], ...]],
) -> list[Line]:
    blocks = {item.id: item.title or words.item_kind(item.kind) for item in plans.fixed if item.is_block}
    entries = {entry["id"]: entry for entry in plan.entries}
    lines = []
    for part in plan.parts:
        begins = clock_text(of, part.begins)
        if part.kind is PartKind.FREE:
            lines.append(Line(part, begins, _("Time to spare")))
        elif part.kind is not PartKind.THEME:
            lines.append(Line(part, begins, blocks[part.id]))
        elif part.id in tags:
            entry = entries[part.id]
            lines.append(
                Line(
                    part=part,
                    clock=begins,
                    title=tags[part.id].title,
                    tag=tags[part.id],
                    phase=words.phase_name(entry["phase"]),
                    is_pinned=entry["phase"] == "pinned",
                    reason=entry["reason"],
                    carriers=words.carriers(plan.data["groups"], entry),
                    payment=words.payment(entry),
                    shares=tuple(words.shares(plan.data["groups"], entry)),
                    tied=voices.listed([tags[t].title for t in entry["tied"] if t in tags]),
                    top=top.get(part.id, ()),
                    is_new=part.id not in usual_themes,
                )
            )
    return lines


def _missing(plan: Plan, usual_themes: Sequence[int], tags: Mapping[int, ThemeTag]) -> list[Missing]:
    data = plan.data
    return [
        Missing(
            tag=tags[row["id"]],
            minutes=row["minutes"],
            why=words.why_not(row, data["budget"], data["free"]),
            is_skipped=row["why"] == WhyNot.SKIPPED,
            is_dropped=row["id"] in usual_themes,
        )
        for row in data.get("left_out", ())
        if row["id"] in tags
    ]


def _too_few(plans: Plans, plan: Plan) -> list[int]:
    """The themes that have too little support to compete: in the ranking, or among those that could be ticked."""
    if not plans.is_ticked:
        return [row["id"] for row in plans.themes.get("too_few", ())]
    named = {row["id"] for row in (*plan.entries, *plan.data.get("left_out", ()))}
    ranked = (*plans.themes.get("rows", ()), *plans.themes.get("too_few", ()))
    return sorted(row["id"] for row in ranked if row["id"] not in named)


def _reached(data: Row) -> list[tuple[str, float | None]]:
    if not data:
        return []
    found: list[tuple[str, float | None]] = []
    for group, voters, reached in zip(data["groups"], data["voters"], data["with_item"], strict=True):
        if voters:
            withheld = reached is None or voters < SMALLEST_SHOWN_GROUP
            found.append((voices.group_plural(group), None if withheld else reached / voters))
    return found


def _bar(of: WorkshopRow, lines: tuple[Line, ...]) -> Markup:
    items = [
        charts.Item(
            line.title,
            line.part.minutes,
            tone=line.tag.accent if line.tag else 0,
            mark=str(line.part.number) if line.part.number else "",
        )
        for line in lines
    ]
    said = ", ".join(f"{line.title} {line.part.minutes} {_('min')}" for line in lines)
    return charts.time_bar(_("The programme of %(title)s", title=of.title), items, _("min"), said)
