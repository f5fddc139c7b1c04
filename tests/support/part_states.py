"""States of taking part that a plain visit misses: invited, changing in view, leaving, arranging an activity."""

import secrets
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.features.notifications import unsubscribing
from app.kit.tokens import keyed_hash, new_token
from app.models import Activity, Invitation, Person
from tests.support import journey
from tests.support.browsing import Site
from tests.support.states import ORGANISER, RESIDENT, STRANGER, go, idea, send, state
from tests.support.talk_states import STATES

__all__ = ["STATES"]


@state(STRANGER, "invitations.open")
def _invited(page: Page, site: Site) -> int:
    """an invitation that waits"""
    token, now = new_token(), datetime.now(UTC)
    with site.app.app_context():
        invitation = Invitation(
            email=f"{secrets.token_hex(6)}@voorbeeld.example",
            group=Group.COUNCIL,
            token_hash=keyed_hash("invitation", token),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        db.session.add(invitation)
        db.session.commit()
    return go(page, f"/uitnodiging/{token}")


@state(STRANGER, "invitations.open", 410)
def _not_invited(page: Page, site: Site) -> int:
    """an invitation that is not known"""
    return go(page, "/uitnodiging/geen-echte-sleutel")


@state(STRANGER, "notifications.unsubscribe")
def _no_more_mail(page: Page, site: Site) -> int:
    """the link at the foot of a mail"""
    with site.app.app_context():
        number = db.session.scalars(select(Person.id).where(Person.name == journey.RESIDENT)).one()
        address = unsubscribing.address(number, "nl")
    return go(page, address)


@state(RESIDENT, "changes.withdrawing")
def _withdrawing(page: Page, site: Site) -> int:
    """asking once more before an idea is withdrawn"""
    return go(page, f"/ideeen/{idea(site, author=journey.RESIDENT)}/intrekken")


@state(RESIDENT, "changes.amend")
def _amending(page: Page, site: Site) -> int:
    """changing one's own idea in view of everybody"""
    return go(page, f"/ideeen/{idea(site, author=journey.RESIDENT)}/wijzigen")


@state(RESIDENT, "changes.amend", 403)
def _amending_another(page: Page, site: Site) -> int:
    """changing an idea of somebody else"""
    return go(page, f"/ideeen/{idea(site)}/wijzigen")


@state(RESIDENT, "privacy.erase", 400)
def _not_sure(page: Page, site: Site) -> int:
    """an account that is not deleted without the tick"""
    go(page, "/mijn/verwijderen")
    return send(page, "/verwijderen")


@state(ORGANISER, "gatherings.manage", 400)
def _impossible_evening(page: Page, site: Site) -> int:
    """an activity at an impossible moment"""
    go(page, f"/beheer/activiteiten/{site.first(select(Activity.id).where(Activity.capacity > 0))}")
    page.locator("#hour").fill("")
    page.locator("#capacity").fill("0")
    return send(page, page.url.rpartition("/")[2])
