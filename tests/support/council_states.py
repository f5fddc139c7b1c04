"""States on the way to the council that a plain visit misses: a decision shown before it is published, and faults."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page
from sqlalchemy import select

from app.db import db
from app.kit.i18n import TIME_ZONE
from app.models import FocusElement, Process, Theme
from app.models.council import CouncilProposal
from app.models.process import ProcessState
from tests.support.browsing import Site
from tests.support.part_states import STATES
from tests.support.states import ORGANISER, go, send, state

__all__ = ["STATES"]


def _desk(site: Site) -> str:
    """The desk of the open process."""
    with site.app.app_context():
        slug = db.session.scalars(select(Process.slug).where(Process.state == ProcessState.OPEN)).first()
    return f"/beheer/trajecten/{slug}"


def _handed_in(site: Site) -> int:
    """A proposal that the council has to decide on, with one element."""
    now = datetime.now(UTC)
    with site.app.app_context():
        process = db.session.scalars(select(Process).where(Process.state == ProcessState.OPEN)).first()
        assert process is not None
        theme = db.session.scalars(select(Theme).where(Theme.process_id == process.id)).first()
        proposal = CouncilProposal(
            process=process, title="Een voorstel dat er ligt", created_at=now, handed_in_at=now
        )
        db.session.add(FocusElement(process=process, theme=theme, proposal=proposal, title="Een focuspunt"))
        db.session.commit()
        return proposal.id


def _decision(page: Page, site: Site) -> None:
    go(page, f"{_desk(site)}/raad/voorstellen/{_handed_in(site)}/besluit")


@state(ORGANISER, "council_desk.decision")
def _empty_decision(page: Page, site: Site) -> int:
    """a decision to note down"""
    return go(page, f"{_desk(site)}/raad/voorstellen/{_handed_in(site)}/besluit")


@state(ORGANISER, "council_desk.decision", 400)
def _faulty_decision(page: Page, site: Site) -> int:
    """a decision with nothing filled in"""
    _decision(page, site)
    return send(page, "/besluit")


@state(ORGANISER, "council_desk.decision")
def _shown_beforehand(page: Page, site: Site) -> int:
    """what a decision does, before it is published"""
    _decision(page, site)
    page.get_by_label("Wat besloot de raad?").fill("De raad neemt het voorstel over.")
    page.get_by_label("Adres van het raadsdocument").fill("https://raad.example/stuk")
    page.get_by_label("Op welke dag?").fill(datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat())
    page.get_by_label("Aangenomen", exact=True).check()
    return send(page, "/besluit")


@state(ORGANISER, "council_desk.element")
def _element(page: Page, site: Site) -> int:
    """a focus element to change"""
    go(page, f"{_desk(site)}/raad")
    page.locator('main a[href*="/raad/focuspunten/"]').first.click()
    return 200


@state(ORGANISER, "council_desk.add_element", 400)
def _faulty_element(page: Page, site: Site) -> int:
    """a focus element without words"""
    go(page, f"{_desk(site)}/raad")
    return send(page, "/raad/focuspunten")


@state(ORGANISER, "council_desk.answers", 400)
def _faulty_promise(page: Page, site: Site) -> int:
    """a promise without a day"""
    go(page, f"{_desk(site)}/antwoorden")
    page.get_by_label("Tot welke dag?").fill("")
    return send(page, "/antwoorden")
