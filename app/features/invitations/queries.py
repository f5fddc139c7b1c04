"""Invitations and trusted domains as their pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.db import db
from app.domain.ballot import Group
from app.kit import tokens
from app.models.entry import Invitation, TrustedDomain
from app.models.person import Organisation, Person

PER_PAGE = 50
STATES = ("waiting", "used", "expired", "revoked")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and what became of it."""

    id: int
    email: str
    group: Group
    as_delegate: bool
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    organisation: str
    by: str

    def state(self, now: datetime) -> str:
        """One of STATES."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "waiting"


@dataclass(frozen=True, slots=True)
class Domain:
    """A trusted domain, and how many people with such an address count as residents still."""

    id: int
    domain: str
    group: Group
    organisation: str
    created_at: datetime
    residents: int


def invitations(state: str, before: int | None, now: datetime) -> tuple[list[Invited], int | None]:
    """Invitations in a state (all without one), newest first, from a number on; and where the next page begins."""
    query = _invited().limit(PER_PAGE + 1)
    if state in STATES:
        query = query.where(in_state(state, now))
    if before is not None:
        query = query.where(Invitation.id < before)
    rows = [Invited(*row) for row in db.session.execute(query)]
    return rows[:PER_PAGE], rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None


def in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Whether an invitation is in one of STATES."""
    free = and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    return {
        "used": Invitation.used_at.is_not(None),
        "revoked": and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_not(None)),
        "expired": and_(free, Invitation.expires_at <= now),
        "waiting": and_(free, Invitation.expires_at > now),
    }[state]


def token_hash(token: str) -> str:
    """What the table keeps of the token in a link."""
    return tokens.keyed_hash("invitation", token)


def with_token(token: str) -> Invitation | None:
    """The invitation that a link is for."""
    return db.session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))


def name_of(person_id: int | None) -> str:
    """How somebody is called."""
    return (db.session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None) or ""


def organisations() -> list[tuple[int, str]]:
    """All organisations by name."""
    return [(row[0], row[1]) for row in db.session.execute(_organisations())]


def delegate_of(organisation_id: int) -> str:
    """The name of the delegate of an organisation, if it has one."""
    found = select(Person.name).where(Person.organisation_id == organisation_id, Person.is_delegate)
    return db.session.scalar(found) or ""


def domains(now: datetime) -> list[Domain]:
    """The trusted domains by name."""
    return [
        Domain(*row, residents=residents_at(row[1], now))
        for row in db.session.execute(
            select(
                TrustedDomain.id,
                TrustedDomain.domain,
                TrustedDomain.group,
                func.coalesce(Organisation.name, ""),
                TrustedDomain.created_at,
            )
            .outerjoin(Organisation, Organisation.id == TrustedDomain.organisation_id)
            .order_by(TrustedDomain.domain)
        ).all()
    ]


def residents_at(domain: str, now: datetime) -> int:
    """How many people with an address at exactly this domain, without a tag, count as residents."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Person)
            .where(
                Person.email.endswith(f"@{domain}", autoescape=True),
                Person.email.not_like("%+%"),
                Person.group == Group.RESIDENT,
                Person.not_blocked(now),
                Person.erased_at.is_(None),
            )
        )
        or 0
    )


def _organisations() -> Select[int, str]:
    return select(Organisation.id, Organisation.name).order_by(Organisation.name, Organisation.id)


def _invited() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invitation.id,
            Invitation.email,
            Invitation.group,
            Invitation.as_delegate,
            Invitation.created_at,
            Invitation.expires_at,
            Invitation.used_at,
            Invitation.revoked_at,
            func.coalesce(Organisation.name, ""),
            func.coalesce(Person.name, ""),
        )
        .outerjoin(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(Person, Person.id == Invitation.invited_by_id)
        .order_by(Invitation.id.desc())
    )
