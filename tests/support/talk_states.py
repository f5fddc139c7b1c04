"""States of the discussion, the library of practices and the partners that a plain visit misses."""

from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.lifecycle import IdeaState
from app.models import Argument, Call, Idea
from tests.support.agenda_states import STATES
from tests.support.browsing import Site
from tests.support.states import MODERATOR, ORGANISER, RESIDENT, STRANGER, go, send, state

__all__ = ["STATES"]


@state(RESIDENT, "discussion.change", 400)
def _emptied_text(page: Page, site: Site) -> int:
    """one's own text, emptied"""
    go(page, f"/argumenten/{_own_argument(page, site, 'emptied')}/bewerken")
    page.locator("#change-body").fill("")
    return send(page, "/bewerken")


@state(RESIDENT, "discussion.remove")
def _taking_back(page: Page, site: Site) -> int:
    """asking once more before a text is removed"""
    return go(page, f"/argumenten/{_own_argument(page, site, 'removed')}/verwijderen")


@state(RESIDENT, "ideas.show")
def _further_on(page: Page, site: Site) -> int:
    """one's own text in a discussion in another order"""
    number = _own_argument(page, site, "shown")
    return go(page, f"{urlsplit(page.url).path}?argumenten=oud#argument-{number}")


def _own_argument(page: Page, site: Site, which: str) -> int:
    """The number of a text that the visitor posts now."""
    query = (
        select(Argument.idea_id).join(Idea, Idea.id == Argument.idea_id).join(Call, Call.id == Idea.call_id)
    )
    open_idea = query.where(
        Call.slug == "waar-moet-maastricht-slim-in-zijn", Idea.state == IdeaState.PUBLISHED
    )
    go(page, f"/ideeen/{site.first(open_idea.order_by(Argument.id))}/argumenten")
    page.get_by_role("radio").first.check()
    page.locator("#argument-body").fill(f"Een argument om te laten zien hoe dit eruitziet ({which}).")
    send(page, "/argumenten")
    return int(page.url.rpartition("-")[2])


@state(STRANGER, "practices.index")
def _no_practices(page: Page, site: Site) -> int:
    """no practices found"""
    return go(page, "/praktijk?niveau=city&zoek=onvindbaar")


@state(STRANGER, "practices.suggest", 400)
def _empty_suggestion(page: Page, site: Site) -> int:
    """an empty suggestion"""
    go(page, "/praktijk/voorstellen")
    return send(page, "/voorstellen")


@state(MODERATOR, "practices.refuse", 400)
def _refusal_without_words(page: Page, site: Site) -> int:
    """a suggestion refused without a sentence"""
    go(page, "/moderatie/praktijken")
    page.locator(".queue__title a").first.click()
    return send(page, "/weigeren")


@state(ORGANISER, "partners.choose_delegate", 400)
def _delegate_without_reason(page: Page, site: Site) -> int:
    """another delegate without a reason"""
    go(page, "/beheer/partners")
    page.get_by_role("main").locator(".panel__title a").first.click()
    return send(page, "/afgevaardigde")
