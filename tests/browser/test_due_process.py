"""Residents and the moderators: saying no to a refusal, and reporting a text without an account."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import proof
from app.models import Idea, ModerationDecision, Pressure, Report
from app.models.person import PersonRole, Role
from tests.support import axe, journey
from tests.support.browsing import Site
from tests.support.desk_states import open_refusal

pytestmark = pytest.mark.browser
WHY = "Mijn idee gaat wel over de stad: de gemeente kan dit zelf besluiten, en het kost bijna niets."
UPHELD = "Je hebt gelijk. We lazen je idee te snel, en zetten het vandaag op de site."
SLOW = 60_000
"""Milliseconds; a machine that does much else at once may take a while over the work."""


def test_a_refusal_is_contested_on_a_phone_and_turned(site: Site, new_page: Callable[..., Page]) -> None:
    number, author = open_refusal(site)
    idea = int(site.first(select(ModerationDecision.idea_id).where(ModerationDecision.id == number)))
    title = str(site.first(select(Idea.title).where(Idea.id == idea)))
    reason = str(site.first(select(ModerationDecision.sentence).where(ModerationDecision.id == number)))
    stranger = new_page()
    answer = stranger.goto(f"/ideeen/{idea}")
    assert answer is not None
    assert answer.status == 403

    phone = new_page(width=390, height=844)
    site.sign_in(phone, author)
    phone.goto("/mijn")
    phone.get_by_role("link", name="Besluiten over je teksten").click()
    step = phone.locator(".course__step").filter(has_text=reason)
    expect(step).to_contain_text("Spelregel")
    step.get_by_role("link", name=re.compile("bezwaar", re.IGNORECASE)).click()
    phone.get_by_role("textbox").fill(WHY)
    phone.get_by_role("button", name="Verstuur mijn bezwaar").click()
    expect(phone.locator("main")).to_contain_text("Je bezwaar wacht")
    expect(phone.locator("main")).to_contain_text(WHY)
    assert axe.findings(phone) == []

    first = int(site.first(select(ModerationDecision.moderator_id).where(ModerationDecision.id == number)))
    others = select(PersonRole.person_id).where(
        PersonRole.role == Role.MODERATOR, PersonRole.person_id != first
    )
    desk = new_page()
    site.sign_in(desk, int(site.first(others.order_by(PersonRole.person_id))))
    desk.goto("/moderatie?soort=appeal")
    item = desk.locator("[data-item]").filter(has_text=WHY[:60])
    item.locator(".queue__title a").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(title)
    expect(desk.locator("main")).to_contain_text(reason)
    desk.get_by_role("radio", name=re.compile("^De schrijver heeft gelijk")).check()
    desk.get_by_label("Leg het uit aan de schrijver").fill(UPHELD)
    desk.get_by_role("button", name="Beantwoord het bezwaar").click()
    expect(desk.get_by_role("status").first).to_be_visible()
    assert site.first(select(Idea.state).where(Idea.id == idea)) == IdeaState.SUBMITTED  # as it was before
    desk.goto(f"/moderatie/ideeen/{idea}")
    journey.publish(desk)
    expect(desk.get_by_role("status").first).to_contain_text("Geplaatst.")

    stranger.goto(f"/ideeen/{idea}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(title)
    assert site.first(select(Idea.state).where(Idea.id == idea)) == IdeaState.PUBLISHED
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Je had gelijk")
    expect(phone.locator("main")).to_contain_text(UPHELD)


@pytest.fixture
def pressed(site: Site) -> Iterator[None]:
    """Level 1, set by hand for an hour."""
    now = datetime.now(UTC)
    with site.app.app_context():
        db.session.add(
            Pressure(level=1, started_at=now, until=now + timedelta(hours=1), figures={"by_hand": True})
        )
        db.session.commit()
    yield
    with site.app.app_context():
        db.session.execute(delete(Pressure))
        db.session.commit()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.usefixtures("pressed")
def test_a_text_is_reported_without_an_account(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    phone = new_page(width=320, javascript=javascript)
    place = 0 if javascript else 1
    published = select(Idea.id).where(
        Idea.state == IdeaState.PUBLISHED, Idea.id.not_in(select(Report.idea_id).where(Report.idea_id > 0))
    )
    idea = int(site.first(published.order_by(Idea.id).offset(place)))
    phone.goto(f"/ideeen/{idea}")
    phone.get_by_role("link", name="Meld dit idee").click()
    if not javascript:
        expect(phone.locator("noscript p")).to_contain_text("15 seconden")
    phone.get_by_role("radio", name="Het is reclame").check()
    phone.get_by_label("Uitleg").fill("In het idee staat de naam van een winkel.")
    if not javascript:
        phone.wait_for_timeout(proof.WAIT[1].total_seconds() * 1000)
    phone.get_by_role("button", name="Melden zonder account").click()
    expect(phone.get_by_role("status").first).to_contain_text("moderatoren", timeout=SLOW)
    reports = select(func.count()).select_from(Report).where(Report.idea_id == idea)
    assert site.first(reports.where(Report.reporter_id.is_(None))) == 1

    desk = journey.become(new_page(), journey.MODERATOR)
    desk.goto(f"/moderatie/ideeen/{idea}")
    expect(desk.locator(".reports")).to_contain_text("Iemand zonder account")
    expect(desk.locator(".reports")).to_contain_text("In het idee staat de naam van een winkel.")
