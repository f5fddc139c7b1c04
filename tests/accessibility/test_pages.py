"""Every page of the demo by everybody who may see it, narrow and wide, light and dark: nothing to find for axe.

Nothing sticks out sideways either, no script says a word in the console, and no request fails or goes elsewhere.
The pages come from the address map, so a new one cannot be forgotten; what a plain visit does not show (faults in
a form, nothing found, a refusal) stands in `tests/support/*states.py`.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import render_template
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from app.kit.errors import PAGES as ERROR_PAGES
from tests.support import axe, databases
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import Complaints, Site
from tests.support.desk_states import STATES
from tests.support.states import PEOPLE, STRANGER, State

pytestmark = pytest.mark.browser

WIRED = databases.make_app("sqlite:///:memory:", DEMO="1")
NO_PAGES = {
    "agenda_versions.file": "a file to take along",
    "council.evaluation_file": "a file to take along",
    "council.package_file": "a file to take along",
    "curating.taken_image": "a picture",
    "discussion.show": "leads on",
    "evening_pictures.image": "a picture",
    "evening_report.download": "paper",
    "gatherings.download": "a file to take along",
    "gatherings.event": "for calendars",
    "gatherings.events": "for calendars",
    "gatherings.on_paper": "paper",
    "ideas.old_address": "leads on",
    "lists.feed": "for machines",
    "lists.points": "for machines",
    "devices.awake": "for machines",
    "following.answers": "for machines",
    "following.state": "for machines",
    "live.stream": "for machines",
    "media.image": "a picture",
    "media.poster": "paper",
    "moderation.report": "leads on",
    "notifications.open_message": "leads on",
    "offline.manifest": "for machines",
    "offline.worker": "for machines",
    "pages.healthz": "for machines",
    "pages.metrics": "for machines",
    "pages.open_ideas": "for machines",
    "pages.readyz": "for machines",
    "pages.robots": "for machines",
    "pages.security_txt": "for machines",
    "pages.sitemap": "for machines",
    "privacy.download_html": "a file to take along",
    "privacy.download_json": "a file to take along",
    "projector.open_screen": "leads on",
    "projector.state": "for machines",
    "public_log.as_csv": "a file to take along",
    "public_log.as_json": "a file to take along",
    "ranking.register_data": "for machines",
    "second_factor.codes_as_text": "a file to take along",
    "stands.download": "for machines",
}
"""Addresses that show nothing to people."""
ONLY_IN_A_STATE = {
    "agenda_answers.answer",
    "accounts.enter_code",
    "accounts.open_link",
    "appeals.decision",
    "appeals.review",
    "changes.amend",
    "changes.withdrawing",
    "conduct.my_sanction",
    "discussion.change",
    "discussion.remove",
    "council_desk.decision",
    "duplicates.answer",
    "duplicates.compare",
    "ideas.edit",
    "integrity.show",
    "invitations.open",
    "moderation.together",
    "notifications.unsubscribe",
    "objections.organisers_show",
    "objections.show",
}
"""Pages that nobody sees by going to their address alone."""
SEEN_ON_THE_WAY = {"second_factor.ask", "second_factor.codes"}
"""Steps that tests/browser/test_second_step.py takes, and looks at in the same way."""
LEADS_STRANGERS_ON = {
    "discussion.argue",
    "discussion.reply",
    "discussion.report_argument",
    "discussion.report_idea",
}
LEADS_THE_SIGNED_IN_ON = {"accounts.sign_in"}
ADDRESSES = [address for address in addresses(WIRED) if address.endpoint not in NO_PAGES]
DIFFERS_WHEN_SIGNED_IN = ("/mijn", "/ideeen", "/argumenten", "/werkateliers")
"""Where somebody who has signed in sees more than another header, with all that is below."""
DIFFERS_BY_PERSON = {
    "/mijn",
    "/ideeen",
    "/ideeen/<int:idea_id>",
    "/ideeen/nieuw",
    "/werkateliers/<int:workshop_id>",
    "/werkateliers/<int:workshop_id>/opbrengsten",
}
"""Where council, partners and staff may see something else than a resident."""
TOGETHER = 5
"""Pages that one test visits: a window is opened once for them, and the workers still share the work evenly."""


def plain_visits() -> list[tuple[str, list[Address]]]:
    """Who goes where, a handful of pages at a time."""
    rounds: list[tuple[str, list[Address]]] = []
    for visitor in (STRANGER, *PEOPLE):
        pages = [address for address in ADDRESSES if _goes(visitor, address)]
        rounds += [(visitor, pages[first : first + TOGETHER]) for first in range(0, len(pages), TOGETHER)]
    return rounds


def _goes(visitor: str, address: Address) -> bool:
    if address.endpoint in ONLY_IN_A_STATE | SEEN_ON_THE_WAY:
        return False
    if visitor == STRANGER:
        return address.sign == "public" and address.endpoint not in LEADS_STRANGERS_ON
    if address.endpoint in LEADS_THE_SIGNED_IN_ON:
        return False
    if address.sign == visitor or (visitor == "resident" and address.sign == "signed_in"):
        return True
    if address.sign not in ("public", "signed_in"):
        return False
    return (
        address.rule.startswith(DIFFERS_WHEN_SIGNED_IN)
        if visitor == "resident"
        else address.rule in DIFFERS_BY_PERSON
    )


def _name(round_: tuple[str, list[Address]]) -> str:
    return f"{round_[0]} {round_[1][0]}"


@pytest.mark.parametrize("round_", plain_visits(), ids=_name)
def test_a_page_is_for_everybody(
    round_: tuple[str, list[Address]], site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    visitor, pages = round_
    page = _window(visitor, site, new_page)
    found = []
    for address in pages:
        path = example(site.app, address)
        answer = page.goto(path)
        assert answer is not None
        assert (answer.status, _endpoint(page)) == (200, address.endpoint), path
        # Looking into anything else with axe would wait for ever.
        assert answer.headers["content-type"].startswith("text/html"), f"{address.endpoint} is no page"
        found += [f"{visitor} at {path}: {fault}" for fault in axe.faults(page)]
    assert found == []


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_page_in_a_special_state_is_for_everybody(
    state: State, site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    page = _window(state.visitor, site, new_page)
    assert (state.open(page, site), _endpoint(page)) == (state.status, state.endpoint)
    assert axe.faults(page) == []


@pytest.mark.parametrize("status", sorted(ERROR_PAGES - {403, 404, 405}))
def test_an_error_page_is_for_everybody(status: int, site: Site, page: Page, complaints: Complaints) -> None:
    """Those that no visitor can bring about on purpose."""
    with site.app.test_request_context("/"):
        body = render_template(f"errors/{status}.html", sentence="", status=status)
    page.route("**/fout", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    page.goto("/fout")
    assert axe.faults(page) == []
    complaints.found.clear()  # of the answer, which is what this is about


def test_nothing_bad_goes_unseen(page: Page, complaints: Complaints) -> None:
    """The looking itself: a page full of faults is seen to be so, in every view."""
    page.goto("/privacy")
    page.evaluate(
        """() => {
            const main = document.querySelector("main");
            main.innerHTML = `<button></button><details><summary>Meer</summary><input></details>`
                + `<p style="color: #777; background: #888">Grijs op grijs</p><div style="width: 1400px">Breed</div>`;
            for (const each of main.querySelectorAll("[style]")) each.style.cssText = each.getAttribute("style");
        }"""
    )
    found = "\n".join(axe.faults(page))
    for width, scheme, _ in axe.VIEWS:
        assert f"{width} px, {scheme}: color-contrast" in found
    assert "320 px: sticks out: <div" in found
    assert "1280 px: sticks out: <div" in found
    assert "1280 px, light: button-name" in found
    assert "320 px, dark: button-name" in found
    assert "320 px, dark: label: <input" in found
    assert "1280 px, light: label: <input" not in found, "folded away"
    complaints.found.clear()  # of the forbidden inline style


def test_no_page_is_forgotten() -> None:
    """Every address of the site is visited by somebody, or shown in a state, or stands among those without a page."""
    seen = {address.endpoint for _, pages in plain_visits() for address in pages}
    seen |= {state.endpoint for state in STATES}
    known = {address.endpoint for address in addresses(WIRED)}
    assert known - seen - set(NO_PAGES) - SEEN_ON_THE_WAY == set()
    assert set(NO_PAGES) - known == set(), "no longer an address"


def _window(visitor: str, site: Site, new_page: Callable[..., Page]) -> Page:
    page = new_page()
    if visitor != STRANGER:
        site.sign_in(page, site.named(PEOPLE[visitor]))
    return page


def _endpoint(page: Page) -> str:
    """Which view the address in the window belongs to, for whatever method; empty for none."""
    path = urlsplit(page.url).path.removeprefix("/en") or "/"
    map_ = WIRED.url_map.bind("localhost")
    for method in ("GET", "POST"):
        try:
            return str(map_.match(path, method)[0])
        except HTTPException:
            continue
    return ""
