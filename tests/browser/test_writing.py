"""Writing an idea: without a connection on a phone, and with the keyboard alone from ideas like it to the preview."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app.domain.lifecycle import IdeaState
from app.models import Idea
from tests.support import axe, journey
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
TITLE = "Een bankje bij elke bushalte"
MOST_STEPS = 150
KEPT = "() => localStorage.getItem('stem-idea')"
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def controlled(page: Page) -> None:
    """Wait until the worker looks after the page. One that was loaded while the worker began is loaded again."""
    page.wait_for_function(
        "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active?.state === 'activated')"
    )
    for _ in range(10):
        if page.evaluate("() => navigator.serviceWorker.controller !== null"):
            return
        page.wait_for_timeout(300)
        page.reload()
    raise AssertionError("The worker is there and looks after no page.")


def forgive(complaints: Complaints, *parts: str) -> None:
    """Tiles of the map come from elsewhere; scripts were held up by the test itself."""
    complaints.found[:] = [one for one in complaints.found if not any(part in one for part in parts)]


def tab_to(page: Page, selector: str) -> None:
    goal = page.locator(selector).first
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached")


def test_a_phone_without_a_connection_loses_nothing(
    new_page: Callable[..., Page], complaints: Complaints
) -> None:
    phone = new_page(width=390, height=844, worker=True)
    phone.goto("/ideeen/nieuw")
    controlled(phone)
    phone.get_by_label("Titel").fill(TITLE)
    expect(phone.locator("[data-draft-said]")).to_contain_text("Op dit apparaat bewaard om")

    phone.context.set_offline(True)
    phone.goto("/ranglijst")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Geen verbinding")
    expect(phone.get_by_label("Titel")).to_have_value(TITLE)
    phone.get_by_label("Leg je idee uit").fill(journey.LONG_ENOUGH)
    expect(phone.locator("[data-offline-said]")).to_contain_text("Op dit apparaat bewaard om")
    assert axe.findings(phone) == []
    phone.context.set_offline(False)
    complaints.found.clear()
    phone.get_by_role("link", name="Ga verder met je idee").click()

    expect(phone.get_by_role("heading", name="Je tekst staat op dit apparaat")).to_be_visible()
    assert axe.findings(phone) == []
    phone.get_by_role("button", name="Ga verder met deze tekst").click()
    expect(phone.get_by_label("Titel")).to_have_value(TITLE)
    expect(phone.get_by_label("Leg je idee uit")).to_have_value(journey.LONG_ENOUGH)
    phone.get_by_text("Gooi je tekst weg").click()
    phone.get_by_role("button", name="Ja, gooi het weg").click()
    expect(phone.get_by_text("Je tekst is weggegooid.")).to_be_visible()
    assert phone.evaluate(KEPT) is None
    expect(phone.get_by_label("Titel")).to_have_value("")

    # A worker of before gives way, with all that it kept.
    phone.evaluate(
        "async () => { await (await navigator.serviceWorker.ready).unregister(); await caches.open('stem-oud'); }"
    )
    journey.become(phone, journey.RESIDENT)
    controlled(phone)
    phone.wait_for_function("async () => !(await caches.keys()).includes('stem-oud')")

    # Who signed in keeps the draft on the site; signing out leaves nothing on the device.
    phone.goto("/ideeen/nieuw")
    phone.get_by_label("Titel").fill(TITLE)
    expect(phone.locator("[data-draft-said]")).to_contain_text(re.compile(r"^Bewaard om \d\d:\d\d\."))
    phone.goto("/ideeen/nieuw?oproep=")
    expect(phone.get_by_role("heading", name="Je hebt een idee dat nog niet af is")).to_be_visible()
    expect(phone.get_by_text(f"‘{TITLE}’, begonnen op")).to_be_visible()
    phone.get_by_role("link", name="Ga verder met dit idee").click()
    expect(phone.get_by_label("Titel")).to_have_value(TITLE)
    phone.evaluate(
        """async () => {
            localStorage.setItem("stem-idea", "{}");
            const [name] = (await caches.keys()).filter((each) => each.startsWith("stem-"));
            await (await caches.open(name)).put("/mijn", new Response("van Inge"));
        }"""
    )
    phone.locator(".menu summary").click()
    phone.locator(".menu").get_by_role("button", name="Uitloggen").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Je bent uitgelogd")
    phone.wait_for_function("async () => !(await caches.match('/mijn')) && (await caches.match('/offline'))")
    assert phone.evaluate(KEPT) is None
    forgive(complaints, "pdok")


def test_with_the_keyboard_from_ideas_like_it_to_the_preview(
    site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    query = select(Idea.title).where(Idea.state == IdeaState.PUBLISHED, Idea.call_id == 1).order_by(Idea.id)
    like = str(site.first(query))
    page = journey.become(new_page(), journey.RESIDENT)
    page.goto("/ideeen/nieuw")
    if page.locator("input[type=radio][name=call]").count():
        tab_to(page, "input[type=radio][name=call]")
        page.keyboard.press("Space")
    tab_to(page, "input[name=title]")
    page.keyboard.type(like)
    expect(page.locator(".alike__idea").filter(has_text=like)).to_be_visible()
    expect(page.locator("[data-alike-said]")).to_contain_text("ideeën die op dat van jou lijken")
    tab_to(page, "textarea[name=summary]")
    page.keyboard.type("Teneinde de stad beter te maken voor iedereen.")
    tab_to(page, ".alike a")
    tab_to(page, "textarea[name=body]")
    page.keyboard.type(journey.LONG_ENOUGH)
    expect(page.locator(".advice")).to_contain_text("Misschien: om.")
    tab_to(page, "input[name=themes]")
    page.keyboard.press("Space")
    assert axe.findings(page) == []
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    assert not page.evaluate(SIDEWAYS)
    tab_to(page, "button[value=preview]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bekijk je idee")
    expect(page.locator(".preview__paper .idea__title")).to_have_text(like)
    assert not page.evaluate(SIDEWAYS)
    assert axe.findings(page) == []
    tab_to(page, "button[value=change]")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Titel")).to_have_value(like)

    # On a slow line the form works before any script has come.
    waiting: list[Route] = []
    page.route("**/*.mjs", lambda route: waiting.append(route))
    page.goto("/ideeen/nieuw?begin=1", wait_until="commit")
    page.set_viewport_size({"width": 390, "height": 844})
    journey.write_idea(page, TITLE, "Wie slecht loopt, kan dan zitten.", journey.LONG_ENOUGH)
    page.get_by_role("button", name="Bekijk het eerst").click(no_wait_after=True)
    expect(page.locator(".preview__paper .idea__title")).to_have_text(TITLE)
    page.unroute("**/*.mjs")
    page.get_by_role("button", name="Verstuur je idee").click(no_wait_after=True)
    expect(page.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()
    forgive(complaints, "pdok", ".mjs")
