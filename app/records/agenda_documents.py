"""The document of an agenda: everything that a page, a paper or a calendar needs to show it, in plain values.

It holds no text of anybody but the staff (see app.records.agenda_versions), no seed, and of small groups no figures.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.programme import PartKind
from app.domain.ranking import Weighting
from app.domain.ranking.publishing import hidden_persons
from app.records import agenda_briefs, agenda_deviations, agenda_versions
from app.records.agenda_plans import Plan, Plans
from app.records.agendas import WorkshopRow
from app.records.frames import ThemeTag

Record = Mapping[str, Any]
Document = dict[str, Any]
TOP = 3
PRIVATE = ("seed", "entries", "items")
"""Of the record of an agenda: what is nobody's to know before the seal, and what stands with the parts."""


def skeleton(of: WorkshopRow, plans: Plans, weighting: Weighting, tags: Mapping[int, ThemeTag]) -> Document:
    """The document without arguments and practices; no statement at all."""
    plan = plans.by[weighting]
    seal = plans.sealed if plans.is_sealed else None
    return {
        "schema": agenda_versions.SCHEMA,
        "workshop": of.id,
        "title": of.title,
        "place": of.place,
        "startsAt": of.starts_at.isoformat() if of.starts_at else None,
        "minutes": of.minutes,
        "stand": {
            "id": seal.id,
            "number": seal.number,
            "digest": seal.digest,
            "cutOff": seal.cut_off.isoformat(),
            "sealedAt": seal.sealed_at.isoformat(),
        }
        if seal
        else None,
        "votes": plans.numbers.get("votes"),
        "voters": plans.numbers.get("voters"),
        "ticked": plans.is_ticked,
        "weighting": weighting.value,
        "parts": _parts(plans, plan, tags),
        "agenda": {name: value for name, value in plan.data.items() if name not in PRIVATE},
        "themes": [_theme(tag) for tag in tags.values()],
        "tooFew": _too_few(plans, plan),
        "deviations": [
            {
                "kind": each.kind.value,
                "themeId": each.theme_id,
                "title": tags[each.theme_id].title
                if each.theme_id is not None and each.theme_id in tags
                else "",
                "minutes": each.minutes,
                "usual": each.usual,
                "reason": each.reason,
            }
            for each in agenda_deviations.of_plan(plans, plan)
        ],
    }


def titles_in(document: Document) -> dict[int, str]:
    """The titles of the ideas that it names, as far as they are on the site; one statement."""
    return agenda_versions.idea_titles(number for part in document["parts"] for number in part["ideas"])


def filled(document: Document, titles: Mapping[int, str]) -> Document:
    """The document with arguments and practices chosen for its themes; titles: of its ideas. Two statements."""
    parts: Sequence[Document] = document["parts"]
    tops = {part["themeId"]: part["ideas"] for part in parts if part["themeId"]}
    about = {
        part["themeId"]: " ".join([part["title"], *(titles.get(number, "") for number in part["ideas"])])
        for part in parts
        if part["themeId"]
    }
    arguments, practices = agenda_briefs.arguments_on(tops), agenda_briefs.practices_on(about)
    return {
        **document,
        "parts": [
            {
                **part,
                "arguments": arguments[part["themeId"]],
                "practices": practices[part["themeId"]],
            }
            if part["themeId"]
            else part
            for part in parts
        ],
    }


def _parts(plans: Plans, plan: Plan, tags: Mapping[int, ThemeTag]) -> list[Document]:
    entries = {entry["id"]: entry for entry in plan.entries}
    blocks = {item.id: item.title for item in plans.fixed if item.is_block}
    ranked = {row["id"]: row for name in ("rows", "too_few") for row in plans.themes.get(name, ())}
    groups = plan.data.get("groups", ())
    found: list[Document] = []
    for part in plan.parts:
        is_theme = part.kind is PartKind.THEME
        row = ranked.get(part.id) if is_theme else None
        title = blocks.get(part.id, "") if part.kind is not PartKind.FREE else ""
        if is_theme:
            title = tags[part.id].title if part.id in tags else ""
        found.append(
            {
                "key": part.key,
                "kind": part.kind.value,
                "number": part.number,
                "themeId": part.id if is_theme else None,
                "title": title,
                "minutes": part.minutes,
                "begins": part.begins,
                "why": entries[part.id] if is_theme else None,
                "ideas": list(row["top"][:TOP]) if row else [],
                "arguments": [],
                "practices": [],
                "differences": _differences(groups, row) if row else None,
            }
        )
    return found


def _differences(groups: Sequence[str], row: Record) -> Document:
    """Persons for and against the theme per group; None is withheld, for all of a row that tells of one or two."""
    figures = [row[name] for name in ("supporters", "opponents", "neutral")]
    hidden = [any(figure is None for figure in column) for column in zip(*figures, strict=True)]
    if not any(hidden):
        (hidden,) = hidden_persons(groups, [(row["id"], *figures)]).tolist()
    return {
        "groups": list(groups),
        "supporters": [None if gone else heads for gone, heads in zip(hidden, figures[0], strict=True)],
        "opponents": [None if gone else heads for gone, heads in zip(hidden, figures[1], strict=True)],
    }


def _too_few(plans: Plans, plan: Plan) -> list[int]:
    """The themes that have too little support to compete."""
    rows = (*plans.themes.get("rows", ()), *plans.themes.get("too_few", ()))
    if not plans.is_ticked:
        return [row["id"] for row in plans.themes.get("too_few", ())]
    named = {row["id"] for row in (*plan.entries, *plan.data.get("left_out", ()))}
    return sorted(row["id"] for row in rows if row["id"] not in named)


def _theme(tag: ThemeTag) -> Document:
    return {
        "id": tag.id,
        "slug": tag.slug,
        "title": tag.title,
        "icon": tag.icon,
        "accent": tag.accent,
        "position": tag.position,
    }


def tags_in(document: Record) -> dict[int, ThemeTag]:
    """The themes as they were called then."""
    return {row["id"]: ThemeTag(**row) for row in document["themes"]}
