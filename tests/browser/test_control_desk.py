"""The control desk in a browser: keys, the screen that follows, two facilitators, a clicker, a lost network."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.db import db
from app.models import Workshop
from app.models.person import Role
from app.records import screens
from app.records.screens import ScreenRow
from tests.support import axe
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
WALL: Any = {"width": 1920, "height": 1080}
SOON = 4000
"""Milliseconds within which the wall follows on a machine that is busy with other tests; two on a calm one."""


@pytest.fixture
def workshop(site: Site) -> int:
    """The workshop of the demo that is still to come."""
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


def row(site: Site, workshop: int) -> ScreenRow:
    with site.app.app_context():
        return screens.of_workshop(workshop)


@pytest.fixture
def desk(site: Site, new_page: Callable[..., Page], workshop: int) -> Page:
    """A facilitator at the desk, at the first step, with nothing over the screen."""
    page = site.sign_in(new_page(), site.person(role=Role.FACILITATOR))
    page.goto(f"/werkateliers/{workshop}/regie")
    state = row(site, workshop)
    if state.spare:
        press(page, "spare")
    if state.frozen:
        press(page, "freeze")
    if state.timer_seconds:
        press(page, "stop")
    press(page, "step-join")
    expect(page.locator(".desk__now .screen__title")).to_have_text("Doe mee op je telefoon")
    page.evaluate("document.documentElement.dataset.stayed = 'yes'")
    return page


def press(page: Page, name: str) -> None:
    """Press a button, and wait until the desk has taken over what came of it."""
    number = page.locator("[data-number]").first.input_value()
    page.locator(f'[data-key-for="{name}"] button').click()
    expect(page.locator("[data-number]").first).not_to_have_value(number)


def now(page: Page) -> str:
    return page.locator(".desk__now .screen__title").inner_text()


def stayed(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.dataset.stayed === 'yes'"))


def test_the_screen_follows_the_desk(desk: Page, new_page: Callable[..., Page], workshop: int) -> None:
    screen = new_page(width=1920, height=1080)
    screen.goto(f"/werkateliers/{workshop}/scherm")
    screen.evaluate("document.documentElement.dataset.stayed = 'yes'")
    follower = new_page(width=390)
    follower.goto(f"/werkateliers/{workshop}/volgen")
    expect(screen.locator("h1")).to_have_text("Doe mee op je telefoon")
    press(desk, "after")
    expect(screen.locator("h1")).to_have_text(re.compile("agenda"), timeout=SOON)
    press(desk, "after")
    expect(screen.locator("h1")).to_have_text(re.compile("thema's"), timeout=SOON)
    expect(follower.locator("#now")).to_have_text(re.compile("thema's"), timeout=8000)
    expect(follower.locator("[data-said]")).to_have_text(
        re.compile("^Nu op het scherm: Welke thema"), timeout=8000
    )
    assert stayed(desk)
    assert stayed(screen)


def test_keys_walk_the_evening_but_never_while_typing(desk: Page, site: Site, workshop: int) -> None:
    desk.evaluate("document.activeElement.blur()")  # on a button a space presses that button, as everywhere
    for key, title in (
        ("ArrowRight", "agenda"),
        ("PageDown", "thema's"),
        ("ArrowLeft", "agenda"),
        ("PageUp", "Doe mee"),
        ("ArrowDown", "agenda"),
        (" ", "thema's"),
    ):
        desk.keyboard.press(key)
        expect(desk.locator(".desk__now .screen__title")).to_have_text(re.compile(title))
    for key, spare in (("b", True), (".", False)):
        desk.keyboard.press(key)
        expect(desk.locator(".desk__flags")).to_have_text("Reservescherm" if spare else "")
        assert row(site, workshop).spare is spare
    before = row(site, workshop).number
    field = desk.locator("#message-text")
    field.focus()
    desk.keyboard.type("bijna . klaar")
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("PageDown")
    expect(field).to_have_value("bijna . klaar")
    desk.keyboard.press("Control+ArrowRight")
    desk.wait_for_timeout(300)
    assert row(site, workshop).number == before


def test_buttons_pressed_quickly_are_each_done_once(desk: Page, site: Site, workshop: int) -> None:
    desk.evaluate(
        """() => ["after", "after", "names"].forEach(
            (name) => document.querySelector(`[data-key-for="${name}"] button`).click())"""
    )
    expect(desk.locator(".desk__flags")).to_have_text("Zonder namen")
    state = row(site, workshop)
    assert (state.step, state.hides_names) == ("programme", True)
    press(desk, "names")


def test_what_somebody_types_survives_what_another_does(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    other = site.sign_in(new_page(), site.person(role=Role.FACILITATOR))
    other.goto(f"/werkateliers/{workshop}/regie")
    field = desk.locator("#message-text")
    field.focus()
    desk.keyboard.type("De koffie staat")
    press(other, "step-themes")
    expect(desk.locator(".desk__now .screen__title")).to_have_text(re.compile("thema's"))
    expect(field).to_be_focused()
    desk.keyboard.type(" klaar.")
    desk.keyboard.press("Enter")
    expect(desk.locator(".desk__message")).to_contain_text("De koffie staat klaar.")
    assert row(site, workshop).message == "De koffie staat klaar."
    press(desk, "unmessage")


def test_a_desk_that_was_overtaken_says_by_whom(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int, complaints: Complaints
) -> None:
    desk.route("**/scherm/stand", lambda route: route.abort())  # as if this desk heard nothing for a while
    other = site.sign_in(new_page(), site.person(role=Role.FACILITATOR))
    other.goto(f"/werkateliers/{workshop}/regie")
    press(other, "step-themes")
    desk.locator('[data-key-for="step-focus"] button').click()
    expect(desk.get_by_role("alert").first).to_contain_text(
        re.compile("Je deed dit net zelf al|Net vóór jou")
    )
    assert row(site, workshop).step == "themes"
    assert now(desk).startswith("Welke thema")
    complaints.found.clear()


def test_a_clicker_in_the_laptop_of_the_projector(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    screen = site.sign_in(new_page(width=1280, height=720), site.person(role=Role.FACILITATOR))
    screen.goto(f"/werkateliers/{workshop}/scherm")
    for key, title in (("PageDown", "agenda"), ("PageDown", "thema's"), ("PageUp", "agenda")):
        screen.keyboard.press(key)
        expect(screen.locator("h1")).to_have_text(re.compile(title), timeout=SOON)
    screen.keyboard.press("PageDown")
    screen.keyboard.press("PageDown")  # faster than the screen: one after the other, none is lost
    expect(screen.locator(".screen__picture--theme")).to_be_visible(timeout=SOON)
    screen.keyboard.press(".")
    expect(screen.locator(".screen-spare")).to_be_visible(timeout=SOON)
    screen.keyboard.press("b")
    expect(screen.locator(".screen__picture--theme")).to_be_visible(timeout=SOON)
    expect(desk.locator(".desk__line--now")).to_have_count(1)


def test_a_visitor_s_keys_lead_nobody(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    before = row(site, workshop).number
    screen = new_page()
    screen.goto(f"/werkateliers/{workshop}/scherm")
    for key in ("ArrowRight", "b", " "):
        screen.keyboard.press(key)
    screen.wait_for_timeout(500)
    assert row(site, workshop).number == before
    expect(desk.locator("h1")).to_be_visible()


def test_a_frozen_picture_and_a_timer(desk: Page, new_page: Callable[..., Page], workshop: int) -> None:
    screen = new_page(width=1920, height=1080)
    screen.goto(f"/werkateliers/{workshop}/scherm")
    press(desk, "freeze")
    press(desk, "step-themes")
    expect(desk.locator(".desk__flags")).to_contain_text("Staat stil")
    desk.locator("#timer-minutes").fill("3")
    press(desk, "timer")
    expect(screen.locator("[data-left]")).to_have_text(re.compile(r"^2:5\d$"), timeout=SOON)
    expect(screen.locator("h1")).to_have_text("Doe mee op je telefoon")
    expect(desk.locator(".desk__clock [data-left]")).to_have_text(re.compile(r"^2:[45]\d$"))
    press(desk, "pause")
    expect(screen.locator("[data-word]")).to_have_text("gepauzeerd", timeout=SOON)
    press(desk, "stop")
    press(desk, "freeze")
    expect(screen.locator("h1")).to_have_text(re.compile("thema's"), timeout=SOON)


def test_a_lost_network_keeps_the_picture_and_comes_back(
    desk: Page, new_page: Callable[..., Page], workshop: int, complaints: Complaints
) -> None:
    screen = new_page(width=1920, height=1080)
    screen.goto(f"/werkateliers/{workshop}/scherm")
    expect(screen.locator("h1")).to_have_text("Doe mee op je telefoon")
    screen.wait_for_timeout(1000)
    screen.context.set_offline(True)
    press(desk, "after")
    notice = screen.locator(".screen__notice")
    expect(notice).to_have_text(re.compile(r"^Geen verbinding – stand van \d\d:\d\d$"))
    expect(screen.locator("h1")).to_have_text("Doe mee op je telefoon")
    screen.context.set_offline(False)
    expect(screen.locator("h1")).to_have_text(re.compile("agenda"), timeout=15_000)
    expect(notice).to_be_hidden()
    complaints.found.clear()


def test_a_browser_that_crashed_comes_back_to_the_same_desk(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    press(desk, "step-themes")
    press(desk, "names")
    desk.context.close()
    again = site.sign_in(new_page(), site.person(role=Role.FACILITATOR))
    again.goto(f"/werkateliers/{workshop}/regie")
    assert now(again).startswith("Welke thema")
    expect(again.locator(".desk__flags")).to_have_text("Zonder namen")
    press(again, "names")


def test_the_desk_works_without_scripts(site: Site, new_page: Callable[..., Page], workshop: int) -> None:
    page = site.sign_in(new_page(javascript=False), site.person(role=Role.FACILITATOR))
    page.goto(f"/werkateliers/{workshop}/regie")
    page.locator('[data-key-for="step-join"] button').click()
    assert now(page) == "Doe mee op je telefoon"
    page.locator('[data-key-for="after"] button').click()
    assert "agenda" in now(page)
    page.locator("#timer-minutes").fill("900")
    page.locator('[data-key-for="timer"] button').click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.locator("#timer-minutes")).to_have_value("900")


def opened(desk: Page, workshop: int) -> str:
    """The address of the screen with the code, as a facilitator opens it."""
    page = desk.context.new_page()
    page.goto(f"/werkateliers/{workshop}/scherm/openen")
    address = page.url
    page.close()
    return address


def test_every_step_of_the_evening_is_for_everybody(
    desk: Page, new_page: Callable[..., Page], workshop: int
) -> None:
    """Nothing for axe to find on any scene, on its text, or on the desk; nothing sticks out, nothing is too small."""
    screen, follower = new_page(width=1920, height=1080), new_page(width=320)
    found: list[str] = []
    screen.goto(f"/werkateliers/{workshop}/scherm")
    screen.set_viewport_size(WALL)
    found += [f"screen from afar: {fault}" for fault in (*screen.evaluate(LOOK), *axe.faults(screen))]
    address = opened(desk, workshop)
    for _step in range(40):
        screen.goto(address)
        expect(screen.locator("h1")).to_be_visible()
        scene = screen.locator(".screen__picture").get_attribute("class")
        screen.set_viewport_size(WALL)
        found += [f"screen, {scene}: {fault}" for fault in screen.evaluate(LOOK)]
        found += [f"screen, {scene}: {fault}" for fault in axe.faults(screen)]
        if _step % 3 == 0:
            follower.goto(f"/werkateliers/{workshop}/volgen")
            found += [f"text, {scene}: {fault}" for fault in axe.faults(follower)]
            found += [f"desk, {scene}: {fault}" for fault in axe.faults(desk)]
        if not desk.locator('[data-key-for="after"]').count():
            break
        press(desk, "after")
    else:
        raise AssertionError("the evening has no end")
    press(desk, "step-ideas")
    screen.goto(address)
    screen.set_viewport_size(WALL)
    found += [f"ideas: {fault}" for fault in (*screen.evaluate(LOOK), *axe.faults(screen))]
    press(desk, "spare")
    screen.goto(f"/werkateliers/{workshop}/scherm")
    found += [f"spare: {fault}" for fault in axe.faults(screen)]
    press(desk, "spare")
    assert found == []


LOOK = """() => {
  const shown = [...document.querySelectorAll(".screen__picture *")].filter(
    (tag) => !tag.closest("svg") && !tag.classList.contains("visually-hidden"));
  const box = (tag) => tag.getBoundingClientRect();
  const name = (tag) => `${tag.className}: ${tag.textContent.trim().slice(0, 30)}`;
  const outside = shown.filter((tag) => box(tag).right > innerWidth + 1 || box(tag).bottom > innerHeight + 1);
  const small = shown.filter((tag) => [...tag.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(tag).fontSize) < 31.9);
  return [...outside.map((tag) => `sticks out: ${name(tag)}`), ...small.map((tag) => `too small: ${name(tag)}`)];
}"""


def test_the_code_stays_on_the_screen_that_the_desk_opened(
    desk: Page, site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="Open het scherm").click()
    address = opened.value.url
    assert "sleutel=" in address
    opened.value.close()
    # At the projector nobody is signed in; beside it somebody looks from afar.
    wall, afar = new_page(width=1920, height=1080), new_page()
    wall.goto(address)
    afar.goto(f"/werkateliers/{workshop}/scherm")
    code = wall.locator(".screen-join__address strong").inner_text()
    assert len(code.replace(" ", "")) == 6
    expect(afar.locator(".screen-join__address")).to_contain_text("De code staat op het scherm in de zaal.")
    # Every new picture gets it, in its corner, and at the beginning in full again.
    press(desk, "after")
    for page in (wall, afar):
        expect(page.locator("h1")).to_have_text(re.compile("agenda"), timeout=SOON)
    expect(wall.locator(".screen__code")).to_have_text(code)
    expect(wall.locator(".screen__join svg.qr")).to_be_visible()
    press(desk, "step-join")
    expect(wall.locator(".screen-join__address strong")).to_have_text(code, timeout=SOON)
    expect(wall.locator(".screen-join__code svg.qr")).to_be_visible()
    # A browser that crashed has it back by its address.
    wall.reload()
    expect(wall.locator(".screen-join__address strong")).to_have_text(code)
    assert code not in afar.content()
    assert code.replace(" ", "") not in afar.content()
    assert axe.faults(wall) == []
    # Another code: the wall that is open shows the old one no more, and has to be opened anew.
    with site.app.app_context():
        before = site.first(select(Workshop.join_code).where(Workshop.id == workshop))
    hall = desk.context.new_page()
    hall.goto(f"/werkateliers/{workshop}/zaal")
    hall.locator("summary", has_text="Andere code").click()
    hall.get_by_role("button", name="Neem een andere code").click()
    press(desk, "after")
    expect(wall.locator("h1")).to_have_text(re.compile("agenda"), timeout=SOON)
    expect(wall.locator(".screen__code")).to_have_count(0)
    hall.goto(f"/werkateliers/{workshop}/scherm/openen")
    expect(hall.locator(".screen__code")).not_to_have_text(code)
    hall.close()
    with site.app.app_context():
        db.session.execute(update(Workshop).where(Workshop.id == workshop).values(join_code=before))
        db.session.commit()
