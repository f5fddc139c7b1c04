"""A vote, argument or withdrawal in the very middle of a merge, and a merge in the middle of a vote."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.lifecycle import IdeaState
from app.models import Idea
from app.records import merging, tallies
from tests.support import csrf_token, sign_in

from .conftest import SENTENCE, Pair

PATIENCE = 0.4
"""Seconds in which a request shows that it waits."""


class Pause:
    """Stops somebody at a place until let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        original = getattr(module, name)

        def stop(*given: Any, **named: Any) -> Any:
            answer = original(*given, **named)
            self.reached.set()
            assert self.go.wait(20)
            return answer

        monkeypatch.setattr(module, name, stop)


def sender(
    pair: Pair, person: int, path: str, data: dict[str, Any], answers: dict[str, tuple[int, str]], name: str
) -> threading.Thread:
    """Somebody who sends a form when started; what was answered stands in `answers`."""
    client = sign_in(pair.app.test_client(), person)
    given = {"csrf_token": csrf_token(client), **data}

    def send() -> None:
        answer = client.post(path, data=given)
        answers[name] = (answer.status_code, answer.get_data(as_text=True))

    return threading.Thread(target=send)


def in_the_middle(
    pause: Pause, first: threading.Thread, second: threading.Thread, answers: dict[str, tuple[int, str]]
) -> None:
    """Start the first, and the second while the first is stopped; both go on then."""
    first.start()
    assert pause.reached.wait(20)
    second.start()
    second.join(PATIENCE)
    assert not answers, "the second one waits"
    pause.go.set()
    for thread in (first, second):
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def merger(pair: Pair) -> Callable[[dict[str, tuple[int, str]]], threading.Thread]:
    """Makes the moderator who merges the two ideas."""
    proposal = pair.agreed()
    data = {"merge-stays": pair.stays, "merge-sentence": SENTENCE}
    path = f"/moderatie/dubbel/{proposal}/samenvoegen"
    return lambda answers: sender(pair, pair.moderator, path, data, answers, "merge")


Merger = Callable[[dict[str, tuple[int, str]]], threading.Thread]


def test_a_vote_on_the_idea_that_goes_is_refused_in_the_middle(
    pair: Pair, merger: Merger, monkeypatch: pytest.MonkeyPatch
) -> None:
    voter = pair.person()
    answers: dict[str, tuple[int, str]] = {}
    pause = Pause(monkeypatch, merging, "_carry_votes")
    vote = sender(pair, voter, f"/ideeen/{pair.goes}/stem", {"choice": "for"}, answers, "vote")
    in_the_middle(pause, merger(answers), vote, answers)
    assert (answers["merge"][0], answers["vote"][0]) == (303, 403)
    assert "Dit idee is samengevoegd met een ander idee." in answers["vote"][1]
    assert (pair.votes(pair.goes), pair.votes(pair.stays)) == ({}, {})


def test_a_vote_on_the_idea_that_stays_takes_the_place_of_the_one_that_was_carried(
    pair: Pair, merger: Merger, monkeypatch: pytest.MonkeyPatch
) -> None:
    voter = pair.person()
    pair.vote(pair.goes, voter, 1, datetime.now(UTC) - timedelta(days=1))
    answers: dict[str, tuple[int, str]] = {}
    pause = Pause(monkeypatch, merging, "_carry_votes")
    vote = sender(pair, voter, f"/ideeen/{pair.stays}/stem", {"choice": "against"}, answers, "vote")
    in_the_middle(pause, merger(answers), vote, answers)
    assert (answers["merge"][0], answers["vote"][0]) == (303, 303)
    assert pair.votes(pair.stays)[voter][0] == -1
    assert pair.counts(pair.stays) == (0, 1)


def test_an_argument_is_refused_in_the_middle(
    pair: Pair, merger: Merger, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, tuple[int, str]] = {}
    pause = Pause(monkeypatch, merging, "_carry_arguments")
    data = {"side": "for", "body": "Een bankje helpt wie slecht ter been is."}
    said = sender(pair, pair.person(), f"/ideeen/{pair.goes}/argumenten", data, answers, "argument")
    in_the_middle(pause, merger(answers), said, answers)
    assert (answers["merge"][0], answers["argument"][0]) == (303, 403)
    assert pair.arguments(pair.goes) == pair.arguments(pair.stays) == []


def test_a_withdrawal_is_refused_in_the_middle(
    pair: Pair, merger: Merger, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, tuple[int, str]] = {}
    pause = Pause(monkeypatch, merging, "_carry_arguments")
    withdrawal = sender(pair, pair.ben, f"/ideeen/{pair.goes}/intrekken", {}, answers, "withdrawal")
    in_the_middle(pause, merger(answers), withdrawal, answers)
    assert (answers["merge"][0], answers["withdrawal"][0]) == (303, 403)
    assert pair.get(Idea, pair.goes).state == IdeaState.MERGED


@pytest.mark.parametrize("where", ["goes", "stays"])
def test_a_merge_waits_for_a_vote_that_is_being_written(
    pair: Pair, merger: Merger, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    voter = pair.person()
    pair.vote(pair.goes, voter, 1, datetime.now(UTC) - timedelta(days=1))
    answers: dict[str, tuple[int, str]] = {}
    pause = Pause(monkeypatch, tallies, "put")
    path = f"/ideeen/{getattr(pair, where)}/stem"
    vote = sender(pair, voter, path, {"choice": "against"}, answers, "vote")
    in_the_middle(pause, vote, merger(answers), answers)
    assert (answers["merge"][0], answers["vote"][0]) == (303, 303)
    assert pair.votes(pair.stays)[voter][0] == -1
    assert pair.counts(pair.stays) == (0, 1)
