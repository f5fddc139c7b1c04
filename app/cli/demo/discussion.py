"""What people say about the ideas of the demo, and what they report."""

from datetime import datetime, timedelta

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting, is_of_2019
from app.cli.demo.content import Entry, arguments, read
from app.cli.demo.ideas import Board
from app.cli.demo.rulings import rule
from app.db import db
from app.domain.ballot import Side
from app.models import Argument, Idea, Report
from app.models.argument import ArgumentState
from app.models.moderation import ReportReason

ENDED = {"main_2019": "2019-04-12", "research_2019": "2019-02-06"}
"""The last day of talk in the calls of 2019."""


def build_discussion(calendar: Calendar, casting: Casting, board: Board) -> int:
    """Make the arguments with their replies, and the reports; the number of arguments and replies."""
    for key, idea in board.ideas.items():
        casting.turn_to(f"talking {key}")
        if idea.published_at is not None:
            _talk(idea, idea.published_at, board.entries[key], calendar, casting)
    for entry in read("inbox")["reports"]:
        idea, created_at = board.ideas[entry["idea"]], calendar.hours_ago(entry["hours"])
        handled_at = calendar.hours_ago(entry["handled"]) if "handled" in entry else None
        _report(entry, created_at, handled_at, casting, idea=idea)
        if handled_at is not None and "decision" in entry:
            rule(idea, entry["decision"], handled_at, casting)
    db.session.flush()
    return sum(idea.argument_count for idea in board.ideas.values())


def _talk(idea: Idea, moment: datetime, entry: Entry, calendar: Calendar, casting: Casting) -> None:
    end = calendar.midnight
    if is_of_2019(entry):
        end = calendar.at({"date": ENDED[entry["call"]]}, "23:00")
    spoken = {idea.author_id}
    for said in arguments(entry["key"]):
        # Each comes a while after the one before, and always before the end.
        moment = calendar.awake(moment + (end - moment) * casting.chance.betavariate(1.2, 5.0))
        argument = _argument(idea, said, entry, moment, spoken, casting)
        db.session.add(argument)
        _reports(argument, said, end, calendar, casting)
        reply_moment = moment
        for said_back in said.get("replies", ()):
            db.session.flush()
            waited = (end - reply_moment) * casting.chance.betavariate(1.2, 12.0)
            reply_moment = calendar.awake(reply_moment + waited)
            reply = _argument(idea, {**said_back, "side": said["side"]}, entry, reply_moment, spoken, casting)
            reply.parent_id = argument.id
            db.session.add(reply)


def _argument(
    idea: Idea, said: Entry, entry: Entry, moment: datetime, spoken: set[int], casting: Casting
) -> Argument:
    author = casting.speaker(said, entry, moment - timedelta(minutes=20), spoken)
    spoken.add(author.id)
    state = ArgumentState(said.get("state", "published"))
    if state == ArgumentState.PUBLISHED:
        idea.argument_count += 1
    return Argument(
        idea=idea,
        author=author,
        side=Side(said["side"]),
        body=said["text"],
        state=state,
        created_at=moment,
    )


def _reports(argument: Argument, said: Entry, end: datetime, calendar: Calendar, casting: Casting) -> None:
    moment, handled_at = argument.created_at, None
    if "decision" in said:
        handled_at = calendar.awake(moment + (end - moment) / 2)
        rule(argument, said["decision"], handled_at, casting)
    for entry in said.get("reports", ()):
        moment = calendar.awake(moment + (end - moment) * casting.chance.uniform(0.05, 0.15))
        _report(entry, moment, handled_at, casting, argument=argument)


def _report(
    entry: Entry,
    created_at: datetime,
    handled_at: datetime | None,
    casting: Casting,
    *,
    idea: Idea | None = None,
    argument: Argument | None = None,
) -> None:
    db.session.add(
        Report(
            idea=idea,
            argument=argument,
            reporter=casting.reader(created_at),
            reason=ReportReason(entry["reason"]),
            explanation=entry["explanation"],
            created_at=created_at,
            handled_at=handled_at,
        )
    )
