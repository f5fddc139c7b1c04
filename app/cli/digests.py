"""Mail with the news that could wait."""

import click
from flask.cli import AppGroup

from app.db import db
from app.features.notifications import digests, fan_out
from app.kit import clock
from app.models.person import Digest

digest = AppGroup("digest", help="Mail with the news that could wait.")


@digest.command("send")
@click.option("--kind", type=click.Choice([Digest.DAILY.value, Digest.WEEKLY.value]), help="Only this kind.")
def send(kind: str | None) -> None:
    """Write the digests now instead of at half past seven, and put them in the outbox. Nobody gets a second one.

    The site does this by itself. Who had a digest today (or this week) is left alone until the next one.
    """
    now = clock.now()
    fan_out.tell_all(now)
    for each in (Digest.DAILY, Digest.WEEKLY):
        if kind in (None, each.value):
            number = digests.write(digests.at_once(each, now), now)
            click.echo(f"{each.value}: {number} in the outbox.")
    db.session.rollback()
