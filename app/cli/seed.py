"""The demo: fills an empty site with the process of the letter, the same each time on the same day."""

from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import exists, select

from app.cli.demo.agendas import build_agendas
from app.cli.demo.beside import build_areas, build_beside
from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.conduct import build_conduct
from app.cli.demo.council import build_council
from app.cli.demo.curation import build_curation
from app.cli.demo.desk import build_desk
from app.cli.demo.discussion import build_discussion
from app.cli.demo.due_process import build_due_process
from app.cli.demo.duplicates import build_merges, build_proposals, find_pairs
from app.cli.demo.evening import build_screens
from app.cli.demo.exposure import build_exposure
from app.cli.demo.following import build_following, build_inboxes
from app.cli.demo.friction import build_friction
from app.cli.demo.gatherings import build_gatherings
from app.cli.demo.ideas import build_ideas
from app.cli.demo.inbox import build_inbox
from app.cli.demo.integrity import build_integrity
from app.cli.demo.outcomes import build_outcomes
from app.cli.demo.people import build_people
from app.cli.demo.processes import build_processes
from app.cli.demo.room import build_room
from app.cli.demo.signals import build_signals
from app.cli.demo.stands import build_stands
from app.cli.demo.suggestions import build_suggestions
from app.cli.demo.votes import build_votes
from app.cli.demo.ways_in import build_ways_in
from app.cli.refusal import Refusal
from app.db import db
from app.features.integrity import looking
from app.kit import clock
from app.models import Call, Organisation, Person, Process
from app.records import history, standings


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing, without complaint, when the site has content.")
@with_appcontext
def seed(if_empty: bool) -> None:
    """Fill an empty site with the demo: processes, people, ideas and votes around today."""
    if not is_empty():
        if if_empty:
            return
        raise Refusal("This site already has people or a process. The demo only goes on an empty site.")
    now = clock.now()
    fill(now)
    find_pairs(now)
    for call_id in db.session.scalars(select(Call.id).order_by(Call.id)).all():
        # So that the first visitor finds rankings and agenda computed, and how they came about.
        standings.refresh(call_id, now)
        days = history.voted_days(call_id, now)
        if days:
            history.write(call_id, days)
    looking.look_at_all(now)


def is_empty() -> bool:
    """Whether nobody and nothing is here yet."""
    tables = (Process, Person, Organisation)
    return not any(db.session.scalar(select(exists(select(table.id)))) for table in tables)


def fill(now: datetime) -> None:
    """Put the demo on the site, in one transaction; its standings are sealed from that afterwards."""
    calendar = Calendar.around(now)
    _done("neighbourhoods", build_areas())
    crowd = build_people(calendar)
    _done("people", len(crowd.everybody))
    stage = build_processes(calendar, crowd)
    _done("calls", len(stage.calls))
    build_curation(calendar, crowd, stage)
    _done("registrations", build_gatherings(calendar, crowd, stage))
    casting = Casting(crowd)
    board = build_ideas(calendar, casting, stage)
    _done("ideas", len(board.ideas))
    _done("promised answers", build_council(calendar, stage))
    build_beside(calendar, casting, board)
    _done("people in a room", build_room(calendar, crowd, stage))
    _done("arguments", build_discussion(calendar, casting, board))
    _done("outcomes of the workshop of 2019", build_outcomes(calendar, crowd, stage))
    build_inbox(calendar, stage)
    build_suggestions(calendar, casting, stage)
    _done("more reports", build_conduct(calendar, casting, stage))
    _done("appeals", build_due_process(calendar, casting, stage))
    _done("texts that wait for moderators", build_desk(calendar, casting, stage, board))
    build_friction(calendar)
    _done("votes", build_votes(calendar, crowd, board))
    merged = build_merges(calendar, casting, board)
    _done("votes that stand out", build_signals(calendar, crowd, board))
    build_exposure(calendar.midnight, casting)
    _done("follows and news", build_following(calendar, crowd, stage, board))
    _done("invitations and codes", build_ways_in(calendar, crowd))
    _done("screens", build_screens(calendar))
    db.session.commit()
    build_inboxes(calendar, crowd)
    _done("pairs of ideas", merged + build_proposals(calendar, casting, board))
    _done("signals", build_integrity(calendar, crowd, board))
    _done("standings", build_stands(calendar))
    _done("versions of agendas and invitations", build_agendas(calendar, crowd))


def _done(what: str, number: int) -> None:
    click.echo(f"  seed: {number:>5} {what}")
