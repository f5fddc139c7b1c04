"""The ideas of the demo in every state, and all that is said, decided and answered on them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, arguments, dice, ideas, paragraphs
from app.cli.demo.people import Crowd, was_here
from app.cli.demo.processes import Stage
from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.kit import audit
from app.models import Argument, Idea, ModerationDecision, OfficialResponse, Person, Report, StatusChange
from app.models.argument import ArgumentState
from app.models.moderation import ModerationVerb, ReportReason
from app.models.person import Role

SUBMITTING = {"main": (-41.0, -4.0), "procedure": (-34.0, -6.0), "research": (-19.0, -2.0)}
"""Days between which ideas of a call came in, where their entry does not say it."""
VISIBLE = frozenset({IdeaState.PUBLISHED, IdeaState.MERGED, IdeaState.HIDDEN})
LAST_ARGUED = "2019-04-12"


@dataclass(slots=True)
class Board:
    """All ideas by key, with the entry they came from."""

    ideas: dict[str, Idea] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)


def build_ideas(calendar: Calendar, crowd: Crowd, stage: Stage) -> Board:
    """Make the ideas of all calls and everything said about them."""
    board, casting = Board(), Casting(crowd, dice("posting"))
    for entry in ideas():
        casting.chance = dice(f"posting {entry['key']}")
        idea = _idea(entry, calendar, casting, stage)
        board.ideas[entry["key"]], board.entries[entry["key"]] = idea, entry
        db.session.add(idea)
    db.session.flush()
    for key, entry in board.entries.items():
        idea, casting.chance = board.ideas[key], dice(f"talk {key}")
        if "into" in entry:
            idea.merged_into_id = board.ideas[entry["into"]].id
        if idea.published_at is not None:
            _decide(idea, ModerationVerb.PUBLISH, {}, idea.published_at, casting)
        if "decision" in entry:
            decided, moment = entry["decision"], calendar.hours_ago(entry["decision"]["hours"])
            _decide(idea, ModerationVerb(decided["verb"]), decided, moment, casting)
        _statuses(idea, entry, calendar, casting)
        _arguments(idea, entry, calendar, casting)
    db.session.flush()
    return board


@dataclass(slots=True)
class Casting:
    """Finds somebody who could have written a text."""

    crowd: Crowd
    chance: Random
    authors: set[int] = field(default_factory=set)

    def author(self, entry: Entry, moment: datetime) -> Person:
        """Who posted an idea: somebody of its neighbourhood who did not post one before."""
        area = entry.get("area", "")
        free = [one for one in self._candidates(entry.get("by"), entry) if one.id not in self.authors]
        near = [one for one in free if one.neighbourhood == area]
        person = self.chance.choice(near or free or self._candidates(entry.get("by"), entry))
        self.authors.add(person.id)
        was_here(person, moment)
        return person

    def speaker(self, entry: Entry, idea_entry: Entry, moment: datetime, but_not: set[int]) -> Person:
        """Who argued: somebody who has not spoken on this idea yet."""
        candidates = self._candidates(entry.get("by"), idea_entry)
        person = self.chance.choice([one for one in candidates if one.id not in but_not] or candidates)
        was_here(person, moment)
        return person

    def _candidates(self, by: str | None, idea_entry: Entry) -> list[Person]:
        kind, _, key = (by or "resident").partition(":")
        if kind == "partner":
            return [self.crowd.delegates[key]]
        if kind == "demo":
            return [self.crowd.demo[key]]
        if "posted" in idea_entry and isinstance(idea_entry["posted"], str):
            return self.crowd.veterans(Group(kind))
        return (self.crowd.residents if kind == "resident" else self.crowd.council)[1:]

    def moderator(self, idea: Idea) -> Person:
        """A moderator, never the author."""
        return self.chance.choice([one for one in self.crowd.with_role(Role.MODERATOR) if one != idea.author])


def _idea(entry: Entry, calendar: Calendar, casting: Casting, stage: Stage) -> Idea:
    call = stage.calls[entry["call"]]
    state = IdeaState(entry.get("state", "published"))
    submitted_at = _posted(entry, calendar, casting.chance)
    published_at = None
    if state in VISIBLE:
        waited = timedelta(hours=casting.chance.uniform(3, 30))
        published_at = min(submitted_at + waited, calendar.hours_ago(1))
    idea = Idea(
        call=call,
        author=casting.author(entry, submitted_at - timedelta(hours=1)),
        title=entry["title"],
        summary=entry["summary"],
        body=paragraphs(entry["text"]),
        neighbourhood=entry.get("area", ""),
        state=state,
        public_status=PublicStatus(entry["status"][-1]["to"] if "status" in entry else "open"),
        created_at=submitted_at - timedelta(minutes=casting.chance.randint(6, 55)),
        submitted_at=None if state == IdeaState.DRAFT else submitted_at,
        published_at=published_at,
    )
    idea.themes = [stage.theme(call, key) for key in entry["themes"]]
    return idea


def _posted(entry: Entry, calendar: Calendar, chance: Random) -> datetime:
    if "hours" in entry:
        return calendar.hours_ago(entry["hours"])
    if isinstance(entry.get("posted"), str):
        return calendar.at({"date": entry["posted"]}, f"{chance.randint(8, 22):02}:{chance.randrange(60):02}")
    if "posted" in entry:
        return calendar.between(entry["posted"], entry["posted"] + 1, chance)
    first, last = SUBMITTING[entry["call"]]
    # What was answered or decided was there a while before.
    dated = [part["day"] for part in (*entry.get("status", ()), entry.get("response")) if part]
    last = min([last, *(day - 6 for day in dated)])
    # Most ideas come in the first weeks.
    return calendar.between(first, first + (last - first) * chance.random() ** 0.6, chance)


def _decide(idea: Idea, verb: ModerationVerb, entry: Entry, moment: datetime, casting: Casting) -> None:
    moderator = casting.moderator(idea)
    reason = RefusalReason(entry["reason"]) if "reason" in entry else None
    sentence = entry.get("sentence", "")
    db.session.add(
        ModerationDecision(
            idea=idea,
            verb=verb,
            reason=reason,
            sentence=sentence,
            moderator_id=moderator.id,
            decided_at=moment,
        )
    )
    audit.record(
        moderator,
        f"moderation.{verb}",
        idea,
        moment,
        before={"state": (IdeaState.PUBLISHED if verb == ModerationVerb.HIDE else IdeaState.SUBMITTED).value},
        after={"state": (IdeaState.PUBLISHED if verb == ModerationVerb.PUBLISH else idea.state).value},
        why=sentence,
    )


def _statuses(idea: Idea, entry: Entry, calendar: Calendar, casting: Casting) -> None:
    organisers = casting.crowd.with_role(Role.ORGANISER)
    before = PublicStatus.OPEN
    for change in entry.get("status", ()):
        organiser, moment = casting.chance.choice(organisers), calendar.at(change, "11:30")
        status = PublicStatus(change["to"])
        db.session.add(
            StatusChange(
                idea=idea, status=status, reason=change["reason"], actor_id=organiser.id, changed_at=moment
            )
        )
        audit.record(
            organiser,
            "responses.status",
            idea,
            moment,
            before={"public_status": before.value},
            after={"public_status": status.value},
            why=change["reason"],
        )
        before = status
    if response := entry.get("response"):
        organiser, moment = casting.chance.choice(organisers), calendar.at(response, "14:15")
        db.session.add(
            OfficialResponse(
                idea=idea,
                author_id=organiser.id,
                on_behalf_of=response.get("on_behalf_of", "het college van burgemeester en wethouders"),
                body=response["text"],
                answered_at=moment,
            )
        )
        audit.record(organiser, "responses.answer", idea, moment)


def _arguments(idea: Idea, entry: Entry, calendar: Calendar, casting: Casting) -> None:
    if idea.published_at is None:
        return
    closed = isinstance(entry.get("posted"), str)
    end = calendar.at({"date": LAST_ARGUED}, "22:00") if closed else calendar.midnight
    if entry["call"] == "research_2019":
        end = calendar.at({"date": "2019-02-06"}, "23:00")
    spoken, moment = {idea.author_id}, idea.published_at
    for said in arguments(entry["key"]):
        # Each comes a while after the one before, and always before the end.
        moment += (end - moment) * casting.chance.betavariate(1.2, 5.0)
        argument = _argument(idea, said, entry, moment, spoken, casting, Side(said["side"]))
        _reports(argument, said, end, casting)
        reply_moment = moment
        if "replies" in said:
            db.session.flush()
        for reply in said.get("replies", ()):
            reply_moment += (end - reply_moment) * casting.chance.betavariate(1.2, 12.0)
            _argument(idea, reply, entry, reply_moment, spoken, casting, argument.side, argument.id)


def _argument(
    idea: Idea,
    said: Entry,
    entry: Entry,
    moment: datetime,
    spoken: set[int],
    casting: Casting,
    side: Side,
    parent_id: int | None = None,
) -> Argument:
    author = casting.speaker(said, entry, moment - timedelta(minutes=20), spoken)
    spoken.add(author.id)
    state = ArgumentState(said.get("state", "published"))
    argument = Argument(
        idea=idea,
        author=author,
        parent_id=parent_id,
        side=side,
        body=said["text"],
        state=state,
        created_at=moment,
    )
    if state == ArgumentState.PUBLISHED:
        idea.argument_count = (idea.argument_count or 0) + 1
    db.session.add(argument)
    return argument


def _reports(argument: Argument, said: Entry, end: datetime, casting: Casting) -> None:
    moment, reporters = argument.created_at, casting.chance.sample(casting.crowd.residents[1:], 5)
    for entry, reporter in zip(said.get("reports", ()), reporters, strict=False):
        moment += (end - moment) * casting.chance.uniform(0.1, 0.3)
        was_here(reporter, moment)
        handled_at = moment + (end - moment) / 2 if entry.get("handled") else None
        db.session.add(
            Report(
                argument=argument,
                reporter=reporter,
                reason=ReportReason(entry["reason"]),
                explanation=entry["explanation"],
                created_at=moment,
                handled_at=handled_at,
            )
        )
        if handled_at and "decision" in said:
            _decide_argument(argument, said["decision"], handled_at, casting)


def _decide_argument(argument: Argument, entry: Entry, moment: datetime, casting: Casting) -> None:
    moderator, verb = casting.moderator(argument.idea), ModerationVerb(entry["verb"])
    db.session.add(
        ModerationDecision(
            argument=argument,
            verb=verb,
            reason=RefusalReason(entry["reason"]) if "reason" in entry else None,
            sentence=entry["sentence"],
            moderator_id=moderator.id,
            decided_at=moment,
        )
    )
    audit.record(
        moderator,
        f"moderation.{verb}",
        argument,
        moment,
        before={"state": ArgumentState.PUBLISHED.value},
        after={"state": argument.state.value},
        why=entry["sentence"],
    )
