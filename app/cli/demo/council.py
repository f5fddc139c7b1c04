"""To the council and back in the demo: a proposal with its decision, milestones, and answers that were promised."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, paragraphs, read
from app.cli.demo.processes import Stage
from app.db import db
from app.models import CouncilDecision, FocusElement, Idea, OfficialResponse
from app.models.council import AnswerClock, CouncilProposal, CouncilResult, Milestone
from app.models.process import Call
from app.models.workshop import Workshop
from app.records.clocks import LAST_MINUTE

ON_TIME = timedelta(days=3)
ANSWERS = 2
OVERDUE = 4
"""So many days the answer on one idea is late."""


def build_council(calendar: Calendar, stage: Stage) -> int:
    """Put the way to the council and back into both processes; returns how many answers were promised."""
    content = read("council")
    elements = _decided(content, stage, calendar)
    _milestones(content, elements, calendar)
    stage.closed.evaluation = paragraphs(content["conclusion"]["text"])
    db.session.flush()
    return _promised(content, stage, calendar)


def _decided(content: Entry, stage: Stage, calendar: Calendar) -> dict[str, FocusElement]:
    """The proposal of 2019 and what the council did with each of its elements; the elements by theme."""
    entry = content["proposal"]
    handed_in = calendar.at(entry["handed_in"])
    proposal = CouncilProposal(
        process=stage.closed,
        title=entry["title"],
        text=paragraphs(entry["text"]),
        document_url=entry["url"],
        meets_on=date.fromisoformat(entry["meets"]),
        handed_in_at=handed_in,
        created_at=handed_in - timedelta(days=20),
    )
    db.session.add(proposal)
    decision = db.session.scalars(
        select(CouncilDecision).where(CouncilDecision.process_id == stage.closed.id)
    ).one()
    decision.proposal, decision.document_url = proposal, entry["url"]
    correction = content["correction"]
    corrected_at = calendar.at(correction, "09:00")
    decision.corrections = [{"at": corrected_at.isoformat(), "note": correction["note"]}]
    rows = db.session.scalars(select(FocusElement).where(FocusElement.process_id == stage.closed.id))
    elements = {row.theme.slug: row for row in rows if row.theme is not None}
    workshop = db.session.scalar(
        select(Workshop.id).join(Call, Call.id == Workshop.call_id).where(Call.process_id == stage.closed.id)
    )
    for result in content["results"]:
        element = elements[result["theme"]]
        element.result, element.result_text = CouncilResult(result["result"]), result["text"]
    extra = content["extra"]
    elements[extra["theme"]] = FocusElement(
        process=stage.closed,
        theme=stage.themes[stage.closed.slug, extra["theme"]],
        decision=decision,
        title=extra["title"],
        text=extra["text"],
        result=CouncilResult(extra["result"]),
        result_text=extra["why"],
        position=len(elements),
    )
    for element in elements.values():
        element.proposal, element.workshop_id = proposal, workshop
        element.created_at = handed_in - timedelta(days=30)
        db.session.add(element)
    db.session.flush()
    return elements


def _milestones(content: Entry, elements: dict[str, FocusElement], calendar: Calendar) -> None:
    for position, entry in enumerate(content["milestones"]):
        planned = (
            date.fromisoformat(entry["planned"])
            if "planned" in entry
            else calendar.today + timedelta(days=entry["planned_in"])
        )
        db.session.add(
            Milestone(
                focus_element=elements[entry["theme"]],
                title=entry["title"],
                text=entry.get("text", ""),
                planned_on=planned,
                done_at=calendar.at({"date": entry["done"]}, "16:00") if "done" in entry else None,
                position=position,
            )
        )


def _promised(content: Entry, stage: Stage, calendar: Calendar) -> int:
    """Elements in preparation with promised answers, and ideas: one answered in time, one late and not answered."""
    made: dict[str, FocusElement] = {}
    for position, entry in enumerate(content["elements"]):
        made[entry["theme"]] = FocusElement(
            process=stage.current,
            theme=stage.themes[stage.current.slug, entry["theme"]],
            title=entry["title"],
            text=entry["text"],
            position=position,
            created_at=calendar.midnight - timedelta(days=32),
        )
        db.session.add(made[entry["theme"]])
    for entry in content["promises"]:
        db.session.add(
            AnswerClock(
                process=stage.current,
                focus_element=made[entry["theme"]],
                promised_by=entry["by"],
                started_at=calendar.midnight + timedelta(days=entry["started"]),
                due_at=_last_minute(calendar, entry["due"]),
                reminded_at=calendar.midnight,
            )
        )
    return len(content["promises"]) + _on_ideas(stage, calendar)


def _on_ideas(stage: Stage, calendar: Calendar) -> int:
    of_process = (
        select(Idea)
        .join(Call, Call.id == Idea.call_id)
        .where(Call.process_id == stage.current.id, Idea.state == "published", Idea.published_at.is_not(None))
    )
    answered = db.session.execute(
        of_process.join(OfficialResponse, OfficialResponse.idea_id == Idea.id)
        .add_columns(OfficialResponse.answered_at)
        .order_by(Idea.id)
        .limit(ANSWERS)
    ).all()
    for idea, answered_at in answered:
        db.session.add(_clock(stage, idea, answered_at - ON_TIME, answered_at + ON_TIME, answered_at))
    silent = of_process.where(Idea.id.not_in(select(OfficialResponse.idea_id)))
    late = db.session.scalars(silent.order_by(Idea.published_at, Idea.id).limit(1)).one()
    began = calendar.midnight - timedelta(days=25)
    db.session.add(_clock(stage, late, began, _last_minute(calendar, -OVERDUE), None))
    db.session.flush()
    return len(answered) + 1


def _clock(
    stage: Stage, idea: Idea, started_at: datetime, due_at: datetime, answered_at: datetime | None
) -> AnswerClock:
    published_at = idea.published_at or started_at
    return AnswerClock(
        process=stage.current,
        idea=idea,
        promised_by="De gemeente",
        started_at=max(started_at, published_at),
        due_at=due_at,
        reminded_at=due_at if answered_at is None else None,
        answered_at=answered_at,
    )


def _last_minute(calendar: Calendar, days: int) -> datetime:
    return calendar.on(calendar.today + timedelta(days=days), LAST_MINUTE.isoformat("minutes"))
