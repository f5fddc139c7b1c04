"""Every page of the demo, by somebody who may see it, in both languages: inspected, and read with few statements."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.features.privacy.queries import questions
from app.models.person import Person, Role
from tests.support import databases, sign_in, visit
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import Site, seeded

GET = addresses(databases.make_app("sqlite:///:memory:", DEMO="1"))
MOST = 12
"""Statements of any page, whatever its size; what a page needs is counted more strictly in the test of its room."""
AROUND_ONE = 20
"""Statements of the pages that show everything around one person or text."""
EVERYTHING = {
    "conduct.person",
    "duplicates.compare",
    "moderation.argument",
    "moderation.review",
}
EVENING = 14
"""Statements of the pages that put a whole evening together."""
EVENINGS = {"evening_report.show", "workshop.arrange"}
INVESTIGATED = 30
"""Statements of the page of a signal: it computes ranking and agendas of the call with and without its votes."""


@pytest.fixture(scope="module", params=databases.KINDS)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of the demo, that these tests only read."""
    folder: Path = tmp_path_factory.mktemp("demo")
    app = databases.make_app(seeded(request.param, folder), DEMO="1")
    yield app
    databases.let_go(app)


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["nl", "en"])
@pytest.mark.parametrize("address", GET, ids=str)
def test_a_page_is_good(demo: Flask, address: Address, prefix: str) -> None:
    client = demo.test_client()
    person = _visitor(demo, address)
    if person:
        sign_in(client, person)
    path = prefix + example(demo, address)
    answer = client.get(path)
    assert answer.status_code < 500
    if answer.mimetype == "text/html" and not answer.location:
        most = AROUND_ONE if address.endpoint in EVERYTHING else MOST
        most = 1 + _kinds(demo) if address.endpoint.startswith("privacy.") else most
        most = EVENING if address.endpoint in EVENINGS else most
        most = INVESTIGATED if address.endpoint == "integrity.show" else most
        visit(client, path, status=answer.status_code, max_queries=most)


@pytest.mark.parametrize("address", [page for page in GET if page.sign != "public"], ids=str)
def test_a_closed_door_leads_to_signing_in(demo: Flask, address: Address) -> None:
    answer = demo.test_client().get(example(demo, address))
    assert answer.status_code == 303
    assert answer.location.startswith("/inloggen?next=")


def _kinds(app: Flask) -> int:
    """How many kinds of things are kept of people: one's own page asks for each once."""
    with app.test_request_context():
        return sum(1 for _ in questions(db.session.scalars(select(Person).limit(1)).one()))


def _visitor(app: Flask, address: Address) -> int | None:
    """Somebody who may come in: a resident where anybody may who has signed in, staff at their own doors."""
    site = Site(app, "")
    if address.sign in set(Role):
        return site.person(role=Role(address.sign))
    if address.sign == "signed_in" or address.endpoint.partition(".")[0] in {"ideas", "discussion"}:
        return site.person(group=Group.RESIDENT)
    return None
