"""A screen that follows by a stream: it asks nothing while it is told, asks when nobody tells, and listens again."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Idea, Workshop
from tests import factories
from tests.support import databases, servers, serving
from tests.support.browsing import Complaints, Site, seeded

pytestmark = pytest.mark.browser
LONG = 60_000
"""Milliseconds: a live process that starts, on a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo with a place for a live process, which a test starts itself."""
    url = seeded("sqlite", tmp_path_factory.mktemp("live"))
    live_url = f"http://127.0.0.1:{servers.free_port()}"
    with serving.serving(url, LIVE_URL=live_url) as server:
        app = databases.make_app(url, DEMO="1", SITE_URL=server.url)
        yield Site(app, server.url, live_url)
        databases.let_go(app)
        assert "Traceback" not in server.said(), server.said()


@pytest.fixture
def workshop(site: Site) -> int:
    """The workshop of the demo that is still to come."""
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


@pytest.fixture
def start(site: Site) -> Iterator[Callable[[], Callable[[], None]]]:
    """Starts the live process; what it returns stops it."""
    with ExitStack() as stack:

        def begin() -> Callable[[], None]:
            inner = stack.enter_context(ExitStack())
            url = site.app.config["SQLALCHEMY_DATABASE_URI"]
            inner.enter_context(
                serving.serving_live(url, site.live_url.rpartition(":")[2], SITE_URL=site.url)
            )
            return inner.close

        yield begin


def votes(site: Site, workshop: int) -> re.Pattern[str]:
    """One more vote, by somebody new; how the screen then tells the number of votes begins."""
    with site.app.app_context():
        call = db.session.get_one(Workshop, workshop).call_id
        mine = Idea.call_id == call, Idea.state == IdeaState.PUBLISHED
        idea = db.session.scalars(select(Idea).where(*mine).order_by(Idea.id)).first()
        assert idea is not None
        factories.a_vote(idea, factories.a_person())
        db.session.commit()
    content = site.app.test_client().get(f"/werkateliers/{workshop}/scherm/stand").get_json()
    # How many people that are is computed a moment later.
    told = re.search(r'screen__numbers">(\S+)', content["picture"])
    assert told, content["picture"]
    return re.compile("^" + re.escape(told[1]) + " ")


def asked(page: Page) -> list[str]:
    """The questions how it stands that a page sends from now on."""
    found: list[str] = []
    page.on("request", lambda sent: found.append(sent.url) if sent.url.endswith("/scherm/stand") else None)
    return found


def test_told_then_asking_then_told_again(
    site: Site,
    new_page: Callable[..., Page],
    workshop: int,
    start: Callable[[], Callable[[], None]],
    complaints: Complaints,
) -> None:
    stop = start()
    page = new_page(width=1920, height=1080)
    questions = asked(page)
    page.goto(f"/werkateliers/{workshop}/scherm")
    numbers = page.locator("[data-frame] .screen__numbers, .screen__numbers").first
    expect(numbers).to_have_text(votes(site, workshop), timeout=LONG)
    questions.clear()  # on a busy machine it may ask once before the stream is there
    page.wait_for_timeout(4000)
    assert questions == []
    stop()
    expect(numbers).to_have_text(votes(site, workshop), timeout=LONG)
    assert questions
    expect(page.locator("[data-lost]")).to_be_hidden()
    start()
    # Until it listens again it goes on asking; then it stops.
    with page.expect_response(lambda answer: answer.url.startswith(site.live_url), timeout=2 * LONG):
        pass
    page.wait_for_timeout(1000)
    questions.clear()
    expect(numbers).to_have_text(votes(site, workshop), timeout=LONG)
    page.wait_for_timeout(3000)
    assert questions == []
    page.close()
    # The browser says that nobody was there for a while; that was meant.
    complaints.found[:] = [said for said in complaints.found if site.live_url not in said]


def test_where_there_is_no_place_the_page_asks(
    site: Site, new_page: Callable[..., Page], workshop: int, complaints: Complaints
) -> None:
    page = new_page(width=1280, height=720)
    tried: list[str] = []

    def full(route: Route) -> None:
        tried.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "20", "Access-Control-Allow-Origin": site.url})

    page.route(f"{site.live_url}/**", full)
    questions = asked(page)
    page.goto(f"/werkateliers/{workshop}/scherm")
    numbers = page.locator("[data-frame] .screen__numbers, .screen__numbers").first
    for _ in range(2):
        expect(numbers).to_have_text(votes(site, workshop), timeout=LONG)
    assert questions
    assert tried == [f"{site.live_url}/live/scherm/{workshop}"]
    complaints.found[:] = [said for said in complaints.found if site.live_url not in said]
