"""Sealing standings: exact at the cut-off, chained, never changed, and sealed when their minute has come."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.domain.ranking.canonical import parse, sha256
from app.features.ranking.jobs import JOBS, SEALS
from app.kit import jobs
from app.models import AuditEntry, Call, Idea, Person, Process, Theme, Vote
from app.models.person import Role
from app.models.seal import Immutable, SealPlan, SealReason, Snapshot
from app.records import agenda_ballots, seals, standings, tallies
from tests import factories

pytestmark = pytest.mark.usefixtures("app_context")
NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


def a_full_call(*, voters: int = 24, ideas: int = 6, **values: Any) -> tuple[Call, list[Idea], list[Person]]:
    """A call whose ideas have votes of every group, long before the fixed moment."""
    process = factories.a_process()
    themes = [factories.a_theme(process) for _ in range(3)]
    call = factories.a_call(process, **values)
    made = [factories.an_idea(call, themes=[themes[n % 3]]) for n in range(ideas)]
    groups = (Group.RESIDENT, Group.RESIDENT, Group.COUNCIL, Group.PARTNER)
    people = [factories.a_person(group=groups[n % 4]) for n in range(voters)]
    for n, person in enumerate(people):
        for m, idea in enumerate(made):
            if (n * 7 + m * 3) % 5 != 4:
                value = VoteValue.AGAINST if (n + m) % 3 == 0 else VoteValue.FOR
                put(idea, person, value, NOW - timedelta(days=2, minutes=n))
    factories.a_workshop(call, minutes=60)
    db.session.commit()
    return call, made, people


def put(idea: Idea, person: Person, value: VoteValue, at: datetime) -> None:
    tallies.put(idea.id, person.id, person.group, value, at)


def test_a_seal_is_chained_and_computes_again() -> None:
    call, _ideas, _people = a_full_call()
    seed = db.session.scalar(select(Process.tie_seed)) or ""
    first = seals.seal(call.id, SealReason.COUNCIL, NOW)
    assert (first.number, first.previous_digest, first.digest) == (1, None, sha256(first.public))
    document = seals.public_document(first.id)
    assert document["seed"]["value"] == seed
    assert document["digests"]["audit"] == sha256(first.audit)
    assert seals.verify(first.id) == []
    second = seals.seal(call.id, SealReason.COUNCIL, NOW + timedelta(hours=1))
    assert (second.number, second.previous_digest) == (2, first.digest)
    later = seals.public_document(second.id)
    assert sha256(later["seed"]["value"]) == document["seed"]["next_hash"] == later["seed"]["hash"]
    assert seals.verify(second.id) == []


def test_a_sealed_standing_is_never_changed_or_deleted() -> None:
    call, _ideas, _people = a_full_call()
    sealed = seals.seal(call.id, SealReason.COUNCIL, NOW)
    sealed.votes = 7
    with pytest.raises(Immutable, match="Standing 1 is sealed"):
        db.session.commit()
    db.session.rollback()
    db.session.delete(sealed)
    with pytest.raises(Immutable):
        db.session.commit()
    db.session.rollback()
    assert seals.verify(sealed.id) == []


def tallies_in(snapshot: Snapshot) -> dict[int, tuple[int, int]]:
    """For and against per idea in the auditor's document."""
    return {row[0]: (row[3], row[4]) for row in parse(snapshot.audit)["inputs"]["tallies"]}


