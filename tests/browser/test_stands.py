"""An organiser seals the standing for a workshop; a stranger reads it, downloads it and checks its fingerprint."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.ballot import VoteValue
from app.domain.lifecycle import IdeaState
from app.models import Idea, Person, Vote, Workshop
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
WHY = "Over twee weken is het werkatelier; dan moet de agenda vaststaan."


def workshop_to_come(site: Site) -> int:
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_stranger_checks_what_an_organiser_sealed(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    desk = journey.become(new_page(javascript=javascript), journey.ORGANISER)
    desk.goto("/beheer")
    desk.get_by_role("link", name="Standen", exact=True).click()
    form = desk.locator("form[action$='/verzegelen']")
    form.get_by_role("radio", name="Voor een werkatelier").check()
    form.get_by_role("textbox", name=re.compile("^Waarom")).fill(WHY)
    form.get_by_role("button", name="Verzegel de stand nu").click()
    expect(desk.locator("[data-error-summary]")).to_contain_text("Kies voor welk werkatelier het is.")
    expect(form.get_by_role("textbox", name=re.compile("^Waarom"))).to_have_value(WHY)
    expect(form.get_by_role("radio", name="Voor een werkatelier")).to_be_checked()
    form.get_by_label(re.compile("^Voor welk werkatelier")).select_option(value=str(workshop_to_come(site)))
    form.get_by_role("button", name="Verzegel de stand nu").click()
    expect(desk.get_by_role("status").first).to_contain_text("De stand is verzegeld.")
    name = desk.get_by_role("heading", level=1).inner_text()

    stranger = new_page(width=390, height=844, javascript=javascript)
    stranger.goto(f"/werkateliers/{workshop_to_come(site)}")
    expect(stranger.locator("main")).not_to_contain_text("Voorlopig")
    stranger.locator(".agenda__seal").get_by_role("link").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(name)
    expect(stranger.get_by_role("heading", name="Controleer het zelf")).to_be_visible()
    shown = stranger.locator("[data-digest]").inner_text()
    with stranger.expect_download() as downloading:
        stranger.get_by_role("link", name="Download deze stand (JSON)").click()
    file = downloading.value
    assert file.suggested_filename.startswith("stand-")
    assert hashlib.sha256(Path(file.path()).read_bytes()).hexdigest() == shown
    expect(stranger.locator(".steps")).to_contain_text(file.suggested_filename)
    expect(stranger.get_by_role("heading", name="Het controlebestand")).to_have_count(0)


def test_a_vote_after_the_seal_does_not_move_the_agenda(site: Site, new_page: Callable[..., Page]) -> None:
    desk = journey.become(new_page(), journey.FACILITATOR)
    address = f"/werkateliers/{workshop_to_come(site)}"
    desk.goto(f"{address}/agenda")
    desk.get_by_role("button", name=re.compile("^Verzegel de stand")).click()
    expect(desk.get_by_role("status").first).to_contain_text("De agenda blijft zoals hij nu is.")

    screen = new_page()
    screen.goto(f"{address}/scherm?beeld=agenda")
    badge = screen.locator(".screen__badge")
    expect(badge).to_have_text(re.compile(r"^Verzegeld: stand \d+$"))
    expect(screen.get_by_role("heading", level=1)).to_have_text("Dit is de agenda")
    parts = screen.locator(".screen__parts li").all_inner_texts()

    voter = journey.become(new_page(width=390, height=844), journey.RESIDENT)
    voted = (
        select(Vote.idea_id).join(Person, Person.id == Vote.person_id).where(Person.name == journey.RESIDENT)
    )
    query = select(Idea.id).where(Idea.state == IdeaState.PUBLISHED, Idea.call_id == 1, Idea.id.not_in(voted))
    voter.goto(f"/ideeen/{site.first(query.order_by(Idea.id))}")
    journey.vote(voter, VoteValue.FOR)
    notice = voter.locator(".notification").filter(has_text="nieuwe stemmen tellen niet mee")
    for _turn in range(20):  # until the standings of this moment were computed
        voter.goto(address)
        if notice.count():
            break
        voter.wait_for_timeout(500)
    expect(notice).to_be_visible()
    notice.get_by_role("link").click()
    expect(voter.locator("main")).to_contain_text("Dit is een schets, niet de agenda")

    screen.keyboard.press("ArrowLeft")
    expect(badge).to_have_text("Voorlopig")
    screen.wait_for_load_state("load")  # a key before that goes to a page that is not listening yet
    screen.keyboard.press("ArrowRight")
    expect(badge).to_have_text(re.compile("^Verzegeld"))
    assert screen.locator(".screen__parts li").all_inner_texts() == parts


def test_a_seal_is_planned_and_called_off(new_page: Callable[..., Page]) -> None:
    desk = journey.become(new_page(), journey.ORGANISER)
    desk.goto("/beheer/standen")
    form = desk.locator("form[action$='/plannen']")
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    form.get_by_role("radio", name="Voor de gemeenteraad").check()
    form.get_by_label("Op welke dag?").fill(day.isoformat())
    form.get_by_role("textbox", name=re.compile("^Waarom")).fill("Dan vergadert de raad.")
    form.get_by_role("button", name="Plan deze verzegeling").click()
    expect(desk.locator("[data-error-summary]")).to_contain_text("Vul een tijd in")
    expect(form.get_by_label("Op welke dag?")).to_have_value(day.isoformat())
    form.get_by_label("Hoe laat?").fill("15:00")
    form.get_by_role("button", name="Plan deze verzegeling").click()
    expect(desk.get_by_role("status").first).to_contain_text("ook als er niemand bij is")
    planned = desk.locator(".stands__row--planned").filter(has_text="Voor de gemeenteraad")
    expect(planned).to_contain_text("15:00")

    stranger = new_page(width=390, height=844)
    stranger.goto("/stand")
    expect(stranger.locator(".stands__row--planned").filter(has_text="Voor de gemeenteraad")).to_be_visible()
    planned.get_by_role("button", name="Afblazen").click()
    expect(planned).to_have_count(0)
