"""Keeping no longer than needed."""

import click
from flask.cli import AppGroup

from app.features.privacy import service
from app.kit import clock

privacy = AppGroup("privacy", help="Keeping no longer than needed.")


@privacy.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def sweep(dry_run: bool) -> None:
    """Warn idle accounts, erase those warned a month ago, throw away old mail and messages.

    The site does this by itself every six hours.
    """
    swept = service.sweep(clock.now(), dry=dry_run)
    click.echo(
        f"{'Would warn' if dry_run else 'Warned'} {swept.warned} and {'erase' if dry_run else 'erased'} {swept.erased}"
        f" accounts; {swept.mails} mails, {swept.notices} messages, {swept.drafts} drafts,"
        f" {swept.contacts} senders of questions and {swept.notes} notes with registrations"
        f" {'would go' if dry_run else 'are gone'}."
    )
