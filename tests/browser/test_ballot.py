"""The ballot in a browser: no reload, no lost vote, and a screen reader hears what happened."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete, select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models import Call, Idea, Phase, Vote
from app.records import tallies
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
CALL = "waar-moet-maastricht-slim-in-zijn"


@pytest.fixture
def idea(site: Site) -> int:
    """An idea on which the resident of these tests has not voted."""
    voter = site.person(group=Group.RESIDENT)
    with site.app.app_context():
        number = db.session.scalars(
            select(Idea.id).join(Call).where(Idea.state == IdeaState.PUBLISHED, Call.slug == CALL).limit(1)
        ).one()
        db.session.execute(delete(Vote).where(Vote.person_id == voter, Vote.idea_id == number))
        tallies.rebuild([number])
        db.session.commit()
    return number


@pytest.fixture
def voter(site: Site, page: Page, idea: int) -> Page:
    """The page of the idea, in the browser of a resident."""
    site.sign_in(page, site.person(group=Group.RESIDENT)).goto(f"/ideeen/{idea}")
    page.evaluate("document.documentElement.dataset.stayed = 'yes'")
    return page


def stayed(page: Page) -> bool:
    """Whether the page was not loaded again."""
    return bool(page.evaluate("document.documentElement.dataset.stayed === 'yes'"))


def recorded(site: Site, idea: int) -> int | None:
    """What the database holds of the resident's vote."""
    voter = site.person(group=Group.RESIDENT)
    with site.app.app_context():
        assert tallies.differences() == []
        value = db.session.scalar(select(Vote.value).where(Vote.person_id == voter, Vote.idea_id == idea))
        db.session.rollback()
    return value


def count(page: Page, kind: str) -> int:
    return int(page.locator(f'[data-count="{kind}"]').inner_text().replace(".", ""))


def test_a_vote_needs_no_reload_and_is_announced(site: Site, voter: Page, idea: int) -> None:
    before = count(voter, "for"), count(voter, "against")
    for_, against = (voter.locator(f".vote--{kind}") for kind in ("for", "against"))
    for_.click()
    expect(for_).to_have_attribute("aria-pressed", "true")
    expect(voter.get_by_role("status").filter(has_text="Je stemde voor.")).to_be_attached()
    assert (count(voter, "for"), count(voter, "against")) == (before[0] + 1, before[1])
    expect(for_).to_be_focused()
    against.press("Enter")
    expect(against).to_have_attribute("aria-pressed", "true")
    expect(for_).to_have_attribute("aria-pressed", "false")
    assert (count(voter, "for"), count(voter, "against")) == (before[0], before[1] + 1)
    voter.get_by_role("button", name="Trek mijn stem in").click()
    expect(voter.get_by_role("status").filter(has_text="Je stem is ingetrokken.")).to_be_attached()
    expect(voter.locator(".ballot__mine")).to_be_hidden()
    expect(for_).to_be_focused()
    assert (count(voter, "for"), count(voter, "against")) == before
    assert stayed(voter)
    assert recorded(site, idea) == 0


def test_the_group_totals_come_along(voter: Page) -> None:
    shown = voter.locator('[data-group="resident"] dd').first
    before = shown.inner_text()
    voter.locator(".vote--for").click()
    expect(shown).not_to_have_text(before)
    shown_after = shown.inner_text()
    voter.reload()
    expect(shown).to_have_text(shown_after)


def test_the_last_of_many_quick_presses_counts(site: Site, voter: Page, idea: int) -> None:
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.post_data or "")
        voter.wait_for_timeout(150)
        route.continue_()

    voter.route("**/stem", slowly)
    voter.evaluate(
        """() => { for (const choice of ["for", "against", "for", "against", "for"]) {
            document.querySelector(`.vote--${choice}`).click(); } }"""
    )
    expect(voter.locator(".vote--for")).to_have_attribute("aria-pressed", "true")
    assert recorded(site, idea) == 1
    assert len(sent) == 2  # the first and the last; what came between was overtaken
    assert stayed(voter)


def test_when_the_script_fails_the_form_itself_is_sent(
    site: Site, voter: Page, idea: int, complaints: Complaints
) -> None:
    def fail_the_script(route: Route) -> None:
        if "json" in (route.request.headers.get("accept") or ""):
            route.abort("connectionreset")
        else:
            route.continue_()

    voter.route("**/stem", fail_the_script)
    voter.locator(".vote--against").click()
    expect(voter).to_have_url(re.compile(rf"/ideeen/{idea}#ballot-{idea}$"))
    expect(voter.locator(".vote--against")).to_have_attribute("aria-pressed", "true")
    assert not stayed(voter)
    assert recorded(site, idea) == -1
    complaints.found = [found for found in complaints.found if "/stem" not in found]


def test_who_was_signed_out_meanwhile_goes_to_the_sign_in_page(
    voter: Page, idea: int, complaints: Complaints
) -> None:
    voter.context.clear_cookies()
    voter.locator(".vote--for").click()
    expect(voter).to_have_url(re.compile(rf"/inloggen\?next=/ideeen/{idea}$"))
    complaints.found = [found for found in complaints.found if "/stem" not in found]


def test_a_phase_that_ended_meanwhile_is_explained(
    site: Site, voter: Page, idea: int, complaints: Complaints
) -> None:
    def allow(may_vote: bool) -> None:
        with site.app.app_context():
            db.session.execute(
                update(Phase)
                .where(Phase.call_id == select(Idea.call_id).where(Idea.id == idea).scalar_subquery())
                .values(may_vote=may_vote)
            )
            db.session.commit()

    with site.app.app_context():
        holders = db.session.scalars(select(Phase.id).where(Phase.may_vote)).all()
        db.session.rollback()
    allow(False)
    try:
        voter.locator(".vote--for").click()
        expect(voter.get_by_text("Het stemmen op dit idee is gesloten.").first).to_be_visible()
    finally:
        with site.app.app_context():
            db.session.execute(update(Phase).where(Phase.id.in_(holders)).values(may_vote=True))
            db.session.commit()
    assert recorded(site, idea) is None
    complaints.found = [found for found in complaints.found if "/stem" not in found]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_voting_on_a_card_of_the_list(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    page = new_page(width=390, height=844, javascript=javascript)
    site.sign_in(page, site.person(group=Group.COUNCIL)).goto("/ideeen?sort=created_desc")
    card = page.locator(".ballot--card:has(form)").first
    idea = str(card.get_attribute("id")).rpartition("-")[2]
    card.locator(".vote--against").click()
    expect(page.locator(f"#ballot-{idea} .vote--against")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"/ideeen\?sort=created_desc" + ("$" if javascript else "#ballot-")))
    expect(page.locator(f"#ballot-{idea}")).to_be_in_viewport()
