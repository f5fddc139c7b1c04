"""Everything that the site keeps of one person, in parts that make a page, a file for people and one for machines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select

from app.db import db
from app.features.privacy.own_account import around
from app.features.privacy.own_texts import written
from app.features.privacy.own_votes import merged, voted
from app.features.privacy.parts import Part, Question, plain
from app.kit.words import word
from app.models import (
    Organisation,
    Person,
    PersonRole,
)
from app.models.person import Role

SCHEMA = "eigen-gegevens@1"


def everything(person: Person) -> list[Part]:
    """All parts, those without rows too: that we keep nothing of a kind is an answer as well."""
    return [_profile(person), *(_part(*one) for one in questions(person))]


def as_json(person: Person, now: datetime) -> dict[str, Any]:
    """The file for machines: every part under its key."""
    parts = {part.key: part.records() for part in everything(person)}
    return {"schema": SCHEMA, "made_at": plain(now), **parts}


def has_other_organisers(person_id: int, now: datetime) -> bool:
    """Whether anybody else holds the keys of the site."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    PersonRole.role == Role.ORGANISER,
                    PersonRole.person_id != person_id,
                    PersonRole.person_id == Person.id,
                    Person.not_blocked(now),
                )
            )
        )
    )


def _profile(person: Person) -> Part:
    organisation = db.session.get(Organisation, person.organisation_id) if person.organisation_id else None
    values = [
        (_("Name"), "name", person.name),
        (_("E-mail address"), "email", person.email),
        (_("Group"), "group", person.group),
        (_("Organisation name"), "organisation", organisation.name if organisation else None),
        (_("Speaks for the organisation"), "is_delegate", person.is_delegate),
        (_("Tasks on this site"), "roles", ", ".join(sorted(word(role) for role in person.roles)) or None),
        (_("Language"), "language", person.language),
        (_("Postcode, four digits"), "postcode", person.postcode or None),
        (_("Neighbourhood"), "neighbourhood", person.neighbourhood or None),
        (_("Signs in through another provider"), "has_provider", person.oidc_hash is not None),
        (_("Here since"), "created_at", person.created_at),
        (_("Last here on"), "last_seen_at", person.last_seen_at),
        (_("How often news is mailed"), "digest", person.digest),
        (_("Address does not take mail since"), "mail_stopped_at", person.mail_stopped_at),
    ]
    return Part(
        "profile",
        _("You"),
        tuple((key, title) for title, key, _value in values),
        [[value for _title, _key, value in values]],
    )


def _part(
    key: str, title: str, columns: tuple[tuple[str, str], ...], query: Select[*tuple[Any, ...]]
) -> Part:
    return Part(key, title, columns, [tuple(row) for row in db.session.execute(query)])


def questions(person: Person) -> Iterator[Question]:
    """One for each kind of thing that is kept of somebody; each is one statement."""
    yield from written(person.id)
    yield from voted(person.id)
    yield from merged(person.id)
    yield from around(person)
