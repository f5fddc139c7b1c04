"""A stranger while the site is pressed: with JavaScript the browser does the work, without it waiting is enough."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select

from app.db import db
from app.kit import proof
from app.models import ContactMessage, Pressure, SpentProof
from tests.support import axe
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
MESSAGE = "Mag ik vragen waar het werkatelier is, en hoe laat het begint?"
SLOW = 60_000
"""Milliseconds; a machine that does much else at once may take a while over the work."""


@pytest.fixture(autouse=True)
def pressed(site: Site) -> Iterator[None]:
    """Level 1, set by hand for an hour."""
    now = datetime.now(UTC)
    with site.app.app_context():
        figures = {"by_hand": True, "why": "om te proberen"}
        db.session.add(Pressure(level=1, started_at=now, until=now + timedelta(hours=1), figures=figures))
        db.session.commit()
    yield
    with site.app.app_context():
        db.session.execute(delete(Pressure))
        db.session.commit()


def counted(site: Site, table: type[ContactMessage] | type[SpentProof]) -> int:
    return int(site.first(select(func.count()).select_from(table)))


def test_the_browser_does_the_work_while_one_types(site: Site, new_page: Callable[..., Page]) -> None:
    before = counted(site, ContactMessage)
    page = new_page(width=320)
    page.goto("/contact")
    page.get_by_label("Je vraag of opmerking").fill(MESSAGE)
    expect(page.get_by_role("status").filter(has_text="De controle is klaar.")).to_be_visible(timeout=SLOW)
    assert axe.findings(page) == []
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_text("Je bericht is bij de organisatoren.")).to_be_visible()
    assert counted(site, ContactMessage) == before + 1
    assert counted(site, SpentProof) == 1


def test_who_is_faster_than_the_work_presses_once(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/inloggen")
    page.evaluate("() => { document.querySelector('#email').value = 'nieuw@voorbeeld.example'; }")
    page.get_by_role("button", name="Stuur mij een code").click()
    page.wait_for_url("**/inloggen/code", timeout=SLOW)


def test_without_a_worker_the_page_counts_itself(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.add_init_script("delete window.Worker; window.Worker = undefined;")
    page.goto("/inloggen")
    page.get_by_label("Je e-mailadres").fill("ander@voorbeeld.example")
    page.get_by_role("button", name="Stuur mij een code").click()
    page.wait_for_url("**/inloggen/code", timeout=SLOW)


def test_without_javascript_the_page_says_how_long_to_wait(
    site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    page = new_page(javascript=False)
    page.goto("/contact")
    expect(page.locator("noscript p")).to_contain_text("wacht dan na het openen", ignore_case=True)
    page.get_by_label("Je vraag of opmerking").fill(MESSAGE)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("alert")).to_contain_text("seconden en druk dan nog een keer op de knop")
    expect(page.get_by_label("Je vraag of opmerking")).to_have_value(MESSAGE)
    page.wait_for_timeout(proof.WAIT[1].total_seconds() * 1000)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_text("Je bericht is bij de organisatoren.")).to_be_visible()
