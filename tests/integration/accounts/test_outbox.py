"""Mail: written with what it tells, sent once by whoever is first, tried again when the server is away."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.kit import jobs, mail
from app.models.message import MailMessage
from tests.support.mail_server import certificate, mail_server
from tests.support.servers import free_port

MakeApp = Callable[..., Flask]
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
IDEA = {
    "person_name": "Inge",
    "idea_title": "Bankjes & <b>bomen</b>",
    "idea_url": "http://localhost/ideeen/7",
    "reason": "Niet duidelijk genoeg",
    "sentence": "Schrijf op waar\nhet bankje komt.",
}


def put(app: Flask, kind: str = "idea_published", recipient: str = "inge@voorbeeld.example") -> int:
    with app.app_context():
        context = {"code": "012345", "link": "http://localhost/inloggen/link/x", "minutes": 10}
        message = mail.queue(recipient, kind, "nl", NOW, **(context if kind == "sign_in" else IDEA))
        db.session.commit()
        return message.id


def deliver(app: Flask, now: datetime = NOW) -> mail.Sent:
    with app.app_context():
        return mail.deliver(now)


def row(app: Flask, number: int) -> MailMessage:
    with app.app_context():
        return db.session.get_one(MailMessage, number)


def test_a_mail_arrives_once_with_both_texts(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}", MAIL_FROM="Stem <stem@stad.example>")
        number = put(app)
        assert deliver(app) == mail.Sent(1, 0)
        assert deliver(app, NOW + timedelta(days=1)) == mail.Sent(0, 0)
    (message,) = box.messages
    assert box.recipients == ["inge@voorbeeld.example"]
    assert message["Subject"] == "Je idee staat op de site: Bankjes & <b>bomen</b>"
    assert message["From"] == "Stem <stem@stad.example>"
    assert message["Message-ID"] == f"<{number}.{int(NOW.timestamp())}@stad.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "Je idee ‘Bankjes & <b>bomen</b>’ staat op de site." in plain.get_content()
    assert "Bankjes &amp; &lt;b&gt;bomen&lt;/b&gt;" in rich.get_content()
    sent = row(app, number)
    assert sent.sent_at == NOW
    assert sent.text


def test_a_sign_in_mail_is_forgotten_once_it_is_sent(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        number = put(app, "sign_in")
        assert row(app, number).text
        deliver(app)
    assert len(box.messages) == 1
    assert (row(app, number).text, row(app, number).html) == ("", "")


def test_a_sign_in_mail_that_is_too_late_is_not_sent(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        number = put(app, "sign_in")
        assert deliver(app, NOW + timedelta(minutes=11)) == mail.Sent(0, 0)
        assert deliver(app, NOW + timedelta(days=1)) == mail.Sent(0, 0)
    assert not box.messages
    late = row(app, number)
    assert (late.sent_at, late.text, late.last_error) == (None, "", "Too late: its code has expired.")


def test_without_a_server_mail_stays_in_the_outbox(app: Flask) -> None:
    number = put(app, "sign_in")
    assert deliver(app) == mail.Sent(0, 0)
    assert row(app, number).text
    assert row(app, number).tries == 0


def test_a_server_that_is_away_is_tried_again_later_and_later(make_app: MakeApp) -> None:
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    number, now, waits = put(app), NOW, []
    for _time in range(mail.MOST_TRIES):
        assert deliver(app, now) == mail.Sent(0, 1)
        assert deliver(app, now) == mail.Sent(0, 0)
        waits.append(int((row(app, number).next_try_at - now).total_seconds() // 60))
        now = row(app, number).next_try_at
    assert waits == [1, 2, 5, 15, 60, 240, 720, 720, 720, 720]
    assert "refused" in row(app, number).last_error
    assert deliver(app, now + timedelta(days=9)) == mail.Sent(0, 0)
    assert row(app, number).sent_at is None


def test_a_server_that_comes_back_gets_everything(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        first, second = put(app), put(app, recipient="twee@voorbeeld.example")
        box.hang_up = True
        assert deliver(app) == mail.Sent(0, 1)
        assert row(app, first).tries == row(app, second).tries == 1
        box.hang_up = False
        assert deliver(app, NOW + timedelta(minutes=1)) == mail.Sent(2, 0)
    assert box.recipients == ["inge@voorbeeld.example", "twee@voorbeeld.example"]
    assert row(app, first).last_error == ""


@pytest.mark.parametrize(
    ("answer", "gives_up"), [("450 later", False), ("550 nobody here", True)], ids=["later", "never"]
)
def test_a_recipient_that_is_refused_does_not_stop_the_others(
    make_app: MakeApp, answer: str, gives_up: bool
) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        number = put(app)
        box.refuse_recipient = answer
        assert deliver(app) == mail.Sent(0, 1)
        assert row(app, number).last_error == answer
        box.refuse_recipient = ""
        put(app, recipient="twee@voorbeeld.example")
        later = NOW + timedelta(days=1)
        assert deliver(app, later) == mail.Sent(1 if gives_up else 2, 0)
    assert row(app, number).sent_at == (None if gives_up else later)


def test_a_message_that_is_refused_for_good_is_not_tried_again(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        number = put(app)
        box.refuse_data = "554 looks like spam"
        assert deliver(app) == mail.Sent(0, 1)
        box.refuse_data = ""
        assert deliver(app, NOW + timedelta(days=1)) == mail.Sent(0, 0)
    assert row(app, number).last_error == "554 looks like spam"


def test_processes_that_send_at_once_never_send_twice(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        for number in range(20):
            put(app, recipient=f"gast{number}@voorbeeld.example")
        start, done = threading.Barrier(4), []

        def send() -> None:
            start.wait()
            done.append(deliver(app))

        threads = [threading.Thread(target=send) for _thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(box.recipients) == sorted(f"gast{number}@voorbeeld.example" for number in range(20))
    assert sum(one.sent for one in done) == 20
    assert sum(one.failed for one in done) == 0


def test_a_claim_that_was_left_behind_runs_out(make_app: MakeApp) -> None:
    """A process that died while sending: another takes over after the claim, so the mail arrives at least once."""
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        number = put(app)
        with app.app_context():
            assert mail._claim(number, NOW, NOW) is not None
            assert mail._claim(number, NOW, NOW) is None
            db.session.rollback()
        assert deliver(app, NOW + timedelta(minutes=4)) == mail.Sent(0, 0)
        assert deliver(app, NOW + mail.CLAIM) == mail.Sent(1, 0)
    assert len(box.messages) == 1


@pytest.mark.one_database
def test_encryption_is_used_when_offered_and_the_password_goes_with_it(
    make_app: MakeApp, tmp_path: Path
) -> None:
    with mail_server(tls=certificate(tmp_path), login=True) as box:
        app = make_app(MAIL_URL=f"smtp://stem%40stad.example:geheim%401@127.0.0.1:{box.port}")
        put(app)
        assert deliver(app) == mail.Sent(1, 0)
    assert box.encrypted == [True]
    assert box.logins == [("stem@stad.example", "geheim@1")]


@pytest.mark.one_database
def test_a_wrong_password_leaves_the_mail_waiting_and_is_named_without_the_password(
    make_app: MakeApp, tmp_path: Path
) -> None:
    with mail_server(tls=certificate(tmp_path), login=True) as box:
        app = make_app(MAIL_URL=f"smtp://stem:verkeerd@127.0.0.1:{box.port}")
        number = put(app)
        assert deliver(app) == mail.Sent(0, 1)
    assert "535" in row(app, number).last_error
    assert "verkeerd" not in row(app, number).last_error


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["idea_published", "idea_returned", "idea_refused", "idea_hidden"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_mail_about_an_idea_is_whole(app: Flask, kind: str, language: str) -> None:
    with app.app_context():
        message = mail.compose("inge@voorbeeld.example", kind, language, NOW, **IDEA)
    assert "\n" not in message.subject
    assert "Bankjes" in message.subject
    assert ("Hallo" if language == "nl" else "Hello") in message.text
    assert f'<html lang="{language}">' in message.html
    assert IDEA["idea_url"] in message.text
    assert f'href="{IDEA["idea_url"]}"' in message.html
    assert "<b>bomen" not in message.html
    if kind != "idea_published":
        assert IDEA["sentence"] in message.text
    if kind in ("idea_refused", "idea_hidden"):
        assert IDEA["reason"] in message.text
        assert IDEA["reason"] in message.html


@pytest.mark.one_database
def test_a_title_of_two_lines_stays_in_the_subject(app: Flask) -> None:
    with app.app_context():
        idea = {**IDEA, "idea_title": "Een idee\nBcc: iedereen@voorbeeld.example"}
        message = mail.compose("inge@voorbeeld.example", "idea_published", "nl", NOW, **idea)
    assert "\n" not in message.subject


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Inge@Voorbeeld.Example", "inge@voorbeeld.example"),
        ("inge@münchen.example", "inge@xn--mnchen-3ya.example"),
        ("geen adres", ""),
        ("ingé@voorbeeld.example", ""),
        ("inge@voorbeeld.example\nBcc: x@y.example", ""),
    ],
)
def test_an_address_is_kept_one_way(typed: str, kept: str) -> None:
    assert mail.is_address(typed) is bool(kept)
    if kept:
        assert mail.clean_address(typed) == kept


def test_mail_send_sends_what_waits(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        put(app)
        put(app, recipient="twee@voorbeeld.example")
        result = app.test_cli_runner().invoke(args=["mail", "send"])
    assert (result.exit_code, result.output) == (0, "2 sent, 0 waiting.\n")
    assert len(box.messages) == 2


def test_mail_send_says_what_goes_wrong(make_app: MakeApp) -> None:
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    put(app)
    result = app.test_cli_runner().invoke(args=["mail", "send"])
    assert result.exit_code == 2
    assert "1 could not be sent: " in result.output
    assert "refused" in result.output
    with app.app_context():
        assert db.session.scalars(select(MailMessage.sent_at)).one() is None


@pytest.mark.one_database
def test_mail_send_without_a_server_says_so(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "send"])
    assert result.exit_code == 2
    assert result.output.startswith("MAIL_URL is not set")


def test_the_site_sends_by_itself_when_it_has_a_server(make_app: MakeApp) -> None:
    with mail_server() as box:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}")
        put(app)
        (job,) = [job for job in jobs._jobs if job.name == "mail"]
        with app.app_context():
            assert jobs.run_once(job, NOW, "a test") is jobs.Turn.RAN
    assert len(box.messages) == 1
