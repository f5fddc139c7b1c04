"""The two processes of the demo with everything that hangs on them, except people's texts and votes."""

from dataclasses import dataclass, field
from typing import Any

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, paragraphs, read
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.phases import Action
from app.models import (
    Activity,
    AgendaItem,
    Call,
    CouncilDecision,
    FocusElement,
    OrganisationTalk,
    Phase,
    Practice,
    Process,
    ProgrammePart,
    Theme,
    Workshop,
)
from app.models.council import CouncilResult
from app.models.person import TalkState
from app.models.practice import PracticeLevel
from app.models.process import ActivityKind, Audience, CallKind, ProcessState
from app.models.workshop import AgendaItemKind


@dataclass(slots=True)
class Stage:
    """The processes, and their calls and themes by key."""

    current: Process
    closed: Process
    calls: dict[str, Call] = field(default_factory=dict)
    themes: dict[tuple[str, str], Theme] = field(default_factory=dict)
    """By process slug and theme key: every process has its own."""

    def theme(self, call: Call, key: str) -> Theme:
        """The theme of this key in the process of the call."""
        return self.themes[call.process.slug, key]


def build_processes(calendar: Calendar, crowd: Crowd) -> Stage:
    """Make the open process around today and the closed one of 2019."""
    current = _process(read("process")["process"], ProcessState.OPEN, calendar)
    closed = _process(read("process_2019")["process"], ProcessState.CLOSED, calendar)
    stage = Stage(current, closed)
    _themes(stage, current, {entry["key"] for entry in read("themes")["themes"]})
    _themes(stage, closed, {key for idea in read("process_2019")["ideas"] for key in idea["themes"]})
    for process, name in ((current, "process"), (closed, "process_2019")):
        for position, entry in enumerate(read(name)["calls"]):
            stage.calls[entry["key"]] = _call(process, position, entry, calendar)
        db.session.flush()
        for position, entry in enumerate(read(name)["activities"]):
            _activity(stage, process, position, entry, calendar)
    _council(stage, calendar)
    _practices(stage, calendar)
    _talks(stage, crowd, calendar)
    db.session.flush()
    return stage


def _add(thing: Any) -> Any:
    db.session.add(thing)
    return thing


def _process(entry: Entry, state: ProcessState, calendar: Calendar) -> Process:
    starts_at = calendar.at(entry["starts"])
    process = Process(
        slug=entry["slug"],
        title=entry["title"],
        question=entry["question"],
        intro=paragraphs(entry["intro"]),
        goal=entry["goal"],
        aims=[dict(aim) for aim in entry["aims"]],
        state=state,
        starts_at=starts_at,
        ends_at=calendar.at(entry["ends"]),
        created_at=starts_at,
        ranking_settings={},
        tie_seed=f"loting {entry['slug']}",
    )
    db.session.add(process)
    return process


def _themes(stage: Stage, process: Process, keys: set[str]) -> None:
    chosen = [entry for entry in read("themes")["themes"] if entry["key"] in keys]
    for position, entry in enumerate(chosen):
        stage.themes[process.slug, entry["key"]] = _add(
            Theme(
                process=process,
                slug=entry["key"],
                title=entry["title"],
                description=entry["description"],
                icon=entry["icon"],
                accent=entry["accent"],
                minutes=entry["minutes"],
                position=position,
            )
        )


def _call(process: Process, position: int, entry: Entry, calendar: Calendar) -> Call:
    call = Call(
        process=process,
        slug=entry["slug"],
        title=entry["title"],
        question=entry["question"],
        kind=CallKind(entry["kind"]),
        audience=Audience(entry["audience"]),
        position=position,
        agenda_ballot=entry.get("agenda_ballot", False),
        threshold=entry.get("threshold"),
    )
    db.session.add(call)
    for phase in entry["phases"]:
        rights = {Action(right) for right in phase["rights"]}
        db.session.add(
            Phase(
                call=call,
                name=phase["name"],
                starts_at=calendar.at(phase["starts"]),
                ends_at=calendar.at(phase["ends"]),
                may_submit=Action.SUBMIT in rights,
                may_argue=Action.ARGUE in rights,
                may_vote=Action.VOTE in rights,
                default_sort=phase["sort"],
            )
        )
    return call


