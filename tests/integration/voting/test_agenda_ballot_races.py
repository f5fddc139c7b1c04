"""Many at once in the agenda vote: every choice is whole, nobody has more than five, and each request knows its end."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import GROUPS, MOST_TICKS, Group
from app.features.voting import service
from app.models import AgendaTick, Call, Person
from app.models.person import Role
from app.records import agenda_ballots, standings, tallies
from tests import factories
from tests.support import csrf_token, sign_in

THEMES = 9


@dataclass
class Sent:
    """One request of one device, and what became of it."""

    person: int
    places: tuple[int, ...]
    status: int = 0


@dataclass
class Hall:
    """A call with nine themes and people of all groups."""

    app: Flask
    people: int
    call: int = 0
    slug: str = ""
    themes: list[int] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.app.app_context():
            call = factories.a_call(agenda_ballot=True)
            self.call, self.slug = call.id, call.slug
            self.themes = [factories.a_theme(call.process).id for _ in range(THEMES)]
            for number in range(self.people):
                group = GROUPS[number % 3]
                organisation = factories.an_organisation() if group is Group.PARTNER else None
                self.persons.append(
                    factories.a_person(
                        group=group,
                        organisation_id=organisation.id if organisation else None,
                        is_delegate=organisation is not None,
                    ).id
                )
            db.session.commit()

    def device(self, sent: list[Sent]) -> Callable[[], None]:
        """A session of its own that sends these requests one after another."""
        client = sign_in(self.app.test_client(), sent[0].person)
        token = csrf_token(client)

        def press() -> None:
            for request in sent:
                themes = [str(self.themes[place]) for place in request.places]
                data = {"csrf_token": token, "themes": themes}
                request.status = client.post(f"/agendastem?oproep={self.slug}", data=data).status_code

        return press

    def stands(self) -> dict[int, tuple[int, ...]]:
        """What everybody has ticked in the end; the arrays and the counter agree with the rows."""
        with self.app.app_context():
            rows = db.session.execute(
                select(AgendaTick.person_id, AgendaTick.theme_id, AgendaTick.value).where(
                    AgendaTick.call_id == self.call
                )
            ).all()
            ticks = agenda_ballots.ballots_at(self.call, [group.value for group in GROUPS])
        found: dict[int, tuple[int, ...]] = {row[0]: () for row in rows}
        for person, theme, value in sorted(rows):
            if value:
                found[person] = (*found[person], self.themes.index(theme))
        pairs = {
            (int(ticks.person_ids[voter]), theme)
            for voter, theme in zip(ticks.voter.tolist(), ticks.theme.tolist(), strict=True)
        }
        assert pairs == {(person, place) for person, places in found.items() for place in places}
        return found


def all_at_once(work: list[Callable[[], None]]) -> None:
    """Start everything at the same moment and wait for it; what a thread raises fails the test."""
    gate, raised = threading.Barrier(len(work)), list[BaseException]()

    def run(task: Callable[[], None]) -> None:
        gate.wait()
        try:
            task()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert raised == []


def test_ten_equal_forms_of_one_person_are_one_choice(app: Flask) -> None:
    hall = Hall(app, 1)
    sent = [[Sent(hall.persons[0], (0, 4, 8))] for _ in range(10)]
    all_at_once([hall.device(each) for each in sent])
    assert [each[0].status for each in sent] == [303] * 10
    assert hall.stands() == {hall.persons[0]: (0, 4, 8)}
    with app.app_context():
        assert db.session.scalars(select(Call.agenda_changes)).one() == 1


def test_different_forms_of_one_person_end_as_one_of_them_whole(app: Flask) -> None:
    """Never a mixture, and never more than five: five other themes at once on every device."""
    hall = Hall(app, 1)
    choices = [(0, 1, 2, 3, 4), (4, 5, 6, 7, 8), (0, 2, 4, 6, 8), (1, 3, 5, 7), (8,), ()]
    for _ in range(5):
        sent = [[Sent(hall.persons[0], places)] for places in choices]
        all_at_once([hall.device(each) for each in sent])
        assert [each[0].status for each in sent] == [303] * len(choices)
        (last,) = hall.stands().values()
        assert last in choices
        assert len(last) <= MOST_TICKS


def test_a_hall_full_of_people_all_count(app: Flask) -> None:
    hall = Hall(app, 60)
    sent = [
        [Sent(person, tuple(sorted({place % THEMES, place % 4, place % 7})))]
        for place, person in enumerate(hall.persons)
    ]
    all_at_once([hall.device(each) for each in sent])
    assert Counter(each[0].status for each in sent) == {303: 60}
    assert hall.stands() == {each[0].person: each[0].places for each in sent}
    with app.app_context():
        assert db.session.scalars(select(Call.agenda_changes)).one() == 60


def test_one_device_has_the_last_word(app: Flask) -> None:
    hall = Hall(app, 12)
    orders = [[(0,), (1, 2), (3, 4, 5, 6, 7)], [(8,), (), (0, 8)], [(2,), (2, 3)]]
    sent = [
        [Sent(person, places) for places in orders[(number + device) % 3]]
        for number, person in enumerate(hall.persons)
        for device in range(2)
    ]
    all_at_once([hall.device(each) for each in sent])
    assert {request.status for each in sent for request in each} == {303}
    last = hall.stands()
    for person in hall.persons:
        assert last[person] in {each[-1].places for each in sent if each[0].person == person}


def test_groups_that_change_while_people_tick(app: Flask) -> None:
    """However it falls, all ticks of a person stand in the group that the person has."""
    hall = Hall(app, 15)
    sent = [[Sent(person, places) for places in ((0,), (0, 1, 2), (3,))] for person in hall.persons]
    moved: list[int] = []

    def move(person: int) -> None:
        with app.app_context():
            for group in (Group.COUNCIL, Group.RESIDENT, Group.COUNCIL):
                db.session.get_one(Person, person).group = group
                db.session.flush()
                tallies.move_person(person, group)
                db.session.commit()
        moved.append(person)

    residents = hall.persons[::3]
    all_at_once([*(hall.device(each) for each in sent), *(partial(move, person) for person in residents)])
    assert {request.status for each in sent for request in each} == {303}
    assert sorted(moved) == residents
    assert set(hall.stands().values()) == {(3,)}
    with app.app_context():
        rows = db.session.execute(
            select(AgendaTick.group, Person.group).join(Person, Person.id == AgendaTick.person_id)
        ).all()
    assert len(rows) >= len(hall.persons)
    assert all(of_tick == of_person for of_tick, of_person in rows)


def test_closing_while_people_tick_leaves_no_choice_in_between(app: Flask) -> None:
    """Every request is saved or refused with its sentence, and the rows hold exactly those that were saved."""
    hall = Hall(app, 24)
    with app.app_context():
        organiser = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    sent = [[Sent(person, (number % THEMES,))] for number, person in enumerate(hall.persons)]

    def close() -> None:
        with app.app_context():
            person = db.session.get_one(Person, organiser)
            service.set_agenda_vote(person, hall.call, True, "Het is genoeg geweest.", datetime.now(UTC))

    all_at_once(
        [*(hall.device(each) for each in sent[:12]), close, *(hall.device(each) for each in sent[12:])]
    )
    assert {each[0].status for each in sent} <= {303, 403}
    saved = {each[0].person: each[0].places for each in sent if each[0].status == 303}
    assert hall.stands() == saved


def test_counting_while_people_tick_ends_with_all_of_them(app: Flask) -> None:
    hall = Hall(app, 18)
    sent = [[Sent(person, (0, 1)), Sent(person, (1, 2))] for person in hall.persons]

    def count() -> None:
        for _ in range(4):
            with app.app_context():
                standings.refresh(hall.call, datetime.now(UTC))

    all_at_once([*(hall.device(each) for each in sent), count, count])
    with app.app_context():
        standings.refresh_all(datetime.now(UTC), patience=0)
        assert standings.out_of_date() == []
        numbers = standings.read(hall.call, standings.NUMBERS)
        assert numbers is not None
        assert numbers.data["people"] == 18
        assert numbers.data["ticks"][str(hall.themes[1])] == [6, 6, 6]
        assert numbers.data["ticks"][str(hall.themes[0])] == [0, 0, 0]
