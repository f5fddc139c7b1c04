"""Many at once: every request is answered, nobody counts twice, and the tallies equal a recount."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import GROUPS, Group, VoteValue
from app.features.voting.forms import CHOICES
from app.models import Tally, Vote
from app.records import tallies
from tests import factories
from tests.support import csrf_token, sign_in

PEOPLE = 200


@dataclass
class Sent:
    """One request and what became of it."""

    person: int
    choice: str
    status: int = 0


def prepare(app: Flask, people: int, ideas: int = 1) -> tuple[list[int], list[int]]:
    """Ideas of one call, and people of all groups; their numbers."""
    with app.app_context():
        call = factories.a_call()
        author = factories.a_person()
        ideas_ = [factories.an_idea(call, author).id for _ in range(ideas)]
        groups = [GROUPS[number % 3] for number in range(people)]
        persons = []
        for group in groups:
            organisation = factories.an_organisation() if group == "partner" else None
            persons.append(
                factories.a_person(
                    group=group,
                    organisation_id=organisation.id if organisation else None,
                    is_delegate=organisation is not None,
                ).id
            )
        db.session.commit()
    return ideas_, persons


def all_at_once(work: list[Callable[[], None]]) -> None:
    """Start everything at the same moment and wait for it."""
    gate = threading.Barrier(len(work))

    def run(task: Callable[[], None]) -> None:
        gate.wait()
        task()

    threads = [threading.Thread(target=run, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def presser(app: Flask, idea: int, requests: list[Sent]) -> Callable[[], None]:
    """One device: a session of its own that sends these requests one after another."""
    client = sign_in(app.test_client(), requests[0].person)
    token = csrf_token(client)

    def press() -> None:
        for request in requests:
            data = {"csrf_token": token, "choice": request.choice}
            answer = client.post(f"/ideeen/{idea}/stem", data=data, headers={"Accept": "application/json"})
            request.status = answer.status_code

    return press


def stands(app: Flask, idea: int) -> tuple[int, int]:
    """For and against, after checking that every tally equals a recount."""
    with app.app_context():
        assert tallies.differences() == []
        rows = db.session.execute(
            select(Tally.votes_for, Tally.votes_against).where(Tally.idea_id == idea)
        ).all()
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def votes(app: Flask, idea: int) -> dict[int, int]:
    """What each person's vote is in the end."""
    with app.app_context():
        found = db.session.execute(select(Vote.person_id, Vote.value).where(Vote.idea_id == idea)).all()
    assert len({row[0] for row in found}) == len(found)
    return {row[0]: row[1] for row in found}


def test_ten_clicks_of_one_person_are_one_vote(app: Flask) -> None:
    (idea,), (person,) = prepare(app, 1)
    clicks = [[Sent(person, "for")] for _ in range(10)]
    all_at_once([presser(app, idea, click) for click in clicks])
    assert [click[0].status for click in clicks] == [200] * 10
    assert votes(app, idea) == {person: 1}
    assert stands(app, idea) == (1, 0)


def test_ten_different_clicks_of_one_person_end_as_one_of_them(app: Flask) -> None:
    (idea,), (person,) = prepare(app, 1)
    for _ in range(5):
        clicks = [[Sent(person, choice)] for choice in [*CHOICES] * 3 + ["for"]]
        all_at_once([presser(app, idea, click) for click in clicks])
        assert [click[0].status for click in clicks] == [200] * 10
        value = votes(app, idea)[person]
        assert value in (1, 0, -1)
        assert stands(app, idea) == (int(value == 1), int(value == -1))


def test_two_hundred_people_on_one_idea_all_count(app: Flask) -> None:
    (idea,), people = prepare(app, PEOPLE)
    sent = [[Sent(person, "against" if place % 4 == 0 else "for")] for place, person in enumerate(people)]
    all_at_once([presser(app, idea, requests) for requests in sent])
    assert Counter(requests[0].status for requests in sent) == {200: PEOPLE}
    assert votes(app, idea) == {request.person: CHOICES[request.choice] for [request] in sent}
    assert stands(app, idea) == (PEOPLE * 3 // 4, PEOPLE // 4)


def test_people_who_change_their_minds_on_several_devices(app: Flask) -> None:
    """Each on two devices at once, for, against and withdrawn in different orders; one device has the last word."""
    (idea,), people = prepare(app, 30)
    orders = [["for", "against", "withdraw", "for"], ["against", "for", "against"], ["for", "withdraw"]]
    sent = [
        [Sent(person, choice) for choice in orders[(place + device) % 3]]
        for place, person in enumerate(people)
        for device in range(2)
    ]
    all_at_once([presser(app, idea, requests) for requests in sent])
    assert {request.status for requests in sent for request in requests} == {200}
    last = votes(app, idea)
    for person in people:
        finals = {CHOICES[requests[-1].choice] for requests in sent if requests[0].person == person}
        assert last[person] in finals
    assert stands(app, idea) == (
        sum(value == VoteValue.FOR for value in last.values()),
        sum(value == VoteValue.AGAINST for value in last.values()),
    )


def test_groups_that_change_while_people_vote(app: Flask) -> None:
    """Organisers give people another group in the middle of a burst of votes."""
    ideas, people = prepare(app, 24, ideas=3)
    sent = [
        [Sent(person, choice) for choice in ("for", "against", "for")] for idea in ideas for person in people
    ]
    work = [presser(app, ideas[place // len(people)], requests) for place, requests in enumerate(sent)]
    moved: list[int] = []

    def move(person: int) -> None:
        with app.app_context():
            for group in (Group.COUNCIL, Group.RESIDENT, Group.COUNCIL):
                tallies.move_person(person, group)
                db.session.commit()
        moved.append(person)

    all_at_once([*work, *(partial(move, person) for person in people[:6])])
    assert {request.status for requests in sent for request in requests} == {200}
    assert len(moved) == 6
    for idea in ideas:
        assert stands(app, idea) == (len(people), 0)
