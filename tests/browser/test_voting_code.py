"""A letter on the table: the organiser makes it, somebody without e-mail scans it, signs in on a phone and votes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import db
from app.domain import voting_codes
from app.domain.ballot import VoteValue
from app.domain.lifecycle import IdeaState
from app.features.codes import service
from app.models import Call, CodeBatch, Idea, VotingCode
from tests.support import axe, journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
CODES = [voting_codes.make(Random(number).randrange) for number in (41, 42)]


def letters_and_idea(site: Site) -> int:
    """Let the codes work; the number of an idea to vote on."""
    with site.app.app_context():
        main = Call.slug == "waar-moet-maastricht-slim-in-zijn"
        now = datetime.now(UTC)
        if (
            db.session.scalar(select(VotingCode).where(VotingCode.code_hash == service.code_hash(CODES[0])))
            is None
        ):
            batch = CodeBatch(
                call_id=db.session.scalars(select(Call.id).where(main)).one(),
                count=2,
                created_at=now,
                expires_at=now + timedelta(days=3),
            )
            db.session.add(batch)
            db.session.flush()
            for code in CODES:
                db.session.add(VotingCode(batch_id=batch.id, code_hash=service.code_hash(code)))
            db.session.commit()
        found = db.session.scalars(
            select(Idea.id).join(Call).where(Idea.state == IdeaState.PUBLISHED, main).order_by(Idea.id.desc())
        ).first()
        db.session.rollback()
    assert found is not None
    return found


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_letter_becomes_a_vote(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    idea, code = letters_and_idea(site), CODES[0 if javascript else 1]
    shown = voting_codes.grouped(code)
    page = new_page(width=390, height=844, javascript=javascript)
    field = page.get_by_label("De code uit je brief")
    if javascript:
        page.goto(f"/inloggen/stemcode#{shown}")
        expect(field).to_have_value(shown)
        expect(page).to_have_url(re.compile("/inloggen/stemcode$"))
        assert axe.findings(page) == []
    else:
        page.goto("/inloggen")
        page.get_by_role("link", name="Inloggen met een stemcode").click()
        field.fill(f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}")
        page.get_by_role("button", name="Inloggen").click()
        expect(page.locator(".field__error")).to_contain_text("typefout")
        field.fill(shown.lower())
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_label("naam", exact=False).fill("Toon")
    page.get_by_role("button", name="Verder").click()
    expect(page).to_have_url(re.compile("/ideeen"))
    page.goto(f"/ideeen/{idea}")
    before = journey.counts(page)
    journey.vote(page, VoteValue.FOR)
    assert journey.counts(page) == (before[0] + 1, before[1])

    desk = new_page(javascript=javascript)
    desk.goto("/inloggen/stemcode")
    desk.get_by_label("De code uit je brief").fill(shown)
    desk.get_by_role("button", name="Inloggen").click()
    desk.goto(f"/ideeen/{idea}")
    expect(desk.get_by_role("button", name="Voor", pressed=True)).to_be_visible()


def test_an_organiser_makes_letters_and_invites(new_page: Callable[..., Page], tmp_path: Path) -> None:
    desk = journey.become(new_page(), journey.ORGANISER)
    desk.goto("/beheer/stemcodes")
    assert axe.findings(desk) == []
    desk.get_by_label("Hoeveel brieven?").fill("3")
    desk.get_by_label("Hoe noem je deze partij?").fill("Letters voor de bibliotheek")
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Maak en download de brieven").click()
    file = tmp_path / "letters.pdf"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.startswith("stemcodes-")
    assert file.read_bytes().startswith(b"%PDF-")
    desk.reload()
    made = desk.locator("li.panel").filter(has_text="Letters voor de bibliotheek")
    expect(made).to_contain_text("0 van 3 codes gebruikt")

    desk.goto("/beheer/uitnodigingen")
    assert axe.findings(desk) == []
    desk.get_by_label("E-mailadressen, één per regel").fill("nieuwkomer@raad.example")
    desk.get_by_role("radio", name="Raadslid").check()
    desk.get_by_role("button", name="Verstuur de uitnodigingen").click()
    expect(desk.get_by_role("heading", name="nieuwkomer@raad.example")).to_be_visible()
    letter = journey.mail(desk, "nieuwkomer@raad.example")
    link = letter.get_by_role("link").filter(has_text="/uitnodiging/").get_attribute("href")
    assert link
    phone = new_page(width=390, height=844)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Je uitnodiging")
    assert axe.findings(phone) == []
    phone.get_by_role("button", name="Aannemen en inloggen").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welkom! Hoe heet je?")
