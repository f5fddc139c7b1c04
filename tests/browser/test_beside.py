"""On a phone somebody adds an image and points out a place with the keyboard; on a desk others read what changed."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import db
from app.models import Idea
from app.models.contribution import Amendment
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
ALT = "Een bankje onder een boom aan het water."


def a_photograph() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


def test_an_idea_gets_an_image_and_a_place_by_keyboard(site: Site, new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(width=390, height=844), journey.RESIDENT)
    page.goto("/ideeen/nieuw?oproep=waar-moet-maastricht-slim-in-zijn")
    expect(page.locator("#task")).to_be_hidden()
    page.get_by_label("Titel").fill("Een bankje dat vertelt hoe warm het is")
    page.get_by_label("Je idee in één zin").fill("Zet een bankje met een meter aan het water.")
    page.get_by_label("Leg je idee uit").fill(journey.LONG_ENOUGH)
    page.get_by_text("Lucht, bomen en koelte", exact=True).click()
    page.get_by_label(re.compile("^Afbeelding")).set_input_files(
        {"name": "bankje.jpg", "mimeType": "image/jpeg", "buffer": a_photograph()}
    )
    page.locator("#neighbourhood").select_option("Wyck")
    map_frame = page.get_by_role("application", name=re.compile("^Kaart"))
    map_frame.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    said = page.locator("[data-place-said]")
    expect(said).to_contain_text("De speld is gezet, bij")
    expect(page).to_have_url(re.compile("/ideeen/nieuw"))  # Enter on the map sends nothing
    page.get_by_role("button", name="Haal de speld weg").click()
    expect(said).to_have_text("De speld is weggehaald.")
    expect(map_frame).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-latitude]")).to_have_value(re.compile(r"^50\.8\d{3}$"))
    # The words of the image were forgotten: everything else is still there, the image as well.
    page.get_by_role("button", name="Verstuur je idee").click()
    expect(page.locator(".errors a")).to_have_count(1)
    expect(page.get_by_text("Je afbeelding is bewaard.")).to_be_visible()
    assert axe.findings(page) == []
    page.get_by_label("Wat is er op de afbeelding te zien?").fill(ALT)
    page.get_by_role("button", name="Verstuur je idee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Een bankje dat vertelt hoe warm het is")
    picture = page.get_by_role("img", name=ALT)
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(page.get_by_role("img", name=re.compile("De speld wijst de plek aan, bij"))).to_be_visible()
    assert axe.findings(page) == []
    with site.app.app_context():
        idea = db.session.scalars(select(Idea).order_by(Idea.id.desc())).first()
        assert idea is not None
        assert idea.latitude == pytest.approx(50.8497, abs=0.02)
        changed = db.session.scalars(select(Amendment.idea_id)).first()
        db.session.rollback()

    reader = new_page(dark=True)
    reader.goto(f"/ideeen/{changed}")
    reader.get_by_role("link", name="Bekijk wat er is gewijzigd").click()
    expect(reader.locator("ins").first).to_be_visible()
    assert axe.findings(reader) == []
    reader.goto("/ideeen/nieuw?oproep=daag-de-gemeente-uit")
    expect(reader.get_by_label("Welke taak van de gemeente willen jullie doen?")).to_be_visible()
    reader.get_by_label("Waar moet Maastricht slim in zijn?").check()
    expect(reader.locator("#task")).to_be_hidden()
