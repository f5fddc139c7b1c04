"""Two at once: every request is answered with what came of it, no vote or argument is lost or counted twice."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.features.duplicates import service
from app.models import Idea, Merge, ModerationDecision, Person
from app.records import groups
from tests.support import csrf_token, sign_in

from .conftest import SENTENCE, Pair

ROUNDS = 4


def at_once(pair: Pair, *requests: tuple[int, str, dict[str, Any]]) -> list[tuple[int, str]]:
    """Send all requests at the same moment, each by its own person; the status and page of each."""
    gate = threading.Barrier(len(requests))
    answers: list[tuple[int, str]] = [(0, "")] * len(requests)

    def sender(place: int, person: int, path: str, data: dict[str, Any]) -> Callable[[], None]:
        client = sign_in(pair.app.test_client(), person)
        given = {"csrf_token": csrf_token(client), **data}

        def send() -> None:
            gate.wait()
            answer = client.post(path, data=given)
            answers[place] = (answer.status_code, answer.get_data(as_text=True))

        return send

    threads = [threading.Thread(target=sender(place, *request)) for place, request in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return answers


def merging(pair: Pair, proposal: int, by: int, stays: int) -> tuple[int, str, dict[str, Any]]:
    data = {"merge-stays": stays, "merge-sentence": SENTENCE}
    return by, f"/moderatie/dubbel/{proposal}/samenvoegen", data


def a_pair_of(pair: Pair) -> tuple[int, int, int]:
    """Two new ideas that their authors want to become one, with some votes: goes, stays and the proposal."""
    stays = pair.idea(pair.ann, age=9, title="Bankjes langs de Maas")
    goes = pair.idea(pair.ben, age=5, title="Zitplekken langs de Maas")
    for number in range(6):
        voter = pair.person()
        pair.vote(goes, voter, 1, datetime.now(UTC) - timedelta(days=2))
        if number % 2:
            pair.vote(stays, voter, -1, datetime.now(UTC) - timedelta(days=1))
    return goes, stays, pair.agreed(one=goes, other=stays)


def test_two_moderators_merge_the_same_pair_once(pair: Pair) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        before = len(pair.all(Merge))
        one, other = at_once(
            pair,
            merging(pair, proposal, pair.moderator, stays),
            merging(pair, proposal, pair.second, goes),
        )
        assert sorted((one[0], other[0])) == [303, 409]
        lost = one if one[0] == 409 else other
        assert "Iemand anders heeft intussen over deze ideeën beslist." in lost[1]
        assert len(pair.all(Merge)) == before + 1
        merged, left = (goes, stays) if one[0] == 303 else (stays, goes)
        assert pair.get(Idea, merged).state == IdeaState.MERGED
        assert pair.get(Idea, left).state == IdeaState.PUBLISHED
        assert pair.counts(left) == (3, 3)
    assert len(pair.all(ModerationDecision)) == ROUNDS


def test_ten_clicks_merge_once(pair: Pair) -> None:
    goes, stays, proposal = a_pair_of(pair)
    clicks = [merging(pair, proposal, pair.moderator, stays) for _ in range(10)]
    assert Counter(status for status, _page in at_once(pair, *clicks)) == {303: 1, 409: 9}
    assert pair.get(Idea, goes).merged_into_id == stays
    assert pair.counts(stays) == (3, 3)


@pytest.mark.parametrize("where", ["goes", "stays"])
def test_a_vote_that_arrives_during_the_merge_counts_once_or_is_refused(pair: Pair, where: str) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        voters = [pair.person() for _ in range(4)]
        for voter in voters[2:]:
            pair.vote(goes, voter, 1)
        idea = goes if where == "goes" else stays
        answers = at_once(
            pair,
            merging(pair, proposal, pair.moderator, stays),
            *((voter, f"/ideeen/{idea}/stem", {"choice": "against"}) for voter in voters),
        )
        assert answers[0][0] == 303
        before = {voter: (1 if voter in voters[2:] else None) for voter in voters}
        found = pair.votes(stays)
        for voter, (status, page) in zip(voters, answers[1:], strict=True):
            assert status in ((303, 403) if where == "goes" else (303,))
            wanted = -1 if status == 303 else before[voter]
            assert (found[voter][0] if voter in found else None) == wanted
            if status == 403:
                assert "Dit idee is samengevoegd met een ander idee." in page
        pair.counts(stays)
        pair.counts(goes)


def test_an_argument_that_arrives_during_the_merge_comes_along_or_is_refused(pair: Pair) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        top = pair.argument(goes)
        speakers = [pair.person() for _ in range(3)]
        body = "Een bankje helpt wie slecht ter been is, dus graag snel."
        answers = at_once(
            pair,
            merging(pair, proposal, pair.moderator, stays),
            (speakers[0], f"/ideeen/{goes}/argumenten", {"side": "for", "body": body}),
            (speakers[1], f"/argumenten/{top}/reacties", {"body": body}),
            (speakers[2], f"/ideeen/{stays}/argumenten", {"side": "for", "body": body}),
        )
        statuses = [status for status, _page in answers]
        assert statuses[0] == 303
        assert statuses[3] == 303
        assert set(statuses[1:3]) <= {303, 403}
        said = statuses[1:].count(303)
        assert pair.arguments(goes) == []
        assert len(pair.arguments(stays)) == 1 + said
        assert pair.get(Idea, stays).argument_count == 1 + said
        assert pair.get(Idea, goes).argument_count == 0


def test_an_author_who_withdraws_during_the_merge_was_first_or_is_told(pair: Pair) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        merged, withdrawn = at_once(
            pair,
            merging(pair, proposal, pair.moderator, stays),
            (pair.ben, f"/ideeen/{goes}/intrekken", {}),
        )
        assert (merged[0], withdrawn[0]) in ((303, 403), (409, 303))
        state = pair.get(Idea, goes).state
        assert state == (IdeaState.MERGED if merged[0] == 303 else IdeaState.WITHDRAWN)
        assert pair.counts(stays) == ((3, 3) if merged[0] == 303 else (0, 3))


def test_somebody_whose_group_moves_during_the_merge_counts_for_the_new_one(pair: Pair) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        voter = pair.person()
        pair.vote(goes, voter, 1)
        assert both(pair, _mover(voter), _merger(pair, proposal, stays)) == []
        assert pair.votes(stays)[voter][3] == Group.COUNCIL
        assert pair.votes(goes)[voter][3] == Group.COUNCIL
        assert pair.counts(stays) == (4, 3)


def _mover(voter: int) -> Callable[[], None]:
    def move() -> None:
        person = db.session.get_one(Person, voter)
        groups.move_person(person, Group.COUNCIL, None, False, datetime.now(UTC))
        db.session.commit()

    return move


def _merger(pair: Pair, proposal: int, stays: int) -> Callable[[], None]:
    return lambda: service.merge(pair.moderator, proposal, stays, SENTENCE, datetime.now(UTC))


def both(pair: Pair, *work: Callable[[], None]) -> list[Exception]:
    """Do all of it at the same moment; what went wrong."""
    gate = threading.Barrier(len(work))
    faults: list[Exception] = []

    def run(task: Callable[[], None]) -> None:
        gate.wait()
        try:
            with pair.app.app_context():
                task()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return faults


def test_two_who_undo_undo_once(pair: Pair) -> None:
    for _round in range(ROUNDS):
        goes, stays, proposal = a_pair_of(pair)
        pair.merge(proposal)
        path, data = f"/moderatie/dubbel/{proposal}/ongedaan-maken", {"undo-sentence": SENTENCE}
        answers = at_once(pair, (pair.moderator, path, data), (pair.second, path, data))
        assert sorted(status for status, _page in answers) in ([303, 403], [303, 409])
        assert pair.get(Idea, goes).state == IdeaState.PUBLISHED
        assert pair.counts(goes) == (6, 0)
        assert pair.counts(stays) == (0, 3)
