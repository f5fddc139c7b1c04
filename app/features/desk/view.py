"""What the control desk shows: now and next as small pictures, the steps, and what can be done with the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from app.db import db
from app.domain.decision import Decision
from app.domain.evening import BESIDE, Step
from app.models.person import Person
from app.policies.room import may_lead
from app.records import evening as evenings
from app.records import evening_words, screen_codes, showing
from app.records.evening import Evening
from app.records.scene_ranking import Row
from app.records.screen_codes import Joining
from app.records.screens import ScreenRow


@dataclass(frozen=True, slots=True)
class Line:
    """A step in the list."""

    step: Step
    name: str
    is_now: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the page of the desk."""

    evening: Evening
    row: ScreenRow
    decision: Decision
    now: Row
    overlay: Row
    following: Step | None
    next: Row | None
    next_overlay: Row
    before: Step | None
    lines: Sequence[Line]
    beside: Sequence[Line]
    minutes: int
    """What the timer is offered for: the minutes of the part of the programme that is on."""
    by: str
    """Who changed the screen last; empty for nobody, or somebody who is no longer here."""
    did: str
    host: str
    joining: Joining | None
    """The code to join in, as on a screen that is opened from here."""


def of_workshop(workshop_id: int, person: Person, now: datetime, *, overtaken: bool = False) -> Desk | None:
    """The desk of a workshop from the database at this moment; `overtaken`: with who changed the screen last."""
    evening = evenings.of_workshop(workshop_id, now)
    if evening is None:
        return None
    row = evening.screen
    following = evening.script.following(row.step, row.place)
    by = db.session.get(Person, row.changed_by) if overtaken and row.changed_by else None
    here = row.step or evening.script.steps[0].key
    at = evening.script.place(here)
    place = row.place if at is None else at
    part = next(
        (each for each in evening.parts if (step := evening.script.step(here)) and each.key == step.part),
        None,
    )
    site = current_app.config["SITE"].site_url
    overlay = showing.overlay(row, now)
    return Desk(
        evening=evening,
        row=row,
        decision=may_lead(person, evening.workshop, now),
        now=showing.now(evening, row, now),
        overlay=overlay,
        following=following,
        next=showing.of_step(evening, row, following, now) if following else None,
        next_overlay={**overlay, "message": ""},
        before=evening.script.before(row.step, row.place),
        lines=[
            Line(step, evening_words.listed(step), step.key == here, number < place)
            for number, step in enumerate(evening.script.steps)
        ],
        beside=[
            Line(step, evening_words.scene_name(step.scene), step.scene == row.scene, False)
            for step in BESIDE
        ],
        minutes=part.minutes if part else 10,
        by=by.name if by else "",
        did=evening_words.did(row.did, evening, row.step) if row.did else "",
        host=urlsplit(site).netloc,
        joining=screen_codes.joining(evening, now),
    )
