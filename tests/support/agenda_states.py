"""The states of pages about agendas, beside those in `stand_states`: ticking themes, arranging one, the screen."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from app.db import db
from app.kit.tokens import new_token
from app.models import Call, Person, Phase, Theme, Workshop
from app.models.workshop import AgendaInvitation, AgendaVersion, Invited
from app.records import agenda_invitations
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
    go(page, f"/werkateliers/{_workshop(site)}/agenda")
    return send(page, "/agenda/themas")


@state(FACILITATOR, "workshop.add_block", 400)
def _block_without_title(page: Page, site: Site) -> int:
    """a part without a title"""
    go(page, f"/werkateliers/{_workshop(site)}/agenda")
    return send(page, "/agenda/blokken")


@state(FACILITATOR, "workshop.move", 400)
def _moved_without_reason(page: Page, site: Site) -> int:
    """a part of the agenda that is moved without a reason"""
    go(page, f"/werkateliers/{_workshop(site)}/agenda")
    return send(page, "/agenda/volgorde")


@state(FACILITATOR, "workshop.place_theme", 400)
def _other_minutes_without_reason(page: Page, site: Site) -> int:
    """a theme that gets other minutes without a reason"""
    go(page, f"/werkateliers/{_workshop(site)}/agenda")
    page.locator("input[value=retimed]").check()
    return send(page, "/agenda/themas")


def _invitation(site: Site) -> str:
    """The address by which somebody of the demo answers who was not asked yet."""
    token = new_token()
    with site.app.app_context():
        asked = AgendaInvitation(
            workshop_id=site.first(select(Workshop.id).order_by(Workshop.id)),
            theme_id=site.first(select(Theme.id).order_by(Theme.id.desc())),
            person_id=site.first(select(Person.id).order_by(Person.id.desc())),
            role=Invited.PROPOSER,
            token_hash=agenda_invitations.token_hash(token),
            asked_at=datetime.now(UTC),
        )
        db.session.execute(delete(AgendaInvitation).where(AgendaInvitation.person_id == asked.person_id))
        db.session.add(asked)
        db.session.commit()
    return f"/uitnodiging-agenda/{token}"


@state(STRANGER, "agenda_answers.answer")
def _asked_to_come(page: Page, site: Site) -> int:
    """the link with which somebody answers whether they come"""
    return go(page, _invitation(site))


@state(STRANGER, "agenda_answers.answer", 400)
def _answer_without_choice(page: Page, site: Site) -> int:
    """an answer in which nothing was chosen"""
    address = _invitation(site)
    go(page, address)
    return send(page)


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


@state(FACILITATOR, "projector.screen")
def _screen_in_the_room(page: Page, site: Site) -> int:
    """the screen with the code of the room"""
    status = go(page, f"/werkateliers/{_workshop(site)}/scherm/openen?beeld=aanmelden")
    expect(page.locator(".screen-join__code svg")).to_be_visible()
    return status


@state(STRANGER, "projector.screen")
def _screen_from_afar(page: Page, site: Site) -> int:
    """the screen as everybody may see it"""
    status = go(page, f"/werkateliers/{_workshop(site)}/scherm?beeld=aanmelden")
    expect(page.locator(".screen-join__address")).to_contain_text("op het scherm in de zaal")
    return status


@state(STRANGER, "workshop.show")
def _decided(page: Page, site: Site) -> int:
    """a published agenda while counts are hidden"""
    number = int(site.first(select(AgendaVersion.workshop_id).order_by(AgendaVersion.id)))
    call = int(site.first(select(Workshop.call_id).where(Workshop.id == number)))
    first, last = datetime(2019, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    phase = Phase(call_id=call, name="Stil", starts_at=first, ends_at=last, hides_counts=True)
    with site.app.app_context():
        db.session.add(phase)
        db.session.commit()
        added = phase.id
    try:
        status = go(page, f"/werkateliers/{number}?nu={added}")
    finally:
        with site.app.app_context():
            db.session.execute(delete(Phase).where(Phase.id == added))
            db.session.commit()
    expect(page.locator("#agenda")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Je ziet waarom deze thema's erop staan")
    return status


@state(STRANGER, "projector.screen")
def _screen_without_network(page: Page, site: Site) -> int:
    """the screen without a network"""
    status = go(page, f"/werkateliers/{_workshop(site)}/scherm")
    page.route("**/scherm/stand*", lambda route: route.fulfill(status=204))
    expect(page.locator(".screen__notice")).to_be_visible()
    return status
