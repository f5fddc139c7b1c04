"""What people say about the ideas of the demo, and what they report."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting, is_of_2019
from app.cli.demo.content import Entry, arguments, dice, read
from app.cli.demo.ideas import Board
from app.cli.demo.rulings import rule
from app.db import db
from app.domain.ballot import Group, Side
from app.models import Argument, Idea, Report
from app.models.argument import ArgumentState, HelpfulMark
from app.models.moderation import ReportReason

ENDED = {"main_2019": "2019-04-12", "research_2019": "2019-02-06"}
"""The last day of talk in the calls of 2019."""
MENDED_AFTER = timedelta(minutes=4)
MOST_MARKS = 14


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
    _marks(calendar, casting, board)
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


def _marks(calendar: Calendar, casting: Casting, board: Board) -> None:
    """Let people who are here find some arguments more helpful than others."""
    entries = {idea.id: board.entries[key] for key, idea in board.ideas.items()}
    shown = select(Argument).where(Argument.state == ArgumentState.PUBLISHED).order_by(Argument.id)
    rows = []
    for argument in db.session.scalars(shown):
        entry, chance = entries[argument.idea_id], dice(f"helpful {argument.id}")
        is_old = is_of_2019(entry)
        end = calendar.at({"date": ENDED[entry["call"]]}, "23:00") if is_old else calendar.midnight
        people = casting.crowd.veterans(Group.RESIDENT) if is_old else casting.crowd.residents[1:]
        likes = int(MOST_MARKS * chance.betavariate(0.8, 3.0)) // (2 if argument.parent_id else 1)
        for reader in chance.sample(people, min(likes, len(people))):
            moment = argument.created_at + (end - argument.created_at) * chance.betavariate(1.2, 4.0)
            if reader.id != argument.author_id and reader.created_at < moment:
                rows.append(
                    {
                        "argument_id": argument.id,
                        "person_id": reader.id,
                        "marked_at": calendar.awake(moment),
                    }
                )
                argument.helpful_count += 1
    db.session.flush()
    db.session.execute(insert(HelpfulMark), rows)


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
        edited_at=moment + MENDED_AFTER if said.get("edited") else None,
        helpful_count=0,
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
