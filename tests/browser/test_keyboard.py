"""With the keyboard alone: skip, open the menu, vote, post and argue, and always see where you are."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.lifecycle import IdeaState
from app.models import Idea, Person, Vote
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
MOST_STEPS = 150
FOCUSED = """() => {
    const here = document.activeElement;
    const box = here.getBoundingClientRect();
    const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const colour = "rgb(255, 221, 0)";
    const marked = (style) => style.boxShadow.includes(colour) || (outlined(style) && style.outlineColor === colour);
    let ring = outlined(getComputedStyle(here));
    for (let each = here; each && !ring; each = each.parentElement) ring = marked(getComputedStyle(each));
    const forced = matchMedia("(forced-colors: active)").matches;
    if (forced) ring = outlined(getComputedStyle(here)) || here.closest(":is(.card, .choice, .queue__item)") !== null;
    return {
        name: (here.innerText || here.getAttribute("aria-label") || here.name || "").trim().slice(0, 60),
        tag: here.tagName.toLowerCase(),
        ring,
        inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""
"""What has the focus, whether it (or the card or label around it) is marked, and whether it is in view."""


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Step on until the element has the focus; every stop on the way shows itself."""
    page.wait_for_load_state()  # the style sheet draws what is looked for
    goal = page.locator(selector).first
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        here = page.evaluate(FOCUSED)
        if here["tag"] == "body":
            continue
        assert here["ring"], f"no focus to see on {here}"
        assert here["inView"], f"the focus is out of sight on {here}"
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached with {key}")


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/ideeen")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_the_menu_of_the_phone_opens_and_closes(phone: Page) -> None:
    phone.goto("/")
    tab_to(phone, ".menu summary")
    phone.keyboard.press("Enter")
    expect(phone.locator(".menu__panel")).to_be_visible()
    tab_to(phone, ".menu__panel a[href='/ranglijst']")
    phone.keyboard.press("Escape")
    expect(phone.locator(".menu__panel")).to_be_hidden()
    expect(phone.locator(".menu summary")).to_be_focused()
    phone.keyboard.press("Enter")
    tab_to(phone, ".menu__panel a[href='/ranglijst']")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/ranglijst")


def test_voting_and_arguing(site: Site, new_page: Callable[..., Page]) -> None:
    voted = (
        select(Vote.idea_id).join(Person, Person.id == Vote.person_id).where(Person.name == journey.RESIDENT)
    )
    query = select(Idea.id).where(Idea.state == IdeaState.PUBLISHED, Idea.call_id == 1, Idea.id.not_in(voted))
    page = journey.become(new_page(), journey.RESIDENT)
    page.goto(f"/ideeen/{site.first(query.order_by(Idea.id))}")
    before = journey.counts(page)
    tab_to(page, ".vote--against")
    page.keyboard.press("Space")
    expect(page.locator("section.ballot [data-mine]")).to_have_text("Je stemde tegen.")
    assert journey.counts(page) == (before[0], before[1] + 1)
    expect(page.locator(".vote--against")).to_be_focused()
    tab_to(page, "section.ballot button[value=withdraw]")
    page.keyboard.press("Enter")
    expect(page.locator("section.ballot .ballot__mine")).to_be_hidden()
    assert journey.counts(page) == before
    expect(page.locator(".vote--for")).to_be_focused()

    tab_to(page, "form.argue input[type=radio]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to(page, "form.argue textarea")
    words = "Met alleen toetsen kan ik dit ook vertellen, en dat hoort zo te zijn."
    page.keyboard.type(words)
    tab_to(page, "form.argue button")
    page.keyboard.press("Enter")
    expect(page.locator("article.argument").filter(has_text=words)).to_have_count(1)


def test_posting_an_idea(new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(), journey.RESIDENT)
    page.goto("/ideeen/nieuw")
    tab_to(page, "input[name=title]")
    page.keyboard.type("Kort")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=title]")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" is de weg met een hoorbaar stoplicht")
    tab_to(page, "textarea[name=summary]")
    page.keyboard.type("Het stoplicht zegt wanneer je kunt gaan.")
    tab_to(page, "textarea[name=body]")
    page.keyboard.type(journey.LONG_ENOUGH)
    tab_to(page, "input[name=themes]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()


@pytest.mark.parametrize("colours", ["none", "active"], ids=["own-colours", "forced-colours"])
@pytest.mark.parametrize(
    "address", ["/", "/ideeen", "/ranglijst", "/werkateliers/1", "/inloggen", "/praktijk"]
)
def test_every_stop_of_a_page_can_be_seen(
    page: Page, address: str, colours: Literal["none", "active"]
) -> None:
    """Around the whole page: each stop is marked and in view, also in the colours that a system forces."""
    page.emulate_media(forced_colors=colours)
    page.goto(address)
    seen = 0
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] == "body":
            break
        seen += 1
        assert here["ring"], f"no focus to see on {here}"
        assert here["inView"], f"the focus is out of sight on {here}"
    assert seen > 10
