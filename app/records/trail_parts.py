"""Steps that ideas, themes and processes share on their way: counted, on an agenda, discussed, the council, execution.

Every part is a select of six columns, so that a trail is one statement: kind, moment, number, a word, a text, an
address or another number in letters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, String, Text, and_, case, cast, func, literal, select

from app.db import db
from app.domain.decision import N_
from app.domain.lifecycle import READABLE_STATES, PublicStatus
from app.kit import html
from app.models.council import (
    AnswerClock,
    CouncilDecision,
    CouncilProposal,
    CouncilResult,
    FocusElement,
    Milestone,
)
from app.models.idea import Idea
from app.models.outcome import Outcome
from app.models.process import Activity, Process, Theme
from app.models.seal import SealReason, Snapshot
from app.models.workshop import AgendaVersion, Workshop

Part = Select[*tuple[Any, ...]]
NO_ELEMENTS = "[]"
LONGEST_TEXT = 400
FOCUS, HANDED, DUE, BARE = "focus", "handed", "due", "outcome_bare"
"""Rows that are no steps, but tell why something went no further or is late; and an outcome without elements."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. `sentence` is English, to be translated with `values`; `status` stands in its place."""

    kind: str
    at: datetime
    sentence: str
    values: dict[str, Any]
    text: str
    icon: str
    status: PublicStatus | None = None
    url: str = ""


def part(kind: Any, at: Any, number: Any, word: Any = "", text: Any = "", more: Any = "") -> Part:
    """Rows of one kind, with the six columns that all have."""
    return select(
        _told(kind, String).label("kind"),
        at.label("at"),
        number.label("id"),
        _told(word, String).label("word"),
        _told(text, Text).label("text"),
        _told(more, String).label("url"),
    )


def _told(value: Any, kind: type[String | Text]) -> ColumnElement[Any]:
    return literal(value, kind()) if isinstance(value, str) else cast(value, kind)


def names(theme_id: ColumnElement[Any] | Any) -> ColumnElement[bool]:
    """Whether a version of an agenda has an item on this theme.

    Its document is canonical JSON: keys in order and without spaces, so an item's number of a theme is always followed
    by another key. Within a text of somebody the quotes would have a backslash before them.
    """
    return AgendaVersion.document.contains(literal('"themeId":').concat(cast(theme_id, String)).concat(',"'))


def seals(*conditions: ColumnElement[bool]) -> Part:
    """Standings that were sealed for a workshop or for the council."""
    return part("seal", Snapshot.sealed_at, Snapshot.id, Snapshot.number).where(
        Snapshot.reason.in_((SealReason.WORKSHOP, SealReason.COUNCIL)), *conditions
    )


