"""Votes that stand out in the demo: one signal is new, one is being investigated, and some votes do not count.

All of it goes the way of the site itself, so that tallies stay exact and every step has its line in the audit log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cli.demo import signals
from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice
from app.cli.demo.ideas import Board
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.integrity import accounts, looking, objections, service
from app.models import Idea, Person, Vote
from app.models.integrity import ExclusionReason, IntegritySignal, SignalKind, SignalVote
from app.models.person import Role
from app.records import tallies

FALSE_ACCOUNTS, NETWORK = 14, 6
NAMES = (
    "Snelle Jan",
    "Piet 2",
    "Piet 3",
    "Joep V.",
    "Wies",
    "Nol",
    "Truus 01",
    "Truus 02",
    "Truus 03",
    "Harie",
)
DISMISSED = (
    "De wijkraad stond met een tablet op de markt. Dat klopt met de uren en met de buurt van de stemmers."
)
EXPLAINED = (
    "Deze accounts zijn op één avond binnen een half uur gemaakt, en stemden daarna alle veertien binnen een paar "
    "minuten op hetzelfde idee en verder op niets. Wij denken dat ze van één persoon zijn."
)
OBJECTION = (
    "Ik heb mijn account die avond gemaakt omdat mijn zus mij over dit idee vertelde. Ik heb maar één account en wil "
    "graag dat mijn stem meetelt."
)


def build_integrity(calendar: Calendar, crowd: Crowd, board: Board) -> int:
    """Make them, after everything else was committed; the number of signals."""
    mo, berny, anouk = _moderators(crowd)
    _false_accounts(calendar, board.ideas["reisapp"], berny, anouk)
    evening = _evening(calendar, board.ideas[signals.IDEA])
    service.investigate(berny, evening, calendar.at({"day": -1}, "09:40"))
    _network(calendar, board.ideas["stallingen"])
    _market(calendar, board.ideas["pakjeshub"], mo)
    return 4


def _moderators(crowd: Crowd) -> list[Person]:
    """The one of the demo first, who took no part in what was decided and so decides on the objection."""
    return sorted(crowd.with_role(Role.MODERATOR), key=lambda person: (person.demo_order is None, person.id))


def _false_accounts(calendar: Calendar, idea: Idea, first: Person, second: Person) -> None:
    """One person with many accounts: two moderators decided, and somebody objects."""
    chance, begin = dice("false accounts"), calendar.at({"day": -6}, "22:31")
    people = []
    for number in range(FALSE_ACCOUNTS):
        made = begin + timedelta(seconds=120 * number + chance.randrange(70))
        name = NAMES[number] if number < len(NAMES) else f"Stemmer {number}"
        people.append(
            Person(
                email=f"stemmer{number + 1}@wegwerp.example",
                name=name,
                group=Group.RESIDENT,
                created_at=made,
                confirmed_at=made,
            )
        )
    db.session.add_all(people)
    db.session.flush()
    voted = begin + timedelta(minutes=31)
    for number, person in enumerate(people):
        at = voted + timedelta(seconds=23 * number + chance.randrange(15))
        tallies.put(idea.id, person.id, person.group, VoteValue.FOR, at)
    figures = {"x": FALSE_ACCOUNTS, "n": FALSE_ACCOUNTS + 3, "hours": 48, "usual": 0.04, "odds": 14}
    signal = _signal(idea, SignalKind.NEW_ACCOUNTS, figures, people, voted + timedelta(minutes=6))
    service.investigate(first, signal, calendar.at({"day": -5}, "09:12"))
    keys = accounts.tokens_of(signal, [person.id for person in people])
    exclusion = service.propose(
        first,
        signal,
        set(keys.values()),
        ExclusionReason.MANY_ACCOUNTS,
        EXPLAINED,
        calendar.at({"day": -5}, "11:02"),
    )
    service.confirm(second, exclusion, calendar.at({"day": -4}, "10:20"))
    objections.object_to(people[4], exclusion, OBJECTION, calendar.at({"day": -2}, "19:45"))


def _evening(calendar: Calendar, idea: Idea) -> int:
    """Many votes within a few minutes (`signals` let them come in): the site itself finds them, and somebody looks."""
    looking.look_at_all(calendar.at({"day": -2}, "21:05"))
    query = select(IntegritySignal.id).where(IntegritySignal.idea_id == idea.id)
    return db.session.scalars(query.where(IntegritySignal.kind == SignalKind.BURST)).one()


def _network(calendar: Calendar, idea: Idea) -> int:
    """Accounts on one network that voted alike; nobody has looked at it yet."""
    voters = sorted(_voters_for(idea, calendar.at({"day": -2})), key=lambda person: person.created_at)
    spans = range(len(voters) - NETWORK + 1)
    start = min(spans, key=lambda at: voters[at + 3].created_at - voters[at].created_at)
    figures = {"x": NETWORK, "created": 4, "hours": 48, "ideas": 1}
    found = calendar.at({"day": -1}, "21:36")
    return _signal(idea, SignalKind.SAME_NETWORK, figures, voters[start : start + NETWORK], found)


def _market(calendar: Calendar, idea: Idea, moderator: Person) -> None:
    """What stood out and had a good reason."""
    voters = _voters_for(idea, calendar.at({"day": -9}))[:11]
    figures = {"x": 11, "n": 19, "most": 2, "usual": 0.11, "odds": 7}
    signal = _signal(idea, SignalKind.ONE_OFF, figures, voters, calendar.at({"day": -9}, "16:05"))
    service.investigate(moderator, signal, calendar.at({"day": -8}, "13:15"))
    service.dismiss(moderator, signal, DISMISSED, calendar.at({"day": -8}, "14:50"))


def _voters_for(idea: Idea, before: datetime) -> list[Person]:
    """Residents who voted for an idea and had an account before a moment; not those of the demo's sign-in page."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Vote, Vote.person_id == Person.id)
            .where(
                Vote.idea_id == idea.id,
                Vote.value == 1,
                Vote.cast_at < before,
                Person.group == Group.RESIDENT,
                Person.created_at < before,
                Person.demo_order.is_(None),
            )
            .order_by(Person.id)
        )
    )


def _signal(
    idea: Idea, kind: SignalKind, figures: dict[str, Any], voters: Sequence[Person], found: datetime
) -> int:
    """Write a signal down as the detection would."""
    signal = IntegritySignal(
        key=f"demo:{kind}:{idea.id}",
        call_id=idea.call_id,
        idea_id=idea.id,
        kind=kind,
        direction=1,
        figures={**figures, "votes": len(voters), "people": len(voters)},
        found_at=found,
        last_found_at=found,
    )
    db.session.add(signal)
    db.session.flush()
    db.session.add_all(
        SignalVote(signal_id=signal.id, idea_id=idea.id, person_id=person.id) for person in voters
    )
    db.session.commit()
    return signal.id
