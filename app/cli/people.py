"""People and how they sign in."""

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.domain.ballot import Group
from app.features.accounts import second_factor, service
from app.kit import audit, clock, mail
from app.kit.i18n import LANGUAGES
from app.models.person import Organisation, Person, PersonRole, Role
from app.policies.accounts import may_sign_in

people = AppGroup("people", help="People and how they sign in.")


@people.command("create")
@click.option("--email", required=True, help="Where the codes to sign in go.")
@click.option("--name", required=True, help="What everybody sees.")
@click.option(
    "--group",
    default=Group.RESIDENT.value,
    help="resident (the default), council or partner: whose voice it is.",
)
@click.option("--role", "roles", multiple=True, help="moderator, facilitator or organiser; may be repeated.")
@click.option("--organisation", default="", help="The short name (slug) of the organisation of a partner.")
@click.option("--delegate", is_flag=True, help="This person votes for the organisation.")
@click.option("--language", default="nl", help="nl (the default) or en: the language of mails.")
def create(
    email: str,
    name: str,
    group: str,
    roles: tuple[str, ...],
    organisation: str,
    delegate: bool,
    language: str,
) -> None:
    """Make an account for somebody whom you know: staff, a council member, a partner."""
    now = clock.now()
    address = _address(email)
    name = " ".join(name.split())
    if not 2 <= len(name) <= 80:
        raise Refusal("A name has 2 to 80 characters.")
    try:
        voice = Group(group)
    except ValueError:
        raise Refusal(f"There is no group {group!r}. Choose resident, council or partner.") from None
    unknown = sorted(set(roles) - set(Role))
    if unknown:
        raise Refusal(f"There is no role {unknown[0]!r}. Choose moderator, facilitator or organiser.")
    if language not in LANGUAGES:
        raise Refusal(f"The site does not speak {language!r}. Choose nl or en.")
    if db.session.scalar(select(Person.id).where(Person.email == address)):
        raise Refusal(f"There is a person with the address {address} already.")
    place = _organisation(organisation, voice, delegate)
    person = Person(
        email=address,
        name=name,
        group=voice,
        organisation_id=place.id if place else None,
        is_delegate=delegate,
        language=language,
        created_at=now,
        confirmed_at=now,
    )
    person.role_rows = [PersonRole(role=Role(role)) for role in sorted(set(roles))]
    db.session.add(person)
    db.session.flush()
    made = {
        "group": voice.value,
        "roles": sorted(set(roles)),
        "organisation": place.slug if place else "",
        "delegate": delegate,
    }
    audit.record(None, "accounts.create", person, now, after=made, why="flask people create")
    db.session.commit()
    click.echo(f"Made person {person.id}: {name}, {_kind(person)}.")


@people.command("login-link")
@click.option("--email", required=True, help="The address of an account that exists.")
def login_link(email: str) -> None:
    """Print a link that signs somebody in once, within 10 minutes. For the first organiser, or when mail is down."""
    now = clock.now()
    address = _address(email)
    person = db.session.scalar(select(Person).where(Person.email == address))
    if person is None:
        raise Refusal(f"Nobody has the address {address}. Make an account with: flask people create")
    if not may_sign_in(person, now):
        raise Refusal(f"The account of {address} is blocked.")
    language = person.language
    audit.record(None, "accounts.login_link", person, now, why="flask people login-link")
    link = service.make_link(address, language, now)
    click.echo(link)


@people.command("reset-second-factor")
@click.argument("email")
@click.option("--why", default="", help="What the audit log says about it.")
def reset_second_factor(email: str, why: str) -> None:
    """Take away the second step of the account with this address EMAIL: a new one is set up at the next sign-in.

    For the last organiser who lost app and recovery codes; all sessions of this person end.
    """
    address = _address(email)
    person = db.session.scalar(select(Person).where(Person.email == address))
    if person is None:
        raise Refusal(f"Nobody has the address {address}.")
    reason = " – ".join(filter(None, ("flask people reset-second-factor", why.strip())))
    if not second_factor.reset(None, person, reason, clock.now()):
        raise Refusal(f"The account of {address} has no second step.")
    click.echo(f"{address} sets up a new second step at the next sign-in.")


@people.command("list")
@click.option("--staff", is_flag=True, help="Only people with a role.")
def list_(staff: bool) -> None:
    """Everybody who can sign in: number, address, kind and name."""
    now = clock.now()
    begin_read()
    query = (
        select(Person)
        .options(joinedload(Person.organisation))
        .where(Person.email.is_not(None))
        .order_by(Person.id)
    )
    if staff:
        query = query.where(
            select(func.count()).where(PersonRole.person_id == Person.id).scalar_subquery() > 0
        )
    for person in db.session.scalars(query):
        blocked = ", blocked" if person.is_blocked(now) else ""
        click.echo(f"{person.id}\t{person.email}\t{_kind(person)}{blocked}\t{person.name}")
    db.session.rollback()


def _address(text: str) -> str:
    try:
        return mail.clean_address(text)
    except ValueError:
        raise Refusal(f"{text!r} is not an e-mail address.") from None


def _organisation(slug: str, group: Group, delegate: bool) -> Organisation | None:
    if group != Group.PARTNER:
        if slug or delegate:
            raise Refusal("Only a partner has an organisation: add --group partner.")
        return None
    if not slug:
        raise Refusal("A partner speaks for an organisation: add --organisation with its short name.")
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        known = ", ".join(db.session.scalars(select(Organisation.slug).order_by(Organisation.slug)))
        raise Refusal(f"There is no organisation {slug!r}. There is: {known or 'none yet'}.")
    if delegate:
        other = db.session.scalar(
            select(Person.name).where(Person.organisation_id == found.id, Person.is_delegate)
        )
        if other is not None:
            raise Refusal(f"{found.name} has a delegate already: {other}.")
    return found


def _kind(person: Person) -> str:
    parts = [person.group.value, *sorted(person.roles)]
    if person.organisation:
        parts.append(f"{'delegate of ' if person.is_delegate else ''}{person.organisation.name}")
    return ", ".join(parts)
