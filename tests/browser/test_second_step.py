"""An organiser comes in by the sign-in provider, sets up the second step on a phone, and comes in with it on a desk."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.person import Person
from tests.support import axe, databases, journey, provider, serving
from tests.support.browsing import Complaints, Site, seeded

pytestmark = pytest.mark.browser
STADSLOGIN = {"sub": "olaf", "email_verified": True}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as it ships, with the people of the demo and a real provider."""
    url = seeded("sqlite", tmp_path_factory.mktemp("second-step"))
    looking = databases.make_app(url)
    email = Site(looking, "").first(select(Person.email).where(Person.name == journey.ORGANISER))
    with (
        provider.real({**STADSLOGIN, "email": email}) as issuer,
        serving.serving(url, DEMO="0", **provider.settings(issuer)) as server,
    ):
        yield Site(looking, server.url)
        assert "Traceback" not in server.said(), server.said()
    databases.let_go(looking)


def come_in(page: Page, complaints: Complaints) -> None:
    """By the provider, up to the second step."""
    page.goto("/inloggen?next=/beheer")
    page.get_by_role("link", name="Inloggen met Stadslogin").click()
    page.get_by_role("button", name=re.compile("olaf")).click()
    expect(page).to_have_url(re.compile("/inloggen/tweede-stap$"))
    # The provider's own pages are its own affair.
    complaints.found = [found for found in complaints.found if complaints.site in found]


def test_an_organiser_sets_up_the_second_step(new_page: Callable[..., Page], complaints: Complaints) -> None:
    phone = new_page(width=390, height=844)
    come_in(phone, complaints)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Stel je tweede stap in")
    expect(phone.get_by_role("img", name="QR-code voor je app met codes")).to_be_visible()
    assert axe.faults(phone) == []
    phone.set_viewport_size({"width": 390, "height": 844})
    secret = "".join(phone.locator("code.secret span").all_inner_texts())
    app = pyotp.TOTP(secret)

    code = phone.get_by_label("De code uit je app")
    code.fill("12 34")
    code.press("Enter")
    expect(phone.locator("[data-error-summary]")).to_be_focused()
    assert axe.faults(phone) == []
    phone.set_viewport_size({"width": 390, "height": 844})
    code = phone.get_by_label("De code uit je app")
    code.fill(app.now())
    code.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bewaar je herstelcodes")
    codes = phone.locator(".recovery__list code").all_inner_texts()
    assert len(codes) == 10
    assert axe.faults(phone) == []
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.get_by_role("button", name="Kopiëren").click()
    expect(phone.get_by_role("status").filter(has_text="Gekopieerd")).to_be_attached()
    assert phone.evaluate("() => navigator.clipboard.readText()").split("\n") == codes
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download als tekst").click()
    assert download.value.suggested_filename == "herstelcodes.txt"
    phone.get_by_role("button", name="Ik heb ze bewaard").click()
    expect(phone).to_have_url(re.compile("/beheer$"))

    desk = new_page(javascript=False)
    come_in(desk, complaints)
    expect(desk.get_by_role("heading", level=1)).to_have_text("De tweede stap")
    desk.get_by_label("De code uit je app").fill(app.at(datetime.now(UTC), counter_offset=1))
    desk.get_by_role("button", name="Inloggen", exact=True).click()
    expect(desk).to_have_url(re.compile("/beheer$"))
    desk.goto("/mijn/tweede-stap")
    expect(desk.get_by_text("Je hebt nog 10 herstelcodes.")).to_be_visible()
