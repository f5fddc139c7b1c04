"""Beside ideas: coming to the workshop, suggesting what others do, and taking one's data along before leaving."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models import Activity
from app.models.process import ActivityKind
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
WHAT = "Sensoren in de stoeptegels tellen hoeveel mensen er lopen, en iedereen kan de cijfers zien."


def workshop(site: Site) -> str:
    number = site.first(
        select(Activity.id)
        .where(Activity.kind == ActivityKind.WORKSHOP, Activity.capacity > 0)
        .order_by(Activity.id)
    )
    return f"/activiteiten/{number}"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_coming_to_a_full_workshop_and_giving_the_place_back(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    page = new_page(width=390, height=844, javascript=javascript)
    journey.become(page, journey.COUNCIL if javascript else journey.PARTNER)
    page.goto(workshop(site))
    with page.expect_download() as file:
        page.get_by_role("link", name="Zet de datum in je agenda").click()
    assert "BEGIN:VEVENT" in Path(file.value.path()).read_text()
    page.get_by_role("link", name="Zet me op de wachtlijst").click()
    page.get_by_label("Is er iets dat we moeten weten?").fill("Ik kom met een hulphond.")
    if javascript:
        assert axe.findings(page) == []
    page.get_by_role("button", name="Meld je aan").click()
    expect(page.get_by_text("Je wacht op een plek.")).to_be_visible()
    page.get_by_role("button", name="Ik kan toch niet").click()
    expect(page.get_by_text("Je staat niet meer op de lijst.")).to_be_visible()
    expect(page.get_by_role("link", name="Zet me op de wachtlijst")).to_be_visible()


def test_an_example_is_suggested_on_a_phone_and_placed_at_a_desk(
    site: Site, new_page: Callable[..., Page]
) -> None:
    phone = journey.become(new_page(width=390, height=844), journey.COUNCIL)
    phone.goto("/praktijk")
    phone.get_by_role("link", name="Stel een voorbeeld voor").first.click()
    phone.get_by_label("Hoe heet het?").fill("Slimme stoeptegels")
    phone.get_by_label("Een andere stad").check()
    phone.get_by_label("In welke plaats?").fill("Tilburg")
    phone.get_by_label("Wat is er gedaan?").fill(WHAT)
    phone.get_by_label("Lucht, bomen en koelte").check()
    phone.get_by_role("button", name="Stuur je voorbeeld in").click()
    desk = journey.become(new_page(), journey.MODERATOR)
    desk.goto("/moderatie/praktijken")
    desk.get_by_role("link", name="Slimme stoeptegels").click()
    assert axe.findings(desk) == []
    desk.get_by_role("button", name="Plaats het", exact=True).click()
    stranger = new_page()
    stranger.goto("/praktijk?zoek=stoeptegels")
    expect(stranger.get_by_role("link", name="Slimme stoeptegels")).to_be_visible()


def test_taking_everything_along_and_leaving(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(width=320, height=640)
    page.goto("/inloggen")
    journey.sign_in_with_code(page, "vertrekt@voorbeeld.example", "Vera Vertrekt")
    page.goto("/mijn/gegevens")
    assert axe.findings(page) == []
    assert axe.overflow(page) == []
    with page.expect_download() as file:
        page.get_by_role("link", name="Download voor een programma").click()
    assert json.loads(Path(file.value.path()).read_text())["profile"][0]["name"] == "Vera Vertrekt"
    page.get_by_role("link", name="Verwijder mijn account").click()
    page.get_by_role("button", name="Verwijder mijn account").click()
    expect(page.get_by_role("link", name="Zet een vinkje als je het zeker weet.")).to_be_visible()
    page.get_by_label("Ja, haal mijn naam").check()
    page.get_by_role("button", name="Verwijder mijn account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je account is weg")
    page.goto("/mijn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
