"""Whom the sign-in provider lets in: the person it knows by a keyed hash, one with the same address, or a new one."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import begin_write, db
from app.features.accounts.oidc import Known, Problem, ProviderFault
from app.features.accounts.service import Arrival
from app.kit import audit, mail
from app.models.person import Person
from app.records import people, sanctions


def arrival(known: Known, language: str, next_path: str, now: datetime) -> Arrival:
    """Find, link or make the person behind a checked answer.

    Raises ProviderFault when the address belongs to somebody who is linked otherwise, and NotAllowed for a
    blocked person.
    """
    begin_write()
    email = _address(known.email)
    person = _with_hash(known.oidc_hash)
    if person is None and email:
        person = db.session.scalar(select(Person).where(Person.email == email))
        if person is not None:
            sanctions.let_in(person, now)
            _link(person, known.oidc_hash, now, Problem.OTHER_ACCOUNT)
    is_new = person is None
    if person is None:
        person, is_new = _new_person(known.oidc_hash, email, language, now)
    sanctions.let_in(person, now)
    if person.confirmed_at is None:
        person.confirmed_at = now
    db.session.commit()
    return Arrival(person, is_new, next_path, "")


def link(number: int, known: Known, now: datetime) -> None:
    """Let a signed-in person come in by the provider from now on. Raises ProviderFault."""
    begin_write()
    person = db.session.get_one(Person, number)
    other = _with_hash(known.oidc_hash)
    if other is not None and other.id != person.id:
        db.session.rollback()
        raise ProviderFault(Problem.TAKEN, "linked to another person")
    if other is None:
        person.oidc_hash = None
        db.session.flush()
        _link(person, known.oidc_hash, now, Problem.TAKEN)
    db.session.commit()


def unlink(person: Person, now: datetime) -> bool:
    """Let the person come in by mail alone; False for somebody whom that would shut out."""
    if person.email is None:
        return False
    if person.oidc_hash is not None:
        person.oidc_hash = None
        _note(person, "accounts.unlink_provider", now)
        db.session.commit()
    return True


def _with_hash(oidc_hash: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.oidc_hash == oidc_hash))


def _link(person: Person, oidc_hash: str, now: datetime, problem: Problem) -> None:
    """Tie a person without a link to the provider. Raises ProviderFault when another was tied meanwhile."""
    try:
        with db.session.begin_nested():
            tied = db.session.execute(
                update(Person)
                .where(Person.id == person.id, Person.oidc_hash.is_(None))
                .values(oidc_hash=oidc_hash)
                .returning(Person.id)
            ).one_or_none()
    except IntegrityError:
        tied = None
    if tied is None:
        db.session.rollback()
        raise ProviderFault(problem, "linked otherwise")
    _note(person, "accounts.link_provider", now)


def _new_person(oidc_hash: str, email: str | None, language: str, now: datetime) -> tuple[Person, bool]:
    """A new resident under a name that gives nothing away, until they choose one."""
    try:
        return people.add(language, now, email=email, oidc_hash=oidc_hash), True
    except IntegrityError:
        # The same person came in twice at the same moment: the other made the account.
        found = _with_hash(oidc_hash)
        if found is None:
            db.session.rollback()
            raise ProviderFault(Problem.OTHER_ACCOUNT, "address taken meanwhile") from None
        return found, False


def _address(email: str) -> str | None:
    """The verified address as we keep addresses; None for what we could not write to."""
    try:
        return mail.clean_address(email) if email else None
    except ValueError:
        return None


def _note(person: Person, action: str, now: datetime) -> None:
    if person.is_staff:
        audit.record(person, action, person, now)