def _activity(stage: Stage, process: Process, position: int, entry: Entry, calendar: Calendar) -> None:
    activity = Activity(
        process=process,
        call_id=stage.calls[entry["call"]].id if "call" in entry else None,
        kind=ActivityKind(entry["kind"]),
        title=entry["title"],
        summary=entry["summary"],
        body=paragraphs(entry["text"]),
        findings=paragraphs(entry.get("findings", "")),
        starts_at=calendar.at(entry["starts"]) if "starts" in entry else None,
        ends_at=calendar.at(entry["ends"]) if "ends" in entry else None,
        date_text=entry.get("date_text", ""),
        place=entry["place"],
        capacity=entry.get("capacity"),
        position=position,
    )
    db.session.add(activity)
    db.session.flush()
    for number, part in enumerate(entry.get("parts", ())):
        db.session.add(
            ProgrammePart(
                activity_id=activity.id,
                position=number,
                title=part["title"],
                text=part["text"],
                minutes=part.get("minutes"),
                link_label=part.get("link", ""),
                link_url=part.get("url", ""),
            )
        )
    if activity.kind == ActivityKind.WORKSHOP:
        _workshop(stage, activity, entry, calendar)


def _workshop(stage: Stage, activity: Activity, entry: Entry, calendar: Calendar) -> None:
    call = stage.calls[entry["feeds_from"]]
    workshop = Workshop(activity=activity, call=call, minutes=entry["minutes"], join_code=entry["join_code"])
    db.session.add(workshop)
    for position, block in enumerate(entry["blocks"]):
        db.session.add(
            AgendaItem(
                workshop=workshop,
                kind=AgendaItemKind(block["kind"]),
                theme=stage.theme(call, block["theme"]) if "theme" in block else None,
                title=block.get("title", ""),
                minutes=block["minutes"],
                position=position,
                reason=block.get("reason", ""),
            )
        )


def _council(stage: Stage, calendar: Calendar) -> None:
    entry = read("process_2019")["decision"]
    decision = CouncilDecision(
        process=stage.closed,
        title=entry["title"],
        text=entry["text"],
        result=CouncilResult(entry["result"]),
        decided_at=calendar.at(entry, "21:15"),
    )
    db.session.add(decision)
    for position, element in enumerate(entry["focus"]):
        db.session.add(
            FocusElement(
                process=stage.closed,
                theme=stage.themes[stage.closed.slug, element["theme"]],
                decision=decision,
                title=element["title"],
                text=element["text"],
                position=position,
            )
        )


def _practices(stage: Stage, calendar: Calendar) -> None:
    for entry in read("practices")["practices"]:
        practice = Practice(
            process=stage.current,
            slug=entry["slug"],
            title=entry["title"],
            place=entry["place"],
            level=PracticeLevel(entry["level"]),
            url=entry["url"],
            done=entry["done"],
            learned=entry["learned"],
            privacy_notes=entry["privacy"],
            technology_notes=entry["technology"],
            published_at=calendar.at({"day": -70}, "12:00"),
        )
        practice.themes = [stage.themes[stage.current.slug, key] for key in entry["themes"]]
        db.session.add(practice)


def _talks(stage: Stage, crowd: Crowd, calendar: Calendar) -> None:
    for entry in read("organisations")["organisations"]:
        talk = entry["talk"]
        db.session.add(
            OrganisationTalk(
                organisation=crowd.organisations[entry["slug"]],
                process_id=stage.current.id,
                state=TalkState(talk["state"]),
                held_at=calendar.at(talk, "14:00"),
                outcome=talk["outcome"],
            )
        )
        if earlier := entry.get("talk_2019"):
            db.session.add(
                OrganisationTalk(
                    organisation=crowd.organisations[entry["slug"]],
                    process_id=stage.closed.id,
                    state=TalkState(earlier),
                    outcome="",
                )
            )
