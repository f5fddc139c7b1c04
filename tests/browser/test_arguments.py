"""A discussion on a phone: marking, asking in another order, mending and taking back; with scripts and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models import Argument, Call, Idea
from app.models.argument import ArgumentState, HelpfulMark
from tests.support import axe
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
TEXT = "Een bankje bij elke halte helpt wie niet lang kan staan."
BETTER = "Een bankje bij elke halte helpt wie niet lang kan staan, zoals mijn moeder."


def most_discussed(site: Site) -> int:
    """The idea of the open call with most to mark."""
    query = select(Idea.id).join(Call).where(Idea.state == IdeaState.PUBLISHED)
    query = query.where(Call.slug == "waar-moet-maastricht-slim-in-zijn")
    return int(site.first(query.order_by(Idea.argument_count.desc(), Idea.id)))


def marks(site: Site, argument: int) -> int:
    """The number that stands with the text, after checking that it is the number of marks."""
    with site.app.app_context():
        stands = db.session.scalars(select(Argument.helpful_count).where(Argument.id == argument)).one()
        counted = db.session.scalar(select(func.count()).where(HelpfulMark.argument_id == argument))
        db.session.rollback()
    assert stands == counted
    return stands


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_discussion_on_a_phone(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    idea = most_discussed(site)
    page = new_page(width=390, height=844, javascript=javascript)
    site.sign_in(page, site.person(group=Group.COUNCIL)).goto(f"/ideeen/{idea}")
    button = page.locator("button.argument__helpful[aria-pressed=false]").last
    number = int(button.get_attribute("value") or 0)
    before = marks(site, number)
    button.scroll_into_view_if_needed()
    if javascript:
        page.evaluate("document.documentElement.dataset.stayed = 'yes'")
        height = page.evaluate("scrollY")
    button = page.locator(f"#argument-{number} button.argument__helpful")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator(".argument__marks")).to_have_text(str(before + 1))
    expect(button).to_be_in_viewport()
    assert marks(site, number) == before + 1
    if javascript:
        expect(page.get_by_role("status").filter(has_text="Je vindt dit nuttig.")).to_be_attached()
        expect(button).to_be_focused()
        assert page.evaluate("scrollY") == height
        assert page.evaluate("document.documentElement.dataset.stayed") == "yes"
        assert axe.findings(page) == []
        assert axe.overflow(page) == []
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert marks(site, number) == before
    page.get_by_role("navigation", name="Volgorde van het gesprek").get_by_role("link", name="Oudste").click()
    expect(page).to_have_url(re.compile(r"argumenten=oud"))
    page.locator("#argue").get_by_role("radio", name="Een argument voor").check()
    page.locator("#argument-body").fill(f"{TEXT} {javascript}")
    page.get_by_role("button", name="Plaats", exact=True).click()
    expect(page).to_have_url(re.compile(r"#argument-\d+$"))
    own = page.locator(f"#{page.url.rpartition('#')[2]}")
    expect(own).to_be_in_viewport()
    own.get_by_role("link", name="Wijzigen").click()
    page.locator("#change-body").fill(f"{BETTER} {javascript}")
    page.get_by_role("button", name="Bewaren").click()
    expect(own).to_contain_text("bewerkt")
    expect(own).to_contain_text(BETTER)
    own.get_by_role("link", name="Verwijderen").click()
    page.get_by_role("button", name="Ja, verwijder mijn tekst").click()
    expect(page.get_by_text("Je tekst is verwijderd.")).to_be_visible()
    expect(page.get_by_text(BETTER)).to_have_count(0)
    with site.app.app_context():
        left = select(func.count()).where(Argument.body.contains(BETTER) | Argument.body.contains(TEXT))
        assert db.session.scalar(left) == 0
        shown = select(func.count()).where(
            Argument.idea_id == idea, Argument.state == ArgumentState.PUBLISHED
        )
        assert db.session.scalar(shown) == db.session.get_one(Idea, idea).argument_count
        db.session.rollback()
