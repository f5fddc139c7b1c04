"""The moderators' desk: the queue with the keyboard alone, many decisions at once and back, and two ideas made one."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models import Idea
from app.models.duplicate import DuplicateProposal, ProposalState
from app.models.queue import QueueItem, QueueKind
from tests.browser.test_keyboard import tab_to
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
QUEUE = "/moderatie?soort=idea"
AGREED = "Beide ideeën vragen om open cijfers. Jullie reacties staan nu bij elkaar."


def test_the_queue_with_the_keyboard_alone(site: Site, new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.MODERATOR)
    page.goto(QUEUE)
    items = page.locator("[data-item]")
    titles = items.locator(".queue__title a")
    boxes = items.locator(".queue__tick input")

    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(boxes.nth(1)).to_be_checked()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(boxes.nth(1)).not_to_be_checked()

    page.keyboard.press("?")
    expect(page.locator("[data-shortcuts] summary")).to_be_focused()
    expect(page.locator(".shortcuts__list")).to_be_visible()
    assert axe.findings(page) == []
    page.keyboard.press("?")
    expect(page.locator(".shortcuts__list")).to_be_hidden()

    title = titles.nth(0).inner_text()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto(QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto(QUEUE)
    expect(page.locator("[data-item]").filter(has_text=title)).to_contain_text("Jij leest dit")


def test_the_keys_can_be_switched_off(new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.MODERATOR)
    page.goto(QUEUE)
    page.keyboard.press("?")
    tab_to(page, "[data-shortcuts-on]")
    page.keyboard.press("Space")
    page.goto(QUEUE)
    page.keyboard.press("j")
    expect(page.locator(".queue__title a").first).not_to_be_focused()
    page.locator("[data-shortcuts] summary").press("Enter")
    tab_to(page, "[data-shortcuts-on]")
    page.keyboard.press("Space")
    page.keyboard.press("j")
    expect(page.locator(".queue__title a").first).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_several_at_once_and_back_again(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    page = journey.become(new_page(javascript=javascript), journey.MODERATOR)
    page.goto(QUEUE)
    titles = page.locator("[data-item] .queue__title a")
    chosen = [titles.nth(place).inner_text() for place in (0, 1)]
    numbers = [int((titles.nth(place).get_attribute("href") or "").rpartition("/")[2]) for place in (0, 1)]
    for place in (0, 1):
        tab_to(page, f"[data-item]:nth-child({place + 1}) .queue__tick input")
        page.keyboard.press("Space")
    tab_to(page, ".queue__together button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("In één keer besluiten over deze teksten")
    for title in chosen:
        expect(page.locator("form.together")).to_contain_text(title)
    tab_to(page, "form.together input[value=publish]")
    page.keyboard.press("Space")
    tab_to(page, "form.together input[name=listed]")
    page.keyboard.press("Space")
    tab_to(page, "form.together .actions button")
    page.keyboard.press("Enter")

    undo = page.locator(".undo")
    expect(undo).to_contain_text("2 teksten in één keer")
    stranger = new_page()
    for title, number in zip(chosen, numbers, strict=True):
        stranger.goto(f"/ideeen/{number}")
        expect(stranger.get_by_role("heading", level=1)).to_have_text(title)
    tab_to(page, ".undo button")
    page.keyboard.press("Enter")
    expect(page.locator(".undo")).to_have_count(0)
    page.goto(QUEUE)
    for title in chosen:
        expect(titles.filter(has_text=title)).to_have_count(1)
    for number in numbers:
        answer = stranger.goto(f"/ideeen/{number}")
        assert answer is not None
        assert answer.status == 403
    waiting = select(QueueItem.idea_id).where(
        QueueItem.kind == QueueKind.IDEA, QueueItem.closed_at.is_(None), QueueItem.idea_id == numbers[0]
    )
    assert site.first(waiting) == numbers[0]


def test_two_ideas_become_one_when_both_authors_agree(site: Site, new_page: Callable[..., Page]) -> None:
    said = DuplicateProposal.state == ProposalState.PROPOSED, DuplicateProposal.source == "resident"
    number = int(site.first(select(DuplicateProposal.id).where(*said)))
    goes = int(site.first(select(DuplicateProposal.idea_id).where(DuplicateProposal.id == number)))
    stays = int(site.first(select(DuplicateProposal.into_id).where(DuplicateProposal.id == number)))
    desk = journey.become(new_page(), journey.MODERATOR)
    desk.goto(f"/moderatie/dubbel/{number}")
    desk.get_by_role("button", name="Vraag het de indieners").click()
    expect(desk.locator("#decide")).to_contain_text("De indieners kunnen antwoorden tot")

    for idea in (goes, stays):
        phone = new_page(width=390, height=844)
        site.sign_in(phone, int(site.first(select(Idea.author_id).where(Idea.id == idea))))
        phone.goto("/mijn/berichten")
        phone.get_by_role("main").get_by_role("link", name=re.compile("één idee")).first.click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Worden dit één idee?")
        phone.get_by_role("radio", name="Ze mogen worden samengevoegd").check()
        phone.get_by_role("button", name="Verstuur mijn antwoord").click()
        expect(phone.get_by_role("status").first).to_be_visible()

    desk.reload()
    expect(desk.locator("#decide")).to_contain_text("Iedereen is het ermee eens.")
    title = desk.locator(".pair h3, .pair h2").first.inner_text()
    desk.locator("#decide textarea").locator("visible=true").first.fill(AGREED)
    desk.get_by_role("button", name="Voeg ze samen").click()
    expect(desk.get_by_role("status").first).to_contain_text("samengevoegd")

    stranger = new_page()
    stranger.goto(f"/ideeen/{goes}")
    expect(stranger).to_have_url(re.compile(f"/ideeen/{stays}(#.*)?$"))
    expect(stranger.get_by_role("heading", level=1)).to_have_text(title)
    expect(stranger.locator("main")).to_contain_text(AGREED)
