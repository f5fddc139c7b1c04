"""While an agenda vote is open the agenda follows from what people ticked, and from nothing else."""

from datetime import timedelta

import numpy as np
from flask import Flask

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.ranking import (
    Item,
    Parameters,
    Weighting,
    agenda_record,
    draft_agenda,
    ticked_ballots,
    withhold,
)
from app.models import Call, Person, Standing, Theme, Workshop
from app.models.seal import SealReason
from app.records import agenda_ballots, agendas, seals, standings, tallies
from tests import factories
from tests.factories import NOW

KEYS = [group.value for group in GROUPS]
PER_GROUP, PER_PERSON = Weighting.PER_GROUP, Weighting.PER_PERSON


class Town:
    """A call with four themes, a workshop of an hour, and five people who voted for ideas on the first theme."""

    def __init__(self, agenda_ballot: bool = True) -> None:
        self.call: Call = factories.a_call(agenda_ballot=agenda_ballot)
        self.themes: list[Theme] = [factories.a_theme(self.call.process, minutes=30) for _ in range(4)]
        self.workshop: Workshop = factories.a_workshop(self.call, minutes=60)
        author = factories.a_person()
        self.ideas = [factories.an_idea(self.call, author, themes=self.themes[:1]) for _ in range(3)]
        self.people = [factories.a_person() for _ in range(5)]
        for person in self.people:
            for idea in self.ideas:
                factories.a_vote(idea, person)
        db.session.commit()

    def tick(self, person: Person, *places: int) -> None:
        agenda_ballots.put(self.call.id, person.id, [self.themes[place].id for place in places], NOW)
        db.session.commit()

    def agenda(self, weighting: Weighting = PER_GROUP) -> dict[str, object]:
        standings.refresh_all(NOW, patience=0)
        row = db.session.get_one(
            Standing,
            (self.call.id, standings.agenda_kind(self.workshop.id, weighting)),
            populate_existing=True,
        )
        data = dict(row.data)
        db.session.rollback()
        return data

    def items(self, weighting: Weighting = PER_GROUP) -> list[int]:
        found = self.agenda(weighting)["items"]
        assert isinstance(found, list)
        places = {theme.id: place for place, theme in enumerate(self.themes)}
        return [places[item] for item in found]

    def numbers(self) -> dict[str, object]:
        row = db.session.get_one(Standing, (self.call.id, standings.NUMBERS), populate_existing=True)
        return dict(row.data)


def test_without_an_agenda_vote_the_votes_on_ideas_tell(app: Flask, app_context: None) -> None:
    town = Town(agenda_ballot=False)
    assert town.items() == [0]
    assert town.numbers()["ballots"] == "inferred"


def test_ticks_replace_the_inference_at_once(app: Flask, app_context: None) -> None:
    town = Town(agenda_ballot=False)
    assert town.items() == [0]
    town.call.agenda_ballot = True
    db.session.commit()
    assert town.items() == []  # nobody ticked yet, so nothing is carried by anybody
    for _ in range(5):
        town.tick(factories.a_person(), 2)
    assert town.items() == [2]
    assert town.numbers() == {
        "voters": 5,
        "votes": 15,
        "ballots": "ticked",
        "people": 5,
        "groups": KEYS,
        "ticks": {str(theme.id): [5 if place == 2 else 0, 0, 0] for place, theme in enumerate(town.themes)},
    }
    town.call.agenda_ballot = False
    db.session.commit()
    assert town.items() == [0]
    town.call.agenda_ballot = True
    db.session.commit()
    assert town.items() == [2]  # what people ticked before it was closed is still there


def test_every_change_is_seen(app: Flask, app_context: None) -> None:
    town = Town()
    people = [factories.a_person() for _ in range(5)]
    for person in people:
        town.tick(person, 1)
    assert town.items() == [1]
    assert standings.out_of_date() == []
    for person in people:
        town.tick(person, 3)
    assert standings.out_of_date() == [town.call.id]
    assert town.items() == [3]
    tallies.move_person(people[0].id, Group.COUNCIL)
    db.session.commit()
    assert standings.out_of_date() == [town.call.id]
    assert town.items() == [3]
    town.tick(people[0])
    assert town.items() == []  # four is fewer than a theme needs
    town.tick(people[1], 3)  # as it was
    assert standings.out_of_date() == []


