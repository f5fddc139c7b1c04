"""The dated way of one idea: sent in, published, counted, on an agenda, discussed, its status, answers, the council."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import (
    Integer,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.db import db
from app.domain import promises
from app.domain.decision import N_
from app.domain.lifecycle import READABLE_STATES, PublicStatus
from app.models.council import AnswerClock, CouncilDecision, CouncilProposal, FocusElement
from app.models.duplicate import Merge
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.moderation import SplitIdea
from app.models.outcome import Outcome
from app.models.process import Call
from app.models.response import OfficialResponse
from app.models.seal import Snapshot
from app.models.workshop import Workshop
from app.records import merges, stations, trail_parts, why_not
from app.records.ideas import IdeaRow
from app.records.merges import MergedText
from app.records.stations import Station
from app.records.trail_parts import Step
from app.records.why_not import WhyNot

_SPLIT = {
    "came_from": (N_("Split off from the idea “%(title)s”"), N_("Split off from another idea")),
    "part": (
        N_("A part became an idea of its own: “%(title)s”"),
        N_("A part became an idea of its own"),
    ),
}
"""With the title of the other idea, and without where that is off the site."""


@dataclass(frozen=True, slots=True)
class Response:
    """A dated public answer of the municipality."""

    id: int
    on_behalf_of: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """An answer that was promised and is not there yet."""

    promised_by: str
    due_at: datetime
    is_answered: bool = False

    def days_late(self, now: datetime) -> int:
        return promises.days_late(self.due_at, now)

    def days_left(self, now: datetime) -> int:
        return promises.days_left(self.due_at, now)


@dataclass(frozen=True, slots=True)
class OtherIdea:
    """An idea that this one was a part of, or the other way round."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that happened to an idea, oldest first, with what pages show apart from it."""

    steps: tuple[Step, ...]
    responses: tuple[Response, ...]
    merged: tuple[MergedText, ...]
    """What the ideas say that became one with this one."""
    came_from: tuple[OtherIdea, ...]
    """The idea that this one was a part of, if readers may read it; of others only the step tells."""
    parts: tuple[OtherIdea, ...]
    """The ideas that were parts of this one."""
    status_reason: str
    """Why the idea has the public status that it has."""
    why_not: WhyNot | None = None
    """Where it went no further on its way to the council, and why."""
    promised: Promised | None = None
    stations: tuple[Station, ...] = ()
    """The same way in seven stations, for a picture."""


_idea = bindparam("idea", type_=Integer)
_part = aliased(Idea)
_changes = trail_parts.part(
    "status", StatusChange.changed_at, StatusChange.id, StatusChange.status, StatusChange.reason
).where(StatusChange.idea_id == _idea)
_responses = trail_parts.part(
    "response",
    OfficialResponse.answered_at,
    OfficialResponse.id,
    OfficialResponse.on_behalf_of,
    OfficialResponse.body,
).where(OfficialResponse.idea_id == _idea)
# Of an idea that is off the site no title: an empty one, and no way to its page.
_other_title = case((Idea.state.in_(READABLE_STATES), Idea.title), else_="")
_came_from = (
    trail_parts.part("came_from", func.coalesce(_part.published_at, _part.created_at), Idea.id, _other_title)
    .select_from(SplitIdea)
    .join(Idea, Idea.id == SplitIdea.from_id)
    .join(_part, _part.id == SplitIdea.idea_id)
    .where(SplitIdea.idea_id == _idea)
)
_parts = (
    trail_parts.part("part", func.coalesce(Idea.published_at, Idea.created_at), Idea.id, _other_title)
    .select_from(SplitIdea)
    .join(Idea, Idea.id == SplitIdea.idea_id)
    .where(SplitIdea.from_id == _idea)
)
_other = aliased(Idea)
_MERGES = {
    "joined": N_("“%(title)s” became one with this idea"),
    "parted": N_("“%(title)s” stands on its own again"),
    "went_on": N_("Went on in the idea “%(title)s”"),
    "came_back": N_("Stands on its own again, apart from “%(title)s”"),
}


def _merge_steps(kind: str) -> Select[*tuple[Any, ...]]:
    """Merges into this idea, or of this idea; when they began or when they were undone, as dated steps."""
    here, there = (
        (Merge.into_id, Merge.idea_id) if kind in ("joined", "parted") else (Merge.idea_id, Merge.into_id)
    )
    undone = kind in ("parted", "came_back")
    steps = (
        trail_parts.part(
            kind,
            Merge.undone_at if undone else Merge.merged_at,
            there,
            _other.title,
            Merge.undo_sentence if undone else Merge.sentence,
        )
        .join(_other, _other.id == there)
        .where(here == _idea, _other.state.in_(READABLE_STATES))
    )
    return steps.where(Merge.undone_at.is_not(None)) if undone else steps


