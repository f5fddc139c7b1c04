"""What each scene of the screen says, as plain values: the same for the wall, the control desk and who reads along.

A scene holds nothing of one person: names of authors stand under "by" and "taken_by", so that they can be taken out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.db import db
from app.domain.evening import Does, Scene
from app.models.council import FocusElement
from app.models.outcome import Outcome
from app.records import scene_ranking, scene_rounds, scene_theme
from app.records.evening import Evening, PartRow, numbered
from app.records.scene_ranking import Row

NAMES = ("by", "taken_by")
"""Under which keys a scene holds names of people."""
ELEMENTS = 6
"""Focus elements and sentences of an outcome that can be read from the back of the room."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which scene, of what; `after` is what a step will have done to its round before anybody sees it."""

    scene: Scene
    theme_id: int | None = None
    round_id: int | None = None
    part: str = ""
    after: Does = Does.SHOW


def content(evening: Evening, wish: Wish, now: datetime) -> Row:
    """The scene as values that JSON can hold, in the language of the moment."""
    made = _MAKERS[wish.scene](evening, wish, now)
    shared: Row = {
        "scene": wish.scene.value,
        "kicker": evening.workshop.title,
        "badge": "",
        "hidden": False,
    }
    return shared | made


def without_names(value: Any) -> Any:
    """The same scene with the names of people left out."""
    if isinstance(value, Mapping):
        return {key: "" if key in NAMES else without_names(each) for key, each in value.items()}
    return [without_names(each) for each in value] if isinstance(value, list | tuple) else value


def still_told(content: Row) -> Row:
    """A scene that was kept, without what left the site since: ideas, answers, and names of who went away."""
    if content["scene"] == Scene.ROUND:
        return scene_rounds.still_told(content)
    name = {Scene.IDEAS: "rows", Scene.THEME: "ideas"}.get(content["scene"])
    kept = content.get(name, []) if name else []
    if name is None or not kept:
        return content
    known = scene_ranking.titles_of([row["id"] for row in kept])
    there = [
        row | {"title": known[row["id"]][0], "by": known[row["id"]][1]} for row in kept if row["id"] in known
    ]
    # What people say about ideas stands beside them without a number: it goes along with the first that went.
    gone = {"arguments": {"for": "", "against": ""}, "differ": ""}
    return content | {name: there} | (gone if len(there) < len(kept) and name == "ideas" else {})


def _join(evening: Evening, _wish: Wish, _now: datetime) -> Row:
    present = evening.present
    return {
        "title": _("Join in on your phone"),
        "present": ngettext("%(num)d person joins in", "%(num)d people join in", present) if present else "",
        "steps": [
            _("Scan the code with the camera of your phone."),
            _("Or go to the address and type the code."),
            _("You need no account. Nobody sees what you vote."),
        ],
    }


def _programme(evening: Evening, wish: Wish, _now: datetime) -> Row:
    plans = evening.plans
    settled = evening.published is not None or (plans is not None and plans.is_sealed)
    title = _("This is the agenda") if settled else _("This would be the agenda")
    if plans and plans.is_ticked and evening.published is None:
        title = f"{title}: {_('from the themes that people ticked')}"
    at = numbered(evening.parts, wish.part)
    total = sum(part.minutes for part in evening.parts) or 1
    return {
        "title": title,
        "hidden": evening.is_hidden and evening.published is None,
        "badge": "" if evening.published else scene_ranking.badge(plans),
        "published": evening.published is not None,
        "parts": [
            _part(
                evening,
                part,
                total,
                "" if at is None else "past" if place < at else "now" if place == at else "",
            )
            for place, part in enumerate(evening.parts)
        ],
    }


def _part(evening: Evening, part: PartRow, total: int, when: str) -> Row:
    tag = evening.tag(part.theme_id)
    return {
        "id": part.key,
        "number": part.number or 0,
        "title": part.title,
        "clock": evening.clock(part.begins),
        "minutes": _("%(minutes)s min", minutes=part.minutes),
        "tone": tag.accent if tag else 0,
        "start": round(part.begins / total, 5),
        "width": round(part.minutes / total, 5),
        "when": when,
    }


def _themes(evening: Evening, _wish: Wish, now: datetime) -> Row:
    title = _("Which themes have the most support?")
    if evening.plans is None:
        return {"title": title, "hidden": True}
    return {"title": title} | scene_ranking.themes(evening, evening.plans, now)


