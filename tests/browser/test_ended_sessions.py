"""A session of staff that ends in the middle of an evening, in a browser: nothing is lost, or fails in silence."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.kit.identity import STAFF_IDLE
from app.models import Workshop
from tests.browser.test_outcomes import address
from tests.support import axe, journey
from tests.support.browsing import Complaints, Site

__all__ = ["address"]
pytestmark = pytest.mark.browser
AGAIN = "Je moet opnieuw inloggen."
MINUTES = 60_000


@pytest.fixture
def workshop(site: Site, address: str) -> int:
    """The workshop that goes on now."""
    return int(site.first(select(Workshop.id).where(Workshop.id == int(address.split("/")[2]))))


@pytest.fixture
def expects_401(complaints: Complaints) -> Iterator[Complaints]:
    """A browser counts the refusals that this is about as failed requests."""
    yield complaints
    complaints.found = [found for found in complaints.found if "answered 401" not in found]


def fall_silent(site: Site, page: Page) -> None:
    """Let more than half an hour pass since this browser was seen."""
    name = str(site.app.config["SESSION_COOKIE_NAME"])
    (cookie,) = [each for each in page.context.cookies() if each["name"] == name]
    client = site.app.test_client()
    client.set_cookie(name, cookie["value"])
    with client.session_transaction() as held:
        held["seen"] -= int(STAFF_IDLE.total_seconds()) + 60
    older = client.get_cookie(name)
    assert older is not None
    page.context.add_cookies([{"name": name, "value": older.value, "url": site.url}])


def sign_in_again(link: Locator, name: str = journey.FACILITATOR) -> None:
    """By the link, in a tab of its own that is closed afterwards."""
    with link.page.expect_popup() as opened:
        link.click()
    journey.become(opened.value, name)
    opened.value.close()


def test_what_is_typed_waits_and_saves_itself_after_signing_in(
    site: Site, address: str, new_page: Callable[..., Page], expects_401: Complaints
) -> None:
    page = journey.become(new_page(), journey.FACILITATOR)
    page.goto(address)
    page.locator("#conclusion").press_sequentially("Meer bomen")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("Bewaard om")
    fall_silent(site, page)
    page.locator("#conclusion").press_sequentially(" in elke straat")
    expect(said).to_contain_text(AGAIN)
    assert axe.findings(page) == []
    sign_in_again(said.get_by_role("link"))
    expect(said).to_contain_text("Bewaard om")
    page.reload()
    expect(page.locator("#conclusion")).to_have_value("Meer bomen in elke straat")


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_a_form_that_was_sent_comes_back_and_goes_out_again(
    site: Site, address: str, new_page: Callable[..., Page], expects_401: Complaints, javascript: bool
) -> None:
    page = journey.become(new_page(width=320, javascript=javascript), journey.FACILITATOR)
    page.goto(address)
    fall_silent(site, page)
    page.locator("#conclusion").fill("Een <b>park</b>\nbij de Maas")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nog niet verstuurd")
    expect(page.locator("blockquote")).to_have_text("Een <b>park</b>\nbij de Maas")
    if javascript:
        assert axe.findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Verstuur").click()  # too soon
    expect(page.get_by_role("heading", level=1)).to_have_text("Nog niet verstuurd")
    sign_in_again(page.locator("main").get_by_role("link", name="Inloggen"))
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("main")).to_contain_text("Een <b>park</b>")
    expect(page.locator("main")).to_contain_text("bij de Maas")
    expect(page.locator(".messages")).to_contain_text("Dit is opgeschreven")


def test_a_clicker_says_it_and_works_again(
    site: Site, workshop: int, new_page: Callable[..., Page], expects_401: Complaints
) -> None:
    screen = journey.become(new_page(width=1280, height=720), journey.FACILITATOR)
    screen.goto(f"/werkateliers/{workshop}/scherm")
    spare, notice = screen.locator(".screen-spare"), screen.locator("[data-refused]")
    fall_silent(site, screen)
    screen.keyboard.press("b")
    expect(notice).to_contain_text(AGAIN)
    expect(spare).to_be_hidden()
    sign_in_again(notice.get_by_role("link"))
    screen.keyboard.press("b")
    expect(spare).to_be_visible()
    expect(notice).to_be_hidden()
    screen.keyboard.press("b")
    expect(spare).to_be_hidden()


def test_the_desk_stays_where_it_is(
    site: Site, workshop: int, new_page: Callable[..., Page], expects_401: Complaints
) -> None:
    desk = journey.become(new_page(), journey.FACILITATOR)
    desk.goto(f"/werkateliers/{workshop}/regie")
    notice, flags = desk.locator("[data-signed-out]"), desk.locator(".desk__flags")
    fall_silent(site, desk)
    desk.locator("#message-text").fill("De koffie staat klaar")
    desk.keyboard.press("Enter")
    expect(notice).to_contain_text(AGAIN)
    expect(desk.locator("#message-text")).to_have_value("De koffie staat klaar")
    assert axe.findings(desk) == []
    # Somebody else moves the screen meanwhile: the desk looks, and stays.
    other = journey.become(new_page(), journey.FACILITATOR)
    other.goto(f"/werkateliers/{workshop}/regie")
    other.locator('[data-key-for="names"] button').click()
    expect(other.locator(".desk__flags")).to_have_text("Zonder namen")
    desk.wait_for_timeout(2500)
    expect(notice).to_be_visible()
    sign_in_again(notice.get_by_role("link"))
    other.locator('[data-key-for="names"] button').click()
    expect(other.locator(".desk__flags")).to_have_text("")
    expect(notice).to_be_hidden()
    desk.locator("#message-text").press("Enter")
    expect(desk.locator(".desk__message")).to_contain_text("De koffie staat klaar")
    expect(flags).to_have_text("")


def asked(page: Page) -> list[str]:
    """The times that the page says that somebody is still here, from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "/mijn/wakker" in request.url else None)
    return found


@pytest.mark.parametrize("place", ["regie", "scherm", "opbrengsten"])
def test_the_pages_of_an_evening_stay_signed_in(
    address: str, workshop: int, new_page: Callable[..., Page], place: str
) -> None:
    page = journey.become(new_page(), journey.FACILITATOR)
    page.clock.install()
    page.goto(address if place == "opbrengsten" else f"/werkateliers/{workshop}/{place}")
    found = asked(page)
    for minutes, times in ((4, 0), (2, 1), (1, 1), (5, 2)):
        page.clock.run_for(minutes * MINUTES)
        page.wait_for_timeout(200)
        assert len(found) == times, minutes


def test_other_pages_stay_signed_in_while_somebody_types(new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.ORGANISER)
    page.clock.install()
    page.goto("/beheer/woordenlijst")
    found = asked(page)
    page.clock.run_for(31 * MINUTES)
    assert found == []
    field = page.locator("#words")
    field.press_sequentially("een woord")
    page.wait_for_timeout(200)
    assert len(found) == 1
    page.clock.run_for(6 * MINUTES)
    field.press_sequentially("en nog een")
    page.wait_for_timeout(200)
    assert len(found) == 2


def test_who_looks_on_asks_nothing(address: str, workshop: int, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.clock.install()
    page.goto(f"/werkateliers/{workshop}/scherm")
    found = asked(page)
    page.clock.run_for(20 * MINUTES)
    page.keyboard.press("ArrowRight")
    assert found == []