_merges = [_merge_steps(kind) for kind in _MERGES]
_theme = select(IdeaTheme.theme_id).where(IdeaTheme.idea_id == _idea)
_this = select(Idea.call_id).where(Idea.id == _idea).scalar_subquery()
_published = select(Idea.published_at).where(Idea.id == _idea).scalar_subquery()
_process = (
    select(Call.process_id)
    .join(Idea, Idea.call_id == Call.id)
    .where(Idea.id == _idea)
    .correlate(None)
    .scalar_subquery()
)
_taken = merges.taken_by(_idea)
# What was promised on an idea that became one with this one is answered here.
_promised_here = or_(AnswerClock.idea_id == _idea, AnswerClock.idea_id.in_(select(_taken.c.id)))
_on_the_way = (
    trail_parts.seals(Snapshot.call_id == _this, Snapshot.cut_off >= _published),
    trail_parts.agendas(
        Workshop.call_id == _this,
        exists().where(IdeaTheme.idea_id == _idea, trail_parts.names(IdeaTheme.theme_id)),
    ),
    trail_parts.outcomes(Outcome.theme_id.in_(_theme), Outcome.recorded_at >= _published),
    trail_parts.proposals(FocusElement.theme_id.in_(_theme), CouncilProposal.handed_in_at >= _published),
    trail_parts.promises(_promised_here),
    trail_parts.due(_promised_here),
    trail_parts.focus(FocusElement.theme_id.in_(_theme)),
    trail_parts.handed(CouncilProposal.process_id == _process),
)
_of_its_theme = FocusElement.theme_id.in_(_theme)
_decisions = trail_parts.decisions(_of_its_theme)
_after_council = (_decisions, trail_parts.milestones(_of_its_theme))
_ALWAYS = (
    _changes,
    _responses,
    _came_from,
    _parts,
    *_merges,
    *merges.text_rows(_taken),
    *_on_the_way,
)
# The council may have decided on its theme although the idea itself never was before it.
_BEFORE_COUNCIL = union_all(*_ALWAYS, _decisions.where(CouncilDecision.decided_at >= _published))
_AFTER_COUNCIL = union_all(*_ALWAYS, *_after_council)


def of_idea(idea: IdeaRow) -> Trail:
    """The trail of an idea, in one statement."""
    statement = _AFTER_COUNCIL if idea.public_status.is_decided else _BEFORE_COUNCIL
    rows = db.session.connection().execute(statement, {"idea": idea.id}).all()
    # Steps of the same moment stand in the order in which they were made.
    steps = sorted((*_own_steps(idea), *_read(rows)), key=lambda step: step.at)
    status_steps = [step for step in steps if step.status is not None]
    left = why_not.of_idea(idea, rows)
    return Trail(
        steps=tuple(steps),
        responses=tuple(
            Response(row[2], row[3], row[4], row[1])
            for row in sorted(rows, key=lambda row: row[2] or 0)
            if row[0] == "response"
        ),
        merged=merges.texts(rows),
        came_from=tuple(OtherIdea(row[2], row[3]) for row in rows if row[0] == "came_from" and row[3]),
        parts=tuple(OtherIdea(row[2], row[3]) for row in rows if row[0] == "part" and row[3]),
        status_reason=(
            status_steps[-1].text if status_steps and status_steps[-1].status == idea.public_status else ""
        ),
        why_not=left,
        promised=next((Promised(row[3], row[1]) for row in rows if row[0] == trail_parts.DUE), None),
        stations=stations.of_steps(steps, status=idea.public_status, stays=left is not None),
    )


def _read(rows: Sequence[Any]) -> list[Step]:
    """The steps that the rows tell: those of every trail, and those of ideas alone."""
    steps = trail_parts.steps(rows)
    for row in rows:
        kind = row[0]
        if kind == "status":
            steps.append(_status_step(row))
        elif kind == "response":
            steps.append(_response_step(row))
        elif kind in _SPLIT:
            steps.append(_split_step(row))
        elif kind in _MERGES:
            steps.append(Step(kind, row[1], _MERGES[kind], {"title": row[3]}, row[4], "merge"))
    return steps


def _status_step(row: Sequence[Any]) -> Step:
    status = PublicStatus(row[3])
    return Step("status", row[1], "", {}, row[4], _STATUS_ICONS[status], status=status)


def _response_step(row: Sequence[Any]) -> Step:
    _kind, at, number, on_behalf_of, _body, _url = row
    said = N_("The municipality answered")
    return Step("response", at, said, {}, on_behalf_of, "chat", url=f"#reactie-{number}")


def _split_step(row: Sequence[Any]) -> Step:
    kind, at, number, title, _text, _url = row
    named, unnamed = _SPLIT[kind]
    return Step(
        kind,
        at,
        named if title else unnamed,
        {"title": title},
        "",
        "split",
        url=url_for("ideas.show", idea_id=number) if title else "",
    )


def _own_steps(idea: IdeaRow) -> list[Step]:
    steps = []
    if idea.submitted_at is not None:
        steps.append(Step("submitted", idea.submitted_at, N_("Sent in"), {}, "", "mail"))
    if idea.published_at is not None:
        themes = ", ".join(theme.title for theme in idea.themes)
        steps.append(Step("published", idea.published_at, N_("Published"), {}, themes, "idea"))
    return steps


_STATUS_ICONS = {
    PublicStatus.OPEN: "speech",
    PublicStatus.ON_AGENDA: "agenda",
    PublicStatus.DISCUSSED: "users",
    PublicStatus.BEFORE_COUNCIL: "gavel",
    PublicStatus.ADOPTED: "check-circle",
    PublicStatus.NOT_ADOPTED: "cross",
    PublicStatus.IN_EXECUTION: "settings",
    PublicStatus.DONE: "star",
}
