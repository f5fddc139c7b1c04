"""Newcomers: a resident like any other, under a name that gives nothing away until they choose one."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.domain.ballot import Group
from app.kit.i18n import speaking
from app.models.person import Person


def with_address(email: str) -> Person | None:
    """Who has this address."""
    return db.session.scalar(select(Person).where(Person.email == email))


def add(language: str, now: datetime, *, email: str | None = None, oidc_hash: str | None = None) -> Person:
    """Make a person; the caller commits. Raises IntegrityError, with all that was done before still standing, when
    somebody else made one with this address or this hash at the same moment."""
    person = Person(
        email=email,
        name="",
        group=Group.RESIDENT,
        language=language,
        created_at=now,
        confirmed_at=now,
        oidc_hash=oidc_hash,
    )
    with db.session.begin_nested():
        db.session.add(person)
    with speaking(language):
        person.name = _("Participant %(number)s", number=person.id)
    return person


def by_mail(email: str, language: str, now: datetime) -> tuple[Person, bool]:
    """Whoever reads the mail of this address, made if nobody has it yet, and whether they are new.

    The caller commits.
    """
    person = with_address(email)
    if person is not None:
        return person, False
    try:
        return add(language, now, email=email), True
    except IntegrityError:
        # The same new address was confirmed twice at the same moment: the other made the account.
        person = with_address(email)
        if person is None:
            raise
        return person, False
