"""The code of a room says who is in it: no address that a stranger or a resident can fetch gives it away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.models import Person, PersonRole, Workshop
from app.models.process import ProcessState
from tests.support import databases, sign_in
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import seeded

HOLDS_IT = {"room.check_in"}
"""Where the code stands in the address itself, so whoever asks knows it."""
GET = [
    address
    for address in addresses(databases.make_app("sqlite:///:memory:", DEMO="1"))
    if address.sign in ("public", "signed_in") and address.endpoint not in HOLDS_IT
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo, on which every screen stands at joining in."""
    folder: Path = tmp_path_factory.mktemp("codes")
    app = databases.make_app(seeded("sqlite", folder), DEMO="1")
    yield app
    databases.let_go(app)


@pytest.fixture(scope="module")
def code(site: Flask) -> re.Pattern[str]:
    """Every code of the demo, as it is typed and as it stands on a wall."""
    with site.app_context():
        codes = db.session.scalars(select(Workshop.join_code)).all()
        assert any(
            row.activity.process.state == ProcessState.OPEN for row in db.session.scalars(select(Workshop))
        )
        db.session.rollback()
    return re.compile("|".join(rf"{each[:3]}\s?{each[3:]}" for each in codes), re.IGNORECASE)


@pytest.fixture(scope="module")
def resident(site: Flask) -> int:
    with site.app_context():
        works = select(PersonRole.person_id)
        number = db.session.scalars(
            select(Person.id).where(Person.id.not_in(works)).order_by(Person.id)
        ).first()
        db.session.rollback()
    assert number is not None
    return number


@pytest.mark.parametrize("address", GET, ids=str)
def test_no_address_of_everybody_gives_the_code_away(
    site: Flask, code: re.Pattern[str], resident: int, address: Address
) -> None:
    stranger, somebody = site.test_client(), sign_in(site.test_client(), resident)
    where = example(site, address)
    for client in (stranger, somebody):
        for prefix in ("", "/en"):
            answer = client.get(f"{prefix}{where}")
            told = answer.get_data().decode(errors="replace") + str(answer.headers)
            assert not code.search(told), f"{prefix}{where}"


def test_facilitators_have_it_where_they_need_it(site: Flask, code: re.Pattern[str]) -> None:
    with site.app_context():
        number = db.session.scalars(select(Workshop.id).order_by(Workshop.id)).first()
        person = db.session.scalars(
            select(PersonRole.person_id)
            .where(PersonRole.role == "facilitator")
            .order_by(PersonRole.person_id)
        ).first()
        db.session.rollback()
    assert person is not None
    client = sign_in(site.test_client(), person)
    for where in ("zaal", "zaal/affiche", "regie"):
        assert code.search(client.get(f"/werkateliers/{number}/{where}").text), where
    opened = client.get(f"/werkateliers/{number}/scherm/openen", follow_redirects=True)
    assert code.search(opened.text)
