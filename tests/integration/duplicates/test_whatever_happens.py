"""Votes, merges, exclusions, what takes them back, and seals in any order.

Tallies equal a recount, votes are out exactly while somebody decided so, and sealed standings count as they did.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import Idea, Merge, Person, Vote
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason, ExclusionState
from app.models.person import Role
from app.models.seal import SealReason
from app.records import excluded, exclusions, merging, seals, stand_recounts, tallies
from tests import factories
from tests.factories import NOW

PEOPLE, IDEAS = 3, 4
people = st.integers(0, PEOPLE - 1)
ideas = st.integers(0, IDEAS - 1)
Cast = tuple[int, datetime]


@dataclass
class Done:
    """A merge in the model: which, what it made of votes, and what they were."""

    goes: int
    stays: int
    after: dict[int, Cast]
    before: dict[int, Cast | None]
    at: datetime


class Merging(RuleBasedStateMachine):
    """The rules in plain Python, and the database that must agree with them."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        with self.app.app_context():
            call, author = factories.a_call(), factories.a_person()
            self.moderator = factories.a_person(Role.MODERATOR).id
            groups = (Group.RESIDENT, Group.COUNCIL, Group.RESIDENT)
            self.people = [factories.a_person(group=group).id for group in groups]
            self.ideas = [factories.an_idea(call, author).id for _ in range(IDEAS)]
            self.call = call.id
            db.session.commit()
        self.votes: dict[tuple[int, int], Cast] = {}
        self.merges: list[Done] = []
        self.out: dict[tuple[int, int], tuple[int, datetime]] = {}
        """Decisions in force on a vote, by idea and person: which exclusion, and from when."""
        self.seals: list[int] = []
        self.now = NOW

    def tick(self, minutes: float = 1) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    @property
    def gone(self) -> set[int]:
        return {done.goes for done in self.merges}

    def is_out(self, idea: int, person: int) -> bool:
        """A vote does not count when that was decided on it, or on one that it stands for since a merge."""
        return (idea, person) in self.out or any(
            done.stays == idea and self.is_out(done.goes, person) for done in self.merges
        )

    def hold_places(self) -> None:
        """Whoever is out on a merged idea has a vote on the one that stays, be it a withdrawn one."""
        for done in self.merges:
            for person in range(PEOPLE):
                if self.is_out(done.goes, person) and (done.stays, person) not in self.votes:
                    place = (0, self.votes[done.goes, person][1])
                    self.votes[done.stays, person] = done.after[person] = place
                    done.before[person] = None

    @rule(person=people, places=st.sets(ideas, min_size=1, max_size=3))
    def exclude(self, person: int, places: set[int]) -> None:
        chosen = [
            idea for idea in sorted(places) if (idea, person) in self.votes and not self.is_out(idea, person)
        ]
        if not chosen:
            return
        now = self.tick()
        with self.app.app_context():
            made = self.proposal(person, chosen)
            assert exclusions.put_in_force(made, self.call, now) == now
            db.session.commit()
        self.out |= {(idea, person): (made, now) for idea in chosen}
        self.hold_places()

    def proposal(self, person: int, places: list[int]) -> int:
        """What is decided on votes of somebody, before it is in force."""
        made = Exclusion(
            call_id=self.call,
            reason=ExclusionReason.BOUGHT,
            sentence="Daarom.",
            state=ExclusionState.IN_FORCE,
            proposed_by_id=self.moderator,
            proposed_at=self.now,
        )
        db.session.add(made)
        db.session.flush()
        for idea in places:
            row = {"idea_id": self.ideas[idea], "person_id": self.people[person]}
            db.session.add(ExcludedVote(exclusion_id=made.id, **row))
        db.session.flush()
        return made.id

    @rule(place=st.integers(0, 5))
    def lift(self, place: int) -> None:
        known = sorted({(made, person) for (_idea, person), (made, _at) in self.out.items()})
        if not known:
            return
        (made, person), now = known[place % len(known)], self.tick()
        before = {idea for idea in range(IDEAS) if self.is_out(idea, person)} - self.gone
        with self.app.app_context():
            again = exclusions.lift(made, self.call, self.people[person], now)
            db.session.commit()
        self.out = {key: value for key, value in self.out.items() if (value[0], key[1]) != (made, person)}
        assert again == len(before - {idea for idea in before if self.is_out(idea, person)})

    @rule(person=people, idea=ideas, value=st.sampled_from(VoteValue))
    def vote(self, person: int, idea: int, value: VoteValue) -> None:
        if idea in self.gone:
            return
        now = self.tick()
        with self.app.app_context():
            voter = db.session.get_one(Person, self.people[person])
            tallies.put(self.ideas[idea], voter.id, voter.group, value, now)
            db.session.commit()
        before = self.votes.get((idea, person))
        if before is None or before[0] != value:
            self.votes[idea, person] = (int(value), now)

    @rule(goes=ideas, stays=ideas)
    def merge(self, goes: int, stays: int) -> None:
        if goes == stays or {goes, stays} & self.gone:
            return
        now = self.tick()
        with self.app.app_context():
            idea, into = merging.hold(self.ideas[goes], self.ideas[stays], now)
            merging.merge(idea, into, db.session.get_one(Person, self.moderator), now)
            db.session.commit()
        done = Done(goes, stays, {}, {}, now)
        for person in range(PEOPLE):
            merged, there = self.votes.get((goes, person)), self.votes.get((stays, person))
            if merged is None or merged[0] == 0 or (there and there[0] and there[1] >= merged[1]):
                continue
            done.before[person], done.after[person] = there, merged
            self.votes[stays, person] = merged
        self.merges.append(done)
        self.hold_places()

    @rule(place=st.integers(0, 5))
    def undo(self, place: int) -> None:
        if not self.merges:
            return
        number, now = place % len(self.merges), self.tick()
        done = self.merges[number]
        is_last = not any(done.stays in (later.goes, later.stays) for later in self.merges[number + 1 :])
        with self.app.app_context():
            made = db.session.scalars(
                select(Merge).where(Merge.undone_at.is_(None), Merge.idea_id == self.ideas[done.goes])
            ).one()
            try:
                merging.undo(made, None, now)
                db.session.commit()
                assert is_last
            except NotAllowed:
                assert not is_last
                return
        self.merges.pop(number)
        for person in range(PEOPLE):
            out = self.out.get((done.stays, person))
            voted = (done.goes, person) in self.votes
            if out and out[1] > done.at and voted and not self.is_out(done.goes, person):
                self.out[done.goes, person] = (out[0], now)
        for person, after in done.after.items():
            if self.votes.get((done.stays, person)) != after:
                continue
            before = done.before[person]
            if before is None and self.is_out(done.stays, person):
                self.votes[done.stays, person] = (0, after[1])
            elif before is None:
                del self.votes[done.stays, person]
            else:
                self.votes[done.stays, person] = before

    @rule()
    def seal(self) -> None:
        now = self.tick()
        with self.app.app_context():
            self.seals.append(seals.seal(self.call, SealReason.COUNCIL, now).id)

    @rule(person=people, idea=ideas, value=st.sampled_from(VoteValue))
    def seal_as_planned(self, person: int, idea: int, value: VoteValue) -> None:
        """Somebody votes after the minute of a plan, and a moderator wants to merge, before it is sealed."""
        cut_off = self.now + timedelta(minutes=2)
        with self.app.app_context():
            seals.plan(self.call, cut_off, self.now)
        self.tick(3)
        self.vote(person, idea, value)
        free = [place for place in range(IDEAS) if place not in self.gone]
        with self.app.app_context():
            if len(free) > 1:
                with pytest.raises(NotAllowed, match="being sealed"):
                    merging.hold(self.ideas[free[0]], self.ideas[free[1]], self.now)
                db.session.rollback()
            if (idea, person) in self.votes and not self.is_out(idea, person):
                with pytest.raises(NotAllowed, match="being sealed"):
                    exclusions.put_in_force(self.proposal(person, [idea]), self.call, self.now)
                db.session.rollback()
            self.seals += seals.run_due(self.tick())

    @invariant()
    def tallies_and_votes_are_those_of_the_model(self) -> None:
        with self.app.app_context():
            assert tallies.differences() == []
            rows = db.session.execute(
                select(Vote.idea_id, Vote.person_id, Vote.value, Vote.cast_at, Vote.excluded_at)
            ).all()
            told = {idea: sum(reasons.values()) for idea, reasons in excluded._read(self.call).items()}
            states = dict(db.session.execute(select(Idea.id, Idea.state)).all())
            db.session.rollback()
        found = {(row[0], row[1]): (row[2], row[3]) for row in rows if row[0] in self.ideas}
        wanted = {
            (self.ideas[idea], self.people[person]): cast for (idea, person), cast in self.votes.items()
        }
        assert found == wanted
        off = {(idea, person) for idea, person in self.votes if self.is_out(idea, person)}
        assert {(row[0], row[1]) for row in rows if row[4] and row[0] in self.ideas} == {
            (self.ideas[idea], self.people[person]) for idea, person in off
        }
        assert told == Counter(
            self.ideas[idea] for idea, person in off if self.votes[idea, person][0] and idea not in self.gone
        )
        for place, idea in enumerate(self.ideas):
            state = IdeaState.MERGED if place in self.gone else IdeaState.PUBLISHED
            assert states[idea] == state

    @invariant()
    def every_standing_counts_as_it_did(self) -> None:
        with self.app.app_context():
            for number in self.seals:
                assert stand_recounts.recount(number).differences == ()


def test_whatever_happens_to_votes_and_ideas(app: Flask) -> None:
    machine = type("Machine", (Merging,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=16,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
