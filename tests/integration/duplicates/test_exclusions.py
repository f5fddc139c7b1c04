"""Votes that do not count go along with a merge as such, are told once, count again once, and go back exactly."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from app.db import db
from app.domain.ballot import VoteValue
from app.features.integrity import own, service
from app.features.integrity import queries as desk
from app.models import DuplicateProposal, Idea, Merge, Person, Vote
from app.models.duplicate import ProposalState
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason
from app.models.seal import SealReason
from app.records import excluded, exclusions, integrity_views, seals, stand_recounts
from tests.support import odd_votes, sign_in
from tests.support.page import visit

from .conftest import Pair
from .test_races import at_once, merging

KEYS = count(1)
REASON = ExclusionReason.MANY_ACCOUNTS


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def propose(pair: Pair, idea: int, people: Sequence[int], reason: ExclusionReason = REASON) -> int:
    """A proposal by the first moderator about votes of these people."""
    with pair.app.app_context():
        voters = [db.session.get_one(Person, person) for person in people]
        signal = odd_votes.a_signal(db.session.get_one(Idea, idea), voters, key=f"carried-{next(KEYS)}")
        number = odd_votes.a_proposal(signal, db.session.get_one(Person, pair.moderator), reason).id
        db.session.commit()
        return number


def confirm(pair: Pair, exclusion: int) -> int:
    with pair.app.app_context():
        service.confirm(db.session.get_one(Person, pair.second), exclusion, datetime.now(UTC))
    return exclusion


def exclude(pair: Pair, idea: int, *people: int, reason: ExclusionReason = REASON) -> int:
    return confirm(pair, propose(pair, idea, people, reason))


def lift(pair: Pair, exclusion: int, person: int) -> int:
    with pair.app.app_context():
        again = exclusions.lift(exclusion, pair.call, person, datetime.now(UTC))
        db.session.commit()
        return again


def off(pair: Pair) -> set[tuple[int, int]]:
    """The votes that do not count, as they say themselves; the exclusions must say the same."""
    with pair.app.app_context():
        marked = select(Vote.idea_id, Vote.person_id).where(Vote.excluded_at.is_not(None))
        said = {(row[0], row[1]) for row in db.session.execute(marked)}
        listed = excluded.in_force_at(pair.call, datetime(2100, 1, 1, tzinfo=UTC))
        assert said == {(idea, person) for _exclusion, idea, person in listed}
        return said


def reasons(pair: Pair) -> dict[int, dict[ExclusionReason, int]]:
    with pair.app.app_context():
        return excluded._read(pair.call)


@pytest.fixture
def voted(pair: Pair) -> tuple[int, int, int]:
    """Three people: who voted on the idea that goes, on both (there first), and on both (here first)."""
    alone, late, early = (pair.person() for _ in range(3))
    for person, moment in ((alone, 3), (late, 1), (early, 5)):
        pair.vote(pair.goes, person, 1, ago(moment))
    for person in (late, early):
        pair.vote(pair.stays, person, -1, ago(2))
    return alone, late, early


def test_what_does_not_count_goes_along_and_back(pair: Pair, voted: tuple[int, int, int]) -> None:
    exclude(pair, pair.goes, *voted)
    before = pair.votes(pair.stays), pair.votes(pair.goes)
    assert (pair.counts(pair.goes), pair.counts(pair.stays)) == ((0, 0), (0, 2))
    proposal = pair.merge()
    assert pair.counts(pair.stays) == (0, 0)
    assert off(pair) == {(idea, person) for idea in (pair.goes, pair.stays) for person in voted}
    assert reasons(pair) == {pair.stays: {REASON: 3}}, "told once, at the idea that stays"
    pair.undo(proposal)
    assert (pair.votes(pair.stays), pair.votes(pair.goes)) == before
    assert (pair.counts(pair.goes), pair.counts(pair.stays)) == ((0, 0), (0, 2))
    assert reasons(pair) == {pair.goes: {REASON: 3}}
    pair.merge(one=pair.goes, other=pair.stays, proposal=reopened(pair, proposal))
    assert reasons(pair) == {pair.stays: {REASON: 3}}


def reopened(pair: Pair, proposal: int) -> int:
    """The authors think again."""
    with pair.app.app_context():
        found = db.session.get_one(DuplicateProposal, proposal)
        found.state, found.decided_at = ProposalState.ASKING, None
        db.session.commit()
    return proposal


def test_lifted_it_counts_once_where_it_is_now(pair: Pair, voted: tuple[int, int, int]) -> None:
    alone, late, early = voted
    exclusion = exclude(pair, pair.goes, *voted)
    proposal = pair.merge()
    assert [lift(pair, exclusion, person) for person in voted] == [1, 1, 1]
    assert pair.counts(pair.stays) == (2, 1)
    assert (off(pair), reasons(pair)) == (set(), {})
    pair.undo(proposal)
    assert (pair.counts(pair.goes), pair.counts(pair.stays)) == ((3, 0), (0, 2))
    assert off(pair) == set()
    for person in (alone, late, early):
        with pair.app.app_context():
            (told,) = own.exclusions(person, datetime.now(UTC))
            assert [(vote.idea_id, vote.lifted_at is None) for vote in told.votes] == [(pair.goes, False)]


def test_the_voter_reads_of_one_vote_on_the_idea_that_stays(pair: Pair, voted: tuple[int, int, int]) -> None:
    alone = voted[0]
    exclusion = exclude(pair, pair.goes, *voted)
    for at, proposal in ((pair.goes, None), (pair.stays, pair.agreed()), (pair.goes, None)):
        if proposal:
            pair.merge(proposal)
            made = proposal
        elif at == pair.goes and pair.all(Merge):
            pair.undo(made)
        with pair.app.app_context():
            (told,) = own.exclusions(alone, datetime.now(UTC))
            assert [vote.idea_id for vote in told.votes] == [at]
            assert told.is_in_force
            assert told.may
            signal = db.session.get_one(Exclusion, exclusion).signal_id or 0
            (row,) = desk.proposals(signal)
            assert (row.votes, row.accounts, row.lifted) == (3, 3, 0)
        title = "Bankjes langs de Maas" if at == pair.stays else "Zitplekken langs de Maas"
        page = visit(sign_in(pair.app.test_client(), alone), "/mijn/stemmen-die-niet-tellen")
        assert page.text.count(title) == 1


def test_who_votes_anew_on_the_idea_that_stays_is_still_out(pair: Pair) -> None:
    """Also who had withdrawn the vote on the merged one, whichever came first: the exclusion or the merge."""
    first, second = pair.person(), pair.person()
    for person in (first, second):
        pair.vote(pair.goes, person, 1, ago(3))
        pair.vote(pair.goes, person, 0, ago(2))
    exclude(pair, pair.goes, first)
    later = propose(pair, pair.goes, [second])
    proposal = pair.merge()
    confirm(pair, later)
    for person in (first, second):
        pair.vote(pair.stays, person, 1)
    assert pair.counts(pair.stays) == (0, 0)
    assert reasons(pair) == {pair.stays: {REASON: 2}}
    pair.undo(proposal)
    assert pair.counts(pair.stays) == (2, 0), "a new vote on another idea"
    assert off(pair) == {(pair.goes, first), (pair.goes, second)}


def test_what_is_decided_after_a_merge_holds_for_both_ideas(pair: Pair, voted: tuple[int, int, int]) -> None:
    alone, late, _early = voted
    proposal = pair.merge()
    exclusion = exclude(pair, pair.stays, alone, late)
    assert pair.counts(pair.stays) == (0, 1)
    pair.undo(proposal)
    assert off(pair) == {(idea, person) for idea in (pair.goes, pair.stays) for person in (alone, late)}
    assert (pair.counts(pair.goes), pair.counts(pair.stays)) == ((1, 0), (0, 1))
    assert pair.votes(pair.stays)[alone][0] == VoteValue.WITHDRAWN
    pair.vote(pair.stays, alone, 1)
    assert pair.counts(pair.stays) == (0, 1)
    assert lift(pair, exclusion, alone) == 2
    assert (pair.counts(pair.goes), pair.counts(pair.stays)) == ((2, 0), (1, 1))


def test_two_exclusions_meet_and_one_is_lifted(pair: Pair, voted: tuple[int, int, int]) -> None:
    late = voted[1]
    one, other = (
        exclude(pair, pair.goes, late),
        exclude(pair, pair.stays, late, reason=ExclusionReason.BOUGHT),
    )
    proposal = pair.merge()
    assert reasons(pair) == {pair.stays: {ExclusionReason.BOUGHT: 1}}
    assert lift(pair, other, late) == 0, "the vote that it took in is still out"
    assert reasons(pair) == {pair.stays: {REASON: 1}}
    assert pair.counts(pair.stays) == (1, 1)
    pair.undo(proposal)
    assert off(pair) == {(pair.goes, late)}
    assert lift(pair, one, late) == 1
    assert off(pair) == set()


def test_it_goes_along_a_chain(pair: Pair, voted: tuple[int, int, int]) -> None:
    end = pair.idea(pair.ann, age=20, title="Zitten aan de Maas")
    exclusion = exclude(pair, pair.goes, *voted)
    pair.merge()
    second = pair.merge(one=pair.stays, other=end)
    assert (pair.counts(end), reasons(pair)) == ((0, 0), {end: {REASON: 3}})
    later = pair.person()
    pair.vote(end, later, 1)
    exclude(pair, end, later)
    assert lift(pair, exclusion, voted[0]) == 1
    assert pair.counts(end) == (1, 0)
    pair.undo(second)
    assert reasons(pair) == {pair.stays: {REASON: 2}, end: {REASON: 1}}


def test_standings_of_every_moment_count_again(pair: Pair, voted: tuple[int, int, int]) -> None:
    alone, late, early = voted
    made: list[int] = []

    def seal() -> None:
        with pair.app.app_context():
            made.append(seals.seal(pair.call, SealReason.COUNCIL, datetime.now(UTC)).id)

    seal()
    exclusion = exclude(pair, pair.goes, alone, late)
    mine = exclude(pair, pair.stays, early)
    seal()
    lift(pair, mine, early)
    seal()
    proposal = pair.merge()
    seal()
    lift(pair, exclusion, alone)
    seal()
    exclude(pair, pair.stays, alone)
    seal()
    pair.undo(proposal)
    seal()
    lift(pair, exclusion, late)
    seal()
    with pair.app.app_context():
        told = [seals.public_document(number)["inputs"] for number in made]
        assert [sum(inputs["exclusions"].values()) for inputs in told] == [0, 3, 2, 2, 1, 2, 2, 1]
        for number in made:
            found = stand_recounts.recount(number)
            assert (found.differences, found.whole) == ((), True), number
            assert seals.verify(number) == []


def test_a_merge_and_a_decision_at_once(pair: Pair) -> None:
    for turn in range(4):
        stays = pair.idea(pair.ann, age=9, title=f"Bankjes langs de Maas {turn}")
        goes = pair.idea(pair.ben, age=5, title=f"Zitplekken langs de Maas {turn}")
        people = [pair.person() for _ in range(4)]
        for number, person in enumerate(people):
            pair.vote(goes, person, 1, ago(2))
            if number % 2:
                pair.vote(goes, person, 0, ago(1))
        exclusion, proposal = propose(pair, goes, people), pair.agreed(one=goes, other=stays)
        path = f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen"
        came = at_once(pair, merging(pair, proposal, pair.moderator, stays), (pair.second, path, {}))
        assert [status for status, _page in came] == [303, 303]
        assert pair.counts(stays) == (0, 0)
        assert {key for key in off(pair) if key[0] in (goes, stays)} == {
            (idea, person) for idea in (goes, stays) for person in people
        }


def test_the_signal_of_votes_that_went_along_still_shows_the_difference(
    pair: Pair, voted: tuple[int, int, int]
) -> None:
    pair.merge()
    exclusion = exclude(pair, pair.stays, *voted)
    with pair.app.app_context():
        signal = db.session.get_one(Exclusion, exclusion).signal_id or 0
        (row,) = [row for row in integrity_views.shadow(signal).ideas if row.idea_id == pair.stays]
        assert row.flagged == 3
        rows = db.session.scalars(select(ExcludedVote).where(ExcludedVote.exclusion_id == exclusion)).all()
        assert {vote.merge_id for vote in rows} == {None}
