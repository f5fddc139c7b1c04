"""Computes the chain of the audit log anew every night, and tells organisers of a break."""

from datetime import datetime, timedelta

import structlog
from flask import current_app
from flask_babel import gettext
from sqlalchemy import select

from app.db import begin_read, db
from app.domain.audit_chain import Break, Verdict
from app.kit import clock, mail, signals
from app.kit.i18n import speaking
from app.kit.jobs import Job
from app.models.message import MailMessage
from app.models.person import Person, PersonRole, Role
from app.records import audit_log

log = structlog.get_logger()


def check(now: datetime) -> None:
    """Go along the whole chain, once a night; organisers hear of a break, nothing is repaired here."""
    if not _is_due():
        return  # somebody else was first
    verdict = audit_log.nightly()
    letters = _letters(verdict, now)
    if not audit_log.write_check(verdict, now, AUDIT_CHECK.name):
        db.session.rollback()
        return
    db.session.add_all(letters)
    db.session.commit()
    if verdict.broken is None:
        log.info("audit_holds", lines=verdict.lines, redacted=verdict.redacted)
        return
    log.error("audit_broken", **verdict.broken.values)
    signals.mail_queued.send()


def said(broken: Break) -> str:
    """The break in a sentence of the language of the page or mail."""
    return gettext(broken.sentence, **broken.values)


def _is_due() -> bool:
    begin_read()
    try:
        return audit_log.is_due(clock.now())
    finally:
        db.session.rollback()


def _letters(verdict: Verdict, now: datetime) -> list[MailMessage]:
    """A mail to every organiser when the chain is broken; to the address of the site when there is none."""
    if verdict.broken is None:
        return []
    begin_read()
    rows = db.session.execute(
        select(Person.email, Person.language)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            PersonRole.role == Role.ORGANISER,
            Person.email.is_not(None),
            Person.confirmed_at.is_not(None),
            Person.not_blocked(now),
        )
        .order_by(Person.id)
    ).all()
    db.session.rollback()
    readers = [(str(email), language) for email, language in rows]
    return [
        _letter(email, language, verdict.broken, now)
        for email, language in readers or [(current_app.config["SITE"].contact_email, "nl")]
    ]


def _letter(email: str, language: str, broken: Break, now: datetime) -> MailMessage:
    with speaking(language):
        sentence = said(broken)
    url = mail.address("organiser.audit", language)
    return mail.compose(email, "audit_broken", language, now, sentence=sentence, url=url)


AUDIT_CHECK = Job(
    name="audit-check",
    every=timedelta(minutes=1),
    run=check,
    lease=timedelta(minutes=15),
    is_due=_is_due,
)
"""Looks once a minute whether it is past three and nobody checked yet; a server that was down then checks later."""
