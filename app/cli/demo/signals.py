"""Something to look into: an evening on which a street came to vote all at once, and the networks that are known."""

from datetime import timedelta

from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice
from app.cli.demo.ideas import Board
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.ballot import VoteValue
from app.models import KnownNetwork, Vote
from app.models.person import Role
from app.records import tallies

IDEA = "buurtbus"
EVENING = {"day": -2, "time": "20:41"}
NEIGHBOURS = 19
NETWORKS = (
    ("Bibliotheek in het Centre Céramique", "192.0.2.0/24"),
    ("Stadhuis", "198.51.100.0/24"),
)
"""From the blocks that are kept for examples."""


def build_signals(calendar: Calendar, crowd: Crowd, board: Board) -> int:
    """Let neighbours vote for one idea within a few minutes; the number of votes."""
    organiser = crowd.with_role(Role.ORGANISER)[0]
    for name, cidr in NETWORKS:
        added_at = calendar.at({"day": -27}, "09:30")
        db.session.add(KnownNetwork(name=name, cidr=cidr, added_by_id=organiser.id, added_at=added_at))
    db.session.flush()
    idea, chance = board.ideas[IDEA], dice("neighbours")
    moment = calendar.at(EVENING)
    voted = set(db.session.scalars(select(Vote.person_id).where(Vote.idea_id == idea.id)))
    able = [
        person
        for person in crowd.residents[1:]
        if person.id not in voted and person.id != idea.author_id and person.created_at < moment
    ]
    people = chance.sample(able, NEIGHBOURS)
    for person in people:
        tallies.put(idea.id, person.id, person.group, VoteValue.FOR, moment)
        moment += timedelta(seconds=chance.randint(9, 31))
    return len(people)
