"""One person cannot bury the moderators under ideas, and loses no text by trying."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.features.ideas.service import MOST_NEW
from app.models import Idea
from app.policies.friction import IDEAS, PER_HOUR
from tests import factories
from tests.support.page import csrf_token, sign_in


@pytest.fixture
def author(app: Flask) -> int:
    """Somebody who may send in ideas for one call, about one theme."""
    with app.app_context():
        call = factories.a_call(slug="oproep")
        factories.a_theme(call.process, slug="groen")
        person = factories.a_person().id
        db.session.commit()
        return person


def idea(number: int, **more: str) -> dict[str, str]:
    return {
        "call": "oproep",
        "title": f"Het zoveelste idee, nummer {number}",
        "summary": "Een samenvatting die lang genoeg is.",
        "body": "Een uitleg die lang genoeg is om in te sturen. " * 2,
        "themes": "groen",
        "submission_key": f"key-{number}",
        **more,
    }


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Idea)) or 0


@pytest.mark.parametrize(
    ("action", "most", "status", "sentence"),
    [
        ("send", PER_HOUR[IDEAS], 429, "Je hebt in een uur 5 ideeën ingestuurd"),
        ("draft", MOST_NEW, 403, "in korte tijd veel ideeën"),
    ],
)
def test_there_is_an_end_to_what_one_person_sends_in(
    app: Flask, client: FlaskClient, author: int, action: str, most: int, status: int, sentence: str
) -> None:
    sign_in(client, author)
    token = csrf_token(client)
    for number in range(most):
        answer = client.post("/ideeen/nieuw", data=idea(number, action=action, csrf_token=token))
        assert answer.status_code == 303
    answer = client.post("/ideeen/nieuw", data=idea(99, action=action, csrf_token=token))
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Het zoveelste idee, nummer 99" in answer.text
    assert count(app) == most
    again = client.post("/ideeen/nieuw", data=idea(3, action=action, csrf_token=token))
    assert again.status_code == 303  # the same form once more adds nothing


def test_not_even_when_everything_arrives_at_once(app: Flask, author: int) -> None:
    def send(number: int) -> None:
        client = sign_in(app.test_client(), author)
        client.post("/ideeen/nieuw", data=idea(number, csrf_token=csrf_token(client)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(MOST_NEW + 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(app) == PER_HOUR[IDEAS]
