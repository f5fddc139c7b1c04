"""A council member and a partner's delegate take part as who they are; a resident is told what is not for them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.models import Call, Idea, Person, Tally, Vote
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
RESEARCH = "/ideeen?oproep=onderzoekselementen"
ONLY_COUNCIL = "Alleen raadsleden kunnen op deze oproep reageren."
PHONE = {"width": 390, "height": 844}


def idea_without_vote_of(site: Site, name: str, call: str, group: Group | None = None) -> int:
    """A published idea of a call that somebody has not voted on; of the group enough others have, for and against."""
    voted = select(Vote.idea_id).join(Person, Person.id == Vote.person_id).where(Person.name == name)
    query = (
        select(Idea.id)
        .join(Call)
        .where(Call.slug == call, Idea.state == IdeaState.PUBLISHED, Idea.id.not_in(voted))
        .order_by(Idea.id)
    )
    if group:
        busy = select(Tally.idea_id).where(Tally.group == group, Tally.votes_for > 5, Tally.votes_against > 5)
        query = query.where(Idea.id.in_(busy))
    return int(site.first(query))


def group_counts(page: Page, group: Group) -> tuple[int, int]:
    """For and against of a group, as the ballot on the page of an idea says."""
    found = re.search(r"(\d+) voor, (\d+) tegen", _group(page, group).inner_text())
    assert found, _group(page, group).inner_text()
    return int(found[1]), int(found[2])


def _group(page: Page, group: Group) -> Locator:
    return page.locator(f'section.ballot [data-group="{group.value}"]')


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_council_member_hands_in_a_research_element(
    new_page: Callable[..., Page], javascript: bool
) -> None:
    page = journey.become(new_page(javascript=javascript), journey.COUNCIL)
    page.goto(RESEARCH)
    page.get_by_role("link", name="Deel je idee").first.click()
    expect(page.get_by_role("radio", name=re.compile("^Onderzoekselementen"))).to_be_checked()
    title = f"Wat mag een camera in een drukke straat? {javascript}"
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Je idee in één zin").fill("Wat mag volgens de wet, en wat willen wij zelf?")
    page.get_by_label("Leg je idee uit").fill(journey.LONG_ENOUGH)
    page.get_by_role("checkbox", name="Privacy en zeggenschap").check()
    page.get_by_role("button", name="Verstuur je idee").click()
    expect(page.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("navigation").get_by_role("link", name="Ideeën").first).to_be_visible()


def test_a_resident_is_told_that_the_research_is_for_the_council(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = journey.become(new_page(**PHONE), journey.RESIDENT)
    page.goto(RESEARCH)
    expect(page.get_by_text(ONLY_COUNCIL).first).to_be_visible()
    expect(page.get_by_role("link", name="Deel je idee")).to_have_count(0)
    page.goto("/ideeen/nieuw?oproep=onderzoekselementen")
    expect(page.get_by_role("radio", name=re.compile("^Onderzoekselementen"))).to_have_count(0)
    expect(page.locator("main").get_by_text(ONLY_COUNCIL).first).to_be_visible()
    page.goto(f"/ideeen/{idea_without_vote_of(site, journey.RESIDENT, 'onderzoekselementen')}")
    expect(page.locator("section.ballot")).to_contain_text(ONLY_COUNCIL)
    expect(page.locator("section.ballot button")).to_have_count(0)


def test_the_vote_of_a_council_member_counts_with_the_council(
    site: Site, new_page: Callable[..., Page]
) -> None:
    main = "waar-moet-maastricht-slim-in-zijn"
    page = journey.become(new_page(), journey.COUNCIL)
    page.goto(f"/ideeen/{idea_without_vote_of(site, journey.COUNCIL, main, Group.COUNCIL)}")
    council, resident = group_counts(page, Group.COUNCIL), group_counts(page, Group.RESIDENT)
    journey.vote(page, VoteValue.AGAINST)
    assert group_counts(page, Group.COUNCIL) == (council[0], council[1] + 1)
    assert group_counts(page, Group.RESIDENT) == resident
    page.reload()
    assert group_counts(page, Group.COUNCIL) == (council[0], council[1] + 1)


def test_a_delegate_votes_for_the_organisation(site: Site, new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(**PHONE), journey.PARTNER)
    expect(page.locator("main")).to_contain_text("Je stemt namens Universiteit Maastricht.")
    main = "waar-moet-maastricht-slim-in-zijn"
    page.goto(f"/ideeen/{idea_without_vote_of(site, journey.PARTNER, main)}")
    before = journey.counts(page)
    journey.vote(page, VoteValue.FOR)
    assert journey.counts(page) == (before[0] + 1, before[1])


def test_a_colleague_of_the_delegate_leaves_voting_to_the_delegate(
    site: Site, new_page: Callable[..., Page]
) -> None:
    colleague = select(Person.id).where(Person.group == Group.PARTNER, Person.is_delegate.is_(False))
    page = site.sign_in(new_page(**PHONE), int(site.first(colleague.order_by(Person.id))))
    page.goto(f"/ideeen/{idea_without_vote_of(site, 'niemand', 'waar-moet-maastricht-slim-in-zijn')}")
    expect(page.locator("section.ballot")).to_contain_text("organisatie stemt via")
    expect(page.locator("section.ballot button")).to_have_count(0)