def agendas(*conditions: ColumnElement[bool]) -> Part:
    """Agendas that were published."""
    return (
        part("agenda", AgendaVersion.published_at, Workshop.id, AgendaVersion.number, Activity.title)
        .join(Workshop, Workshop.id == AgendaVersion.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .where(*conditions)
    )


def outcomes(*conditions: ColumnElement[bool]) -> Part:
    """What rooms concluded."""
    return (
        part(
            case((cast(Outcome.elements, String) == NO_ELEMENTS, BARE), else_="outcome"),
            Outcome.recorded_at,
            Activity.id,
            func.coalesce(Theme.title, ""),
            func.substr(Outcome.conclusion, 1, LONGEST_TEXT),
            Activity.title,
        )
        .join(Workshop, Workshop.id == Outcome.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .outerjoin(Theme, Theme.id == Outcome.theme_id)
        .where(*conditions)
    )


def proposals(*conditions: ColumnElement[bool]) -> Part:
    """Proposals that went to the council with one of these elements."""
    return (
        part(
            "proposal", CouncilProposal.handed_in_at, CouncilProposal.id, CouncilProposal.title, Process.slug
        )
        .join(FocusElement, FocusElement.proposal_id == CouncilProposal.id)
        .join(Process, Process.id == CouncilProposal.process_id)
        .where(CouncilProposal.handed_in_at.is_not(None), *conditions)
        .distinct()
    )


def decisions(*conditions: ColumnElement[bool]) -> Part:
    """What the council decided on one of these elements."""
    return part(
        "council",
        CouncilDecision.decided_at,
        CouncilDecision.id,
        CouncilDecision.result,
        CouncilDecision.title,
        CouncilDecision.document_url,
    ).where(CouncilDecision.id.in_(select(FocusElement.decision_id).where(*conditions)))


def milestones(*conditions: ColumnElement[bool]) -> Part:
    """Steps of these elements that were taken."""
    return (
        part("milestone", Milestone.done_at, Milestone.id, Milestone.title, Milestone.text, Process.slug)
        .join(FocusElement, FocusElement.id == Milestone.focus_element_id)
        .join(Process, Process.id == FocusElement.process_id)
        .where(Milestone.done_at.is_not(None), *conditions)
    )


def promises(*conditions: ColumnElement[bool]) -> Part:
    """Answers that were promised."""
    return (
        part(
            "promise",
            AnswerClock.started_at,
            AnswerClock.id,
            AnswerClock.promised_by,
            func.coalesce(FocusElement.title, Idea.title, ""),
            Process.slug,
        )
        .join(Process, Process.id == AnswerClock.process_id)
        .outerjoin(FocusElement, FocusElement.id == AnswerClock.focus_element_id)
        .outerjoin(Idea, and_(Idea.id == AnswerClock.idea_id, Idea.state.in_(READABLE_STATES)))
        .where(*conditions)
    )


def due(*conditions: ColumnElement[bool]) -> Part:
    """Answers that were promised and are not there yet, with the moment they are due: no steps, but a mark."""
    return part(DUE, AnswerClock.due_at, AnswerClock.id, AnswerClock.promised_by).where(
        AnswerClock.answered_at.is_(None), *conditions
    )


def focus(*conditions: ColumnElement[bool]) -> Part:
    """Focus elements, each with the day its proposal went to the council: no steps, see why_not."""
    return (
        part(
            FOCUS,
            CouncilProposal.handed_in_at,
            FocusElement.id,
            FocusElement.title,
            func.coalesce(cast(FocusElement.result, String), ""),
        )
        .outerjoin(CouncilProposal, CouncilProposal.id == FocusElement.proposal_id)
        .where(*conditions)
    )


def handed(*conditions: ColumnElement[bool]) -> Part:
    """The last day on which a proposal of a process went to the council: no step, see why_not."""
    return (
        part(HANDED, func.max(CouncilProposal.handed_in_at), func.max(CouncilProposal.id))
        .where(CouncilProposal.handed_in_at.is_not(None), *conditions)
        .having(func.count() > 0)
    )


COUNCIL_SAID = {
    CouncilResult.ADOPTED: N_("The council agreed: %(title)s"),
    CouncilResult.AMENDED: N_("The council agreed with changes: %(title)s"),
    CouncilResult.NOT_ADOPTED: N_("The council did not agree: %(title)s"),
}
Row = Sequence[Any]


def steps(rows: Sequence[Row]) -> list[Step]:
    """The steps that these rows tell; of an agenda with several versions the first one that has it."""
    told = [row for row in rows if row[0] in _MAKERS and row[1] is not None]
    found, agendas_seen = [], set()
    for row in sorted(told, key=lambda each: (each[1], each[2] or 0)):
        if row[0] == "agenda":
            if row[2] in agendas_seen:
                continue
            agendas_seen.add(row[2])
        found.append(_MAKERS[row[0]](row))
    return found


def _seal(row: Row) -> Step:
    said = N_("Counted along in standing %(number)s, which was sealed")
    return Step(
        "seal", row[1], said, {"number": row[3]}, "", "seal", url=url_for("stands.show", snapshot_id=row[2])
    )


def _agenda(row: Row) -> Step:
    said = N_("On the agenda of %(workshop)s (version %(number)s)")
    values = {"workshop": row[4], "number": row[3]}
    return Step(
        "agenda", row[1], said, values, "", "agenda", url=url_for("workshop.show", workshop_id=row[2])
    )


def _outcome(row: Row) -> Step:
    said = N_("Talked about at %(workshop)s: %(theme)s") if row[3] else N_("Talked about at %(workshop)s")
    values = {"workshop": row[5], "theme": row[3]}
    return Step(
        "outcome",
        row[1],
        said,
        values,
        row[4],
        "users",
        url=url_for("processes.activity", activity_id=row[2]),
    )


def _proposal(row: Row) -> Step:
    said = N_("A proposal went to the council: %(title)s")
    return Step(
        "proposal", row[1], said, {"title": row[3]}, "", "gavel", url=url_for("council.show", slug=row[4])
    )


def _decision(row: Row) -> Step:
    said = COUNCIL_SAID[CouncilResult(row[3])]
    return Step("council", row[1], said, {"title": row[4]}, "", "gavel", url=html.web_address(row[5]))


def _milestone(row: Row) -> Step:
    said = N_("A step has been taken: %(title)s")
    url = url_for("council.show", slug=row[5], _anchor="execution")
    return Step("milestone", row[1], said, {"title": row[3]}, row[4], "settings", url=url)


def _promise(row: Row) -> Step:
    said = N_("An answer was promised by: %(who)s")
    url = url_for("council.show", slug=row[5], _anchor="answers")
    return Step("promise", row[1], said, {"who": row[3]}, "", "clock", url=url)


_MAKERS: Mapping[str, Callable[[Row], Step]] = {
    "seal": _seal,
    "agenda": _agenda,
    "outcome": _outcome,
    BARE: _outcome,
    "proposal": _proposal,
    "council": _decision,
    "milestone": _milestone,
    "promise": _promise,
}


def run(statement: Any, **values: Any) -> Sequence[Row]:
    """The rows of a trail."""
    return db.session.connection().execute(statement, values).all()
