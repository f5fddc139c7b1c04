"""Giving somebody another group: what they voted in open rounds goes along exactly, closed rounds stay as they are."""

import threading
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.models import AgendaTick, Idea, Organisation, Person, Tally, Vote
from app.models.process import Audience
from app.records import agenda_ballots, groups, tallies
from app.records.groups import Effect
from tests import factories
from tests.support import csrf_token, sign_in

FOR, AGAINST = VoteValue.FOR, VoteValue.AGAINST


def now() -> datetime:
    return datetime.now(UTC)


def counted(idea: Idea) -> dict[Group, tuple[int, int]]:
    """The tally of an idea, after checking that every tally equals a recount."""
    assert tallies.differences() == []
    rows = db.session.execute(
        select(Tally.group, Tally.votes_for, Tally.votes_against).where(Tally.idea_id == idea.id)
    )
    return {row[0]: (row[1], row[2]) for row in rows if (row[1], row[2]) != (0, 0)}


def test_votes_go_along_in_open_rounds_only(app: Flask, app_context: None) -> None:
    here, over = factories.a_call(agenda_ballot=True), factories.a_call(open_now=False)
    of_council = factories.a_call(audience=Audience.COUNCIL)
    theme = factories.a_theme(here.process)
    ideas = [factories.an_idea(call) for call in (here, here, over, of_council)]
    person = factories.a_person()
    for idea, value in zip(ideas, (FOR, AGAINST, FOR, FOR), strict=True):
        factories.a_vote(idea)
        factories.a_vote(idea, person, value)
    agenda_ballots.put(here.id, person.id, [theme.id], now())
    db.session.commit()
    changes = here.agenda_changes

    assert groups.effect(person, Group.COUNCIL, None, False, now()) == Effect(True, False, "")
    assert groups.move_person(person, Group.COUNCIL, None, False, now()) is None
    db.session.commit()
    both = {Group.RESIDENT: (1, 0), Group.COUNCIL: (1, 0)}
    assert counted(ideas[0]) == counted(ideas[3]) == both
    assert counted(ideas[1]) == {Group.RESIDENT: (1, 0), Group.COUNCIL: (0, 1)}
    assert counted(ideas[2]) == {Group.RESIDENT: (2, 0)}, "a round that is over changed"
    assert db.session.scalars(select(AgendaTick.group)).all() == [Group.COUNCIL]
    db.session.refresh(here)
    assert here.agenda_changes == changes + 1

    # Back again: the call for the council has no place for a resident any more.
    assert groups.effect(person, Group.RESIDENT, None, False, now()) == Effect(True, True, "")
    groups.move_person(person, Group.RESIDENT, None, False, now())
    db.session.commit()
    assert counted(ideas[0]) == counted(ideas[2]) == {Group.RESIDENT: (2, 0)}
    assert counted(ideas[3]) == {Group.RESIDENT: (1, 0)}
    # And a vote that was taken back counts for the group of today when it is given again.
    groups.move_person(person, Group.COUNCIL, None, False, now())
    tallies.put(ideas[3].id, person.id, person.group, FOR, now())
    db.session.commit()
    assert counted(ideas[3]) == both


def test_an_organisation_has_one_counted_vote(app: Flask, app_context: None) -> None:
    call = factories.a_call(agenda_ballot=True)
    theme, idea, over = factories.a_theme(call.process), factories.an_idea(call), factories.an_idea()
    organisation = factories.an_organisation()
    first = factories.a_person(
        group=Group.PARTNER, organisation_id=organisation.id, is_delegate=True, name="Eerste"
    )
    colleague, second = factories.a_person(), factories.a_person()
    for person in (first, colleague, second):
        factories.a_vote(idea, person)
        agenda_ballots.put(call.id, person.id, [theme.id], now())
    factories.a_vote(over, first)
    db.session.commit()
    assert counted(idea) == {Group.RESIDENT: (2, 0), Group.PARTNER: (1, 0)}

    assert groups.effect(colleague, Group.PARTNER, organisation.id, False, now()) == Effect(False, True, "")
    groups.move_person(colleague, Group.PARTNER, organisation, False, now())
    db.session.commit()
    assert counted(idea) == {Group.RESIDENT: (1, 0), Group.PARTNER: (1, 0)}
    assert agenda_ballots.people(call.id) == 2

    told = groups.effect(second, Group.PARTNER, organisation.id, True, now())
    assert told == Effect(True, False, "Eerste")
    assert groups.move_person(second, Group.PARTNER, organisation, True, now()) is first
    db.session.commit()
    assert counted(idea) == {Group.PARTNER: (1, 0)}
    mine = select(Vote.value).where(Vote.idea_id == idea.id, Vote.person_id == second.id)
    assert db.session.scalars(mine).all() == [1]
    assert agenda_ballots.of_person(call.id, second.id) == (theme.id,)
    assert agenda_ballots.people(call.id) == 1
    delegates = select(Person.id).where(Person.organisation_id == organisation.id, Person.is_delegate)
    assert db.session.scalars(delegates).all() == [second.id]
    assert (first.group, first.organisation_id, first.is_delegate) == (Group.PARTNER, organisation.id, False)


def test_voting_while_being_moved_counts_for_one_group(app: Flask) -> None:
    """Three people vote while each becomes the delegate of one organisation: one is it in the end, and counts."""
    with app.app_context():
        call = factories.a_call()
        ideas = [factories.an_idea(call).id for _ in range(4)]
        organisation = factories.an_organisation().id
        people = [factories.a_person().id for _ in range(3)]
        db.session.commit()
    gate, done = threading.Barrier(6), []
    devices = {number: sign_in(app.test_client(), number) for number in people}
    tokens = {number: csrf_token(client) for number, client in devices.items()}

    def vote(number: int) -> None:
        gate.wait(60)
        for idea in ideas:
            data = {"csrf_token": tokens[number], "choice": "for"}
            answer = devices[number].post(
                f"/ideeen/{idea}/stem", data=data, headers={"Accept": "application/json"}
            )
            done.append(answer.status_code)

    def move(number: int) -> None:
        gate.wait(60)
        with app.app_context():
            person = db.session.get_one(Person, number)
            place = db.session.get_one(Organisation, organisation)
            groups.move_person(person, Group.PARTNER, place, True, now())
            db.session.commit()
        done.append(0)

    threads = [threading.Thread(target=task, args=(each,)) for each in people for task in (vote, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done.count(0) == 3
    assert set(done) <= {0, 200, 403}
    assert len(done) == 3 + 3 * 4
    with app.app_context():
        assert tallies.differences() == []
        delegates = select(Person.id).where(Person.organisation_id == organisation, Person.is_delegate)
        (delegate,) = db.session.scalars(delegates)
        rows = db.session.execute(select(Vote.person_id, Vote.group).where(Vote.value != 0)).all()
        assert {row[0] for row in rows} <= {delegate}
        assert {row[1] for row in rows} <= {Group.PARTNER}
