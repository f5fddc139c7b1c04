"""A moderator works through the queue: publish, return, refuse, hide; authors hear it by mail; never on own texts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.models import Argument, Idea, Person, Report
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
REQUEST = "Schrijf erbij wie het scherm betaalt en waar het komt te staan."
WHY = "Dit gaat over iets anders dan deze oproep. Probeer het bij de andere oproep."


def queue(page: Page, kind: str = "") -> Locator:
    """The titles of what waits, as links."""
    page.goto(f"/moderatie?soort={kind}" if kind else "/moderatie")
    return page.locator(".queue__item:not(.queue__item--own) h2 a")


def open_waiting_idea(page: Page, place: int) -> tuple[str, int]:
    """Open an idea of the queue; its title and number."""
    link = queue(page, "idea").nth(place)
    title = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return title, int(journey.path(page).rpartition("/")[2])


def email_of_author(site: Site, table: type[Idea] | type[Argument], number: int) -> str:
    """Where the author of a text gets mail."""
    return str(
        site.first(select(Person.email).join(table, table.author_id == Person.id).where(table.id == number))
    )


def test_the_oldest_waits_at_the_top(new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(width=390, height=844), journey.MODERATOR)
    titles = queue(page)
    expect(titles.first).to_be_visible()
    moments = [time.get_attribute("datetime") or "" for time in page.locator(".queue__age time").all()]
    assert len(moments) > 5
    assert moments == sorted(moments)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_publishing_returning_and_refusing(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    page = journey.become(new_page(javascript=javascript), journey.MODERATOR)

    title, number = open_waiting_idea(page, 0)
    journey.publish(page)
    expect(page.get_by_role("status").filter(has_text=title)).to_contain_text("Geplaatst.")
    stranger = new_page()
    stranger.goto(f"/ideeen/{number}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(title)
    letter = journey.mail(page, email_of_author(site, Idea, number), "Je idee staat op de site")
    expect(letter).to_contain_text(title)

    title, number = open_waiting_idea(page, 0)
    page.locator("summary", has_text="Terugsturen met een vraag").click()
    page.get_by_role("button", name="Idee terugsturen").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("Wat moet de schrijver veranderen?").fill(REQUEST)
    page.get_by_role("button", name="Idee terugsturen").click()
    expect(page.get_by_role("status").filter(has_text=title)).to_contain_text("Teruggestuurd")
    letter = journey.mail(page, email_of_author(site, Idea, number), "Een vraag over je idee")
    expect(letter).to_contain_text(REQUEST)

    title, number = open_waiting_idea(page, 0)
    page.locator("summary", has_text=re.compile("Niet plaatsen|Weigeren")).click()
    page.get_by_role("button", name="Idee niet plaatsen").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Gaat niet over deze oproep|^Niet over deze oproep")).check()
    page.get_by_label("Leg het uit aan de schrijver").locator("visible=true").fill(WHY)
    page.get_by_role("button", name="Idee niet plaatsen").click()
    expect(page.get_by_role("status").filter(has_text=title)).to_contain_text("Niet geplaatst.")
    letter = journey.mail(page, email_of_author(site, Idea, number), "Je idee is niet geplaatst")
    expect(letter).to_contain_text(WHY)
    assert stranger.goto(f"/ideeen/{number}").status == 403  # type: ignore[union-attr]


def test_the_author_mends_a_returned_idea_and_sends_it_again(
    site: Site, new_page: Callable[..., Page]
) -> None:
    desk = journey.become(new_page(), journey.MODERATOR)
    title, number = open_waiting_idea(desk, 3)
    desk.locator("summary", has_text="Terugsturen met een vraag").click()
    desk.get_by_label("Wat moet de schrijver veranderen?").fill(REQUEST)
    desk.get_by_role("button", name="Idee terugsturen").click()

    phone = new_page(width=390, height=844)
    site.sign_in(phone, int(site.first(select(Idea.author_id).where(Idea.id == number))))
    phone.goto(f"/ideeen/{number}")
    expect(phone.locator("main")).to_contain_text(REQUEST)
    phone.get_by_role("link", name="Pas je idee aan").click()
    expect(phone.locator("main")).to_contain_text(REQUEST)
    phone.get_by_label("Leg je idee uit").fill(journey.LONG_ENOUGH)
    phone.get_by_role("button", name="Verstuur opnieuw").click()
    expect(phone.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()
    expect(queue(desk, "idea").filter(has_text=title)).to_have_count(1)


def test_an_own_idea_is_for_another_moderator(new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.MODERATOR)
    page.goto("/ideeen/nieuw")
    title = "Een wegwijzer voor wie slecht ziet"
    journey.write_idea(page, title, "De stad vertelt waar je bent.", journey.LONG_ENOUGH)
    page.get_by_role("button", name="Verstuur je idee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto("/moderatie?soort=idea")
    own = page.locator(".queue__item--own").filter(has_text=title)
    expect(own).to_contain_text("een andere moderator besluit")
    own.get_by_role("link").first.click()
    expect(page.locator("#decide")).to_contain_text(
        "Dit is je eigen tekst. Een andere moderator besluit erover."
    )
    expect(page.locator("#decide .decision")).to_have_count(0)


def test_hiding_a_reported_argument(site: Site, new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.MODERATOR)
    waiting = select(Report.argument_id).where(Report.handled_at.is_(None), Report.argument_id.is_not(None))
    number = int(site.first(waiting.order_by(Report.id)))
    text, idea = _argument(site, number)
    reporter = str(
        site.first(
            select(Person.email)
            .join(Report, Report.reporter_id == Person.id)
            .where(Report.argument_id == number, Report.handled_at.is_(None))
        )
    )
    stranger = new_page(width=390, height=844)
    stranger.goto(f"/ideeen/{idea}")
    expect(stranger.locator(f"#argument-{number}")).to_contain_text(text)

    page.goto(f"/moderatie/argumenten/{number}")
    expect(page.locator(".reports")).to_be_visible()
    page.locator("summary", has_text="Verbergen").click()
    page.get_by_role("radio", name=re.compile("^Kwetsend")).check()
    page.get_by_label("Leg het uit aan de schrijver").fill("Schelden hoort hier niet. Zeg het gerust anders.")
    page.get_by_role("button", name="Tekst verbergen").click()
    expect(page.get_by_role("status").first).to_contain_text("Verborgen.")

    stranger.wait_for_timeout(1100)  # what strangers read may be a second old
    stranger.goto(f"/ideeen/{idea}")
    expect(stranger.locator(f"#argument-{number}")).to_contain_text(
        re.compile(r"De moderatoren hebben deze tekst weggehaald op .+\. De reden: Kwetsend of beledigend\.")
    )
    expect(stranger.locator("main")).not_to_contain_text(text)
    expect(journey.mail(page, email_of_author(site, Argument, number))).to_contain_text(
        "Schelden hoort hier niet."
    )
    expect(journey.mail(page, reporter)).to_be_visible()


def _argument(site: Site, number: int) -> tuple[str, int]:
    body = str(site.first(select(Argument.body).where(Argument.id == number)))
    return body.splitlines()[0][:60], int(site.first(select(Argument.idea_id).where(Argument.id == number)))