def _ideas(evening: Evening, _wish: Wish, _now: datetime) -> Row:
    title = _("Which ideas have the most support?")
    if evening.plans is None:
        return {"title": title, "hidden": True}
    return {"title": title} | scene_ranking.ideas(evening, evening.plans)


def _theme(evening: Evening, wish: Wish, now: datetime) -> Row:
    tag = evening.tag(wish.theme_id)
    if tag is None:
        return _spare(evening, wish, now)
    return scene_theme.content(evening, tag, now)


def _round(evening: Evening, wish: Wish, now: datetime) -> Row:
    asked = evening.round(wish.round_id)
    if asked is None:
        return _spare(evening, wish, now)
    tag = evening.tag(asked.theme_id)
    return {"theme": tag.title if tag else "", "tone": tag.accent if tag else 0} | scene_rounds.content(
        asked, evening.present, wish.after
    )


def _outcome(evening: Evening, wish: Wish, now: datetime) -> Row:
    tag = evening.tag(wish.theme_id)
    if tag is None:
        return _spare(evening, wish, now)
    found = db.session.execute(
        select(Outcome.conclusion, Outcome.elements, Outcome.questions, Outcome.taken_by).where(
            Outcome.workshop_id == evening.workshop.id, Outcome.theme_id == tag.id
        )
    ).one_or_none()
    conclusion, elements, questions, taken_by = found or ("", [], [], "")
    return {
        "title": _("What do we take along from this?"),
        "theme": tag.title,
        "tone": tag.accent,
        "icon": tag.icon,
        "conclusion": conclusion,
        "elements": [str(each) for each in elements][:ELEMENTS],
        "questions": [str(each) for each in questions][:ELEMENTS],
        "taken_by": taken_by,
    }


def _timer(_evening: Evening, _wish: Wish, _now: datetime) -> Row:
    return {"title": _("Time")}


def _break(evening: Evening, wish: Wish, _now: datetime) -> Row:
    at = numbered(evening.parts, wish.part)
    after = evening.parts[at + 1] if at is not None and at + 1 < len(evening.parts) else None
    name = evening.parts[at].title if at is not None else _("Break")
    return {
        "title": name,
        "after": after.title if after else "",
        "published": evening.published is not None,
    }


def _focus(evening: Evening, _wish: Wish, _now: datetime) -> Row:
    rows = db.session.execute(
        select(FocusElement.id, FocusElement.title, FocusElement.text, FocusElement.theme_id)
        .where(FocusElement.process_id == evening.frame.process_id)
        .order_by(FocusElement.position, FocusElement.id)
    ).all()
    shown = []
    for number, title, text, theme_id in rows[:ELEMENTS]:
        tag = evening.tag(theme_id)
        shown.append(
            {
                "id": number,
                "title": title,
                "text": clipped(text, 110),
                "tone": tag.accent if tag else 0,
                "theme": tag.title if tag else "",
            }
        )
    more = len(rows) - len(shown)
    return {
        "title": _("This is where the focus lies"),
        "elements": shown,
        "more": ngettext("And %(num)d more.", "And %(num)d more.", more) if more > 0 else "",
    }


def _thanks(_evening: Evening, _wish: Wish, _now: datetime) -> Row:
    return {
        "title": _("Thank you for joining in!"),
        "steps": [
            _("The outcomes of this evening are on the site."),
            _("They go to the council as input for vision and focus."),
            _("You can follow there what becomes of them."),
        ],
    }


def _spare(_evening: Evening, _wish: Wish, _now: datetime) -> Row:
    return {"title": "", "scene": Scene.SPARE.value}


_MAKERS: Mapping[Scene, Callable[[Evening, Wish, datetime], Row]] = {
    Scene.JOIN: _join,
    Scene.PROGRAMME: _programme,
    Scene.THEMES: _themes,
    Scene.IDEAS: _ideas,
    Scene.THEME: _theme,
    Scene.ROUND: _round,
    Scene.OUTCOME: _outcome,
    Scene.TIMER: _timer,
    Scene.BREAK: _break,
    Scene.FOCUS: _focus,
    Scene.THANKS: _thanks,
    Scene.SPARE: _spare,
}


def clipped(text: str, most: int) -> str:
    """The beginning of a text, cut at a word."""
    plain = " ".join(text.split())
    if len(plain) <= most:
        return plain
    return plain[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
