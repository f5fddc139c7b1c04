"""What waits for the moderators of the demo: in the queue, on lists, in notes, and a call where they read first."""

from datetime import timedelta

from sqlalchemy import func, select

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.content import read
from app.cli.demo.ideas import Board
from app.cli.demo.processes import Stage
from app.db import db
from app.domain.ballot import Side
from app.domain.lifecycle import IdeaState
from app.models import Amendment, Argument, Idea, ModerationNote, Practice, PracticeSuggestion, Report
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.practice import PracticeState
from app.models.process import Curation
from app.models.queue import QueueItem, QueueKind
from app.records import queue

NEW_CHANGE = timedelta(days=4)


def build_desk(calendar: Calendar, casting: Casting, stage: Stage, board: Board) -> int:
    """Let everything wait that nobody has decided on; how much that is."""
    casting.turn_to("the desk")
    desk = read("desk")
    for key, entry in desk["calls"].items():
        call = stage.calls[key]
        call.checklist = entry.get("checklist", [])
        call.argument_curation = Curation(
            entry.get("argument_curation", call.argument_curation or "reported")
        )
        call.idea_curation = Curation(entry.get("idea_curation", call.idea_curation or "before"))
    db.session.flush()
    for idea in db.session.scalars(select(Idea).where(Idea.state == IdeaState.SUBMITTED).order_by(Idea.id)):
        queue.put(QueueKind.IDEA, idea, idea.submitted_at or idea.created_at)
    _reports()
    suggested = (
        select(Practice, PracticeSuggestion.suggested_at)
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(Practice.state == PracticeState.SUGGESTED)
    )
    for practice, moment in db.session.execute(suggested.order_by(Practice.id)).all():
        queue.put(QueueKind.PRACTICE, practice, moment)
    changed = select(Amendment).where(Amendment.made_at > calendar.midnight - NEW_CHANGE)
    for amendment in db.session.scalars(changed.order_by(Amendment.id)):
        queue.put(QueueKind.AMENDMENT, amendment, amendment.made_at, is_live=True)
    for entry in desk["arguments"]:
        _argument(entry["idea"], entry["side"], entry["text"], entry["hours"], calendar, casting, board)
    for entry in desk["notes"]:
        moment = calendar.hours_ago(entry["hours"])
        idea = board.ideas[entry["idea"]]
        moderator = casting.staff(Role.MODERATOR, but_not=idea.author)
        db.session.add(
            ModerationNote(idea_id=idea.id, author_id=moderator.id, text=entry["text"], created_at=moment)
        )
    db.session.flush()
    return db.session.scalar(select(func.count()).select_from(QueueItem)) or 0


def _reports() -> None:
    """All open reports on a text are one item, since the first of them."""
    first = func.min(Report.created_at)
    about = (Report.idea_id, Report.argument_id, Report.practice_id)
    open_ones = select(*about, first).where(Report.handled_at.is_(None)).group_by(*about).order_by(first)
    for idea_id, argument_id, practice_id, moment in db.session.execute(open_ones).all():
        text: Idea | Argument | Practice
        if argument_id is not None:
            text = db.session.get_one(Argument, argument_id)
        elif practice_id is not None:
            text = db.session.get_one(Practice, practice_id)
        else:
            text = db.session.get_one(Idea, idea_id)
        queue.put(QueueKind.REPORT, text, moment, is_live=True)


def _argument(
    key: str, side: str, body: str, hours: float, calendar: Calendar, casting: Casting, board: Board
) -> None:
    moment = calendar.hours_ago(hours)
    argument = Argument(
        idea_id=board.ideas[key].id,
        author_id=casting.reader(moment).id,
        side=Side(side),
        body=body,
        state=ArgumentState.WAITING,
        created_at=moment,
        helpful_count=0,
    )
    db.session.add(argument)
    db.session.flush()
    queue.put(QueueKind.ARGUMENT, argument, moment)
