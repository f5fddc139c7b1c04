"""Trusting a mail domain: who signs in with such an address belongs to a group from then on."""

from datetime import datetime

from sqlalchemy import select

from app.db import begin_write, db
from app.domain import mail_domains
from app.domain.ballot import Group
from app.domain.decision import N_, Decision
from app.features.invitations import service
from app.features.invitations.service import Overtaken, Wanted
from app.kit import audit
from app.models.entry import TrustedDomain
from app.models.person import Person
from app.records import groups


def add(organiser: Person, domain: str, wanted: Wanted, now: datetime) -> None:
    """Trust a domain. Raises Overtaken when it is trusted already, LookupError when the organisation is gone."""
    if db.session.scalar(select(TrustedDomain.id).where(TrustedDomain.domain == domain)) is not None:
        raise Overtaken(Decision(N_("This domain is in the list already. Remove it first to change it.")))
    organisation = service.organisation_for(wanted, now)
    row = TrustedDomain(domain=domain, group=wanted.group, organisation=organisation, created_at=now)
    db.session.add(row)
    told = {
        "domain": domain,
        "group": wanted.group.value,
        "organisation": organisation.name if organisation else "",
    }
    audit.record(organiser, "domains.add", row, now, after=told)
    db.session.commit()


def remove(organiser: Person, domain_id: int, now: datetime) -> None:
    """Trust a domain no longer; who joined a group by it stays there. Raises LookupError."""
    row = db.session.get(TrustedDomain, domain_id, with_for_update={"of": TrustedDomain})
    if row is None:
        raise LookupError(domain_id)
    audit.record(
        organiser, "domains.remove", row, now, before={"domain": row.domain, "group": row.group.value}
    )
    db.session.delete(row)
    db.session.commit()


def welcome(person: Person, now: datetime) -> None:
    """Somebody has just signed in: give a resident the group of the domain of their address, if it is trusted.

    Never as a delegate: who speaks for an organisation is asked by invitation. Nor by an address with a tag, such as
    name+2@example.org: one mailbox has as many of those as it likes, and one person has one vote of a group.
    """
    if (
        person.email is None
        or "+" in person.email
        or person.group != Group.RESIDENT
        or person.confirmed_at is None
    ):
        return
    known = select(TrustedDomain).where(TrustedDomain.domain == mail_domains.of(person.email))
    if db.session.scalar(known) is None:
        return
    number = person.id
    begin_write()
    again, row = db.session.get_one(Person, number), db.session.scalar(known)
    if row is None or again.group != Group.RESIDENT:
        db.session.rollback()
        return
    groups.move_person(again, row.group, row.organisation, False, now)
    after = {"group": row.group.value}
    audit.record(again, "domains.join", again, now, before={"group": Group.RESIDENT.value}, after=after)
    db.session.commit()
