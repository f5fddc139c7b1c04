"""Two at once: one decision is made, the other moderator gets the sentence, and nothing is written twice."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Argument, Idea, Report
from app.models.argument import ArgumentState
from tests.support import csrf_token, sign_in

from .conftest import Room

SENTENCE = "Schrijf erbij waar de banken moeten komen."
RULING = {"hide-sentence": SENTENCE, "hide-reason": "insult"}


def at_once(room: Room, *requests: tuple[int, str, dict[str, Any]]) -> list[tuple[int, str]]:
    """Send all requests at the same moment, each by its own person; the status and page of each."""
    gate = threading.Barrier(len(requests))
    answers: list[tuple[int, str]] = [(0, "")] * len(requests)

    def sender(place: int, person: int, path: str, data: dict[str, Any]) -> Callable[[], None]:
        client = sign_in(room.app.test_client(), person)
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
        thread.join(30)
        assert not thread.is_alive()
    return answers


def test_one_publishes_while_the_other_refuses(room: Room) -> None:
    for _round in range(5):
        idea = room.idea()
        before = [len(rows) for rows in room.written()]
        published, refused = at_once(
            room,
            (room.moderator, f"/moderatie/ideeen/{idea}/plaatsen", {"publish-version": 1}),
            (
                room.second,
                f"/moderatie/ideeen/{idea}/weigeren",
                {"refuse-version": 1, "refuse-sentence": SENTENCE, "refuse-reason": "unclear"},
            ),
        )
        assert sorted((published[0], refused[0])) == [303, 409]
        won, lost = (published, refused) if published[0] == 303 else (refused, published)
        state = IdeaState.PUBLISHED if won is published else IdeaState.REFUSED
        assert room.get(Idea, idea).state == state
        assert "Dit idee wacht niet meer op een besluit." in lost[1]
        assert 'href="/moderatie"' in lost[1]
        if lost is refused:
            assert SENTENCE in lost[1]
        assert [len(rows) for rows in room.written()] == [number + 1 for number in before]


def test_ten_clicks_on_publish_publish_once(room: Room) -> None:
    idea = room.idea()
    people = [room.moderator, room.second] * 5
    path = f"/moderatie/ideeen/{idea}/plaatsen"
    answers = at_once(room, *((person, path, {"publish-version": 1}) for person in people))
    assert Counter(status for status, _page in answers) == {303: 1, 409: 9}
    assert [len(rows) for rows in room.written()] == [1, 1, 1]
    assert room.get(Idea, idea).version == 2


def test_two_who_hide_the_same_argument_count_it_once(room: Room) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument, _other = room.argument(idea), room.argument(idea)
    room.report(argument=argument)
    path = f"/moderatie/argumenten/{argument}/verbergen"
    answers = at_once(room, (room.moderator, path, RULING), (room.second, path, RULING))
    assert sorted(status for status, _page in answers) == [303, 409]
    assert room.get(Idea, idea).argument_count == 1
    assert [len(rows) for rows in room.written()] == [1, 1, 2]


def test_one_hides_what_the_other_leaves(room: Room) -> None:
    for _round in range(5):
        idea = room.idea(IdeaState.PUBLISHED)
        argument = room.argument(idea)
        report = room.report(argument=argument)
        before = len(room.all(Report))
        hidden, kept = at_once(
            room,
            (room.moderator, f"/moderatie/argumenten/{argument}/verbergen", RULING),
            (room.second, f"/moderatie/meldingen/{report}/laten-staan", {"keep-sentence": SENTENCE}),
        )
        # Leaving it first and hiding it after is no contradiction: the later decision stands.
        assert hidden[0] == 303
        assert kept[0] in (303, 409)
        assert room.get(Argument, argument).state == ArgumentState.HIDDEN
        assert room.get(Report, report).handled_at is not None
        assert len(room.all(Report)) == before
        told = [mail for mail in room.written()[2] if mail.kind == "report_handled"]
        assert len(told) == _round + 1


def test_hiding_while_others_argue_keeps_the_count_exact(room: Room) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    arguments = [room.argument(idea) for _ in range(3)]
    people = [room.person(name=f"Prater {number}") for number in range(4)]
    hiding = [
        (room.moderator if number % 2 else room.second, f"/moderatie/argumenten/{argument}/verbergen", RULING)
        for number, argument in enumerate(arguments)
    ]
    arguing = [
        (
            person,
            f"/ideeen/{idea}/argumenten",
            {"side": "for", "body": f"Dit is het argument van persoon {person}, lang genoeg om te staan."},
        )
        for person in people
    ]
    answers = at_once(room, *hiding, *arguing)
    assert [status for status, _page in answers] == [303] * 7
    with room.app.app_context():
        shown = db.session.scalars(
            select(Argument.id).where(Argument.idea_id == idea, Argument.state == ArgumentState.PUBLISHED)
        ).all()
    assert len(shown) == 4
    assert room.get(Idea, idea).argument_count == 4
