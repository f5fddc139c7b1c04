"""A form that was not asked for on this site changes nothing, whoever's browser sends it and wherever it goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Base, db
from app.models import PersonRole
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


def everything(app: Flask) -> dict[str, list[str]]:
    """Every row of every table."""
    with app.app_context():
        return {
            table.name: sorted(map(str, db.session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


def session_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


@pytest.mark.parametrize("address", POST, ids=str)
def test_without_the_token_nothing_happens(demo: Flask, everybody: int, address: Address) -> None:
    path, before = example(demo, address), everything(demo)
    client = sign_in(demo.test_client(), everybody)
    for token in ({}, {"csrf_token": "x"}, {"csrf_token": csrf_token(demo.test_client())}):
        answer = client.post(path, data={**SENT, **token})
        assert answer.status_code in (400, 403), (token, answer.status_code, answer.location)
    assert everything(demo) == before


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
    path, before = example(demo, address), everything(demo)
    stranger = demo.test_client()
    answer = stranger.post(path, data=SENT, headers=headers)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    known = sign_in(demo.test_client(), everybody)
    held = session_of(known)
    assert (
        known.post(path, data={**SENT, "csrf_token": csrf_token(known)}, headers=headers).status_code == 400
    )
    assert held
    assert everything(demo) == before
