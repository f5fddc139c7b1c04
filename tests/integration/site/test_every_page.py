"""Every page of the demo, by somebody who may see it, in both languages: inspected, and read with few statements."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.domain.ballot import Group
from app.models.person import Role
from tests.support import databases, sign_in, visit
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import Site, seeded

GET = addresses(databases.make_app("sqlite:///:memory:", DEMO="1"))
MOST = 12
"""Statements of any page, whatever its size; what a page needs is counted more strictly in the test of its room."""
ONE_FOR_EACH_KIND = 20
"""Statements of the pages that show everything of one person: one for each kind of thing that is kept."""


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
        most = ONE_FOR_EACH_KIND if address.endpoint.startswith("privacy.") else MOST
        visit(client, path, status=answer.status_code, max_queries=most)


@pytest.mark.parametrize("address", [page for page in GET if page.sign != "public"], ids=str)
def test_a_closed_door_leads_to_signing_in(demo: Flask, address: Address) -> None:
    answer = demo.test_client().get(example(demo, address))
    assert answer.status_code == 303
    assert answer.location.startswith("/inloggen?next=")


def _visitor(app: Flask, address: Address) -> int | None:
    """Somebody who may come in: a resident where anybody may who has signed in, staff at their own doors."""
    site = Site(app, "")
    if address.sign in set(Role):
        return site.person(role=Role(address.sign))
    if address.sign == "signed_in" or address.endpoint.partition(".")[0] in {"ideas", "discussion"}:
        return site.person(group=Group.RESIDENT)
    return None
