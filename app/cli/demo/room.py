"""The room of the demo: rounds of 2019, rounds that are ready for the workshop to come, and places kept for it."""

from datetime import datetime, timedelta
from random import Random

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import dice
from app.cli.demo.people import Crowd
from app.cli.demo.processes import Stage
from app.db import db
from app.domain import rounds as rules
from app.domain.ballot import Group
from app.models import (
    ActivityQuota,
    Attendee,
    Idea,
    PaperCount,
    Person,
    Process,
    Round,
    RoundOption,
    RoundVote,
    Theme,
    Workshop,
)
from app.models.person import Role
from app.models.process import Activity
from app.models.room import RoundKind, RoundState
from app.records import rounds

EVENING = {"date": "2019-06-04", "time": "19:20"}
HERE = ((Group.RESIDENT, 23), (Group.COUNCIL, 9), (Group.PARTNER, 5))
KEPT = {Group.COUNCIL: 10, Group.PARTNER: 6}
Asked = tuple[RoundKind, str, str, tuple[str, ...]]
"""What is asked, the question, the theme by its key (or nothing), and the options."""
BEFORE: tuple[Asked, ...] = (
    (
        RoundKind.AGREE,
        "Hoe denk je over meten in de openbare ruimte?",
        "privacy",
        (
            "Meten mag als het op een bord bij het apparaat staat.",
            "Beelden van mensen verlaten de camera nooit.",
            "Wat de gemeente meet, mag iedereen gebruiken.",
        ),
    ),
    (
        RoundKind.DOTS,
        "Waar begint de gemeente als eerste mee?",
        "",
        (
            "Een lijst van alle sensoren",
            "Verkeerslichten die op fietsers letten",
            "Een kaart van open gegevens",
        ),
    ),
    (
        RoundKind.OPEN,
        "Wat heb jij nodig om mee te kunnen doen?",
        "",
        (
            "Uitleg in gewone taal",
            "Een avond in mijn eigen buurt",
            "Iemand die ik kan bellen",
            "Bij mij in de buurt",
            "Ook op papier mee kunnen doen",
        ),
    ),
)
TO_COME: tuple[Asked, ...] = (
    (
        RoundKind.AGREE,
        "Wat vind je van slimme camera's in de binnenstad?",
        "privacy",
        (
            "Tellen mag, herkennen niet.",
            "Eerst een proef van een jaar, daarna beslist de raad.",
            "Bewoners van de straat beslissen mee.",
        ),
    ),
    (RoundKind.DOTS, "Welke ideeën werken we vanavond uit?", "", ()),
    (RoundKind.OPEN, "Wat moet er in elk geval in de visie staan?", "", ()),
)


def build_room(calendar: Calendar, crowd: Crowd, stage: Stage) -> int:
    """Fill the room of 2019 and prepare the one to come; how many people were there."""
    past, coming = _workshop(stage.closed), _workshop(stage.current)
    chance, moment = dice("room"), calendar.at(EVENING)
    facilitator = crowd.with_role(Role.FACILITATOR)[0]
    people = _people(past, facilitator, moment)
    for place, asked in enumerate(BEFORE):
        row = _round(past, place, asked, moment, RoundState.REVEALED)
        opened = moment + timedelta(minutes=25 * (place + 1))
        row.opened_at, row.closed_at = opened, opened + timedelta(minutes=4)
        row.revealed_at = opened + timedelta(minutes=6)
        _vote(row, people, chance, opened)
    _merge_and_count(crowd, moment)
    for place, asked in enumerate(TO_COME):
        _round(coming, place, asked, calendar.hours_ago(60), RoundState.PLANNED)
    for group, places in KEPT.items():
        db.session.add(ActivityQuota(activity_id=coming.activity_id, group=group, places=places))
    db.session.flush()
    return len(people)


def _workshop(process: Process) -> Workshop:
    return db.session.scalars(
        db.select(Workshop).join(Activity).where(Activity.process_id == process.id).order_by(Workshop.id)
    ).one()


