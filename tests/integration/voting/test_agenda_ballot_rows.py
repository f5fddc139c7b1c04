"""What people tick is kept as one choice of each, moves along with their group, and is known at every cut-off."""

from datetime import timedelta

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.models import AgendaTick, Call, Person, SealPlan, Theme
from app.records import agenda_ballots, tallies
from app.records.agenda_ballots import NotOpen
from tests import factories
from tests.factories import NOW

KEYS = [group.value for group in GROUPS]


def a_ballot(themes: int = 6) -> tuple[Call, list[Theme]]:
    """A call with an open agenda vote, and the themes of its process."""
    call = factories.a_call(agenda_ballot=True)
    return call, [factories.a_theme(call.process) for _ in range(themes)]


def rows(call: Call) -> dict[tuple[int, int], tuple[int, int]]:
    found = db.session.execute(
        select(AgendaTick.person_id, AgendaTick.theme_id, AgendaTick.value, AgendaTick.settled).where(
            AgendaTick.call_id == call.id
        )
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in found}


def changes(call: Call) -> int:
    return db.session.scalars(select(Call.agenda_changes).where(Call.id == call.id)).one()


def choose(call: Call, person: Person, themes: list[Theme], after: float = 0) -> bool:
    return agenda_ballots.put(
        call.id, person.id, [theme.id for theme in themes], NOW + timedelta(seconds=after)
    )


def test_a_choice_replaces_the_whole_of_the_one_before(app: Flask, app_context: None) -> None:
    call, themes = a_ballot()
    person = factories.a_person()
    assert choose(call, person, themes[:3])
    assert agenda_ballots.of_person(call.id, person.id) == tuple(theme.id for theme in themes[:3])
    assert choose(call, person, themes[2:5])
    assert agenda_ballots.of_person(call.id, person.id) == tuple(theme.id for theme in themes[2:5])
    assert choose(call, person, [])
    assert agenda_ballots.of_person(call.id, person.id) == ()
    assert len(rows(call)) == 5


def test_the_same_choice_again_changes_nothing(app: Flask, app_context: None) -> None:
    call, themes = a_ballot()
    person = factories.a_person()
    assert not choose(call, person, [])
    assert changes(call) == 0
    choose(call, person, themes[:2])
    before = rows(call)
    assert changes(call) == 1
    assert not choose(call, person, themes[1::-1], after=5)
    assert rows(call) == before
    assert changes(call) == 1


def test_nothing_is_written_once_the_organiser_closed_it(app: Flask, app_context: None) -> None:
    call, themes = a_ballot()
    call.agenda_ballot = False
    db.session.flush()
    with pytest.raises(NotOpen):
        choose(call, factories.a_person(), themes[:1])
    assert rows(call) == {}


def test_ticks_move_along_with_the_group(app: Flask, app_context: None) -> None:
    call, themes = a_ballot()
    person, other = factories.a_person(), factories.a_person()
    choose(call, person, themes[:2])
    choose(call, person, themes[1:2])
    choose(call, other, themes[:1])
    before = changes(call)
    tallies.move_person(person.id, Group.COUNCIL)
    found = db.session.execute(select(AgendaTick.person_id, AgendaTick.group).distinct())
    assert {row[0]: row[1] for row in found} == {person.id: Group.COUNCIL, other.id: Group.RESIDENT}
    assert changes(call) == before + 1


def test_arrays_hold_exactly_what_is_ticked(app: Flask, app_context: None) -> None:
    call, themes = a_ballot(3)
    elsewhere, theirs = a_ballot(1)
    order = (Group.COUNCIL, Group.RESIDENT, Group.RESIDENT)
    council, nobody, resident = (factories.a_person(group=group) for group in order)
    choose(call, council, [themes[0], themes[2]])
    choose(call, nobody, [themes[1]])
    choose(call, nobody, [])
    choose(call, resident, [themes[2]])
    choose(elsewhere, nobody, theirs)
    ticks = agenda_ballots.ballots_at(call.id, KEYS)
    assert ticks.person_ids.tolist() == [council.id, resident.id]
    assert ticks.voter_group.tolist() == [KEYS.index("council"), KEYS.index("resident")]
    assert ticks.theme_ids == tuple(theme.id for theme in themes)
    assert list(zip(ticks.voter.tolist(), ticks.theme.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 2)]


def test_ballots_are_on_the_items_alone(app: Flask, app_context: None) -> None:
    call, themes = a_ballot(3)
    first, second = factories.a_person(), factories.a_person()
    choose(call, first, [themes[0], themes[2]])
    choose(call, second, [themes[1]])
    ballots = agenda_ballots.ballots_at(call.id, KEYS).ballots([themes[2].id, themes[0].id])
    assert ballots.items == (themes[2].id, themes[0].id)
    assert ballots.voters() == (1, 0, 0)
    assert ballots.supporters(0) == ballots.supporters(1) == (1, 0, 0)


def test_nobody_ticked_is_nobody(app: Flask, app_context: None) -> None:
    call, themes = a_ballot(2)
    ticks = agenda_ballots.ballots_at(call.id, KEYS)
    assert len(ticks.person_ids) == len(ticks.voter) == 0
    assert ticks.voter_group.dtype == np.int64
    assert ticks.ballots([theme.id for theme in themes]).voters() == (0, 0, 0)


def test_a_change_after_a_cut_off_that_is_still_to_be_sealed_leaves_the_state_at_it(
    app: Flask, app_context: None
) -> None:
    call, themes = a_ballot(4)
    cut_off = NOW + timedelta(seconds=10)
    plan = SealPlan(call_id=call.id, at=cut_off, created_at=NOW)
    db.session.add(plan)
    stays, turns, late, exact = (factories.a_person() for _ in range(4))
    choose(call, stays, themes[:1])
    choose(call, turns, themes[:2])
    choose(call, exact, themes[3:], after=10)
    choose(call, turns, themes[2:3], after=11)
    choose(call, turns, themes[:3], after=12)
    choose(call, late, themes[:1], after=13)
    choose(call, stays, [], after=14)

    def at(moment: float) -> dict[int, list[int]]:
        ticks = agenda_ballots.ballots_at(call.id, KEYS, NOW + timedelta(seconds=moment))
        chosen: dict[int, list[int]] = {}
        for voter, theme in zip(ticks.voter.tolist(), ticks.theme.tolist(), strict=True):
            chosen.setdefault(int(ticks.person_ids[voter]), []).append(theme)
        return chosen

    assert at(10) == {stays.id: [0], turns.id: [0, 1], exact.id: [3]}
    assert at(99) == {turns.id: [0, 1, 2], late.id: [0], exact.id: [3]}
    plan.done_at = NOW + timedelta(seconds=20)
    db.session.add(SealPlan(call_id=call.id, at=NOW + timedelta(seconds=30), created_at=NOW))
    db.session.flush()
    choose(call, turns, [], after=31)
    choose(call, turns, themes[3:], after=32)
    assert at(30) == {turns.id: [0, 1, 2], late.id: [0], exact.id: [3]}
    assert at(99) == {turns.id: [3], late.id: [0], exact.id: [3]}
