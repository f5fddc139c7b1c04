"""The list of ideas on a phone and on a desk: filters, what was chosen, sharing, and the map by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import exists, select, update

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Area, Call, Idea
from tests.support import axe
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
MAIN = "waar-moet-maastricht-slim-in-zijn"
TILES = "https://service.pdok.nl/**"
GREEN = "Lucht, bomen en koelte"
SHARED = "navigator.share = (what) => { globalThis.shared = what.url; return Promise.resolve(); };"


def place_some(site: Site) -> str:
    """Give three ideas in one neighbourhood a place, close together, and the neighbourhood its middle; its name."""
    with site.app.app_context():
        here = select(Idea.id).join(Call).where(Idea.state == IdeaState.PUBLISHED, Call.slug == MAIN)
        three = db.session.scalars(here.order_by(Idea.id.desc()).limit(3)).all()
        place = {"neighbourhood": "Wyck", "latitude": 50.8491, "longitude": 5.7031}
        db.session.execute(
            update(Idea).where(Idea.id.in_(three)).values(version=Idea.version + 1, **place),
            execution_options={"synchronize_session": False},
        )
        if not db.session.scalar(select(exists().where(Area.name == "Wyck"))):
            db.session.add(Area(slug="wyck", name="Wyck", latitude=50.849, longitude=5.703))
        db.session.commit()
    return "Wyck"


def test_filters_sharing_and_the_map(
    site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    area = place_some(site)
    page = new_page(**PHONE)
    page.add_init_script(SHARED)
    page.goto("/ideeen")
    all_ideas = int(page.locator("#found-title").inner_text().split()[0])
    page.locator(".ideas-filter__more summary").press("Enter")
    page.get_by_label("Buurt").select_option(area)
    page.get_by_label(re.compile("Met een plek op de kaart")).check()
    page.get_by_role("button", name="Toon de ideeën").press("Enter")
    expect(page).to_have_url(re.compile(r"buurt=Wyck&plek=1"))
    found = int(page.locator("#found-title").inner_text().split()[0])
    assert 3 <= found < all_ideas
    expect(page).to_have_title(re.compile(rf"^{found} ideeën"))
    assert axe.findings(page) == []
    assert axe.overflow(page) == []

    page.get_by_role("link", name="Laat weg: Wyck").press("Enter")
    expect(page).not_to_have_url(re.compile("buurt="))
    page.get_by_role("button", name="Deel met een app").click()
    shared = page.evaluate("shared")
    assert re.search(r"/ideeen\?oproep=[^&]+&plek=1&sort=\w+$", shared), shared

    page.route(TILES, lambda route: route.fulfill(status=204))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(shared.replace(site.url, "") + "&kaart=1")
    holder = page.locator("[data-ideas-map]")
    expect(holder).to_have_attribute("data-filled", re.compile(r"^\d+$"))
    expect(page.locator("[data-still]")).to_be_hidden()
    listed = page.locator(".ideas-map__place li a").all_inner_texts()
    assert len(listed) >= 3
    assert axe.findings(page) == []
    # Three ideas on one spot are one button that says so; it opens them, each a button with its title.
    group = page.get_by_role("button", name=re.compile(r"\d+ ideeën$")).first
    group.focus()
    group.press("Enter")
    pin = page.locator(".ideas-map__marker").first
    expect(pin).to_be_visible()
    title = pin.inner_text().strip()
    assert title in listed
    pin.focus()
    pin.press("Enter")
    page.get_by_role("link", name="Lees dit idee").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    complaints.found[:] = [one for one in complaints.found if "pdok" not in one]


def test_without_scripts_a_drawing_and_the_list_say_it_all(site: Site, new_page: Callable[..., Page]) -> None:
    area = place_some(site)
    page = new_page(**PHONE, javascript=False)
    page.goto("/ideeen?kaart=1")
    expect(page.locator("[data-still] svg")).to_be_visible()
    expect(page.locator("#ideas-map")).to_be_hidden()
    page.get_by_role("link", name=area, exact=True).click()
    expect(page).to_have_url(re.compile("buurt=Wyck"))
    expect(page.locator(".idea-card").first).to_be_visible()
    page.locator(".ideas-filter__themes").get_by_role("link", name=re.compile(GREEN)).click()
    expect(page.locator(".ideas-chosen .chip")).to_have_count(2)
    page.get_by_role("link", name="Toon alle ideeën").first.click()
    expect(page.locator(".ideas-chosen")).to_have_count(0)
