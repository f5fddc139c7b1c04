"""The entrance of a room after many wrong codes from its address: with the right one a phone comes in after a check."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app.db import db
from app.kit import proof
from app.models import Workshop
from app.policies.friction import CODE_LEVEL
from tests.support import axe
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
CODE = "SLIM26"


@pytest.fixture(autouse=True)
def guessed(site: Site) -> None:
    """Open doors, and somebody at the address of this machine who typed as many wrong codes as one may."""
    with site.app.app_context():
        opened = datetime.now(UTC) + timedelta(hours=1)
        db.session.execute(update(Workshop).where(Workshop.join_code == CODE).values(doors_until=opened))
        db.session.commit()
    # Each process of the server counts for itself, and either of them may answer.
    refused = number = 0
    while refused < 40 and number < 3000:
        number += 1
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(f"{site.url}/doe-mee/AA{number:04}")
        refused = refused + 1 if answer.value.code == 429 else 0
        answer.value.close()
    assert refused == 40


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_the_right_code_opens_after_a_check(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    phone = new_page(width=320, javascript=javascript)
    phone.goto(f"/doe-mee/{CODE}")
    expect(phone.get_by_label("De code op het scherm")).to_have_value(CODE)
    if javascript:
        assert axe.findings(phone) == []
    else:
        expect(phone.locator("noscript p")).to_contain_text("Staat JavaScript uit in je browser?")
        phone.wait_for_timeout(1000 * (proof.WAIT[CODE_LEVEL].total_seconds() + 1))
    phone.get_by_role("button", name="Verder").press("Enter")
    phone.wait_for_url(f"**/doe-mee/{CODE}?pas=*", timeout=60_000)
    phone.get_by_label(re.compile("Groene badge")).check()
    phone.get_by_role("button", name="Meld je in de zaal").click()
    expect(phone.get_by_role("heading", name="Welkom")).to_be_visible()
