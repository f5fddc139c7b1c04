"""A facilitator arranges the agenda and shows the screen; a vote arrives there, whatever the network does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.ballot import VoteValue
from app.domain.lifecycle import IdeaState
from app.models import Idea, Person, Vote, Workshop
from tests.support import journey
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
LIVE = 5000
"""Milliseconds within which the wall shows a vote on a machine that is busy with other tests; two on a calm one."""


def workshop_to_come(site: Site) -> int:
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


def vote_elsewhere(site: Site, page: Page) -> None:
    """Somebody in the room votes on an idea that they have not voted on yet."""
    voted = (
        select(Vote.idea_id).join(Person, Person.id == Vote.person_id).where(Person.name == journey.RESIDENT)
    )
    query = select(Idea.id).where(Idea.state == IdeaState.PUBLISHED, Idea.call_id == 1, Idea.id.not_in(voted))
    page.goto(f"/ideeen/{site.first(query.order_by(Idea.id))}")
    journey.vote(page, VoteValue.FOR)


def votes_on(screen: Page) -> int:
    """The number of votes that the screen says."""
    found = re.search(r"([\d.]+) stemmen", screen.locator(".screen__numbers").inner_text())
    assert found
    return int(found[1].replace(".", ""))


def expect_votes(screen: Page, count: int) -> None:
    """Wait until the screen says so."""
    said = f"{count:,}".replace(",", ".")
    expect(screen.locator(".screen__numbers")).to_contain_text(f"{said} stemmen", timeout=LIVE)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_the_agenda_explains_itself_and_a_theme_can_be_fixed_with_a_reason(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    page = journey.become(new_page(javascript=javascript), journey.FACILITATOR)
    page.goto("/werkateliers")
    page.locator("main").get_by_role("link", name=re.compile("Werkatelier", re.I)).first.click()
    expect(page.get_by_role("heading", name="De agenda", exact=True)).to_be_visible()
    items = page.locator(".agenda__item")
    assert items.count() >= 3
    expect(page.locator(".agenda__carrier").first).to_contain_text(re.compile(r"\d+"))
    expect(page.get_by_role("heading", name=re.compile("^Wat er niet op"))).to_be_visible()
    off = page.locator(".missing__title a").first.inner_text()
    expect(page.locator(".missing__row").first).to_contain_text("minuten")

    page.get_by_role("navigation", name="Voor begeleiders").get_by_role("link", name="Agenda").click()
    form = page.locator('form[action$="/agenda/themas"]')
    form.get_by_role("combobox", name="Thema").select_option(label=off)
    form.get_by_role("radio", name="Zeker op de agenda").check()
    form.get_by_label(re.compile("^Minuten")).fill("20")
    form.get_by_role("button", name="Zet dit thema vast").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(form.get_by_label(re.compile("^Minuten"))).to_have_value("20")
    reason = "De raad heeft in een motie gevraagd om dit thema te bespreken."
    form.get_by_role("textbox", name=re.compile("^Waarom")).fill(reason)
    form.get_by_role("button", name="Zet dit thema vast").click()
    expect(page.get_by_role("status").first).to_contain_text("Het thema is vastgezet.")

    stranger = new_page(width=390, height=844)
    stranger.goto(f"/werkateliers/{workshop_to_come(site)}")
    fixed = stranger.locator(".agenda__item").filter(has_text=off)
    expect(fixed).to_contain_text(reason)
    expect(fixed).to_contain_text("20 minuten")
    page.locator(".arrange__theme").filter(has_text=off).get_by_role("button").click()
    expect(page.locator(".arrange__theme").filter(has_text=off)).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_part_moves_by_keyboard_and_the_focus_stays_on_it(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    page = journey.become(new_page(javascript=javascript), journey.FACILITATOR)
    page.goto(f"/werkateliers/{workshop_to_come(site)}/agenda")
    parts = page.locator(".arrange__part")
    expect(page.locator(".arrange__name").first).to_be_visible()
    names = [text.split(" ", 1)[1] for text in page.locator(".arrange__name").all_inner_texts()]
    key = parts.nth(1).get_attribute("id")
    page.get_by_role("textbox", name="Waarom deze volgorde?").fill("De gastspreker komt later binnen.")
    later = page.locator(f"#{key}-later")
    later.focus()
    page.keyboard.press("Enter")
    expect(parts.nth(2)).to_have_attribute("id", str(key))
    expect(later).to_be_focused()
    page.keyboard.press("Enter")
    expect(parts.nth(3)).to_have_attribute("id", str(key))
    expect(later).to_be_focused()
    expect(page.locator(".deviations")).to_contain_text("Reden: De gastspreker komt later binnen.")
    if javascript:
        parts.nth(3).drag_to(parts.nth(0))
        expect(parts.nth(0)).to_have_attribute("id", str(key))
    page.get_by_role("button", name="Terug naar de volgorde van de stemmen").click()
    expect(page.get_by_role("button", name="Terug naar de volgorde van de stemmen")).to_have_count(0)
    after = page.locator(".arrange__name").all_inner_texts()
    assert [text.split(" ", 1)[1] for text in after] == names


def test_a_vote_arrives_on_the_screen_by_itself(site: Site, new_page: Callable[..., Page]) -> None:
    desk = journey.become(new_page(), journey.FACILITATOR)
    desk.goto(f"/werkateliers/{workshop_to_come(site)}/agenda")
    desk.get_by_role("link", name="Ranglijst van thema's").click()
    screen = desk
    expect(screen.get_by_role("heading", level=1)).to_have_text("Welke thema's hebben het meeste draagvlak?")
    expect(screen.get_by_role("img", name=re.compile("^QR-code"))).to_be_visible()
    screen.evaluate("() => { window.sameAsBefore = true; }")
    before = votes_on(screen)
    vote_elsewhere(site, journey.become(new_page(width=390, height=844), journey.RESIDENT))
    expect_votes(screen, before + 1)
    assert screen.evaluate("() => window.sameAsBefore"), "the screen was loaded again"


def test_without_a_network_the_screen_keeps_what_it_showed_and_comes_back(
    site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    voter = journey.become(new_page(width=390, height=844), journey.RESIDENT)
    screen = new_page()
    screen.goto(f"/werkateliers/{workshop_to_come(site)}/scherm?beeld=themas")
    before = votes_on(screen)
    rows = screen.locator(".screen__rows li")
    shown = rows.all_inner_texts()
    screen.context.set_offline(True)
    notice = screen.locator(".screen__notice")
    expect(notice).to_be_visible()
    expect(notice).to_have_text(re.compile(r"^Geen verbinding – stand van \d\d:\d\d$"))
    assert rows.all_inner_texts() == shown
    vote_elsewhere(site, voter)
    assert votes_on(screen) == before
    screen.context.set_offline(False)
    expect_votes(screen, before + 1)
    expect(notice).to_be_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in complaints.found)
    complaints.found.clear()


def test_arrow_keys_lead_a_second_screen_from_scene_to_scene(site: Site, page: Page) -> None:
    page.goto(f"/werkateliers/{workshop_to_come(site)}/scherm?beeld=themas")
    for key, scene in (
        ("ArrowRight", "ideeen"),
        ("PageDown", "agenda"),
        ("ArrowRight", "themas"),
        ("ArrowLeft", "agenda"),
        ("PageUp", "ideeen"),
    ):
        page.keyboard.press(key)
        page.wait_for_url(f"**/scherm?beeld={scene}", wait_until="load")
        expect(page.locator("[data-fixed][aria-current]")).to_have_attribute(
            "href", re.compile(f"beeld={scene}$")
        )


def test_without_scripts_the_screen_loads_itself_again(site: Site, new_page: Callable[..., Page]) -> None:
    voter = journey.become(new_page(width=390, height=844), journey.RESIDENT)
    screen = new_page(javascript=False)
    screen.goto(f"/werkateliers/{workshop_to_come(site)}/scherm?beeld=themas")
    before = votes_on(screen)
    vote_elsewhere(site, voter)
    expect(screen.locator(".screen__numbers")).to_contain_text(
        f"{before + 1:,} stemmen".replace(",", "."), timeout=15_000
    )
    screen.get_by_role("navigation").get_by_role("link", name="Ideeën").click()
    expect(screen.locator(".screen__rows--ideas")).to_be_visible()
