"""The votes of the demo, drawn from how groups and neighbourhoods lean, and the tallies that follow."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from operator import itemgetter
from random import Random
from typing import Any

from sqlalchemy import insert

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, dice, read
from app.cli.demo.ideas import Board
from app.cli.demo.people import Crowd
from app.cli.demo.ticks import build_ticks
from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.lifecycle import IdeaState
from app.models import Idea, Person, Tally, Vote

FIRST_DAY = -28
"""Day on which voting on the main call began."""
MANY = {Group.RESIDENT: 16.0, Group.COUNCIL: 25.0, Group.PARTNER: 27.0}
"""How many ideas somebody of a group votes on, about."""
TRIED = {"resident": 7, "council": 5, "partner": 6}
"""The demo people leave most ideas for whoever plays them."""
TWICE = 0.35
"""Share of people who come back a second time."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """An idea as a voter meets it."""

    idea_id: int
    author_id: int
    theme: str
    appeal: float
    pull: float
    since: datetime
    council_only: bool


def build_votes(calendar: Calendar, crowd: Crowd, board: Board) -> int:
    """Cast all votes and ticks, and write the tallies that follow from them; the number of votes on ideas."""
    build_ticks(calendar, crowd)
    rows = [*_current(calendar, crowd, board), *_closed(calendar, crowd, board)]
    db.session.execute(insert(Vote), rows)
    counted = Counter((row["idea_id"], row["group"], row["value"]) for row in rows)
    tallies = [
        {
            "idea_id": idea.id,
            "group": group,
            "votes_for": counted[idea.id, group, 1],
            "votes_against": counted[idea.id, group, -1],
            "changes": counted[idea.id, group, 1] + counted[idea.id, group, -1],
        }
        for idea in board.ideas.values()
        for group in GROUPS
    ]
    db.session.execute(insert(Tally), tallies)
    return len(rows)


def _row(idea_id: int, voter: Person, value: int, moment: datetime) -> dict[str, Any]:
    return {
        "idea_id": idea_id,
        "person_id": voter.id,
        "value": value,
        "previous": 0,
        "group": voter.group,
        "cast_at": moment,
    }


def _closed(calendar: Calendar, crowd: Crowd, board: Board) -> list[dict[str, Any]]:
    """The votes of 2019: as many of each group as the text says, by people who were there."""
    chance, rows = dice("votes 2019"), []
    for key, entry in board.entries.items():
        idea = board.ideas[key]
        last = "2019-02-06" if entry["call"] == "research_2019" else "2019-04-14"
        for group, (for_, against) in entry.get("tally", {}).items():
            people = [one for one in crowd.veterans(Group(group)) if one.id != idea.author_id]
            assert idea.published_at is not None
            span = calendar.at({"date": last}, "22:00") - idea.published_at
            for number, voter in enumerate(chance.sample(people, for_ + against)):
                moment = calendar.awake(idea.published_at + span * chance.random())
                rows.append(_row(idea.id, voter, 1 if number < for_ else -1, moment))
    return rows


def _current(calendar: Calendar, crowd: Crowd, board: Board) -> list[dict[str, Any]]:
    ballots = _ballots(board)
    demo = {crowd.demo[key].id: many for key, many in TRIED.items()}
    rows = []
    for voter in crowd.voters:
        # Dice of one's own: what one person does changes nothing for the others.
        chance = dice(f"votes {voter.email}")
        leaning = Leaning.of(voter, chance)
        many = demo.get(voter.id) or _how_many(voter, chance)
        cast: set[int] = set()
        for sitting, share in _sittings(voter, calendar, chance):
            moment = sitting
            for ballot in leaning.choose(ballots, round(many * share), sitting, cast, chance):
                moment = min(moment + timedelta(seconds=chance.randint(4, 140)), calendar.midnight)
                rows.append(_row(ballot.idea_id, voter, leaning.value(ballot, chance), moment))
                cast.add(ballot.idea_id)
    return rows


def _ballots(board: Board) -> list[Ballot]:
    return [
        Ballot(
            idea_id=idea.id,
            author_id=idea.author_id,
            theme=entry["themes"][0],
            appeal=entry["appeal"],
            pull=entry.get("pull", 1.0),
            since=_since(idea),
            council_only=entry["call"] == "research",
        )
        for key, entry in board.entries.items()
        if (idea := board.ideas[key]).state == IdeaState.PUBLISHED and "appeal" in entry
    ]


def _since(idea: Idea) -> datetime:
    assert idea.published_at is not None
    return idea.published_at


def _how_many(voter: Person, chance: Random) -> int:
    """A few vote on nearly everything, many on a handful, one in thirty on nothing."""
    if chance.random() < 0.03:
        return 0
    return max(1, min(48, round(MANY[voter.group] * chance.lognormvariate(-0.22, 0.7))))


def _sittings(voter: Person, calendar: Calendar, chance: Random) -> list[tuple[datetime, float]]:
    """When somebody sits down to vote, and which share of it they do then."""
    opened = calendar.at({"day": FIRST_DAY}, "08:00")
    days = min((calendar.midnight - max(voter.created_at, opened)).total_seconds() / 86400, -FIRST_DAY)
    first = max(calendar.between(-days, -days * 0.4, chance), voter.created_at + timedelta(minutes=3), opened)
    first = min(first, calendar.hours_ago(2))
    if chance.random() > TWICE:
        return [(first, 1.0)]
    later = calendar.awake(first + (calendar.hours_ago(2) - first) * chance.random())
    return [(first, 0.6), (later, 0.4)]


@dataclass(frozen=True, slots=True)
class Leaning:
    """What somebody is inclined to, per theme, in steps on the log-odds of a for-vote."""

    person_id: int
    group: Group
    taste: dict[str, float]
    attention: dict[str, float]

    @classmethod
    def of(cls, voter: Person, chance: Random) -> "Leaning":
        """What follows from group and neighbourhood, and something of one's own."""
        taste, river = read("taste"), read("taste")["river"]
        area = read("people")["areas"].get(voter.neighbourhood, {"kind": ""})
        kind: Entry = taste["kinds"].get(area["kind"], {})
        worried = area["kind"] == "river" or chance.random() < river["share"][voter.group]
        mood, own, attention = chance.gauss(0.0, 0.5), {}, {}
        for theme, group_taste in taste["groups"][voter.group].items():
            about_river = theme == "maas"
            lean = mood + group_taste + kind.get(theme, 0.0) + chance.gauss(0.0, 0.8)
            if worried:
                lean += river["support"] if about_river else river["elsewhere"]
            own[theme] = lean
            attention[theme] = chance.lognormvariate(0.0, 0.5) * (river["calm"] if about_river else 1.0)
            if worried and about_river:
                attention[theme] = river["attention"]
        return cls(voter.id, voter.group, own, attention)

    def choose(
        self, ballots: list[Ballot], many: int, moment: datetime, cast: set[int], chance: Random
    ) -> list[Ballot]:
        """The ideas somebody votes on now: what was there, what draws, and what they care about."""
        drawn = [
            (chance.random() ** (1 / (ballot.pull * self.attention[ballot.theme])), ballot)
            for ballot in ballots
        ]
        open_to_me = [
            (strength, ballot)
            for strength, ballot in drawn
            if ballot.since < moment
            and ballot.idea_id not in cast
            and ballot.author_id != self.person_id
            and (self.group == Group.COUNCIL or not ballot.council_only)
        ]
        return [ballot for _, ballot in sorted(open_to_me, key=itemgetter(0), reverse=True)[:many]]

    def value(self, ballot: Ballot, chance: Random) -> int:
        """For or against."""
        return 1 if chance.random() < 1 / (1 + exp(-(ballot.appeal + self.taste[ballot.theme]))) else -1