def _people(workshop: Workshop, facilitator: Person, moment: datetime) -> list[Attendee]:
    """People with a badge and without a name: a month after a workshop these are gone."""
    found = []
    for group, number in HERE:
        for turn in range(number):
            row = Attendee(
                workshop_id=workshop.id,
                token_hash=rules.key_of(f"telefoon {group.value} {turn}"),
                group=group,
                confirmed_at=moment + timedelta(minutes=10),
                confirmed_by=facilitator.id,
                arrived_at=moment - timedelta(minutes=number - turn),
            )
            db.session.add(row)
            found.append(row)
    db.session.flush()
    return found


def _round(workshop: Workshop, place: int, asked: Asked, moment: datetime, state: RoundState) -> Round:
    kind, question, key, texts = asked
    themes = db.select(Theme.id).where(Theme.process_id == workshop.call.process_id, Theme.slug == key)
    row = Round(
        workshop_id=workshop.id,
        theme_id=db.session.scalar(themes),
        kind=kind,
        question=question,
        dots=3,
        state=state,
        position=place,
        created_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    options: list[tuple[str, int | None]] = [(text, None) for text in texts]
    if kind is RoundKind.DOTS and not texts:
        ideas = db.select(Idea.title, Idea.id).where(
            Idea.call_id == workshop.call_id, Idea.published_at.is_not(None)
        )
        options = [(title, number) for title, number in db.session.execute(ideas.order_by(Idea.id).limit(5))]
    for position, (text, idea) in enumerate(options):
        db.session.add(
            RoundOption(
                round_id=row.id,
                text=text,
                key=rules.key_of(text),
                idea_id=idea,
                position=position,
                created_at=moment,
            )
        )
    db.session.flush()
    return row


def _vote(row: Round, people: list[Attendee], chance: Random, moment: datetime) -> None:
    options = list(
        db.session.scalars(
            db.select(RoundOption.id).where(RoundOption.round_id == row.id).order_by(RoundOption.position)
        )
    )
    for turn, who in enumerate(people):
        if chance.random() < 0.08:  # somebody is out for coffee
            continue
        if row.kind is RoundKind.DOTS:
            chosen = [chance.choices(options, weights=[5, 3, 2])[0] for _dot in range(row.dots)]
            wanted = {option: chosen.count(option) for option in options if option in chosen}
        elif row.kind is RoundKind.OPEN:
            wanted = dict.fromkeys(chance.sample(options, chance.randint(1, 3)), 1)
        else:
            wanted = {option: chance.choices((1, 0, -1), weights=[6, 2, 2])[0] for option in options}
        for option, value in wanted.items():
            db.session.add(
                RoundVote(
                    round_id=row.id,
                    attendee_id=who.id,
                    option_id=option,
                    value=value,
                    group=who.group,
                    cast_at=moment + timedelta(seconds=5 * turn + 10),
                )
            )
    db.session.flush()


def _merge_and_count(crowd: Crowd, moment: datetime) -> None:
    """Two answers that meant the same, and sheets of people without a phone, counted by two."""
    by_text = {
        option.text: option
        for option in db.session.scalars(db.select(RoundOption).where(RoundOption.idea_id.is_(None)))
    }
    by_text[BEFORE[2][3][3]].merged_into_id = by_text[BEFORE[2][3][1]].id
    counters = [crowd.with_role(Role.FACILITATOR)[0], crowd.with_role(Role.ORGANISER)[0]]
    found = dict(zip(BEFORE[0][3], ((6, 1, 1), (7, 0, 1), (4, 2, 2)), strict=True))
    for counter in counters:
        for text, numbers in found.items():
            for value, number in zip(rounds.COUNTED[RoundKind.AGREE], numbers, strict=True):
                db.session.add(
                    PaperCount(
                        option_id=by_text[text].id,
                        value=value,
                        entered_by=counter.id,
                        number=number,
                        entered_at=moment + timedelta(minutes=50),
                    )
                )
    db.session.flush()
