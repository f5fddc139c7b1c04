"""Several seals at once: every one becomes a link of one whole chain, and a planned one is sealed once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.ranking.canonical import sha256
from app.models import Idea, Process
from app.models.seal import SealPlan, SealReason, Snapshot
from app.records import seals, tallies
from tests import factories

NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


def two_calls(app: Flask) -> tuple[int, int]:
    """Two calls of one process, with votes; they share the seed of the lots."""
    with app.app_context():
        process = factories.a_process()
        theme = factories.a_theme(process)
        numbers = []
        for _ in range(2):
            call = factories.a_call(process)
            idea = factories.an_idea(call, themes=[theme])
            for _voter in range(6):
                person = factories.a_person()
                tallies.put(idea.id, person.id, person.group, VoteValue.FOR, NOW - timedelta(hours=1))
            numbers.append(call.id)
        db.session.commit()
        return numbers[0], numbers[1]


def at_once(app: Flask, work: list[Callable[[], object]]) -> list[object]:
    """Do everything at the same moment, each in its own thread; what each gave or raised."""
    gate, came = threading.Barrier(len(work)), list[object]([None] * len(work))

    def run(place: int, task: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                came[place] = task()
            except Exception as fault:
                came[place] = fault
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


def test_seals_at_once_make_one_whole_chain(app: Flask) -> None:
    first, second = two_calls(app)

    def sealing(call: int) -> Callable[[], object]:
        return lambda: seals.seal(call, SealReason.COUNCIL, NOW).number

    came = at_once(app, [sealing(first), sealing(second), sealing(first), sealing(second)])
    assert sorted(map(str, came)) == ["1", "1", "2", "2"]
    with app.app_context():
        made = list(db.session.scalars(select(Snapshot).order_by(Snapshot.id)))
        for call in (first, second):
            one, two = (row for row in made if row.call_id == call)
            assert (one.previous_digest, two.previous_digest) == (None, one.digest)
        # The seed that a standing promises is the one that the next of the process uses, whatever its call.
        documents = [seals.public_document(row.id) for row in made]
        for before, after in pairwise(documents):
            assert before["seed"]["next_hash"] == after["seed"]["hash"]
        last = db.session.scalars(select(Process.tie_seed)).one()
        assert sha256(last) == documents[-1]["seed"]["next_hash"]
        assert [seals.verify(row.id) for row in made] == [[], [], [], []]


def test_two_jobs_at_once_seal_a_plan_once(app: Flask) -> None:
    call, _other = two_calls(app)
    with app.app_context():
        seals.plan(call, NOW + timedelta(hours=1), NOW)
    moment = NOW + timedelta(hours=2)
    came = at_once(app, [lambda: seals.run_due(moment), lambda: seals.run_due(moment)])
    with app.app_context():
        (made,) = db.session.scalars(select(Snapshot)).all()
        assert sorted(map(str, came)) == sorted(map(str, [[made.id], []]))
        assert db.session.scalars(select(SealPlan.snapshot_id)).all() == [made.id]


def test_votes_during_a_seal_are_counted_wholly_or_not_at_all(app: Flask) -> None:
    call, _other = two_calls(app)
    with app.app_context():
        idea = db.session.scalars(select(Idea.id).where(Idea.call_id == call)).one()
        people = [factories.a_person().id for _ in range(12)]
        db.session.commit()

    def voting(person: int) -> Callable[[], object]:
        def vote() -> None:
            tallies.put(idea, person, Group.RESIDENT, VoteValue.FOR, datetime.now(UTC))
            db.session.commit()

        return vote

    came = at_once(
        app, [*map(voting, people), lambda: seals.seal(call, SealReason.COUNCIL, datetime.now(UTC)).id]
    )
    assert came[:-1] == [None] * len(people)
    number = came[-1]
    assert isinstance(number, int), number
    with app.app_context():
        document = seals.public_document(number)
        ((_idea, _for, _against, p, q),) = document["inputs"]["tallies"]
        assert 6 <= p <= 18
        assert (q, document["inputs"]["votes"], document["inputs"]["voters"]["resident"]) == (0, p, p)
        assert seals.verify(number) == []


def test_a_plan_that_fails_leaves_the_others_to_be_sealed(app: Flask) -> None:
    first, second = two_calls(app)
    at = NOW + timedelta(hours=1)
    with app.app_context():
        seals.plan(first, at, NOW)
        seals.plan(second, at + timedelta(minutes=1), NOW)
        settings = {"ranking_settings": {"weights": ["1/2", "1/2"]}}
        spoilt = factories.a_process()
        process, moved = spoilt.id, factories.a_call(spoilt)
        number = moved.id
        db.session.commit()
        seals.plan(number, at - timedelta(minutes=1), NOW)
        db.session.execute(update(Process).where(Process.id == process).values(settings))
        db.session.commit()
        with pytest.raises(ValueError, match="exactly one weight"):
            seals.run_due(at + timedelta(hours=1))
        assert sorted(db.session.scalars(select(Snapshot.call_id))) == [first, second]
        assert [plan.done_at for plan in seals.plans_of(number)] == [None]
