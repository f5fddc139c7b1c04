"""Every page of the demo, narrow and wide, light and dark: axe finds nothing and nobody scrolls in two directions."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page

from app.domain.ballot import Group
from app.models.person import Role
from tests.support import databases
from tests.support.addresses import Address, addresses, example
from tests.support.axe import findings, overflow
from tests.support.browsing import Site

WIRED = databases.make_app("sqlite:///:memory:", DEMO="1")
NOT_PAGES = (".txt", ".xml", ".json", ".csv", ".svg", ".png", ".ics", "/healthz", "/readyz", "/metrics")
PAGES = [
    address
    for address in addresses(WIRED)
    if not address.rule.endswith(NOT_PAGES) and not address.rule.startswith(("/api/", "/live/"))
]
STAFF = {"moderator": Role.MODERATOR, "facilitator": Role.FACILITATOR, "organiser": Role.ORGANISER}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TAKING_PART = ("/ideeen", "/argumenten", "/trajecten", "/mijn")
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", PAGES, ids=str)
def test_a_page_is_for_everybody(address: Address, site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(width=1280)
    if address.sign in STAFF:
        site.sign_in(page, site.person(role=STAFF[address.sign]))
    elif address.sign == "signed_in":
        site.sign_in(page, site.person(group=Group.RESIDENT))
    answer = page.goto(example(site.app, address))
    assert answer is not None
    assert answer.status < 500
    if "text/html" in (answer.header_value("content-type") or ""):
        _look_at(page)


@pytest.mark.parametrize("address", [page for page in PAGES if page.rule.startswith(TAKING_PART)], ids=str)
def test_what_those_who_take_part_see_is_for_everybody_too(
    address: Address, site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(width=1280)
    site.sign_in(page, site.person(group=Group.RESIDENT))
    page.goto(example(site.app, address))
    _look_at(page)


def _look_at(page: Page) -> None:
    """Wide and narrow, light and dark. 320 wide is also what 1280 becomes when a reader zooms in to 400 %."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert findings(page) == [], f"{scheme}, {width} wide"
        assert overflow(page) == [], f"{width} wide"
