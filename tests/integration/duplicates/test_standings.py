"""Standings sealed before, between and after a merge and its undoing are counted again without a difference."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.ranking.canonical import parse
from app.models import Person, Vote
from app.models.seal import SealReason, Snapshot
from app.records import merging, seals, stand_recounts
from app.records.stand_recounts import Recounted

from .conftest import Pair


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@pytest.fixture
def voted(pair: Pair) -> Pair:
    """Votes on either idea, on both, changed and withdrawn, of two groups."""
    people = [pair.person(group="council" if number % 3 == 0 else "resident") for number in range(9)]
    for number, person in enumerate(people):
        if number % 2 == 0:
            pair.vote(pair.goes, person, 1 if number % 4 else -1, ago(6 - number / 10))
        if number % 3 != 1:
            pair.vote(pair.stays, person, -1 if number % 5 == 0 else 1, ago(5.5 - number / 5))
    pair.vote(pair.stays, people[0], 0, ago(1))
    pair.vote(pair.goes, people[6], 0, ago(1))
    return pair


def seal(pair: Pair) -> int:
    with pair.app.app_context():
        return seals.seal(pair.call, SealReason.COUNCIL, datetime.now(UTC)).id


def recount(pair: Pair, number: int) -> Recounted:
    with pair.app.app_context():
        return stand_recounts.recount(number)


def ideas_in(pair: Pair, number: int) -> set[int]:
    with pair.app.app_context():
        audit = parse(db.session.get_one(Snapshot, number).audit)
        return {row[0] for row in audit["scope"]["ideas"]}


def test_standings_before_between_and_after(voted: Pair) -> None:
    before = seal(voted)
    assert ideas_in(voted, before) == {voted.goes, voted.stays}
    assert recount(voted, before) == Recounted((), 2, 0, (), True)
    proposal = voted.merge()
    assert recount(voted, before) == Recounted((), 2, 0, (), True), "after a merge"
    between = seal(voted)
    assert ideas_in(voted, between) == {voted.stays}
    assert recount(voted, between) == Recounted((), 1, 0, (), True)
    voted.undo(proposal)
    after = seal(voted)
    for number, ideas in ((before, 2), (between, 1), (after, 2)):
        assert recount(voted, number) == Recounted((), ideas, 0, (), True), "after it was undone"
    voted.merge(one=voted.idea(title="Nog een bank aan het water"), other=voted.stays)
    for number, ideas in ((before, 2), (between, 1), (after, 2)):
        assert recount(voted, number) == Recounted((), ideas, 0, (), True), "after another merge"
    with voted.app.app_context():
        for number in (before, between, after):
            assert seals.verify(number) == []


def test_a_difference_is_still_found(voted: Pair) -> None:
    """The recount that knows of merges does not overlook what somebody tampered with."""
    before = seal(voted)
    voted.merge()
    between = seal(voted)
    with voted.app.app_context():
        for vote in db.session.scalars(select(Vote).where(Vote.idea_id == voted.goes, Vote.value == 1)):
            vote.value = -1
        db.session.commit()
    assert recount(voted, before).differences
    assert recount(voted, between).differences == (), "there the votes were counted with the idea that stays"


def test_votes_after_the_merge_are_said_to_have_changed(voted: Pair) -> None:
    between_two = seal(voted)
    proposal = voted.merge()
    between = seal(voted)
    voted.vote(voted.stays, voted.person(), 1)
    found = recount(voted, between)
    assert (found.differences, found.changed_ideas, found.whole) == ((), (voted.stays,), False)
    voted.undo(proposal)
    found = recount(voted, between_two)
    assert (found.differences, found.changed_ideas) == ((), (voted.stays,))


def test_nothing_is_merged_or_undone_while_a_planned_standing_is_due(voted: Pair) -> None:
    now = datetime.now(UTC)
    proposal = voted.agreed()
    with voted.app.app_context():
        seals.plan(voted.call, now + timedelta(minutes=2), now)
        near = now + timedelta(minutes=1, seconds=30)
        with pytest.raises(NotAllowed, match="is being sealed"):
            merging.hold(voted.goes, voted.stays, near)
        db.session.rollback()
        goes, stays = merging.hold(voted.goes, voted.stays, now)
        made = merging.merge(goes, stays, db.session.get_one(Person, voted.moderator), now)
        db.session.commit()
        with pytest.raises(NotAllowed, match="is being sealed"):
            merging.undo(made, None, now + timedelta(minutes=5))
        db.session.rollback()
        (number,) = seals.run_due(now + timedelta(minutes=5))
        merging.undo(made, None, now + timedelta(minutes=6))
        db.session.commit()
    assert ideas_in(voted, number) == {voted.stays}
    assert recount(voted, number).differences == ()
    assert proposal


def test_a_moment_before_a_merge_cannot_be_sealed_any_more(voted: Pair) -> None:
    moment = datetime.now(UTC)
    voted.merge()
    with voted.app.app_context(), pytest.raises(NotAllowed, match="merged after that moment"):
        seals.seal(voted.call, SealReason.COUNCIL, datetime.now(UTC), cut_off=moment)