def test_a_planned_standing_is_exact_at_its_cut_off_whatever_happens_before_it_is_sealed() -> None:
    call, ideas, people = a_full_call()
    cut_off = NOW + timedelta(hours=1)
    seals.plan(call.id, cut_off, NOW)
    before = {idea.id: tally_of(idea) for idea in ideas}
    # At the very moment still counts; everything after it does not.
    late, newcomer, twice, away = (factories.a_person() for _ in range(4))
    put(ideas[0], late, VoteValue.FOR, cut_off)
    put(ideas[0], twice, VoteValue.AGAINST, cut_off - timedelta(seconds=1))
    put(ideas[1], away, VoteValue.FOR, cut_off - timedelta(days=1))
    put(ideas[0], newcomer, VoteValue.FOR, cut_off + timedelta(seconds=1))
    put(ideas[0], twice, VoteValue.FOR, cut_off + timedelta(seconds=1))
    put(ideas[0], twice, VoteValue.WITHDRAWN, cut_off + timedelta(seconds=2))
    put(ideas[0], twice, VoteValue.FOR, cut_off + timedelta(seconds=3))
    put(ideas[1], away, VoteValue.WITHDRAWN, cut_off + timedelta(microseconds=1))
    put(ideas[2], people[0], VoteValue.WITHDRAWN, cut_off + timedelta(seconds=4))
    put(ideas[2], newcomer, VoteValue.FOR, cut_off + timedelta(seconds=4))
    put(ideas[2], newcomer, VoteValue.AGAINST, cut_off + timedelta(seconds=5))
    db.session.commit()
    assert seals.run_due(cut_off + timedelta(seconds=9)) == []
    (number,) = seals.run_due(cut_off + timedelta(seconds=10))
    sealed = db.session.get_one(Snapshot, number)
    assert (sealed.cut_off, sealed.reason) == (cut_off, SealReason.SCHEDULED)
    expected = dict(before)
    expected[ideas[0].id] = (before[ideas[0].id][0] + 1, before[ideas[0].id][1] + 1)
    expected[ideas[1].id] = (before[ideas[1].id][0] + 1, before[ideas[1].id][1])
    assert tallies_in(sealed) == expected
    assert sealed.votes == sum(map(sum, expected.values()))
    assert seals.verify(number) == []
    # Once is enough, also when the job looks again.
    assert seals.run_due(cut_off + timedelta(seconds=11)) == []
    plan = db.session.scalars(select(SealPlan)).one()
    assert (plan.snapshot_id, plan.done_at) == (number, cut_off + timedelta(seconds=10))


def tally_of(idea: Idea) -> tuple[int, int]:
    counted = tallies.counted_from_votes([idea.id])
    return sum(row[0] for row in counted.values()), sum(row[1] for row in counted.values())


def test_a_standing_is_sealed_later_when_the_server_was_down_at_its_minute() -> None:
    call, ideas, people = a_full_call()
    first, second = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    seals.plan(call.id, second, NOW)
    seals.plan(call.id, first, NOW)
    put(ideas[0], people[3], VoteValue.AGAINST, first - timedelta(minutes=1))
    at_first = {idea.id: tally_of(idea) for idea in ideas}
    put(ideas[0], people[3], VoteValue.WITHDRAWN, first + timedelta(minutes=1))
    at_second = {idea.id: tally_of(idea) for idea in ideas}
    db.session.commit()
    made = [db.session.get_one(Snapshot, number) for number in seals.run_due(second + timedelta(hours=3))]
    assert [(one.number, one.cut_off) for one in made] == [(1, first), (2, second)]
    assert [tallies_in(one) for one in made] == [at_first, at_second]
    assert at_first != at_second


def test_agenda_ticks_are_exact_at_the_cut_off() -> None:
    call, _ideas, people = a_full_call(agenda_ballot=True)
    themes = list(db.session.scalars(select(Theme.id).order_by(Theme.id)))
    for person in people[:9]:
        agenda_ballots.put(call.id, person.id, [themes[0]], NOW)
    for person in people[:6]:
        agenda_ballots.put(call.id, person.id, themes[:2], NOW)
    db.session.commit()
    cut_off = NOW + timedelta(hours=1)
    seals.plan(call.id, cut_off, NOW)
    agenda_ballots.put(call.id, people[0].id, [], cut_off + timedelta(seconds=1))
    agenda_ballots.put(call.id, people[20].id, [themes[2]], cut_off + timedelta(seconds=1))
    db.session.commit()
    (number,) = seals.run_due(cut_off + timedelta(seconds=10))
    document = parse(db.session.get_one(Snapshot, number).audit)
    assert document["scope"]["ballots"] == "ticked"
    classes = document["inputs"]["ballots"]
    assert {row[0] for row in classes} == {"1", "3"}
    assert sum(row[2] for row in classes if row[0] == "3") == 6
    assert sum(row[2] for row in classes) == 9
    assert seals.verify(number) == []


