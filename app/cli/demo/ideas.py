"""The ideas of the demo in every state, with what was decided and answered on them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting, is_of_2019
from app.cli.demo.content import Entry, ideas, paragraphs
from app.cli.demo.processes import Stage
from app.cli.demo.rulings import rule
from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus
from app.kit import audit
from app.models import Idea, OfficialResponse, StatusChange
from app.models.person import Role

SUBMITTING = {
    "main": (-41.0, -4.0),
    "procedure": (-34.0, -6.0),
    "research": (-19.0, -2.0),
    "challenge": (-23.0, -6.0),
}
"""Days between which ideas of a call came in, where their entry does not say it."""
VISIBLE = frozenset({IdeaState.PUBLISHED, IdeaState.MERGED, IdeaState.HIDDEN})
COLLEGE = "het college van burgemeester en wethouders"


@dataclass(slots=True)
class Board:
    """All ideas by key, with the entry they came from."""

    ideas: dict[str, Idea] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)


def build_ideas(calendar: Calendar, casting: Casting, stage: Stage) -> Board:
    """Make the ideas of all calls."""
    board = Board()
    for entry in ideas():
        casting.turn_to(f"posting {entry['key']}")
        board.entries[entry["key"]] = entry
        board.ideas[entry["key"]] = _idea(entry, calendar, casting, stage)
    db.session.add_all(board.ideas.values())
    db.session.flush()
    for key, entry in board.entries.items():
        idea = board.ideas[key]
        casting.turn_to(f"deciding {key}")
        if "into" in entry:
            idea.merged_into_id = board.ideas[entry["into"]].id
        if idea.published_at is not None:
            rule(idea, {"verb": "publish"}, idea.published_at, casting)
        if "decision" in entry:
            rule(idea, entry["decision"], calendar.hours_ago(entry["decision"]["hours"]), casting)
        _statuses(idea, entry, calendar, casting)
        _answer(idea, entry, calendar, casting)
    db.session.flush()
    return board


def _idea(entry: Entry, calendar: Calendar, casting: Casting, stage: Stage) -> Idea:
    call, chance = stage.calls[entry["call"]], casting.chance
    state = IdeaState(entry.get("state", "published"))
    submitted_at = _posted(entry, calendar, casting)
    published_at = None
    if state in VISIBLE:
        read_at = calendar.awake(submitted_at + timedelta(hours=chance.uniform(3, 30)))
        published_at = min(read_at, calendar.hours_ago(1))
    idea = Idea(
        call=call,
        author=casting.author(entry, submitted_at - timedelta(hours=1)),
        title=entry["title"],
        summary=entry["summary"],
        body=paragraphs(entry["text"]),
        neighbourhood=entry.get("area", ""),
        state=state,
        public_status=PublicStatus(entry["status"][-1]["to"] if "status" in entry else "open"),
        created_at=submitted_at - timedelta(minutes=chance.randint(6, 55)),
        submitted_at=None if state == IdeaState.DRAFT else submitted_at,
        published_at=published_at,
        argument_count=0,
    )
    idea.themes = [stage.theme(call, key) for key in entry["themes"]]
    return idea


def _posted(entry: Entry, calendar: Calendar, casting: Casting) -> datetime:
    chance = casting.chance
    if "hours" in entry:
        return calendar.hours_ago(entry["hours"])
    if is_of_2019(entry):
        return calendar.at({"date": entry["posted"]}, f"{chance.randint(8, 22):02}:{chance.randrange(60):02}")
    if "posted" in entry:
        return calendar.between(entry["posted"], entry["posted"] + 1, chance)
    first, last = SUBMITTING[entry["call"]]
    # What was answered or decided was there a while before.
    dated = [part["day"] for part in (*entry.get("status", ()), entry.get("response")) if part]
    last = min([last, *(day - 6 for day in dated)])
    # Most ideas come in the first weeks.
    return calendar.between(first, first + (last - first) * chance.random() ** 0.6, chance)


def _statuses(idea: Idea, entry: Entry, calendar: Calendar, casting: Casting) -> None:
    before = PublicStatus.OPEN
    for change in entry.get("status", ()):
        organiser, moment = casting.staff(Role.ORGANISER), calendar.at(change, "11:30")
        status, reason = PublicStatus(change["to"]), change["reason"]
        db.session.add(
            StatusChange(idea=idea, status=status, reason=reason, actor_id=organiser.id, changed_at=moment)
        )
        audit.record(
            organiser,
            "responses.status",
            idea,
            moment,
            before={"public_status": before.value},
            after={"public_status": status.value},
            why=reason,
        )
        before = status


def _answer(idea: Idea, entry: Entry, calendar: Calendar, casting: Casting) -> None:
    if "response" not in entry:
        return
    response = entry["response"]
    organiser, moment = casting.staff(Role.ORGANISER), calendar.at(response, "14:15")
    db.session.add(
        OfficialResponse(
            idea=idea,
            author_id=organiser.id,
            on_behalf_of=response.get("on_behalf_of", COLLEGE),
            body=response["text"],
            answered_at=moment,
        )
    )
    audit.record(organiser, "responses.answer", idea, moment)
