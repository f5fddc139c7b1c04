"""A resident follows an idea, hears what becomes of it on the site, and stops the mail without signing in."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.notifications import fan_out, unsubscribing
from app.models import Follow, Idea
from app.models.following import NoticeKind
from app.records import notices
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
REASON = "We nemen dit mee in het werkatelier, samen met de ideeën die erop lijken."


def unfollowed(site: Site) -> tuple[int, str]:
    """An idea at the start of its way that the resident does not follow yet."""
    known = select(Follow.idea_id).where(
        Follow.person_id == site.named(journey.RESIDENT), Follow.idea_id.is_not(None)
    )
    number = int(
        site.first(
            select(Idea.id)
            .where(
                Idea.state == IdeaState.PUBLISHED,
                Idea.public_status == PublicStatus.OPEN,
                Idea.call_id == 1,
                Idea.id.not_in(known),
            )
            .order_by(Idea.id.desc())
        )
    )
    return number, str(site.first(select(Idea.title).where(Idea.id == number)))


@pytest.mark.parametrize(("width", "javascript"), [(390, False), (1280, True)], ids=["phone", "desktop"])
def test_following_an_idea(site: Site, new_page: Callable[..., Page], width: int, javascript: bool) -> None:
    number, title = unfollowed(site)
    page = new_page(width=width, height=844, javascript=javascript)
    page.goto(f"/ideeen/{number}")
    page.get_by_role("link", name="Volg dit idee").click()
    expect(page).to_have_url(re.compile(r"/inloggen\?next="))
    page.get_by_role("button", name=journey.RESIDENT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Volg ‘{title}’")
    page.get_by_role("button", name="Volg", exact=True).click()
    page.goto(f"/ideeen/{number}")
    expect(page.get_by_role("button", name="Volg dit idee")).to_have_attribute("aria-pressed", "true")

    with site.app.app_context():
        told = (
            NoticeKind.STATUS,
            f"browser:{width}",
            f"%(title)s: nieuws {width}",
            "%(reason)s",
            f"/ideeen/{number}",
        )
        audience = notices.Audience(ideas=(number,))
        notices.tell(audience, *told, datetime.now(UTC), title=title, reason=REASON)
        db.session.commit()
        fan_out.tell_all(datetime.now(UTC))  # the job of the site may be first, which makes no difference
    unread = page.locator(".counter").locator("visible=true").first
    page.goto("/mijn/berichten")
    before = int(unread.inner_text().split()[0])
    if javascript:
        for path in ("/mijn/berichten", "/mijn/volgend", "/mijn/berichten/instellingen"):
            page.goto(path)
            assert axe.faults(page) == []
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/mijn/berichten")
    page.get_by_role("link", name=f"{title}: nieuws {width}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto("/mijn/volgend")
    assert before - 1 == (int(unread.inner_text().split()[0]) if unread.count() else 0)
    page.locator(".notices__item").filter(has_text=title).get_by_role(
        "button", name="Niet meer volgen"
    ).click()
    expect(page.get_by_role("status").first).to_contain_text("Je volgt dit niet meer.")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def test_stopping_the_mail_from_the_mail(site: Site, new_page: Callable[..., Page]) -> None:
    with site.app.app_context():
        address = unsubscribing.address(site.named(journey.COUNCIL), "nl")
    page = new_page(width=390, height=844)
    page.goto(urlsplit(address).path)
    assert axe.faults(page) == []
    page.get_by_role("button", name="Stop de mail met nieuws").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je krijgt geen mail met nieuws meer")
    assert axe.faults(page) == []
    mine = journey.become(new_page(), journey.COUNCIL)
    mine.goto("/mijn/berichten/instellingen")
    expect(mine.get_by_role("radio", name="Nooit")).to_be_checked()
    mine.get_by_role("radio", name="Elke maandag").check()
    mine.get_by_role("button", name="Bewaren").click()
    expect(mine.get_by_role("status").first).to_contain_text("Je keuze is opgeslagen.")
    expect(mine.get_by_role("radio", name="Elke maandag")).to_be_checked()
