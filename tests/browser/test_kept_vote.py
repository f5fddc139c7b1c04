"""A vote begun on a phone without an account is counted by the link that is opened elsewhere; sessions are ended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Call, Idea
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def an_idea(site: Site) -> tuple[int, str]:
    with site.app.app_context():
        number, title = db.session.execute(
            select(Idea.id, Idea.title)
            .join(Call)
            .where(Idea.state == IdeaState.PUBLISHED, Call.slug == "waar-moet-maastricht-slim-in-zijn")
            .order_by(Idea.id)
        ).first() or (0, "")
        db.session.rollback()
    return number, title


def test_a_vote_from_a_phone_is_counted_by_the_link_on_another_device(
    site: Site, new_page: Callable[..., Page]
) -> None:
    idea, title = an_idea(site)
    email, promise = "kees@voorbeeld.example", f"Na het inloggen telt je stem TEGEN ‘{title}’ mee."
    phone = new_page(**PHONE, javascript=False)
    phone.goto(f"/ideeen/{idea}")
    before = journey.counts(phone)
    assert phone.context.cookies() == []
    phone.locator("section.ballot").get_by_role("button", name="Tegen").click()
    expect(phone.get_by_text(promise)).to_be_visible()
    journey.ask_for_mail(phone, email)
    expect(phone.get_by_text(promise)).to_be_visible()
    link = journey.mail(phone, email).get_by_role("link").filter(has_text="/inloggen/link/")
    address = link.get_attribute("href")
    assert address

    desk = new_page(width=1280, height=900)
    desk.goto(address)
    expect(desk.get_by_text(promise)).to_be_visible()
    assert axe.faults(desk) == []
    desk.get_by_role("button", name="Inloggen en stemmen").click()
    expect(desk.get_by_text(f"Je stem TEGEN ‘{title}’ is geteld.")).to_be_visible()
    desk.get_by_label("naam", exact=False).fill("Kees")
    desk.get_by_label("De vier cijfers van je postcode").fill("6221")
    assert axe.faults(desk) == []
    desk.get_by_role("button", name="Verder").click()
    assert journey.path(desk) == f"/ideeen/{idea}"
    assert journey.counts(desk) == (before[0], before[1] + 1)
    expect(desk.get_by_role("button", name="Tegen", pressed=True)).to_be_visible()
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Deze e-mail is al gebruikt")

    # The phone signs in as well; the desk sees it and signs it out.
    phone.goto("/inloggen")
    journey.sign_in_with_code(phone, email)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kees")
    desk.goto("/mijn")
    desk.get_by_role("link", name="Waar je bent ingelogd").click()
    expect(desk.get_by_role("listitem").filter(has_text="Chrome op Linux")).to_have_count(2)
    assert axe.faults(desk) == []
    desk.get_by_role("button", name=re.compile("^Daar uitloggen")).click()
    expect(desk.get_by_text("Dat apparaat is nu uitgelogd.")).to_be_visible()
    phone.goto("/mijn")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Inloggen")
    desk.get_by_role("button", name="Hier uitloggen").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Je bent uitgelogd")
