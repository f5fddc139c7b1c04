"""The dated way of one idea: sent in, published, steps of its status, answers of the municipality, the council."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, Text, bindparam, cast, literal, null, select, union_all

from app.db import UTCDateTime, db
from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.kit import html
from app.models.council import CouncilDecision, CouncilResult, FocusElement
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.response import OfficialResponse
from app.records.ideas import IdeaRow

AFTER_COUNCIL = frozenset(
    {PublicStatus.ADOPTED, PublicStatus.NOT_ADOPTED, PublicStatus.IN_EXECUTION, PublicStatus.DONE}
)
"""Statuses that an idea only has once the council has decided."""

_RESULTS = {
    CouncilResult.ADOPTED: N_("The council agreed: %(title)s"),
    CouncilResult.AMENDED: N_("The council agreed with changes: %(title)s"),
    CouncilResult.NOT_ADOPTED: N_("The council did not agree: %(title)s"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. `sentence` is English, to be translated with `values`; `status` stands in its place."""

    kind: str
    at: datetime
    sentence: str
    values: dict[str, str]
    text: str
    icon: str
    status: PublicStatus | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A dated public answer of the municipality."""

    id: int
    on_behalf_of: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MergedIdea:
    """An idea that was merged into this one."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that happened to an idea, oldest first, with what pages show apart from it."""

    steps: tuple[Step, ...]
    responses: tuple[Response, ...]
    merged: tuple[MergedIdea, ...]
    status_reason: str
    """Why the idea has the public status that it has."""


_idea = bindparam("idea", type_=Integer)
_changes = select(
    literal("status", String).label("kind"),
    StatusChange.changed_at.label("at"),
    StatusChange.id.label("id"),
    cast(StatusChange.status, String).label("word"),
    StatusChange.reason.label("text"),
    literal("", String).label("url"),
).where(StatusChange.idea_id == _idea)
_responses = select(
    literal("response", String),
    OfficialResponse.answered_at,
    OfficialResponse.id,
    OfficialResponse.on_behalf_of,
    OfficialResponse.body,
    literal("", String),
).where(OfficialResponse.idea_id == _idea)
_merged = select(
    literal("merged", String),
    cast(null(), UTCDateTime),
    Idea.id,
    Idea.title,
    literal("", Text),
    literal("", String),
).where(Idea.merged_into_id == _idea)
_council = select(
    literal("council", String),
    CouncilDecision.decided_at,
    CouncilDecision.id,
    cast(CouncilDecision.result, String),
    CouncilDecision.title,
    CouncilDecision.document_url,
).where(
    CouncilDecision.id.in_(
        select(FocusElement.decision_id)
        .join(IdeaTheme, IdeaTheme.theme_id == FocusElement.theme_id)
        .where(IdeaTheme.idea_id == _idea)
    )
)
_BEFORE_COUNCIL = union_all(_changes, _responses, _merged)
_AFTER_COUNCIL = union_all(_changes, _responses, _merged, _council)


def of_idea(idea: IdeaRow) -> Trail:
    """The trail of an idea, in one statement."""
    statement = _AFTER_COUNCIL if idea.public_status in AFTER_COUNCIL else _BEFORE_COUNCIL
    rows = db.session.connection().execute(statement, {"idea": idea.id}).all()
    steps = _own_steps(idea)
    for kind, at, number, word, text, url in rows:
        if kind == "status":
            status = PublicStatus(word)
            steps.append(Step("status", at, "", {}, text, _STATUS_ICONS[status], status=status))
        elif kind == "response":
            steps.append(
                Step(
                    "response",
                    at,
                    N_("The municipality answered"),
                    {},
                    word,
                    "chat",
                    url=f"#reactie-{number}",
                )
            )
        elif kind == "council":
            steps.append(
                Step(
                    "council",
                    at,
                    _RESULTS[CouncilResult(word)],
                    {"title": text},
                    "",
                    "gavel",
                    url=html.web_address(url),
                )
            )
    # Steps of the same moment stand in the order in which they were made.
    steps.sort(key=lambda step: step.at)
    status_steps = [step for step in steps if step.status is not None]
    return Trail(
        steps=tuple(steps),
        responses=tuple(
            Response(row[2], row[3], row[4], row[1])
            for row in sorted(rows, key=lambda row: row[2])
            if row[0] == "response"
        ),
        merged=tuple(MergedIdea(row[2], row[3]) for row in rows if row[0] == "merged"),
        status_reason=(
            status_steps[-1].text if status_steps and status_steps[-1].status == idea.public_status else ""
        ),
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
