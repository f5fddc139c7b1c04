"""Mail that waits to be sent."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.kit import clock
from app.kit.mail import MOST_TRIES, deliver
from app.models.message import MailMessage

mail = AppGroup("mail", help="Mail that waits to be sent.")


@mail.command("send")
def send() -> None:
    """Send what waits. The site does this by itself; for a cron job, or to see what goes wrong."""
    if not current_app.config["SITE"].mail_url:
        raise Refusal("MAIL_URL is not set, so there is no server to send through. Mail stays in the outbox.")
    sent = failed = 0
    while True:
        round_ = deliver(clock.now())
        sent += round_.sent
        failed += round_.failed
        if not round_.sent:
            break
    begin_read()
    not_sent = MailMessage.sent_at.is_(None)
    waiting = db.session.scalar(select(func.count()).where(not_sent, MailMessage.tries < MOST_TRIES)) or 0
    fault = db.session.scalar(
        select(MailMessage.last_error)
        .where(not_sent, MailMessage.last_error != "")
        .order_by(MailMessage.next_try_at.desc())
        .limit(1)
    )
    db.session.rollback()
    click.echo(f"{sent} sent, {waiting} waiting.")
    if failed:
        raise Refusal(f"{failed} could not be sent: {fault or 'see the log'}.")
