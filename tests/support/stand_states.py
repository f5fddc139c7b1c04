"""The states of pages about sealed standings, beside those in `states`; `STATES` holds all of them."""

from playwright.sync_api import Page
from sqlalchemy import select

from app.models import Workshop
from app.models.seal import Snapshot
from tests.support.browsing import Site
from tests.support.states import FACILITATOR, ORGANISER, STATES, go, send, state

__all__ = ["STATES"]


def _workshop(site: Site) -> int:
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


def _sealed(page: Page, site: Site) -> None:
    """The standing of the workshop to come is sealed, unless another test did so before."""
    address = f"/werkateliers/{_workshop(site)}/agenda"
    go(page, address)
    if page.locator("form[action$='/verzegelen'] input[name=seen]").get_attribute("value") == "0":
        send(page, "/agenda/verzegelen")


@state(ORGANISER, "stands.seal", 400)
def _seal_without_reason(page: Page, site: Site) -> int:
    """a seal without a reason"""
    go(page, "/beheer/standen")
    return send(page, "/standen/verzegelen")


@state(ORGANISER, "stands.plan", 400)
def _plan_without_moment(page: Page, site: Site) -> int:
    """a planned seal without a moment"""
    go(page, "/beheer/standen")
    return send(page, "/standen/plannen")


@state(ORGANISER, "stands.show")
def _stand_for_organisers(page: Page, site: Site) -> int:
    """a sealed standing with the file for checkers"""
    return go(page, f"/stand/{_stand(site)}")


@state(ORGANISER, "stands.audit_file", 400)
def _checker_without_reason(page: Page, site: Site) -> int:
    """the file for checkers without a reason"""
    go(page, f"/stand/{_stand(site)}")
    return send(page, "/controle.json")


@state(FACILITATOR, "workshop.show")
def _sealed_agenda(page: Page, site: Site) -> int:
    """the agenda of a workshop whose standing was sealed"""
    _sealed(page, site)
    return go(page, f"/werkateliers/{_workshop(site)}")


@state(FACILITATOR, "workshop.show")
def _sketch(page: Page, site: Site) -> int:
    """the sketch of the agenda after its standing was sealed"""
    _sealed(page, site)
    return go(page, f"/werkateliers/{_workshop(site)}?stand=voorlopig")


@state(FACILITATOR, "projector.screen")
def _sealed_screen(page: Page, site: Site) -> int:
    """the screen of a workshop whose standing was sealed"""
    _sealed(page, site)
    return go(page, f"/werkateliers/{_workshop(site)}/scherm?beeld=agenda")


def _stand(site: Site) -> int:
    return int(site.first(select(Snapshot.id).order_by(Snapshot.id)))
