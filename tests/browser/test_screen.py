"""The screen in the room, in a browser: rows find their place, keys leave controls alone, long titles fit."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models import AgendaItem, Idea, Theme, Workshop
from tests import factories
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
LONG = "Een heel lange titel die tachtig tekens vol maakt zodat het echt niet meer past."
SCENES = ("themas", "ideeen", "agenda")


@pytest.fixture
def workshop(site: Site) -> int:
    """The workshop of the demo that is still to come."""
    with site.app.app_context():
        number = db.session.scalars(select(Workshop.id).order_by(Workshop.id).limit(1)).one()
        db.session.rollback()
    return number


@pytest.fixture
def screen(new_page: Callable[..., Page], workshop: int) -> Page:
    """The screen on a projector, marked so that a reload would show."""
    page = new_page(width=1920, height=1080)
    page.goto(f"/werkateliers/{workshop}/scherm?beeld=ideeen")
    page.evaluate("document.documentElement.dataset.stayed = 'yes'")
    return page


def stayed(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.dataset.stayed === 'yes'"))


def vote(site: Site, workshop: int, times: int = 1) -> int:
    """New people vote for the idea of the workshop's call with the fewest votes; returns its number."""
    with site.app.app_context():
        call = db.session.get_one(Workshop, workshop).call_id
        idea = db.session.scalars(
            select(Idea)
            .where(Idea.call_id == call, Idea.state == IdeaState.PUBLISHED)
            .order_by(Idea.id.desc())
        ).first()
        assert idea is not None
        for group in (Group.RESIDENT, Group.COUNCIL, Group.PARTNER):
            for _ in range(times):
                factories.a_vote(idea, factories.a_person(group=group))
        db.session.commit()
        return idea.id


def test_an_idea_that_rises_comes_in_at_its_place(site: Site, screen: Page, workshop: int) -> None:
    idea = vote(site, workshop, times=60)
    rows = screen.locator(".screen__rows > li")
    expect(screen.locator(f'[data-key="ideas-{idea}"]')).to_be_visible()
    keys = rows.evaluate_all("rows => rows.map(row => row.dataset.key)")
    assert len(keys) == len(set(keys)) == 5
    widths = rows.locator("[data-share]").evaluate_all(
        "bars => bars.map(bar => parseFloat(bar.getAttribute('width')))"
    )
    assert widths == sorted(widths, reverse=True)
    assert stayed(screen)


def test_keys_leave_links_and_the_browser_alone(screen: Page) -> None:
    link = screen.locator('[data-fixed][href$="agenda"]')
    link.focus()
    screen.keyboard.press("Control+ArrowRight")
    screen.keyboard.press("Alt+ArrowDown")
    assert stayed(screen)
    screen.keyboard.press("Enter")
    expect(screen.locator(".screen__parts")).to_be_visible()


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_long_titles_fit_without_scrolling(
    site: Site, new_page: Callable[..., Page], workshop: int, size: tuple[int, int], scene: str
) -> None:
    with site.app.app_context():
        db.session.execute(update(Theme).values(title=LONG))
        db.session.execute(update(Idea).values(title=LONG))
        db.session.execute(update(AgendaItem).where(AgendaItem.title != "").values(title=LONG))
        db.session.commit()
    page = new_page(width=size[0], height=size[1])
    page.goto(f"/werkateliers/{workshop}/scherm?beeld={scene}")
    seen: dict[str, Any] = page.evaluate(LOOK)
    assert seen["outside"] == []
    assert seen["covered"] == []
    assert seen["rows"] >= 5
    assert seen["smallest"] >= 32 * size[0] / 1920


LOOK = """() => {
  const shown = [...document.querySelectorAll(".screen__main *")].filter(
    (tag) => !tag.closest("[hidden], svg, .screen__nav") && !tag.classList.contains("visually-hidden"));
  const box = (tag) => tag.getBoundingClientRect();
  const name = (tag) => `${tag.className}: ${tag.textContent.trim().slice(0, 30)}`;
  const rows = [...document.querySelectorAll(".screen__body li")];
  return {
    outside: shown.filter((tag) => box(tag).right > innerWidth + 1 || box(tag).bottom > innerHeight + 1).map(name),
    covered: rows.filter((row) => {
      const title = box(row.querySelector('[class$="__title"]'));
      const bar = row.querySelector("svg");
      const foot = box(document.querySelector(".screen__foot"));
      return (bar && title.bottom > box(bar).top + 1) || title.bottom > foot.top + 1;
    }).map(name),
    rows: rows.length,
    smallest: Math.min(...shown.filter((tag) => [...tag.childNodes].some((node) => node.nodeType === 3
      && node.data.trim())).map((tag) => parseFloat(getComputedStyle(tag).fontSize))),
  };
}"""
