"""A form that was not asked for on this site changes nothing, whoever's browser sends it and wherever it goes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models import Person, PersonRole
from app.models.person import Role
from tests.support import databases, sign_in
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import seeded
from tests.support.page import csrf_token

POST = addresses(databases.make_app("sqlite:///:memory:", DEMO="1"), "POST")
SENT = {
    "choice": "for",
    "email": "ander@voorbeeld.example",
    "name": "Iemand anders",
    "language": "en",
    "side": "for",
    "reason": "insult",
    "title": "Een titel die lang genoeg is",
    "summary": "Een samenvatting die lang genoeg is.",
    "body": "Een tekst die lang genoeg is om aan te nemen. " * 3,
    "workshop-minutes": "77",
    "publish-version": "1",
    "hide-reason": "insult",
    "hide-sentence": "Dit hoort hier niet te staan.",
    "keep-sentence": "Dit mag hier blijven staan.",
}
"""Good values for the fields of every form, so that nothing but the token can stop them."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of the demo."""
    folder: Path = tmp_path_factory.mktemp("forgery")
    app = databases.make_app(seeded("sqlite", folder), DEMO="1")
    yield app
    databases.let_go(app)


@pytest.fixture(scope="module")
def everybody(demo: Flask) -> int:
    """Somebody with every role."""
    with demo.app_context():
        person = db.session.scalars(
            select(PersonRole.person_id).where(PersonRole.role == Role.ORGANISER)
        ).first()
        assert person is not None
        held = set(db.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person)))
        db.session.add_all(PersonRole(person_id=person, role=role) for role in set(Role) - held)
        db.session.commit()
        return person


@contextmanager
def nothing_written(app: Flask) -> Iterator[None]:
    """Nobody writes to the database meanwhile: SQLite tells every connection whether another one did."""
    with app.app_context():
        file = db.engine.url.database
    assert file is not None
    watching = sqlite3.connect(file, isolation_level=None)
    try:
        before = watching.execute("PRAGMA data_version").fetchone()
        yield
        assert watching.execute("PRAGMA data_version").fetchone() == before
    finally:
        watching.close()


def session_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


@pytest.mark.parametrize("address", POST, ids=str)
def test_without_the_token_nothing_happens(demo: Flask, everybody: int, address: Address) -> None:
    path = example(demo, address)
    client, token_of_another = sign_in(demo.test_client(), everybody), csrf_token(demo.test_client())
    with nothing_written(demo):
        for token in ({}, {"csrf_token": "x"}, {"csrf_token": token_of_another}):
            answer = client.post(path, data={**SENT, **token})
            assert answer.status_code in (400, 403), (token, answer.status_code, answer.location)


@pytest.mark.parametrize("address", POST, ids=str)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ander.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_from_another_site_not_even_a_session_begins(
    demo: Flask, everybody: int, address: Address, headers: dict[str, str]
) -> None:
    """The visitor's own cookie does not come along: an answer with a new session would end theirs."""
    path, stranger, known = example(demo, address), demo.test_client(), sign_in(demo.test_client(), everybody)
    held, token = session_of(known), csrf_token(known)
    with nothing_written(demo):
        answer = stranger.post(path, data=SENT, headers=headers)
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers
        assert known.post(path, data={**SENT, "csrf_token": token}, headers=headers).status_code == 400
    assert held


def test_a_row_that_is_written_is_noticed(demo: Flask, everybody: int) -> None:
    """The looking itself."""
    with pytest.raises(AssertionError):
        _write_something(demo, everybody)


def _write_something(demo: Flask, person: int) -> None:
    with nothing_written(demo), demo.app_context():
        db.session.get_one(Person, person).name = "Iemand anders"
        db.session.commit()
