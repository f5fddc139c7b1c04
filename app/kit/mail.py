"""E-mail: a row in the outbox, written in the transaction of what it tells, and sent afterwards."""

import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app, render_template
from sqlalchemy import select, update

from app.db import begin_read, db
from app.kit import jobs
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.message import MailMessage
from app.models.person import Person

log = structlog.get_logger()

SIGN_IN = "sign_in"
INVITATION = "invitation"
OPENS_A_DOOR = frozenset({SIGN_IN, INVITATION})
DIGEST = "digest"
SIGN_IN_LIFETIME = timedelta(minutes=10)
"""A sign-in mail is useless after this, so it is not sent any more."""
MOST_TRIES = 10
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240, 720)]
"""How long after the first, second, … try that failed; all tries together take two and a half days."""
CLAIM = timedelta(minutes=5)
"""How long a message belongs to the process that is sending it."""
TIMEOUT = 10.0
"""Seconds that a mail server may be silent."""
LONGEST_RUN = 30.0
"""Seconds after which a run leaves the rest to the next one, well within the lease of its job."""


STOPPED = "This address does not take mail any more."
_OURS = re.compile(r"53\d|5\d\d[ -]5\.7\.")
"""Answers that are about us and not about the mailbox: no password, no permission, a policy."""


class MailRefused(Exception):
    """The mail server, or our setting for it, does not allow what we want; the message says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did."""

    sent: int
    failed: int