def test_a_moment_that_passed_is_sealed_only_when_nobody_voted_since() -> None:
    call, ideas, people = a_full_call()
    moment = NOW - timedelta(hours=1)
    sealed = seals.seal(call.id, SealReason.COUNCIL, NOW, cut_off=moment)
    assert sealed.cut_off == moment
    put(ideas[0], people[0], VoteValue.WITHDRAWN, NOW)
    db.session.commit()
    with pytest.raises(NotAllowed, match="People voted after that moment"):
        seals.seal(call.id, SealReason.COUNCIL, NOW, cut_off=moment)
    with pytest.raises(NotAllowed, match="still to come"):
        seals.seal(call.id, SealReason.COUNCIL, NOW, cut_off=NOW + timedelta(seconds=1))
    # Without a cut-off everything that stands is counted, also what was voted while the seal was asked for.
    put(ideas[0], people[0], VoteValue.FOR, NOW + timedelta(seconds=2))
    db.session.commit()
    now = seals.seal(call.id, SealReason.COUNCIL, NOW)
    assert now.cut_off == NOW + timedelta(seconds=2)
    assert tallies_in(now)[ideas[0].id] == tally_of(ideas[0])


def test_plans_are_made_in_time_once_and_called_off_once() -> None:
    call, _ideas, _people = a_full_call()
    at = NOW + timedelta(hours=1)
    with pytest.raises(NotAllowed, match="at least a minute"):
        seals.plan(call.id, NOW + timedelta(seconds=59), NOW)
    made = seals.plan(call.id, at, NOW).id
    with pytest.raises(NotAllowed, match="already"):
        seals.plan(call.id, at, NOW)
    assert [plan.id for plan in seals.plans_of(call.id)] == [made]
    seals.cancel_plan(made, NOW)
    with pytest.raises(NotAllowed, match="in the meantime"):
        seals.cancel_plan(made, NOW)
    with pytest.raises(LookupError, match="There is no plan 99"):
        seals.cancel_plan(99, NOW)
    assert seals.run_due(at + timedelta(hours=1)) == []
    assert db.session.scalars(select(Snapshot)).all() == []


def test_a_workshop_of_another_call_is_refused() -> None:
    call, _ideas, _people = a_full_call()
    other = factories.a_workshop(factories.a_call(call.process))
    db.session.commit()
    with pytest.raises(NotAllowed, match="another call"):
        seals.seal(call.id, SealReason.WORKSHOP, NOW, workshop_id=other.id)
    with pytest.raises(LookupError, match="There is no workshop 99"):
        seals.seal(call.id, SealReason.WORKSHOP, NOW, workshop_id=99)
    with pytest.raises(LookupError, match="There is no call 99"):
        seals.seal(99, SealReason.COUNCIL, NOW)


def test_what_happens_to_people_and_ideas_afterwards_changes_nothing() -> None:
    call, ideas, people = a_full_call()
    sealed = seals.seal(call.id, SealReason.COUNCIL, NOW)
    number, public = sealed.id, sealed.public
    for person in people:
        person.email, person.name = None, ""
    ideas[0].state = IdeaState.HIDDEN
    ideas[1].title = "Een heel andere titel"
    db.session.commit()
    db.session.expunge_all()
    assert seals.verify(number) == []
    assert db.session.get_one(Snapshot, number).public == public
    for text in (public, db.session.get_one(Snapshot, number).audit):
        assert "Person" not in text
        assert "voorbeeld.example" not in text
        assert "Een idee met nummer" not in text


def test_a_changed_byte_a_missing_link_and_a_changed_row_are_named() -> None:
    call, _ideas, _people = a_full_call()
    made = [seals.seal(call.id, SealReason.COUNCIL, NOW + timedelta(hours=n)).id for n in range(3)]
    audit = db.session.get_one(Snapshot, made[0]).audit
    spoilt = audit.replace('"m":5', '"m":6')
    db.session.execute(update(Snapshot).where(Snapshot.id == made[0]).values(audit=spoilt))
    db.session.execute(update(Snapshot).where(Snapshot.id == made[2]).values(votes=1))
    db.session.commit()
    db.session.expunge_all()
    paths = [difference.path for difference in seals.verify(made[0])]
    assert paths[0] == "parameters"
    assert any(path.startswith("outputs.ideas.") for path in paths)
    assert [difference.path for difference in seals.verify(made[2])] == ["inputs.votes"]
    assert seals.verify(made[1]) == []
    db.session.execute(delete(Snapshot).where(Snapshot.id == made[1]))
    db.session.commit()
    db.session.expunge_all()
    assert "previous" in [difference.path for difference in seals.verify(made[2])]


