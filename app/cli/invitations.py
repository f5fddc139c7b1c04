"""Inviting a council member or a partner from the command line."""

import click
from sqlalchemy import select

from app.cli.people import people as people  # the group, with the command below
from app.cli.refusal import Refusal
from app.db import db
from app.domain.ballot import Group
from app.features.invitations import service
from app.kit import clock, mail
from app.kit.i18n import LANGUAGES
from app.models.person import Organisation


@people.command("invite")
@click.argument("email")
@click.option("--group", required=True, help="council or partner: whose voice it will be.")
@click.option(
    "--organisation", "slug", default="", help="The short name (slug) of the organisation of a partner."
)
@click.option("--delegate", is_flag=True, help="This person will vote for the organisation.")
@click.option("--days", default=service.DAYS, help=f"How long the link works; default {service.DAYS}.")
@click.option("--language", default="nl", help="nl (the default) or en: the language of the mail.")
def invite(email: str, group: str, slug: str, delegate: bool, days: int, language: str) -> None:
    """Send an invitation and print its link, which works once."""
    now = clock.now()
    try:
        address = mail.clean_address(email)
    except ValueError:
        raise Refusal(f"{email!r} is not an e-mail address.") from None
    if group not in (Group.COUNCIL, Group.PARTNER):
        raise Refusal(f"Nobody is invited to the group {group!r}. Choose council or partner.")
    if language not in LANGUAGES:
        raise Refusal(f"The site does not speak {language!r}. Choose nl or en.")
    if not 1 <= days <= service.MOST_DAYS:
        raise Refusal(f"An invitation works 1 to {service.MOST_DAYS} days.")
    organisation = _organisation(Group(group), slug, delegate)
    wanted = service.Wanted(Group(group), organisation, as_delegate=delegate, days=days, language=language)
    for _email, why in service.faults([address], wanted, now):
        raise Refusal(why.refusal)
    (link,) = service.invite(None, [address], wanted, now)
    click.echo(link)


def _organisation(group: Group, slug: str, delegate: bool) -> int | None:
    if group == Group.COUNCIL:
        if slug or delegate:
            raise Refusal("Only a partner has an organisation: use --group partner.")
        return None
    if not slug:
        raise Refusal("A partner speaks for an organisation: add --organisation with its short name.")
    found = db.session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        known = ", ".join(db.session.scalars(select(Organisation.slug).order_by(Organisation.slug)))
        raise Refusal(f"There is no organisation {slug!r}. There is: {known or 'none yet'}.")
    return found
