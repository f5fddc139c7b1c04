"""Whatever happens to votes and groups, in whatever order, the tallies equal a recount."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, update

from app.db import db
from app.domain.ballot import GROUPS, Group, VoteValue
from app.models import Idea, Person, Tally, Vote
from app.records import tallies
from app.records.tallies import Difference, TallyMissing
from tests import factories
from tests.factories import NOW

PEOPLE, IDEAS = 4, 2
people = st.integers(0, PEOPLE - 1)
ideas = st.integers(0, IDEAS - 1)


class Voting(RuleBasedStateMachine):
    """A few people and ideas, a model of what everybody wants, and the database that must agree with it."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        with self.app.app_context():
            for table in (Vote, Tally, Idea):
                db.session.execute(delete(table))
            call, author = factories.a_call(), factories.a_person()
            self.people = [factories.a_person().id for _ in range(PEOPLE)]
            self.ideas = [factories.an_idea(call, author).id for _ in range(IDEAS)]
            db.session.commit()
        self.groups = [Group.RESIDENT] * PEOPLE
        self.votes: dict[tuple[int, int], VoteValue] = {}

    @rule(person=people, idea=ideas, value=st.sampled_from(VoteValue))
    def vote(self, person: int, idea: int, value: VoteValue) -> None:
        before = self.votes.get((idea, person), VoteValue.WITHDRAWN)
        with self.app.app_context():
            change = tallies.put(self.ideas[idea], self.people[person], self.groups[person], value, NOW)
            db.session.commit()
        assert bool(change) == (before != value)
        self.votes[(idea, person)] = value

    @rule(person=people, group=st.sampled_from(GROUPS))
    def move(self, person: int, group: Group) -> None:
        with self.app.app_context():
            tallies.move_person(self.people[person], group)
            db.session.execute(update(Person).where(Person.id == self.people[person]).values(group=group))
            db.session.commit()
        self.groups[person] = group

    @rule(idea=ideas, person=people, value=st.sampled_from(VoteValue))
    def undo(self, idea: int, person: int, value: VoteValue) -> None:
        """A request that fails after its vote leaves nothing behind."""
        with self.app.app_context():
            tallies.put(self.ideas[idea], self.people[person], self.groups[person], value, NOW)
            db.session.rollback()

    @invariant()
    def tallies_are_exact(self) -> None:
        with self.app.app_context():
            assert tallies.differences() == []
            rows = db.session.query(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against).all()
            db.session.rollback()
        stands = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        for place, idea in enumerate(self.ideas):
            for group in GROUPS:
                mine = [
                    value
                    for (of, person), value in self.votes.items()
                    if of == place and self.groups[person] == group
                ]
                wanted = (mine.count(VoteValue.FOR), mine.count(VoteValue.AGAINST))
                assert stands[(idea, group)] == wanted


def test_tallies_equal_a_recount_after_anything(app: Flask) -> None:
    Voting.app = app
    run_state_machine_as_test(
        Voting,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_a_wrong_tally_is_found_and_mended(app: Flask, app_context: None) -> None:
    idea = factories.an_idea()
    factories.a_vote(idea)
    db.session.execute(update(Tally).where(Tally.group == Group.RESIDENT).values(votes_for=7))
    assert tallies.differences() == [Difference(idea.id, Group.RESIDENT, (7, 0), (1, 0))]
    tallies.rebuild([idea.id])
    assert tallies.differences() == []


def test_a_vote_without_a_tally_is_refused(app: Flask, app_context: None) -> None:
    idea = factories.an_idea()
    db.session.execute(delete(Tally))
    with pytest.raises(TallyMissing):
        factories.a_vote(idea)
