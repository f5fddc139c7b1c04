"""Ten clicks and two facilitators at once: each gets a right answer, and nothing is lost in silence."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.models import AuditEntry, MailMessage, News, StatusChange
from tests.integration.outcomes.conftest import Evening
from tests.integration.outcomes.test_finishing import on_the_agenda
from tests.support import csrf_token


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Everything at the same moment; the answers in the order of the jobs."""
    start, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int) -> None:
        start.wait()
        answers[place] = jobs[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_first_texts_one_stands_and_the_other_is_told(
    evening: Evening, another: Callable[[], FlaskClient]
) -> None:
    desks = [another() for _desk in range(4)]
    tokens = [csrf_token(desk) for desk in desks]

    def job(place: int) -> Callable[[], tuple[int, str]]:
        def write() -> tuple[int, str]:
            data = {"csrf_token": tokens[place], "conclusion": f"Tekst {place}.", "number": "0"}
            answer = desks[place].post(evening.of("Groen"), data=data)
            return answer.status_code, answer.text

        return write

    answers = at_once([job(place) for place in range(4)])
    assert Counter(status for status, _text in answers) == {303: 1, 409: 3}
    winner = next(place for place, (status, _text) in enumerate(answers) if status == 303)
    found = evening.outcome()
    assert found is not None
    assert (found["conclusion"], found["number"]) == (f"Tekst {winner}.", 1)
    for place, (status, text) in enumerate(answers):
        if status == 409:
            assert f"Tekst {winner}." in text, "what stands there"
            assert f"Tekst {place}." in text, "what was typed"
    assert evening.revisions() == [(1, f"Tekst {winner}.", "")]
    assert evening.lines() == ["outcomes.record"]


def test_live_saving_of_two_never_loses_a_text(
    evening: Evening, desk: FlaskClient, another: Callable[[], FlaskClient]
) -> None:
    """Each saves on the number it knows; who is refused takes over the number and saves again."""
    evening.write(desk, conclusion="Begin.")
    desks = [another(), another()]
    tokens = [csrf_token(each) for each in desks]
    kept: list[list[tuple[int, str]]] = [[], []]

    def job(place: int) -> Callable[[], None]:
        def type_on() -> None:
            number = 1
            for step in range(8):
                words = f"Bureau {place}, stap {step}."
                while True:
                    data = {"csrf_token": tokens[place], "conclusion": words, "number": str(number)}
                    said = desks[place].post(evening.of("Groen", "/bewaren"), data=data).get_json()
                    number = said["number"]
                    if said["saved"]:
                        kept[place].append((number, words))
                        break

        return type_on

    at_once([job(0), job(1)])
    numbers = sorted(number for each in kept for number, _words in each)
    assert numbers == list(range(2, 18)), "every text had a number of its own"
    last = max((pair for each in kept for pair in each), key=lambda pair: pair[0])
    found = evening.outcome()
    assert found is not None
    assert (found["number"], found["conclusion"]) == last


def test_ten_clicks_finish_the_evening_once(
    evening: Evening, desk: FlaskClient, another: Callable[[], FlaskClient]
) -> None:
    on_the_agenda(evening, "Groen")
    evening.write(desk)
    desks = [another() for _desk in range(5)]
    tokens = [csrf_token(each) for each in desks]

    def job(place: int) -> Callable[[], int]:
        return lambda: (
            desks[place % 5]
            .post(f"{evening.path}/afronden", data={"csrf_token": tokens[place % 5]})
            .status_code
        )

    assert at_once([job(place) for place in range(5)]) == [303] * 5
    with evening.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StatusChange)) == 3
        assert db.session.scalar(select(func.count()).where(MailMessage.kind == "ideas_discussed")) == 1
        assert db.session.scalar(select(func.count()).where(News.event_key.like("evening:%"))) == 1
        finished = select(func.count()).where(AuditEntry.action == "outcomes.finish")
        assert db.session.scalar(finished) == 1
