"""A vote under an exclusion counts nowhere, may still be changed by its voter, and counts again once it is lifted."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import GROUPS, Group, VoteValue
from app.domain.ranking import Method
from app.features.ranking import pictures
from app.kit.moments import day_of
from app.models import Idea, Person, Vote
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason, IntegritySignal
from app.records import (
    carried,
    erasure,
    excluded,
    exclusions,
    groups,
    history,
    recounts,
    standings,
    tallies,
    vote_tables,
)
from tests import factories
from tests.support import csrf_token, odd_votes, sign_in
from tests.support.statements import statements

from .conftest import FAKES, HONEST, Desk


def test_votes_count_until_an_exclusion_is_in_force(desk: Desk) -> None:
    assert desk.tally() == (FAKES, HONEST)
    desk.propose()
    assert desk.tally() == (FAKES, HONEST)
    assert desk.off() == set()
    desk.exclude(desk.a_signal(desk.fakes))
    assert desk.tally() == (0, HONEST)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes}


def test_it_counts_in_no_ranking_table_or_history(desk: Desk) -> None:
    now = datetime.now(UTC)
    assert supporters(desk, now) == [FAKES]
    desk.exclude()
    desk.refresh()
    with desk.app.app_context():
        counts = vote_tables.tallies_of(desk.call, [group.value for group in GROUPS])
        told = zip(
            counts.ids, counts.for_.sum(axis=1).tolist(), counts.against.sum(axis=1).tolist(), strict=True
        )
        assert list(told) == [(desk.ideas[0], 0, HONEST), (desk.ideas[1], HONEST, 0)]
        lately = vote_tables.ranked_ideas(desk.call, Method.ACTUEEL, now=now)
        assert [int(row.id) for row in lately.rows()] == [desk.ideas[1], desk.ideas[0]]
        numbers = standings.read(desk.call, standings.NUMBERS)
        assert numbers is not None
        assert (numbers.data["voters"], numbers.data["votes"]) == (HONEST, 2 * HONEST)
        table = vote_tables.vote_table(desk.call, [group.value for group in GROUPS])
        assert len(table.votes.voter) == 2 * HONEST
        assert recounts.count().differences == ()
    assert supporters(desk, now) == [0]


def supporters(desk: Desk, now: datetime) -> list[int]:
    """How many people support the theme at the end of this day."""
    with desk.app.app_context():
        themes = history._rankings(desk.call, [day_of(now)])
        return [row.reach for ranked in themes.values() for row in (*ranked.rows, *ranked.too_few)]


def test_the_standings_are_computed_anew(desk: Desk) -> None:
    desk.refresh()
    with desk.app.app_context():
        assert standings.out_of_date() == []
    exclusion = desk.exclude()
    with desk.app.app_context():
        assert standings.out_of_date() == [desk.call]
    desk.refresh()
    with desk.app.app_context():
        exclusions.lift(exclusion, desk.call, desk.fakes[0], datetime.now(UTC))
        db.session.commit()
        assert standings.out_of_date() == [desk.call]


@pytest.mark.parametrize("value", list(VoteValue))
def test_the_voter_may_change_it_and_nothing_is_counted(desk: Desk, value: VoteValue) -> None:
    desk.exclude()
    desk.vote(desk.fakes[0], value)
    assert desk.tally() == (0, HONEST)
    vote = desk.get(Vote, (desk.ideas[0], desk.fakes[0]))
    assert (vote.value, vote.excluded_at is not None) == (value, True)


def test_what_it_says_in_the_end_counts_when_it_is_lifted(desk: Desk) -> None:
    exclusion = desk.exclude()
    desk.vote(desk.fakes[0], VoteValue.AGAINST)
    desk.vote(desk.fakes[1], VoteValue.WITHDRAWN)
    with desk.app.app_context():
        for person in desk.fakes[:3]:
            assert exclusions.lift(exclusion, desk.call, person, datetime.now(UTC)) == 1
        db.session.commit()
    assert desk.tally() == (1, HONEST + 1)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes[3:]}


def test_other_votes_of_the_same_people_count(desk: Desk) -> None:
    desk.exclude()
    desk.vote(desk.fakes[0], VoteValue.FOR, desk.ideas[1])
    assert desk.tally(desk.ideas[1]) == (HONEST + 1, 0)


def test_a_vote_is_excluded_once(desk: Desk) -> None:
    desk.exclude()
    again = desk.a_signal([desk.fakes[0], desk.honest[0]])
    proposal = desk.propose(again)
    with desk.app.app_context():
        with pytest.raises(exclusions.NotNow, match="do not count already"):
            exclusions.put_in_force(proposal, desk.call, datetime.now(UTC))
        db.session.rollback()
    assert desk.tally() == (0, HONEST)


def test_the_database_holds_that_too(desk: Desk) -> None:
    exclusion = desk.exclude()
    with desk.app.app_context():
        other = Exclusion(
            call_id=desk.call,
            reason=ExclusionReason.BOUGHT,
            sentence="Nog een keer.",
            proposed_by_id=desk.first,
            proposed_at=datetime.now(UTC),
        )
        db.session.add(other)
        db.session.flush()
        row = {"idea_id": desk.ideas[0], "person_id": desk.fakes[0], "from_at": datetime.now(UTC)}
        db.session.add(ExcludedVote(exclusion_id=other.id, **row))
        with pytest.raises(Exception, match=r"(?i)unique"):
            db.session.flush()
        db.session.rollback()
        exclusions.lift(exclusion, desk.call, desk.fakes[0], datetime.now(UTC))
        db.session.commit()
        again = odd_votes.an_exclusion(
            odd_votes.a_signal(
                db.session.get_one(Idea, desk.ideas[0]), [db.session.get_one(Person, desk.fakes[0])]
            ),
            db.session.get_one(Person, desk.first),
            db.session.get_one(Person, desk.second),
        )
        db.session.commit()
        assert again.id
    assert desk.tally() == (0, HONEST)


def test_somebody_gets_another_group_meanwhile(desk: Desk) -> None:
    exclusion, now = desk.exclude(), datetime.now(UTC)
    with desk.app.app_context():
        person = db.session.get_one(Person, desk.fakes[0])
        groups.move_person(person, Group.COUNCIL, None, False, now)
        db.session.commit()
    assert desk.tally() == (0, HONEST)
    with desk.app.app_context():
        exclusions.lift(exclusion, desk.call, desk.fakes[0], now)
        db.session.commit()
        counted = tallies.counted_from_votes([desk.ideas[0]])
        assert counted[desk.ideas[0], Group.COUNCIL] == (1, 0)
    assert desk.tally() == (1, HONEST)


def test_a_council_member_who_leaves_and_one_who_may_not_vote_any_more(desk: Desk) -> None:
    now = datetime.now(UTC)
    council = desk.person(group=Group.COUNCIL)
    desk.vote(council, VoteValue.FOR)
    desk.exclude(desk.a_signal([council]))
    with desk.app.app_context():
        erasure.erase(council, now)
        db.session.commit()
    assert desk.tally() == (FAKES, HONEST)
    assert desk.off() == {(desk.ideas[0], council)}
    partner = desk.person()
    desk.vote(partner, VoteValue.FOR)
    desk.exclude(desk.a_signal([partner]))
    with desk.app.app_context():
        organisation = factories.an_organisation()
        groups.move_person(db.session.get_one(Person, partner), Group.PARTNER, organisation, False, now)
        db.session.commit()
    assert desk.get(Vote, (desk.ideas[0], partner)).value == 0
    assert desk.tally() == (FAKES, HONEST)


def test_rows_that_are_written_anew_are_marked_again(desk: Desk) -> None:
    exclusion = desk.exclude()
    with desk.app.app_context():
        exclusions.lift(exclusion, desk.call, desk.fakes[0], datetime.now(UTC))
        db.session.query(Vote).update({"excluded_at": None})
        carried.mark(desk.ideas)
        tallies.rebuild(desk.ideas)
        db.session.commit()
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes[1:]}
    assert desk.tally() == (1, HONEST)


def test_a_vote_takes_no_statement_more(desk: Desk) -> None:
    """The way of a vote is the same whether or not it counts."""

    def sent_by(person: int) -> list[str]:
        client = sign_in(desk.app.test_client(), person)
        token = csrf_token(client)
        data = {"csrf_token": token, "choice": "against"}
        with statements() as sent:
            answer = client.post(
                f"/ideeen/{desk.ideas[1]}/stem", data=data, headers={"Accept": "application/json"}
            )
        assert answer.status_code == 200
        return [statement for statement in sent if "vote" in statement or "tally" in statement]

    normal = sent_by(desk.fakes[0])
    desk.exclude(desk.a_signal([desk.honest[0]], desk.ideas[1]))
    odd = sent_by(desk.honest[0])
    assert len(odd) == len(normal) - 1, "its tally is not touched"


def test_the_ballot_says_that_it_does_not_count(desk: Desk) -> None:
    path = f"/ideeen/{desk.ideas[0]}"
    assert "telt niet mee" not in desk.page(desk.fakes[0], path).one(".ballot").get_text(" ")
    desk.exclude()
    page = desk.page(desk.fakes[0], path)
    ballot = " ".join(page.one(".ballot").get_text(" ").split())
    assert "Je stemde voor." in ballot
    assert "Deze stem telt niet mee." in ballot
    assert "/mijn/stemmen-die-niet-tellen" in page.links(".ballot a")
    assert "Deze stem telt niet mee." not in desk.page(desk.honest[0], path).one(".ballot").get_text(" ")
    client = desk.client(desk.fakes[0])
    data = {"csrf_token": csrf_token(client), "choice": "against"}
    answer = client.post(f"{path}/stem", data=data, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["sentence"] == "Je stemde tegen. Deze stem telt niet mee."
    assert answer.json["counts"] == {"for": 0, "against": HONEST}


def test_everybody_reads_how_many_do_not_count_and_why(desk: Desk) -> None:
    paths = [
        f"/ideeen/{desk.ideas[0]}",
        f"/ranglijst?oproep={desk.slug}",
        f"/ranglijst/themas?oproep={desk.slug}",
    ]
    desk.refresh()
    for path in paths:
        assert "tellen niet mee" not in desk.page(None, path).text
    desk.exclude()
    one = desk.person()
    desk.vote(one, VoteValue.FOR)
    desk.exclude(desk.a_signal([one]), reason=ExclusionReason.BOUGHT)
    desk.refresh()
    for path in paths:
        page = desk.page(None, path)
        assert f"{FAKES + 1} stemmen tellen niet mee" in page.text, path
        told = page.texts(".excluded__reasons li")
        assert [line.rpartition(": ")[2] for line in told] == [str(FAKES), "1"], path
        assert "/over/integriteit" in page.links(".excluded a")
    other = desk.page(None, f"/ideeen/{desk.ideas[1]}")
    assert not other.all(".excluded")
    desk.hide_counts()
    for path in paths:
        assert not desk.page(None, path).all(".excluded"), path


def test_a_withdrawn_vote_is_not_among_those_that_do_not_count(desk: Desk) -> None:
    desk.exclude()
    desk.vote(desk.fakes[0], VoteValue.WITHDRAWN)
    with desk.app.app_context():
        assert excluded.of_call(desk.call) == {ExclusionReason.MANY_ACCOUNTS: FAKES - 1}


def test_breadth_counts_nobody_who_only_cast_such_votes(desk: Desk) -> None:
    with desk.app.app_context():
        before = pictures._read_breadth(desk.call)
    desk.exclude()
    with desk.app.app_context():
        after = pictures._read_breadth(desk.call)
    assert before != after


@pytest.mark.parametrize("seed", range(4))
def test_tallies_equal_a_recount_after_anything(app: Flask, seed: int) -> None:
    """Votes, changes, withdrawals, exclusions, lifts, moves to another group and ends of accounts, in any order."""
    desk, dice = Desk(app), random.Random(seed)
    now = datetime.now(UTC)
    people = [*desk.fakes, *desk.honest, *(desk.person(group=Group.COUNCIL) for _ in range(3))]
    done: Counter[str] = Counter()
    for turn in range(60):
        now += timedelta(seconds=1)
        what = dice.choice(["vote"] * 4 + ["exclude", "lift", "move", "erase"])
        with app.app_context():
            if what == "vote":
                voter = db.session.get_one(Person, dice.choice(people))
                value = dice.choice(list(VoteValue))
                tallies.put(dice.choice(desk.ideas), voter.id, voter.group, value, now)
            elif what == "exclude":
                idea = db.session.get_one(Idea, dice.choice(desk.ideas))
                chosen = [
                    db.session.get_one(Person, number)
                    for number in dice.sample(people, 3)
                    if (vote := db.session.get(Vote, (idea.id, number))) and vote.excluded_at is None
                ]
                if chosen:
                    signal = odd_votes.a_signal(idea, chosen, key=f"turn-{turn}")
                    first, second = (db.session.get_one(Person, who) for who in (desk.first, desk.second))
                    odd_votes.an_exclusion(signal, first, second, now=now)
            elif what == "lift":
                rows = db.session.execute(
                    select(ExcludedVote.exclusion_id, ExcludedVote.person_id).where(
                        ExcludedVote.from_at.is_not(None), ExcludedVote.lifted_at.is_(None)
                    )
                ).all()
                if rows:
                    exclusion, person = dice.choice(sorted((row[0], row[1]) for row in rows))
                    exclusions.lift(exclusion, desk.call, person, now)
            elif what == "move":
                person_ = db.session.get_one(Person, dice.choice(people))
                group = dice.choice([Group.RESIDENT, Group.COUNCIL])
                groups.move_person(person_, group, None, False, now)
            elif turn % 10 == 0:
                erasure.erase(dice.choice(people[3:]), now)
            db.session.commit()
            done[what] += 1
        desk.tally()
        desk.off()
    assert min(done.values()) > 1
    with app.app_context():
        signals = db.session.scalars(select(IntegritySignal)).all()
        assert len(signals) > 2
