"""What the people of the demo follow, and what they found in their inbox and in their mail of this week."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from app.cli.demo.calendar import Calendar
from app.cli.demo.ideas import Board
from app.cli.demo.people import Crowd
from app.cli.demo.processes import Stage
from app.db import db
from app.features.notifications import digests, fan_out
from app.models import Argument, Follow, Idea, Notice, OfficialResponse, StatusChange, VotedWish
from app.models.argument import ArgumentState
from app.models.person import Digest
from app.records import follows, news
from app.records.follows import Subject

TOLD = timedelta(days=8)
"""What happened longer ago is not told any more."""
READ = timedelta(days=2)
"""What is older has been read."""


def build_following(calendar: Calendar, crowd: Crowd, stage: Stage, board: Board) -> int:
    """Let authors follow their ideas and the people of the demo some more; write the news of the last days."""
    since = calendar.midnight - TOLD
    published = [idea for idea in board.ideas.values() if idea.published_at is not None]
    rows = [
        {"person_id": idea.author_id, "idea_id": idea.id, "created_at": idea.published_at}
        for idea in published
    ]
    db.session.execute(insert(Follow), rows)
    begun = calendar.at({"day": -20}, "19:30")
    themes = [
        theme for (process, _key), theme in sorted(stage.themes.items()) if process == stage.current.slug
    ]
    for place, person in enumerate(crowd.demo.values()):
        follows.begin(person.id, Subject.PROCESS, stage.current.id, begun)
        follows.begin(person.id, Subject.THEME, themes[place % len(themes)].id, begun)
        for idea in published[place::97]:
            follows.begin(person.id, Subject.IDEA, idea.id, max(begun, idea.published_at or begun))
    for person in list(crowd.demo.values())[:2]:
        db.session.add(VotedWish(person_id=person.id, wanted_at=begun))
    db.session.flush()
    return len(rows) + _news(since)


def _news(since: datetime) -> int:
    """Tell what happened since a moment, as the rooms do when it happens; how much that was."""
    told = 0
    for idea in db.session.scalars(select(Idea).where(Idea.published_at > since).order_by(Idea.id)):
        if idea.is_published and idea.published_at is not None:
            news.idea_published(idea, idea.published_at)
            told += 1
    changes = select(StatusChange).where(StatusChange.changed_at > since).order_by(StatusChange.id)
    for change in db.session.scalars(changes):
        moved = (change.idea, change.id, change.status, change.reason, change.changed_at)
        news.status_changed(*moved, correction=False)
        told += 1
    answers = (
        select(OfficialResponse).where(OfficialResponse.answered_at > since).order_by(OfficialResponse.id)
    )
    for answer in db.session.scalars(answers):
        news.idea_answered(answer.idea, answer.id, answer.on_behalf_of, answer.body, answer.answered_at)
        told += 1
    said = select(Argument).where(Argument.created_at > since, Argument.state == ArgumentState.PUBLISHED)
    for each in db.session.scalars(said.order_by(Argument.id)):
        news.argument_added(each.id, each.idea_id, each.author_id, each.parent_id, each.side, each.created_at)
        told += 1
    return told


def build_inboxes(calendar: Calendar, crowd: Crowd) -> None:
    """Tell the news, after everything was committed; the first person of the demo had a digest yesterday."""
    fan_out.tell_all(calendar.midnight)
    morning = calendar.at({"day": -1}, "07:30")
    reader = crowd.demo["resident"].id
    old = update(Notice).execution_options(synchronize_session=False)
    db.session.execute(old.where(Notice.person_id != reader).values(waits=False))
    db.session.execute(
        old.where(Notice.created_at < calendar.midnight - READ).values(read_at=calendar.midnight - READ)
    )
    db.session.commit()
    digests.write_one(reader, digests.Round(Digest.DAILY, morning, morning), morning)
    db.session.execute(old.values(waits=False))
    db.session.commit()