def test_a_seal_leaves_a_line_and_outdates_what_was_drawn_by_the_old_lots() -> None:
    call, _ideas, _people = a_full_call()
    standings.refresh(call.id, NOW)
    organiser = factories.a_person(Role.ORGANISER)
    db.session.commit()
    old = db.session.scalars(select(Process.tie_seed)).one()
    sealed = seals.seal(call.id, SealReason.COUNCIL, NOW, actor=organiser, why="Voor de raad")
    line = db.session.scalars(select(AuditEntry)).one()
    assert (line.action, line.actor_id, line.why) == ("ranking.seal", organiser.id, "Voor de raad")
    assert line.after == {"number": 1, "digest": sealed.digest}
    assert db.session.scalars(select(Process.tie_seed)).one() != old
    assert call.id in standings.out_of_date()


def test_the_job_looks_cheaply_and_seals_ten_seconds_after_the_minute() -> None:
    call, _ideas, _people = a_full_call()
    at = datetime.now(UTC) - timedelta(hours=1)
    db.session.add(SealPlan(call_id=call.id, at=at, created_at=at - timedelta(days=1)))
    db.session.commit()
    with time_machine.travel(at + timedelta(seconds=9), tick=False):
        assert jobs.run_once(SEALS, datetime.now(UTC), "here:1:1") == jobs.Turn.IDLE
    with time_machine.travel(at + timedelta(seconds=10), tick=False):
        assert jobs.run_once(SEALS, datetime.now(UTC), "here:1:1") == jobs.Turn.RAN
        assert jobs.run_once(SEALS, datetime.now(UTC), "here:1:1") == jobs.Turn.IDLE
    sealed = db.session.scalars(select(Snapshot)).one()
    assert (sealed.cut_off, sealed.sealed_at) == (at, at + timedelta(seconds=10))
    assert SEALS in JOBS


@pytest.mark.parametrize("seed", range(4))
def test_any_course_of_votes_gives_the_state_at_every_cut_off(seed: int) -> None:
    """Three planned moments in a random course of votes; what is sealed equals a log of all that happened."""
    rng = random.Random(seed)
    call, ideas, people = a_full_call(voters=6, ideas=3)
    standing = {(vote.idea_id, vote.person_id): vote.value for vote in db.session.scalars(select(Vote))}
    people += [factories.a_person() for _ in range(3)]
    db.session.commit()
    moments = [NOW + timedelta(minutes=10 * number) for number in (1, 2, 3)]
    for moment in rng.sample(moments, 3):
        seals.plan(call.id, moment, NOW)
    expected, sealed, now = [], [], NOW
    for moment in moments:
        end = moment + timedelta(seconds=rng.randint(10, 90))
        times = sorted(rng.uniform(0, (end - now).total_seconds()) for _ in range(40))
        times = sorted([*times, (moment - now).total_seconds()])
        log = dict(standing)
        for after in times:
            at = now + timedelta(seconds=after)
            idea, person = rng.choice(ideas), rng.choice(people)
            value = rng.choice(list(VoteValue))
            put(idea, person, value, at)
            standing[idea.id, person.id] = value
            if at <= moment:
                log = dict(standing)
        db.session.commit()
        expected.append(log)
        sealed += seals.run_due(end)
        now = end
    assert len(sealed) == 3
    for number, log in zip(sealed, expected, strict=True):
        found = tallies_in(db.session.get_one(Snapshot, number))
        for idea in ideas:
            values = [value for (of, _person), value in log.items() if of == idea.id]
            assert found[idea.id] == (values.count(1), values.count(-1))
        assert seals.verify(number) == []
