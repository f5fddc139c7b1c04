"""A live site with the demo on it, and a real browser that complains about everything it stumbles over."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from sqlalchemy import Select, select

from app.db import db
from app.domain.ballot import Group
from app.kit import maps
from app.models.person import Person, PersonRole, Role
from tests.support import databases, servers, serving
from tests.support.page import sign_in

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
PLAYWRIGHT_DISABLES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
"""Chromium obeys the last list only, so what Playwright leaves out stands here as well."""
POPUPS = ("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup")
"""What the address bar would unfold is a page by itself, made ready for every window: more work than a page of ours."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join((*PLAYWRIGHT_DISABLES, *POPUPS))}",
]
PATIENCE = 10_000
"""Milliseconds that the browser waits for something to appear."""
expect.set_options(timeout=PATIENCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which database the site in the browser runs on."""
    parser.addoption("--site-database", choices=databases.KINDS, default="sqlite")


@dataclass
class Site:
    """The demo, served on an address of its own."""

    app: Flask
    url: str
    live_url: str = ""

    def person(self, *, role: Role | None = None, group: Group | None = None) -> int:
        """The number of somebody of the demo with this role (or without any) and of this group."""
        wanted = select(Person.id).where(Person.confirmed_at.is_not(None)).order_by(Person.id).limit(1)
        holders = select(PersonRole.person_id)
        wanted = wanted.where(
            Person.id.in_(holders.where(PersonRole.role == role)) if role else Person.id.not_in(holders)
        )
        if group:
            wanted = wanted.where(Person.group == group)
        return int(self.first(wanted))

    def first(self, query: Select[Any]) -> Any:
        """The first thing that a query finds in the data of the site."""
        with self.app.app_context():
            found = db.session.execute(query.limit(1)).scalar_one()
            db.session.rollback()
        return found

    def named(self, name: str) -> int:
        """The number of the person of this name."""
        return int(self.first(select(Person.id).where(Person.name == name)))

    def sign_in(self, page: Page, person: int) -> Page:
        """Give the browser a session of this person."""
        client = sign_in(self.app.test_client(), person)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])
        return page


@dataclass
class Complaints:
    """What a browser stumbled over: errors in scripts, refused content, failed or foreign requests."""

    site: str
    live: str = ""
    found: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """Write down everything that goes wrong in any page of the context."""
        context.on(
            "console",
            lambda message: self._console(message.type, message.text, message.location.get("url", "")),
        )
        context.on("weberror", lambda error: self.found.append(f"script: {error.error}"))
        context.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))
        context.on("request", lambda request: self._asked(request.url))
        context.on(
            "response",
            lambda answer: self._answered(answer.url, answer.status, answer.request.is_navigation_request()),
        )

    def _console(self, kind: str, text: str, where: str) -> None:
        # An answer that is an error is judged by its status, below; a worker is kept out by us, see new_page.
        if not text.startswith(("Failed to load resource", "Service Worker registration blocked")):
            self.found.append(f"console {kind}: {text} ({where})")

    def _failed(self, url: str, why: str) -> None:
        # Leaving a page ends its live stream.
        if "ERR_ABORTED" not in why:
            self.found.append(f"failed: {url} {why}")

    def _asked(self, url: str) -> None:
        # The policy of a page says whether it may ask for tiles of a map; one that may not complains by itself.
        known = (self.site, maps.ORIGIN, self.live or self.site)
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(known):
            self.found.append(f"asked elsewhere: {url}")

    def _answered(self, url: str, status: int, is_page: bool) -> None:
        if status >= 500 or (status >= 400 and not is_page):
            self.found.append(f"answered {status}: {url}")


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The seeded demo as gunicorn serves it, on data of its own for the tests of one file."""
    kind = request.config.getoption("--site-database")
    url = seeded(kind, tmp_path_factory.mktemp("site"))
    with serving.serving(url) as server:
        # The same application on the same data, to look things up; it answers no visitor.
        app = databases.make_app(url, DEMO="1", SITE_URL=server.url)
        yield Site(app, server.url)
        databases.let_go(app)
        assert "Traceback" not in server.said(), server.said()


def seeded(kind: str, folder: Path) -> str:
    """The address of a fresh copy of the seeded demo, which is made once per run."""
    if kind == "sqlite":
        copy = folder / "demo.sqlite"
        shutil.copyfile(_seeded_sqlite(), copy)
        return f"sqlite:///{copy}"
    template, name = "seeded", f"site_{databases.WORKER}"
    with servers.only_one("seed"):
        mark = servers.run_folder() / "seeded-postgresql"
        if not mark.exists():
            _seed(databases.create_postgresql(template))
            mark.touch()
    return databases.create_postgresql(name, template=template)


def _seeded_sqlite() -> Path:
    path = servers.run_folder() / "seeded.sqlite"
    with servers.only_one("seed"):
        if not path.exists():
            making = path.with_suffix(".making")
            making.unlink(missing_ok=True)
            _seed(f"sqlite:///{making}")
            making.rename(path)
    return path


def _seed(url: str) -> None:
    app = databases.make_app(url, DEMO="1")
    with app.app_context():
        flask_migrate.upgrade()
    outcome = app.test_cli_runner().invoke(args=["seed", "--if-empty"])
    assert outcome.exit_code == 0, f"seeding failed: {outcome.output}{outcome.exception!r}"
    databases.let_go(app)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, started once per worker."""
    assert CHROMIUM, "Chromium is not installed; run: make test"
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def complaints(site: Site) -> Iterator[Complaints]:
    """What the browser stumbled over; a test that leaves any fails. One that expects some empties the list."""
    complaints = Complaints(site.url, site.live_url)
    yield complaints
    assert complaints.found == []


@pytest.fixture
def new_page(site: Site, browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a window of a visitor of their own: `new_page(width=320, dark=True, javascript=False)`."""
    contexts: list[BrowserContext] = []

    def open_page(
        width: int = 1280,
        height: int = 900,
        *,
        dark: bool = False,
        javascript: bool = True,
        language: str = "nl-NL",
        worker: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=language,
            reduced_motion="reduce",
            timezone_id="Europe/Amsterdam",
            # What the site keeps for a visitor without a connection has journeys of its own.
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(PATIENCE)
        complaints.listen(context)
        # No test depends on whether the tiles of a map come: they never do, and the ground under them is tested.
        context.route(f"{maps.ORIGIN}/**", lambda route: route.fulfill(status=204))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One window of a visitor on a desk, signed out."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """One window of a visitor on a phone, signed out."""
    return new_page(width=390, height=844)
