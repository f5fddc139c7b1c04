"""Every text of the database holds an attack, and no page, mail or drawing obeys it: text is shown, never run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, String, Table, Text, update
from sqlalchemy.sql.schema import Column

from app.db import Base, db
from app.models import PersonRole
from app.models.person import Role
from tests.support import databases, sign_in
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import seeded

ATTACK = "\"><img src=x onerror=alert(1)>'{{1337*1337}}</script></title></textarea><svg/onload=alert(1)>"
ADDRESS = f"javascript:alert(1)//{ATTACK}"
NAMES = re.compile(
    r"slug|icon|language|default_sort|tie_seed|join_code|email|recipient|kind|action|subject_type|holder|key|cidr|batch"
    r"|salt|digest|sameness|network"
    r"|.*(_key|_hash|_token|_version)$"
)
"""Columns that hold keys of our own, not what somebody typed."""
DOCUMENTS = {
    ("agenda_version", "document"),
    ("screen", "frozen"),
    ("snapshot", "audit"),
    ("snapshot", "public"),
}
"""Kept as they are: texts of our own making, and a changed one is for `ranking verify` to name."""
FAULTS = re.compile(r"<img src=x|<svg/onload|(href|src|action)=\"\s*javascript:|1787569", re.IGNORECASE)
MARKUP = {"text/html", "application/xml", "image/svg+xml"}
GET = addresses(databases.make_app("sqlite:///:memory:", DEMO="1"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo with the attack in every text and address."""
    folder: Path = tmp_path_factory.mktemp("attacked")
    app = databases.make_app(
        seeded("sqlite", folder), DEMO="1", SITE_NAME=ATTACK, MUNICIPALITY=ATTACK, CONTACT_EMAIL=ATTACK
    )
    with app.app_context():
        filled = 0
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if _is_typed(table, column):
                    value = ADDRESS if column.name.endswith("url") else ATTACK
                    db.session.execute(update(table).where(column.is_not(None)).values({column.name: value}))
                    filled += 1
        assert filled > 45
        db.session.commit()
    yield app
    databases.let_go(app)


@pytest.fixture(scope="module")
def everybody(attacked: Flask) -> int:
    """A resident who wrote things and has every role."""
    with attacked.app_context():
        person = db.session.scalars(
            db.select(PersonRole.person_id).where(PersonRole.role == Role.ORGANISER)
        ).first()
        assert person is not None
        held = set(db.session.scalars(db.select(PersonRole.role).where(PersonRole.person_id == person)))
        db.session.add_all(PersonRole(person_id=person, role=role) for role in set(Role) - held)
        db.session.commit()
        return person


@pytest.mark.parametrize("address", GET, ids=str)
def test_text_is_shown_and_never_run(attacked: Flask, everybody: int, address: Address) -> None:
    path = example(attacked, address)
    for client in (attacked.test_client(), sign_in(attacked.test_client(), everybody)):
        answer = client.get(path)
        assert answer.status_code < 500
        if answer.mimetype in MARKUP:
            found = FAULTS.search(answer.text)
            assert found is None, answer.text[max(0, found.start() - 200) : found.end() + 50]


def _is_typed(table: Table, column: Column[object]) -> bool:
    if isinstance(column.type, Enum | JSON) or not isinstance(column.type, String | Text):
        return False
    return not (
        NAMES.fullmatch(column.name)
        or column.unique
        or column.primary_key
        or table.name == "job_lease"
        or (table.name, column.name) in DOCUMENTS
    )
