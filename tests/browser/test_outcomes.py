"""Writing down what the room concludes: it saves itself, two at one text see each other, and nothing needs a script."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from app.db import db
from app.models import Outcome, Workshop
from app.models.process import Activity, Process, ProcessState
from tests.support import axe, journey
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """A theme of the workshop to come, as if it went on now."""
    with site.app.app_context():
        workshop = db.session.scalars(
            select(Workshop)
            .join(Activity, Activity.id == Workshop.activity_id)
            .join(Process, Process.id == Activity.process_id)
            .where(Process.state == ProcessState.OPEN)
        ).first()
        assert workshop is not None
        number, activity, starts = workshop.id, workshop.activity_id, workshop.activity.starts_at
        ends, process = workshop.activity.ends_at, workshop.call.process_id
        theme = db.session.execute(
            select(db.metadata.tables["theme"].c.id)
            .where(db.metadata.tables["theme"].c.process_id == process)
            .order_by(db.metadata.tables["theme"].c.id)
            .limit(1)
        ).scalar_one()
        began = datetime.now(UTC) - timedelta(hours=1)
        db.session.execute(
            update(Activity).where(Activity.id == activity).values(starts_at=began, ends_at=None)
        )
        db.session.commit()
    yield f"/werkateliers/{number}/opbrengsten/{theme}"
    with site.app.app_context():
        db.session.execute(
            update(Activity).where(Activity.id == activity).values(starts_at=starts, ends_at=ends)
        )
        db.session.execute(delete(Outcome).where(Outcome.workshop_id == number))
        db.session.commit()


def test_it_saves_itself_and_says_when_somebody_else_wrote(
    address: str, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    mine = journey.become(new_page(), journey.FACILITATOR)
    mine.goto(address)
    other = mine.context.new_page()
    other.goto(address)
    said = mine.locator("[data-said]")
    mine.locator("#conclusion").press_sequentially("Meer bomen")
    expect(said).to_contain_text("Bewaard om")
    expect(mine.locator("input[name=number]")).to_have_value("1")
    mine.locator("#points").press_sequentially("Een boom per straat")
    expect(mine.locator("input[name=number]")).to_have_value("2")
    assert axe.findings(mine) == []

    other.locator("#conclusion").fill("Meer struiken")
    expect(other.locator("[data-said]")).to_contain_text("Iemand anders veranderde deze tekst")
    # A browser counts the refusal that this is about as a failed request.
    complaints.found = [found for found in complaints.found if "answered 409" not in found]
    other.get_by_role("button", name="Bewaren").click()
    expect(other.get_by_role("heading", name="Wat er nu staat")).to_be_visible()
    expect(other.locator("main")).to_contain_text("Meer bomen")
    expect(other.locator("#conclusion")).to_have_value("Meer struiken")
    assert axe.findings(other) == []

    other.locator("#conclusion").fill("Meer bomen en struiken")
    other.get_by_role("button", name="Bewaren").click()
    expect(other.locator("main")).to_contain_text("Meer bomen en struiken")
    assert axe.findings(other) == []


def test_it_goes_without_a_script(address: str, new_page: Callable[..., Page]) -> None:
    page = journey.become(new_page(javascript=False), journey.FACILITATOR)
    page.goto(address)
    page.locator("#conclusion").fill("Zonder script opgeschreven")
    page.locator("#questions").fill("Wie betaalt dat?\nWanneer begint het?")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("main")).to_contain_text("Zonder script opgeschreven")
    expect(page.locator(".outcome__lines li")).to_have_count(2)
    page.get_by_role("link", name="Rond de avond af").click()
    expect(page.get_by_role("button", name="Rond de avond af")).to_be_visible()
    assert page.locator("main").inner_text().count("besproken") > 0
