"""Votes read as columns are exactly the rows of the table, on either database."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import and_, case, select

from app.db import db
from app.domain.ballot import GROUPS, Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.models import Idea, Vote
from app.records import tallies, vote_rows
from tests import factories
from tests.factories import NOW


@pytest.fixture
def votes(app_context: None) -> list[Vote]:
    """Votes of twelve people on six ideas of two calls, some withdrawn, at moments of their own."""
    luck = Random(5)
    author = factories.a_person()
    ideas = [
        factories.an_idea(call, author) for call in (factories.a_call(), factories.a_call()) for _ in range(3)
    ]
    people = [factories.a_person(group=luck.choice(GROUPS)) for _ in range(12)]
    for person in luck.sample(people, 12):
        for idea in luck.sample(ideas, luck.randint(0, 6)):
            at = NOW - timedelta(seconds=luck.randint(0, 10**6), microseconds=luck.choice((0, 250_000)))
            tallies.put(idea.id, person.id, person.group, luck.choice([VoteValue.FOR, VoteValue.AGAINST]), at)
            if luck.random() < 0.2:
                tallies.put(idea.id, person.id, person.group, VoteValue.WITHDRAWN, at)
    db.session.commit()
    return list(db.session.scalars(select(Vote).order_by(Vote.idea_id, Vote.person_id)))


def test_columns_are_the_rows_sorted_by_idea_and_person(app: Flask, votes: list[Vote]) -> None:
    call_id = db.session.scalars(select(Idea.call_id).order_by(Idea.call_id)).first()
    mine = list(db.session.scalars(select(Idea.id).where(Idea.call_id == call_id)))
    expected = [vote for vote in votes if vote.idea_id in mine and vote.value != 0]
    assert 10 < len(expected) < len(votes)
    rows = vote_rows.read(Idea.call_id == call_id, GROUPS)
    assert rows.idea.tolist() == [vote.idea_id for vote in expected]
    assert rows.person.tolist() == [vote.person_id for vote in expected]
    assert rows.value.tolist() == [vote.value for vote in expected]
    assert rows.group.tolist() == [GROUPS.index(vote.group) for vote in expected]
    assert np.floor(rows.moment).tolist() == [int(vote.cast_at.timestamp()) for vote in expected]


def test_another_value_may_count_and_some_ideas_may_not(app: Flask, votes: list[Vote]) -> None:
    published = and_(Idea.state == IdeaState.PUBLISHED, Idea.id != votes[0].idea_id)
    turned = case((Vote.person_id % 2 == 0, -Vote.value), else_=0)
    rows = vote_rows.read(published, GROUPS, turned)
    expected = [
        (vote.idea_id, vote.person_id, -vote.value)
        for vote in votes
        if vote.idea_id != votes[0].idea_id and vote.person_id % 2 == 0 and vote.value
    ]
    assert list(zip(rows.idea.tolist(), rows.person.tolist(), rows.value.tolist(), strict=True)) == expected


def test_nobody_voted(app: Flask, app_context: None) -> None:
    rows = vote_rows.read(Idea.call_id == 1, GROUPS)
    assert [len(rows.person), len(rows.idea), len(rows.value), len(rows.group), len(rows.moment)] == [0] * 5


def test_a_group_that_the_process_does_not_know_is_refused(app: Flask, votes: list[Vote]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        vote_rows.read(Idea.state == IdeaState.PUBLISHED, [Group.COUNCIL])
