"""The people of the demo: residents, council, partners with their delegates, and staff."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, dice, read
from app.db import db
from app.domain.ballot import Group
from app.models import Organisation, Person, PersonRole
from app.models.person import Role

JOINED = ((-41, -28), (-28, -18), (-18, -1))
"""Spans of days in which people came,"""
OF_A_HUNDRED = (25, 45, 30)
"""and how many in each."""
VETERANS = {Group.RESIDENT: 60, Group.COUNCIL: 18}
"""How many of a group were there in 2019 already; so was every delegate and all staff."""
FIRST_DAY = date(2019, 1, 28)


@dataclass(slots=True)
class Crowd:
    """Everybody, by the part they play."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    demo: dict[str, Person] = field(default_factory=dict)
    residents: list[Person] = field(default_factory=list)
    council: list[Person] = field(default_factory=list)
    delegates: dict[str, Person] = field(default_factory=dict)
    colleagues: list[Person] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)

    @property
    def everybody(self) -> list[Person]:
        """All of them, in a fixed order."""
        return [*self.residents, *self.council, *self.delegates.values(), *self.colleagues, *self.staff]

    @property
    def voters(self) -> list[Person]:
        """Those whose votes count: of a partner only the delegate; staff keeps out of it."""
        return [*self.residents, *self.council, *self.delegates.values()]

    def veterans(self, group: Group) -> list[Person]:
        """Those of a group who took part in 2019."""
        if group == Group.PARTNER:
            return list(self.delegates.values())
        people = self.residents if group == Group.RESIDENT else self.council
        return people[1 : 1 + VETERANS[group]]

    def with_role(self, role: Role) -> list[Person]:
        """The members of staff who have a role."""
        return [person for person in self.staff if role in person.roles]


def was_here(person: Person, moment: datetime) -> None:
    """Let a person have joined before the moment at which something of theirs is dated."""
    if person.created_at > moment:
        person.created_at = person.confirmed_at = moment - timedelta(minutes=11)


def build_people(calendar: Calendar) -> Crowd:
    """Make everybody. The first of each group is its demo person."""
    people, maker, crowd = read("people"), _Maker(calendar), Crowd()
    demo = {entry["key"]: entry for entry in people["demo"]}
    for number in range(people["residents"]):
        entry = None if number else demo["resident"]
        crowd.residents.append(maker.person(Group.RESIDENT, "voorbeeld.example", entry))
    for number in range(people["council"]):
        entry = None if number else demo["council"]
        crowd.council.append(maker.person(Group.COUNCIL, "raad.example", entry))
    for partner in read("organisations")["organisations"]:
        maker.partner(partner, demo["partner"], crowd)
    for entry in people["demo"]:
        if entry["roles"]:
            crowd.staff.append(maker.person(Group.RESIDENT, "gemeente.example", entry))
    for entry in people["staff"]:
        crowd.staff.append(maker.person(Group.RESIDENT, "gemeente.example", entry))
    first_day = calendar.on(FIRST_DAY, "09:00")
    for person in (*crowd.staff, *(one for group in Group for one in crowd.veterans(group))):
        was_here(person, first_day)
    by_email = {person.email: person for person in crowd.everybody}
    for order, entry in enumerate(people["demo"], start=1):
        crowd.demo[entry["key"]] = by_email[entry["email"]]
        crowd.demo[entry["key"]].demo_order = order
    db.session.add_all(crowd.everybody)
    db.session.flush()
    return crowd


class _Maker:
    """Makes people one by one, no two with the same name or address."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.chance = dice("people")
        self.names = _names(read("people")["names"], self.chance)
        self.shown: set[str] = set()
        self.areas: Entry = read("people")["areas"]
        self.postcodes = {row["name"]: row["postcodes"] for row in read("areas")["areas"]}

    def person(self, group: Group, domain: str, entry: Entry | None = None) -> Person:
        """A confirmed person: the one of the entry, or somebody invented."""
        name = next(self.names)
        area = self.chance.choices(list(self.areas), [area["weight"] for area in self.areas.values()])[0]
        first, last = self.chance.choices(JOINED, OF_A_HUNDRED)[0]
        joined = self.calendar.between(first, last, self.chance)
        email = f"{_address(name)}@{domain}"
        shown = self._as_shown(name) if group == Group.RESIDENT else name
        if entry is not None:
            shown, email, area = entry["name"], entry["email"], entry["area"]
        self.shown.add(shown)
        return Person(
            email=email,
            name=shown,
            group=group,
            neighbourhood=area,
            postcode=next(iter(self.postcodes.get(area, ())), ""),
            language="nl",
            created_at=joined,
            confirmed_at=joined,
            role_rows=[PersonRole(role=Role(role)) for role in (entry or {}).get("roles", ())],
        )

    def partner(self, entry: Entry, demo: Entry, crowd: Crowd) -> None:
        """An organisation, its delegate and their colleagues."""
        organisation = Organisation(
            slug=entry["slug"],
            name=entry["name"],
            description=entry["description"],
            url=entry["url"],
            verified_at=self.calendar.on(FIRST_DAY, "10:00"),
        )
        crowd.organisations[entry["slug"]] = organisation
        for number in range(entry["people"]):
            is_delegate = number == 0
            fixed = demo if is_delegate and demo["organisation"] == entry["slug"] else None
            person = self.person(Group.PARTNER, entry["domain"], fixed)
            person.organisation, person.is_delegate = organisation, is_delegate
            if is_delegate:
                crowd.delegates[entry["slug"]] = person
            else:
                crowd.colleagues.append(person)

    def _as_shown(self, name: str) -> str:
        """Not everybody shows a full name."""
        first, _, last = name.partition(" ")
        shown = self.chance.choices((name, f"{first} {last[0]}.", first), (60, 28, 12))[0]
        return name if shown in self.shown else shown


def _names(names: Entry, chance: Random) -> Iterator[str]:
    pairs = [f"{first} {last}" for first in names["first"] for last in names["last"]]
    chance.shuffle(pairs)
    return iter(pairs)


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", ".", plain.lower())