def test_votes_on_ideas_are_no_condition_and_give_no_ballot(app: Flask, app_context: None) -> None:
    """Who ticks needs no three votes; who ticks nothing counts not at all, however much they voted."""
    town = Town()
    for _ in range(5):
        town.tick(factories.a_person(), 1)
    agenda = town.agenda()
    assert agenda["voters"] == agenda["counted"] == [5, 0, 0]
    assert town.items() == [1]
    for person in town.people:
        town.tick(person, 1, 2)
        town.tick(person)
    assert town.agenda()["voters"] == [5, 0, 0]


def test_a_theme_competes_from_five_ticks(app: Flask, app_context: None) -> None:
    town = Town()
    people = [factories.a_person() for _ in range(5)]
    for person in people[:4]:
        town.tick(person, 0, 1)
    assert town.items() == []
    assert town.agenda()["left_out"] == []
    town.tick(people[4], 1)
    assert town.items() == [1]


def test_the_agenda_is_the_one_of_the_arithmetic(app: Flask, app_context: None) -> None:
    """The same as the domain's, computed by hand from a list of who ticked what."""
    town = Town()
    ticked = [(0, 1), (1,), (1, 2, 3), (0, 1, 2, 3), (2,), (0, 3), (3,), (1, 3), (0, 2), (0,), (2, 3), (1,)]
    for place, choice in enumerate(ticked):
        group = GROUPS[place % 2]
        person = factories.a_person(group=group)
        town.tick(person, *choice)
    pairs = [(voter, item) for voter, choice in enumerate(ticked) for item in choice]
    ids = [theme.id for theme in town.themes]
    ballots = ticked_ballots(
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
        np.arange(len(ticked)) % 2,
        ids,
        KEYS,
    )
    order = sorted(range(4), key=lambda t: (-sum(t in choice for choice in ticked), t))
    items = [Item(ids[t], 30) for t in order]
    for weighting in Weighting:
        draft = draft_agenda(ballots, items, 60, Parameters(), weighting, town.call.process.tie_seed)
        assert len(draft.items) == 2
        assert town.agenda(weighting) == agenda_record(withhold(draft))


def test_the_ticks_of_another_call_do_not_count(app: Flask, app_context: None) -> None:
    town, other = Town(), Town()
    for _ in range(6):
        other.tick(factories.a_person(), 1)
    assert town.items() == []
    assert other.items() == [1]
    assert town.numbers()["people"] == 0


def test_a_sealed_agenda_stays_with_the_ticks_of_its_moment(app: Flask, app_context: None) -> None:
    town = Town()
    people = [factories.a_person() for _ in range(6)]
    for person in people:
        town.tick(person, 1)
    row = agendas.workshop(town.workshop.id)
    assert row is not None
    sealed_at = NOW + timedelta(minutes=1)
    seal = seals.seal(town.call.id, SealReason.WORKSHOP, sealed_at, workshop_id=row.id)
    assert seals.verify(seal.id) == []
    standings.refresh_all(NOW, patience=0)

    def themes(*, provisional: bool = False) -> tuple[list[int], bool, bool]:
        plans = agendas.plans(row, NOW, provisional=provisional)
        return list(plans.by[PER_GROUP].themes), plans.is_ticked, plans.votes_moved

    first, second = town.themes[1].id, town.themes[2].id
    assert themes() == ([first], True, False)
    for person in people:
        agenda_ballots.put(town.call.id, person.id, [second], sealed_at + timedelta(minutes=1))
    db.session.commit()
    standings.refresh_all(NOW, patience=0)
    assert themes() == ([first], True, True)
    assert themes(provisional=True) == ([second], True, True)
    town.call.agenda_ballot = False
    db.session.commit()
    standings.refresh_all(NOW, patience=0)
    assert themes() == ([first], True, True)
    assert themes(provisional=True) == ([town.themes[0].id], False, True)


def test_votes_on_ideas_do_not_move_an_agenda_of_ticks(app: Flask, app_context: None) -> None:
    town = Town()
    for _ in range(6):
        town.tick(factories.a_person(), 1)
    row = agendas.workshop(town.workshop.id)
    assert row is not None
    seals.seal(town.call.id, SealReason.WORKSHOP, NOW + timedelta(days=900), workshop_id=row.id)
    standings.refresh_all(NOW, patience=0)
    factories.a_vote(town.ideas[0], factories.a_person())
    db.session.commit()
    standings.refresh_all(NOW, patience=0)
    assert not agendas.plans(row, NOW).votes_moved
