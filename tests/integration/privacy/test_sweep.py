"""Nobody uses it any more: a warning first, a month later the name goes; who comes back or takes part stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db
from app.features.privacy import service
from app.models import ContactMessage, MailMessage, Person
from app.models.person import Role
from app.models.process import ProcessState
from app.records import erasure
from tests import factories

pytestmark = pytest.mark.usefixtures("app_context")
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3 * 365)


def idle(name: str, *roles: Role, **values: Any) -> Person:
    return factories.a_person(*roles, name=name, created_at=LONG_AGO, last_seen_at=LONG_AGO, **values)


def names() -> set[str]:
    return set(db.session.scalars(select(Person.name).where(Person.erased_at.is_(None))))


def mails() -> list[tuple[str, str]]:
    rows = db.session.execute(select(MailMessage.kind, MailMessage.recipient).order_by(MailMessage.id))
    return [(kind, recipient) for kind, recipient in rows]


def test_a_warning_a_month_and_then_the_name_goes() -> None:
    gone, back = idle("Weg", email="weg@voorbeeld.example"), idle("Terug", email="terug@voorbeeld.example")
    idle("Organisator", Role.ORGANISER)
    busy = idle("Bezig")
    factories.a_vote(factories.an_idea(), busy)
    old = factories.a_process(
        state=ProcessState.CLOSED, starts_at=LONG_AGO, ends_at=LONG_AGO, retention_months=60
    )
    remembered = idle("In een traject dat lang bewaard wordt")
    factories.an_idea(factories.a_call(old, open_now=False), remembered)
    factories.a_person(name="Nieuw", created_at=NOW)
    db.session.commit()
    everybody = names()

    assert service.sweep(NOW, dry=True).warned == 2
    assert mails() == []
    first = service.sweep(NOW)
    assert (first.warned, first.erased) == (2, 0)
    assert sorted(mails()) == [
        ("account_idle", "terug@voorbeeld.example"),
        ("account_idle", "weg@voorbeeld.example"),
    ]
    assert service.sweep(NOW + timedelta(days=1)).warned == 0, "one warning"
    back.last_seen_at = NOW.replace(hour=0)  # came back on the day of the warning; days are all that is kept
    db.session.commit()

    assert service.sweep(NOW + timedelta(days=29)).erased == 0
    last = service.sweep(NOW + timedelta(days=31))
    assert (last.warned, last.erased) == (0, 1)
    assert names() == everybody - {"Weg"}
    assert (gone.email, gone.name) == (None, "")
    assert not service.sweep(NOW + timedelta(days=31)), "nothing is left to do"


def test_who_comes_back_while_others_are_erased_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    warned = NOW - timedelta(days=40)
    first, second = (idle(name, warned_at=warned).id for name in ("Weg", "Net terug"))
    db.session.commit()
    erase = erasure.erase

    def slowly(number: int, now: datetime) -> list[int]:
        db.session.execute(update(Person).where(Person.id == second).values(last_seen_at=now))
        return erase(number, now)

    monkeypatch.setattr(erasure, "erase", slowly)
    service.sweep(NOW)
    assert (names(), first < second) == ({"Net terug"}, True)


def test_who_leaves_again_is_warned_again() -> None:
    person = idle("Terug", warned_at=LONG_AGO + timedelta(days=10))
    person.last_seen_at = LONG_AGO + timedelta(days=20)
    db.session.commit()
    swept = service.sweep(NOW)
    assert (swept.warned, swept.erased) == (1, 0)


def test_mail_and_senders_of_questions_are_not_kept_for_ever() -> None:
    old = NOW - timedelta(days=400)
    for name, sent in (("oud", old), ("nieuw", NOW - timedelta(days=2))):
        message = {"subject": name, "text": "x", "html": "", "kind": "x", "next_try_at": sent}
        db.session.add(
            MailMessage(recipient=f"{name}@voorbeeld.example", created_at=sent, sent_at=sent, **message)
        )
        question = {"body": "Hoe laat begint het?", "created_at": sent, "handled_at": sent}
        db.session.add(ContactMessage(name=name, email=f"{name}@voorbeeld.example", **question))
    db.session.commit()
    swept = service.sweep(NOW)
    assert (swept.mails, swept.contacts) == (1, 1)
    assert db.session.scalars(select(MailMessage.subject)).all() == ["nieuw"]
    assert db.session.scalars(select(ContactMessage.name).order_by(ContactMessage.id)).all() == ["", "nieuw"]


def test_the_command_says_what_it_did(app: Flask) -> None:
    idle("Weg")
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["privacy", "sweep", "--dry-run"]).output.startswith("Would warn 1 and erase 0 accounts;")
    assert run(args=["privacy", "sweep"]).output.startswith("Warned 1 and erased 0 accounts;")
    assert run(args=["privacy", "sweep"]).output.startswith("Warned 0 and erased 0 accounts;")
