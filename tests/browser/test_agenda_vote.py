"""The agenda vote in a browser: counted along, kept through signing in, with the keyboard alone and without scripts."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from app.db import db
from app.domain.ballot import Group
from app.models import AgendaTick, Call
from app.records import agenda_ballots
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
SLUG = "suggesties-voor-de-procesgang"
ADDRESS = f"/agendastem?oproep={SLUG}"
BOXES = "main input[type=checkbox]"


@pytest.fixture
def voter(site: Site) -> Iterator[int]:
    """A resident who has ticked nothing, before and after."""
    person = site.named(journey.RESIDENT)

    def forget() -> None:
        with site.app.app_context():
            db.session.execute(delete(AgendaTick).where(AgendaTick.person_id == person))
            db.session.commit()

    forget()
    yield person
    forget()


def ticked(site: Site, person: int) -> set[int]:
    """The themes that the database holds for the person."""
    with site.app.app_context():
        call = db.session.scalars(select(Call.id).where(Call.slug == SLUG)).one()
        found = set(agenda_ballots.of_person(call, person))
        db.session.rollback()
    return found


def chosen(page: Page) -> set[int]:
    """The themes that are ticked on the page."""
    return {int(str(box.get_attribute("value"))) for box in page.locator(f"{BOXES}:checked").all()}


def save(page: Page) -> None:
    page.get_by_role("button", name="Mijn keuze opslaan").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_choosing_changing_and_withdrawing(
    site: Site, new_page: Callable[..., Page], voter: int, javascript: bool
) -> None:
    page = new_page(width=390, height=844, javascript=javascript)
    site.sign_in(page, voter).goto(ADDRESS)
    for place in (0, 3):
        page.locator(BOXES).nth(place).check()
    wanted = chosen(page)
    save(page)
    expect(page.get_by_text("Je keuze is opgeslagen:")).to_be_visible()
    assert ticked(site, voter) == chosen(page) == wanted
    expect(page.locator(".ticks__chosen")).to_have_count(2)
    page.locator(BOXES).nth(3).uncheck()
    save(page)
    assert len(ticked(site, voter)) == 1
    page.get_by_role("button", name="Mijn keuze intrekken").click()
    expect(page.get_by_text("Je keuze is ingetrokken.")).to_be_visible()
    assert ticked(site, voter) == set()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_six_are_refused_and_stay_ticked(
    site: Site, new_page: Callable[..., Page], voter: int, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    site.sign_in(page, voter).goto(ADDRESS)
    for place in range(6):
        page.locator(BOXES).nth(place).check()
    six = chosen(page)
    save(page)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("Kies hoogstens 5 thema's. Je hebt er 6 aangevinkt: vink er 1 uit.")
    if javascript:
        expect(summary).to_be_focused()
    assert chosen(page) == six
    assert ticked(site, voter) == set()
    summary.get_by_role("link").click()
    expect(page.locator("#themes")).to_be_in_viewport()
    page.locator(f"{BOXES}:checked").first.uncheck()
    save(page)
    assert len(ticked(site, voter)) == 5


def test_the_page_counts_along_and_says_so(site: Site, page: Page, voter: int) -> None:
    site.sign_in(page, voter).goto(ADDRESS)
    count = page.locator("[data-count]")
    expect(count).to_have_text("Aangevinkt: 0 van hoogstens 5.")
    for place in range(6):
        page.locator(BOXES).nth(place).check()
    expect(count).to_have_text("Dat zijn er 1 te veel: kies hoogstens 5 thema's.")
    expect(page.get_by_role("status").filter(has_text="Dat zijn er 1 te veel")).to_be_attached()
    page.locator(BOXES).nth(2).uncheck()
    expect(count).to_have_text("Aangevinkt: 5 van hoogstens 5.")


def test_with_the_keyboard_alone(site: Site, page: Page, voter: int) -> None:
    site.sign_in(page, voter).goto(ADDRESS)
    boxes = page.locator(BOXES)
    boxes.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # the link to the theme
    page.keyboard.press("Tab")
    expect(boxes.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    wanted = chosen(page)
    assert len(wanted) == 2
    button = page.get_by_role("button", name="Mijn keuze opslaan")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Je keuze is opgeslagen:")).to_be_visible()
    assert ticked(site, voter) == wanted


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_stranger_signs_in_and_the_choice_is_saved(
    site: Site, new_page: Callable[..., Page], voter: int, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.goto(ADDRESS)
    for place in (1, 4, 6):
        page.locator(BOXES).nth(place).check()
    wanted = chosen(page)
    page.get_by_role("button", name="Inloggen en mijn keuze opslaan").click()
    expect(page).to_have_url(re.compile(r"/inloggen\?next="))
    page.get_by_role("button", name=re.compile(re.escape(journey.RESIDENT))).click()
    expect(page).to_have_url(re.compile(re.escape(ADDRESS)))
    expect(page.get_by_text("Je keuze is opgeslagen:")).to_be_visible()
    assert chosen(page) == wanted
    assert ticked(site, voter) == wanted


def test_the_process_leads_to_it(site: Site, page: Page, voter: int) -> None:
    site.sign_in(page, voter).goto("/trajecten")
    page.locator("main a").filter(has_text="Visie Smart City").first.click()
    page.get_by_role("link", name="Kies de thema's van de agenda").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welke thema's moeten op de agenda?")


def test_a_council_member_sees_it_without_names(site: Site, page: Page) -> None:
    site.sign_in(page, site.person(group=Group.COUNCIL)).goto(ADDRESS)
    expect(page.get_by_text(re.compile(r"Tot nu toe hebben \d+ mensen gekozen\."))).to_be_visible()
    expect(page.locator("main tbody tr")).to_have_count(page.locator(BOXES).count())