def clean_address(text: str) -> str:
    """An e-mail address as it is kept: lower case, the domain as machines write it. Raises ValueError."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return (found.ascii_email or found.normalized).lower()


def is_address(text: str) -> bool:
    """Whether mail could be sent to this."""
    try:
        return bool(clean_address(text))
    except ValueError:
        return False


def address(endpoint: str, language: str, **values: Any) -> str:
    """The whole address of a page in a language, for use in mails.

    Made from SITE_URL and never from the request: its Host header is a visitor's to choose.
    """
    root = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    path = current_app.url_map.bind("localhost", script_name=root or "/").build(endpoint, values)
    return f"{current_app.config['SITE'].site_url}{path}"


def whole(path: str, language: str) -> str:
    """The whole address of a path that is kept without site and language."""
    root = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    return f"{current_app.config['SITE'].site_url}{root}{path}"


def compose(recipient: str, template: str, language: str, now: datetime, **context: Any) -> MailMessage:
    """A mail made of templates/emails/<template>.txt and .html, not yet in the outbox.

    The first line of the text, `Subject: …`, is the subject. Write it before rows are locked. With an
    `unsubscribe_url` one click in the mail program ends this kind of mail (RFC 8058).
    """
    with speaking(language):
        text = render_template(f"emails/{template}.txt", language_code=language, **context)
        html = render_template(f"emails/{template}.html", language_code=language, **context)
    subject, _, text = text.lstrip().partition("\n")
    return MailMessage(
        recipient=recipient,
        subject=" ".join(subject.removeprefix("Subject:").split())[:200],
        text=text.strip() + "\n",
        html=html.strip() + "\n",
        kind=template,
        unsubscribe_url=str(context.get("unsubscribe_url", "")),
        created_at=now,
        next_try_at=now,
        tries=0,
    )


def queue(recipient: str, template: str, language: str, now: datetime, **context: Any) -> MailMessage:
    """Compose a mail and put it in the outbox; the caller commits, the worker sends.

    The text is made now, so that later changes cannot reach into it.
    """
    message = compose(recipient, template, language, now, **context)
    db.session.add(message)
    return message


def deliver(now: datetime, most: int = 200) -> Sent:
    """Send what waits, oldest first, at most `most` messages; without MAIL_URL everything stays where it is.

    Digests come last: nobody waits for a code to sign in because it is half past seven.

    Each message is claimed by one conditional statement and committed before it is sent, so two processes
    never send the same one. When a process dies after the server took the message and before that was written
    down, it is sent again once the claim has run out: a mail arrives at least once, and in that rare case
    twice, with the same Message-ID. The other way round somebody could wait in vain for a decision.
    """
    settings = current_app.config["SITE"]
    if not settings.mail_url:
        return Sent(0, 0)
    begin_read()
    waiting = db.session.execute(
        select(MailMessage.id, MailMessage.next_try_at)
        .where(MailMessage.sent_at.is_(None), MailMessage.next_try_at <= now, MailMessage.tries < MOST_TRIES)
        .order_by(MailMessage.kind == DIGEST, MailMessage.created_at, MailMessage.id)
        .limit(most)
    ).all()
    db.session.rollback()
    if not waiting:
        return Sent(0, 0)
    sent = failed = 0
    ends = time.monotonic() + LONGEST_RUN
    try:
        with _server(settings.mail_url) as server:
            for number, seen in waiting:
                if time.monotonic() > ends:
                    break
                message = _claim(number, seen, now)
                if message is None:
                    continue
                if _send(server, message, settings.mail_from, now):
                    sent += 1
                else:
                    failed += 1
    except (OSError, smtplib.SMTPException, MailRefused) as error:
        # The server cannot be reached, left, or does not want us at all: the rest waits for its next turn.
        db.session.rollback()
        failed += _postpone([number for number, _seen in waiting], now, str(error))
        log.warning("mail_server_failed", error=str(error)[:200])
    return Sent(sent, failed)


def _claim(number: int, seen: datetime, now: datetime) -> MailMessage | None:
    """Take one message for this process, unless another took or sent it since we looked."""
    taken = db.session.execute(
        update(MailMessage)
        .where(MailMessage.id == number, MailMessage.sent_at.is_(None), MailMessage.next_try_at == seen)
        .values(next_try_at=now + CLAIM, tries=MailMessage.tries + 1)
        .returning(MailMessage.id)
    ).one_or_none()
    if taken is None:
        db.session.rollback()
        return None
    message = db.session.get(MailMessage, number, populate_existing=True)
    if message is not None and message.kind == SIGN_IN and now - message.created_at > SIGN_IN_LIFETIME:
        _give_up(message, "Too late: its code has expired.", now)
        message = None
    elif message is not None and message.kind != SIGN_IN and _has_stopped(message.recipient):
        _give_up(message, STOPPED, now)
        message = None
    db.session.commit()
    return message


def _has_stopped(recipient: str) -> bool:
    """Whether this is the address of somebody that turned out not to take mail; only signing in is still mailed."""
    stopped = select(Person.id).where(Person.email == recipient, Person.mail_stopped_at.is_not(None))
    return db.session.scalar(stopped.limit(1)) is not None


def _send(server: smtplib.SMTP, message: MailMessage, sender: str, now: datetime) -> bool:
    """Hand one claimed message to the server and write down what came of it; raises when the server left."""
    number, recipient = message.id, message.recipient
    db.session.expunge(message)
    db.session.rollback()  # nothing is held open while the server thinks
    fault, final, gone = "", False, False
    broken: Exception | None = None
    try:
        server.send_message(_letter(message, sender), parseaddr(sender)[1], [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        fault, final = f"{code} {_words(words)}", code >= 500
        gone = final and not _OURS.match(fault)
    except smtplib.SMTPDataError as error:
        fault, final = f"{error.smtp_code} {_words(error.smtp_error)}", error.smtp_code >= 500
    except (smtplib.SMTPNotSupportedError, ValueError) as error:
        fault, final = str(error), True
    except (OSError, smtplib.SMTPException) as error:
        fault, broken = str(error), error
    message = db.session.get_one(MailMessage, number)
    if not fault:
        message.sent_at = now
        message.last_error = ""
        _forget(message)
    elif final:
        _give_up(message, fault, now)
    else:
        _wait(message, now, fault)
    if gone:
        db.session.execute(
            update(Person)
            .where(Person.email == recipient, Person.mail_stopped_at.is_(None))
            .values(mail_stopped_at=now)
        )
    db.session.commit()
    if fault:
        log.warning("mail_refused", message=number, final=final, reason=fault[:200])
    if broken:
        raise broken
    return not fault


def _words(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _letter(message: MailMessage, sender: str) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = message.subject
    letter["From"] = sender
    letter["To"] = message.recipient
    letter["Date"] = format_datetime(message.created_at)
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    letter["Message-ID"] = f"<{message.id}.{int(message.created_at.timestamp())}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        letter["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.text)
    if message.html:
        letter.add_alternative(message.html, subtype="html")
    # An address in a header is never folded or encoded: not every program would put it together again.
    letter.policy = letter.policy.clone(max_line_length=900)
    return letter


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the server of MAIL_URL, encrypted from the start (smtps) or as soon as offered."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    here = host in ("localhost", "127.0.0.1", "::1")
    context = ssl.create_default_context()
    if here:  # a relay on this machine has no certificate that anybody could check
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    with server:
        encrypted = parts.scheme == "smtps"
        server.ehlo_or_helo_if_needed()
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if parts.username:
            if not (encrypted or here):
                raise MailRefused("The mail server offers no encryption, so the password was not sent.")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _postpone(numbers: list[int], now: datetime, fault: str) -> int:
    """Let messages wait that could not even be offered, but none that another process has; how many."""
    messages = db.session.scalars(
        select(MailMessage)
        .where(MailMessage.id.in_(numbers), MailMessage.sent_at.is_(None), MailMessage.next_try_at <= now)
        .with_for_update()
    ).all()
    for message in messages:
        message.tries += 1
        _wait(message, now, fault)
    db.session.commit()
    return len(messages)


def _wait(message: MailMessage, now: datetime, fault: str) -> None:
    message.next_try_at = now + WAITS[min(message.tries, len(WAITS)) - 1]
    message.last_error = fault[:300]
    if message.tries >= MOST_TRIES:
        message.given_up_at = now
        _forget(message)


def _give_up(message: MailMessage, fault: str, now: datetime) -> None:
    message.tries = MOST_TRIES
    message.last_error = fault[:300]
    message.given_up_at = now
    _forget(message)


def _forget(message: MailMessage) -> None:
    """Some mails open a door; once such a one is on its way nobody needs our copy."""
    if message.kind in OPENS_A_DOOR:
        message.text = message.html = ""


def init_app(app: Flask) -> None:
    if app.config["SITE"].mail_url:
        jobs.register(jobs.Job("mail", timedelta(seconds=2), _run))


def _run(now: datetime) -> None:
    deliver(now)
