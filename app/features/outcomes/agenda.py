"""The evening as it was planned: the parts of its programme in order, from the published agenda or else as drafted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_time
from flask_babel import gettext as _

from app.domain.programme import PartKind
from app.records import agenda_deviations, agenda_versions, agendas, frames
from app.records.agenda_deviations import DeviationKind
from app.records.agenda_versions import VersionRow
from app.records.agendas import WorkshopRow
from app.records.frames import Frame, ThemeTag
from app.records.part_words import part_name

TOP = 3
"""So many ideas of a theme stand on an agenda that nobody published."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the programme; `theme` is None for a block of time, `number` counts the themes."""

    clock: str
    title: str
    minutes: int
    number: int | None = None
    theme: int | None = None
    ideas: tuple[int, ...] = ()
    """Its ideas with the most support, for what becomes of them; while counts are hidden no page shows them."""


@dataclass(frozen=True, slots=True)
class Evening:
    """The programme and what it followed from. `version` is the number of the published agenda, None: not published."""

    parts: tuple[Part, ...] = ()
    version: int | None = None
    stand: Mapping[str, Any] | None = None
    """number, digest, id (None when not known here) and sealedAt of the sealed standing."""
    weighting: str = ""
    deviations: tuple[str, ...] = ()
    """What a facilitator changed to what the votes made of it, in sentences."""
    is_hidden: bool = False
    """Whether a phase hides the counts: then nothing tells why the agenda is as it is."""

    @property
    def themes(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.theme is not None)


def planned(workshop: WorkshopRow, frame: Frame, now: datetime) -> Evening:
    """The agenda that counts. While nobody may see counts it is empty, unless it was published: themes and minutes
    are a decision then, and what they followed from is hidden as everywhere (decision 0036)."""
    version = agenda_versions.newest(workshop.id) if workshop.version else None
    hidden = frame.call.hides_counts(now)
    if version is not None:
        evening = _published(workshop, version)
        return _bare(evening) if hidden else evening
    if hidden:
        return Evening(is_hidden=True)
    return _drafted(workshop, frame, now)


def tags(workshop: WorkshopRow) -> tuple[Frame, dict[int, ThemeTag]]:
    """The frame of the call that feeds the workshop, with its themes by number. Raises LookupError."""
    frame = frames.of_call(workshop.call_slug)
    if frame is None:
        raise LookupError(workshop.call_slug)
    return frame, {tag.id: tag for tag in frame.themes}


def _clock(workshop: WorkshopRow, begins: int) -> str:
    if workshop.starts_at is None:
        return ""
    return str(format_time(workshop.starts_at + timedelta(minutes=begins), "HH:mm"))


def _published(workshop: WorkshopRow, version: VersionRow) -> Evening:
    document = version.document
    return Evening(
        parts=tuple(
            Part(
                clock=_clock(workshop, part["begins"]),
                title=part["title"] or part_name(part["kind"]),
                minutes=part["minutes"],
                number=part["number"],
                theme=part["themeId"],
                ideas=tuple(idea["id"] for idea in part["ideas"]),
            )
            for part in document["parts"]
        ),
        version=version.number,
        stand=document["stand"],
        weighting=document["weighting"],
        deviations=tuple(
            deviation(each["kind"], each["title"], each["reason"]) for each in document["deviations"]
        ),
    )


def _bare(evening: Evening) -> Evening:
    """Its parts in their order with their minutes: no reason, no standing, no way of weighing."""
    return replace(evening, stand=None, weighting="", deviations=(), is_hidden=True)


def _drafted(workshop: WorkshopRow, frame: Frame, now: datetime) -> Evening:
    plans = agendas.plans(workshop, now)
    weighting = plans.usual or frame.rules.weighting
    plan = plans.by[weighting]
    named = {tag.id: tag.title for tag in frame.themes}
    blocks = {item.id: item for item in plans.fixed if item.is_block}
    ranked = (*plans.themes.get("rows", ()), *plans.themes.get("too_few", ()))
    top = {row["id"]: tuple(row["top"][:TOP]) for row in ranked}
    parts = []
    for part in plan.parts:
        clock = _clock(workshop, part.begins)
        if part.kind is not PartKind.THEME:
            block = blocks.get(part.id) if part.kind is not PartKind.FREE else None
            title = block.title if block else ""
            parts.append(Part(clock, title or part_name(part.kind.value), part.minutes))
        elif part.id in named:
            parts.append(
                Part(
                    clock,
                    named[part.id],
                    part.minutes,
                    part.number,
                    part.id,
                    top.get(part.id, ()),
                )
            )
    sealed = plans.sealed if plans.is_sealed else None
    return Evening(
        parts=tuple(parts),
        stand={
            "id": sealed.id,
            "number": sealed.number,
            "digest": sealed.digest,
            "sealedAt": sealed.sealed_at,
        }
        if sealed
        else None,
        weighting=weighting.value,
        deviations=tuple(
            deviation(each.kind, named.get(each.theme_id or 0, ""), each.reason)
            for each in agenda_deviations.of_plan(plans, plan)
        ),
    )


def deviation(kind: str, title: str, reason: str) -> str:
    """What the facilitator changed to what the votes made of it, with the reason."""
    if kind == DeviationKind.PINNED:
        said = _("%(theme)s was put on the agenda beforehand, whatever the votes say.", theme=title)
    elif kind == DeviationKind.SKIPPED:
        said = _("%(theme)s was kept off the agenda.", theme=title)
    elif kind == DeviationKind.RETIMED:
        said = _("%(theme)s took other minutes than usual.", theme=title)
    else:
        said = _("The parts stand in another order than follows from the votes.")
    if reason:
        said += " " + _("Reason: %(reason)s", reason=reason)
    return said
