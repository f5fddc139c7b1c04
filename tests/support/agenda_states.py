"""The states of pages about agendas, beside those in `stand_states`: ticking themes, arranging one, the screen."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models import Call, Workshop
from tests.support.browsing import Site
from tests.support.stand_states import STATES
from tests.support.states import FACILITATOR, ORGANISER, RESIDENT, STRANGER, go, send, state

__all__ = ["STATES"]

# --- the agenda vote


TICKED = "/agendastem?oproep=suggesties-voor-de-procesgang"


def _tick_six(page: Page) -> int:
    go(page, TICKED)
    for place in range(6):
        page.locator("main input[type=checkbox]").nth(place).check()
    return send(page, TICKED)


@state(STRANGER, "agenda_vote.choose")
def _open_agenda_vote(page: Page, site: Site) -> int:
    """an agenda vote in which people can tick"""
    return go(page, TICKED)


@state(STRANGER, "agenda_vote.choose", 400)
def _too_many_ticks_of_a_stranger(page: Page, site: Site) -> int:
    """six ticked themes before signing in"""
    return _tick_six(page)


@state(RESIDENT, "agenda_vote.choose", 400)
def _too_many_ticks(page: Page, site: Site) -> int:
    """six ticked themes"""
    return _tick_six(page)


@state(ORGANISER, "agenda_vote.manage")
def _agenda_vote_to_close(page: Page, site: Site) -> int:
    """an agenda vote that is open"""
    call = site.first(select(Call.id).where(Call.agenda_ballot))
    return go(page, f"/beheer/oproepen/{call}")


@state(ORGANISER, "agenda_vote.manage")
def _agenda_vote_of_a_closed_process(page: Page, site: Site) -> int:
    """the agenda vote of a closed process"""
    call = site.first(select(Call.id).order_by(Call.id.desc()))
    return go(page, f"/beheer/oproepen/{call}")


@state(ORGANISER, "agenda_vote.set_open", 400)
def _agenda_vote_without_reason(page: Page, site: Site) -> int:
    """an agenda vote that is opened without a reason"""
    go(page, f"/beheer/oproepen/{site.first(select(Call.id).order_by(Call.id))}")
    return send(page, "/agendastem")


# --- the workshop and its screen


def _workshop(site: Site) -> int:
    return int(site.first(select(Workshop.id).order_by(Workshop.id)))


@state(FACILITATOR, "workshop.place_theme", 400)
def _theme_without_reason(page: Page, site: Site) -> int:
    """a theme that is fixed without a reason"""
    go(page, f"/werkateliers/{_workshop(site)}/regie")
    return send(page, "/regie/themas")


@state(FACILITATOR, "workshop.add_block", 400)
def _block_without_title(page: Page, site: Site) -> int:
    """a part without a title"""
    go(page, f"/werkateliers/{_workshop(site)}/regie")
    return send(page, "/regie/blokken")


@state(STRANGER, "workshop.show")
def _other_weighting(page: Page, site: Site) -> int:
    """the agenda weighed in the other way"""
    go(page, f"/werkateliers/{_workshop(site)}")
    address = page.locator("main .tabs a:not([aria-current])").first.get_attribute("href")
    return go(page, str(address))


@state(STRANGER, "workshop.show")
def _held(page: Page, site: Site) -> int:
    """a workshop that was held"""
    return go(page, f"/werkateliers/{site.first(select(Workshop.id).order_by(Workshop.id.desc()))}")


@state(STRANGER, "projector.screen")
def _screen_of_ideas(page: Page, site: Site) -> int:
    """the ideas on the screen"""
    return go(page, f"/werkateliers/{_workshop(site)}/scherm?beeld=ideeen")


@state(STRANGER, "projector.screen")
def _screen_of_agenda(page: Page, site: Site) -> int:
    """the agenda on the screen"""
    return go(page, f"/werkateliers/{_workshop(site)}/scherm?beeld=agenda")


@state(STRANGER, "projector.screen")
def _screen_without_network(page: Page, site: Site) -> int:
    """the screen without a network"""
    status = go(page, f"/werkateliers/{_workshop(site)}/scherm")
    page.route("**/scherm/stand", lambda route: route.fulfill(status=204))
    expect(page.locator(".screen__notice")).to_be_visible()
    return status
