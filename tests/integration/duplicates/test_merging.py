"""A merge counts each person once and moves what was said; undoing puts everything back as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, PublicStatus
from app.models import Argument, Follow, Idea, Merge, Person
from app.models.argument import ArgumentState
from app.records import arguments, merging

from .conftest import Pair

DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


# What somebody voted on the idea that goes and on the one that stays, as (value, days ago); and what counts then.
CASES: dict[str, tuple[Any, Any, int | None]] = {
    "only on the one that goes": ((1, 2), None, 1),
    "only on the one that stays": (None, (-1, 2), -1),
    "the same on both": ((1, 3), (1, 2), 1),
    "last on the one that stays": ((1, 3), (-1, 2), -1),
    "last on the one that goes": ((-1, 2), (1, 3), -1),
    "withdrawn last on the one that goes": ((0, 1), (1, 3), 1),
    "withdrawn last on the one that stays": ((1, 3), (0, 1), 1),
    "withdrawn on both": ((0, 1), (0, 2), 0),
    "withdrawn on the one that goes": ((0, 1), None, None),
}


@pytest.mark.parametrize("case", CASES)
def test_each_person_counts_once(pair: Pair, case: str) -> None:
    gone, stayed, counts = CASES[case]
    voter = pair.person()
    for idea, cast in ((pair.goes, gone), (pair.stays, stayed)):
        if cast is not None:
            if cast[0] == 0:
                pair.vote(idea, voter, 1, ago(cast[1] + 0.5))
            pair.vote(idea, voter, cast[0], ago(cast[1]))
    before = (pair.votes(pair.goes), pair.votes(pair.stays))
    proposal = pair.merge()
    row = pair.votes(pair.stays).get(voter)
    assert (row[0] if row else None) == counts
    assert pair.votes(pair.goes) == before[0], "the votes on the merged idea stay as they are"
    assert sum(pair.counts(pair.stays)) == (1 if counts else 0)
    pair.undo(proposal)
    assert (pair.votes(pair.goes), pair.votes(pair.stays)) == before
    pair.counts(pair.goes)


def test_a_carried_vote_keeps_its_moment_and_group(pair: Pair) -> None:
    council = pair.person(group="council")
    at = ago(3)
    pair.vote(pair.goes, council, 1, at)
    pair.merge()
    value, _previous, _settled, group, cast_at, excluded = pair.votes(pair.stays)[council]
    assert (value, group, cast_at, excluded) == (1, "council", at, None)


def test_whoever_votes_after_the_merge_keeps_that_vote(pair: Pair) -> None:
    changed, new, quiet = pair.person(), pair.person(), pair.person()
    for person in (changed, quiet):
        pair.vote(pair.goes, person, 1, ago(2))
    proposal = pair.merge()
    pair.vote(pair.stays, changed, -1)
    pair.vote(pair.stays, new, 1)
    assert pair.counts(pair.stays) == (2, 1)
    pair.undo(proposal)
    assert {person: row[0] for person, row in pair.votes(pair.stays).items()} == {changed: -1, new: 1}
    assert {person: row[0] for person, row in pair.votes(pair.goes).items()} == {changed: 1, quiet: 1}
    assert pair.counts(pair.stays) == (1, 1)
    assert pair.counts(pair.goes) == (2, 0)


def test_arguments_come_along_with_their_origin_and_go_back(pair: Pair) -> None:
    mine = pair.argument(pair.stays)
    moved = pair.argument(pair.goes)
    reply = pair.argument(pair.goes, parent_id=moved)
    hidden = pair.argument(pair.goes, state=ArgumentState.HIDDEN)
    with pair.app.app_context():
        db.session.get_one(Idea, pair.goes).argument_count = 2
        db.session.commit()
    proposal = pair.merge()
    assert pair.arguments(pair.stays) == [mine, moved, reply, hidden]
    assert (pair.get(Idea, pair.stays).argument_count, pair.get(Idea, pair.goes).argument_count) == (3, 0)
    with pair.app.app_context():
        talk = arguments.of_idea(pair.stays)
        origins = {thread.top.id: thread.top.origin for thread in talk.for_}
        assert origins == {mine: "", moved: "Zitplekken langs de Maas", hidden: ""}
    since = pair.argument(pair.stays, parent_id=moved)
    own = pair.argument(pair.stays)
    pair.undo(proposal)
    assert pair.arguments(pair.goes) == [moved, reply, hidden, since], (
        "a reply goes along with what it answers"
    )
    assert pair.arguments(pair.stays) == [mine, own]
    assert (pair.get(Idea, pair.stays).argument_count, pair.get(Idea, pair.goes).argument_count) == (2, 3)


def test_followers_follow_the_other_idea(pair: Pair) -> None:
    one, both = pair.person(), pair.person()
    with pair.app.app_context():
        for person, idea in ((one, pair.goes), (both, pair.goes), (both, pair.stays)):
            db.session.add(Follow(person_id=person, idea_id=idea, created_at=ago(2)))
        db.session.commit()
    before = follows(pair)
    proposal = pair.merge()
    assert {person for person, idea in follows(pair) if idea == pair.stays} == {one, both}
    pair.undo(proposal)
    assert follows(pair) == before


def follows(pair: Pair) -> set[tuple[int, int]]:
    return {(row.person_id, row.idea_id) for row in pair.all(Follow)}


def test_a_chain_is_undone_from_its_end(pair: Pair) -> None:
    third = pair.idea(title="Zitten aan de Maas", age=20)
    voter = pair.person()
    pair.vote(pair.goes, voter, 1, ago(2))
    said = pair.argument(pair.goes)
    first = pair.merge()
    second = pair.merge(one=pair.stays, other=third)
    assert pair.votes(third)[voter][0] == 1
    assert pair.counts(third) == (1, 0)
    assert pair.arguments(third) == [said]
    with pair.app.app_context():
        (thread,) = arguments.of_idea(third).for_
        assert thread.top.origin == "Zitplekken langs de Maas", "the first merge tells where it was said"
    with pytest.raises(NotAllowed, match="First undo the later merge"):
        pair.undo(first)
    pair.undo(second)
    assert pair.arguments(pair.stays) == [said]
    pair.undo(first)
    assert pair.arguments(pair.goes) == [said]
    assert pair.votes(third) == {}
    assert pair.votes(pair.stays) == {}
    assert [pair.get(Idea, number).state for number in (third, pair.stays, pair.goes)] == ["published"] * 3


def test_two_merged_into_the_same_are_undone_last_first(pair: Pair) -> None:
    third = pair.idea(title="Banken aan het water", age=2)
    voter = pair.person()
    pair.vote(pair.goes, voter, 1, ago(3))
    pair.vote(third, voter, -1, ago(2))
    first = pair.merge()
    second = pair.merge(one=third, other=pair.stays)
    assert pair.votes(pair.stays)[voter][0] == -1
    with pytest.raises(NotAllowed, match="First undo the later merge"):
        pair.undo(first)
    pair.undo(second)
    assert pair.votes(pair.stays)[voter][0] == 1
    pair.undo(first)
    assert voter not in pair.votes(pair.stays)


def test_a_merge_is_undone_once(pair: Pair) -> None:
    proposal = pair.merge()
    pair.undo(proposal)
    with pytest.raises(NotAllowed, match="undone already"):
        pair.undo(proposal)


def test_a_pair_can_be_merged_undone_and_merged_again(pair: Pair) -> None:
    voter = pair.person()
    pair.vote(pair.goes, voter, 1, ago(2))
    pair.undo(pair.merge())
    with pair.app.app_context():
        goes, stays = merging.hold(pair.goes, pair.stays, datetime.now(UTC))
        merging.merge(goes, stays, db.session.get_one(Person, pair.moderator), datetime.now(UTC))
        db.session.commit()
        assert len(db.session.scalars(select(Merge)).all()) == 2
    assert pair.counts(pair.stays) == (1, 0)
    assert pair.get(Idea, pair.goes).state == IdeaState.MERGED


@pytest.mark.one_database
def test_an_idea_on_its_way_to_the_council_keeps_its_place(pair: Pair) -> None:
    proposal = pair.agreed()
    with pair.app.app_context():
        db.session.get_one(Idea, pair.goes).public_status = PublicStatus.ON_AGENDA
        db.session.commit()
    with pytest.raises(NotAllowed, match="on its way to the council"):
        pair.merge(proposal)
    with pair.app.app_context():
        assert db.session.scalars(select(Argument)).all() == []
