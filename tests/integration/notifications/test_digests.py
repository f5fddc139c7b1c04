"""Digests: what waits, in one mail a day or a week, never twice and never empty, and one click to end them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.features.notifications import digests, unsubscribing
from app.kit import mail
from app.models import MailMessage, Notice, NoticeChoice, Person
from app.models.following import NoticeKind
from app.models.person import Digest
from tests.integration.notifications.conftest import Town
from tests.support import post, visit
from tests.support.mail_server import mail_server

MONDAY = datetime(2026, 6, 15, 5, 30, tzinfo=UTC)
"""Half past seven on a Monday morning in Amsterdam, in summer."""
EVENING = MONDAY - timedelta(hours=10)
DAY = timedelta(days=1)


def run(town: Town, now: datetime) -> list[str]:
    """Let the job write what is due; who has which mail so far."""
    with town.app.app_context():
        if digests.is_due(now):
            digests.run(now)
    return sorted(letter.recipient for letter in town.all(MailMessage))


def address_of(town: Town, person: int) -> str:
    return str(town.get(Person, person).email)


def test_every_morning_or_every_monday_and_never_empty(town: Town) -> None:
    daily, weekly = town.person(), town.person(digest=Digest.WEEKLY)
    off, gone = town.person(digest=Digest.OFF), town.person(mail_stopped_at=MONDAY)
    nameless, blocked = town.person(email=None), town.person(blocked_at=MONDAY)
    everybody = (daily, weekly, off, gone, nameless, blocked)
    for person in everybody:
        town.tell(person, at=EVENING)
    town.tell(daily, "decided", at=EVENING, kind=NoticeKind.DECISION)
    both = sorted([address_of(town, daily), address_of(town, weekly)])
    assert run(town, MONDAY - timedelta(seconds=1)) == both[:0]
    assert run(town, MONDAY) == both
    assert run(town, MONDAY + timedelta(hours=3)) == both
    town.tell(daily, "late", at=MONDAY - timedelta(seconds=2))  # told after the digest was written
    town.tell(daily, "noon", at=MONDAY + timedelta(hours=5))
    town.tell(weekly, "noon", at=MONDAY + timedelta(hours=5))
    for later in (timedelta(hours=6), timedelta(hours=17), DAY - timedelta(seconds=1)):
        assert run(town, MONDAY + later) == both
    assert len(run(town, MONDAY + DAY)) == 3
    assert len(run(town, MONDAY + 6 * DAY)) == 3  # nothing new for the one, not yet Monday for the other
    assert len(run(town, MONDAY + 9 * DAY)) == 4  # a server that was down on Monday catches up
    texts = [letter.text for letter in town.all(MailMessage) if letter.recipient == address_of(town, daily)]
    assert [text.count("* Nieuws") for text in texts] == [1, 2]
    assert {notice.person_id for notice in town.all(Notice) if notice.waits} == {gone}


def test_a_kind_that_is_switched_off_stays_in_the_inbox(town: Town) -> None:
    person = town.person()
    mine = town.client(person)
    town.tell(person, "waited", at=EVENING, kind=NoticeKind.ARGUMENT)
    page = visit(mine, "/mijn/berichten/instellingen", max_queries=3)
    answer = page.submit(
        "main form.form", {"digest": "daily", "kinds": ["status", "idea", "reply", "activity"], "voted": "y"}
    )
    assert answer.status_code == 303
    town.tell(person, "after", at=EVENING, kind=NoticeKind.ARGUMENT)
    assert run(town, MONDAY) == []
    town.tell(person, "status", at=EVENING)
    assert run(town, MONDAY) == [address_of(town, person)]
    assert len(town.inbox(person)) == 3
    assert [(row.kind, row.by_mail) for row in town.all(NoticeChoice)] == [(NoticeKind.ARGUMENT, False)]
    page = visit(mine, "/mijn/berichten/instellingen")
    assert page.one("#voted").has_attr("checked")
    assert page.submit("main form.form", {"digest": "off", "kinds": ["status"]}).status_code == 303
    town.tell(person, "quiet", at=EVENING)
    assert not any(notice.waits for notice in town.inbox(person))
    assert post(mine, "/mijn/berichten/instellingen", 400, digest="hourly").status_code == 400


@pytest.mark.parametrize("step", ["claimed", "marked", "queued"])
def test_a_crash_between_the_steps_leaves_everything_to_the_next_round(
    town: Town, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    person = town.person()
    town.tell(person, at=EVENING)
    real, seen = db.session.execute, list[str]()

    def execute(statement: object, *args: object, **values: object) -> object:
        result = real(statement, *args, **values)  # type: ignore[call-overload]
        words = str(statement)
        seen.extend(name for name in ("person", "notice") if words.startswith(f"UPDATE {name}"))
        if {"claimed": "person", "marked": "notice"}.get(step) in seen:
            raise OSError("the power is gone")
        return result

    def commit() -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(db.session, "execute", execute)
        if step == "queued":
            patched.setattr(db.session, "commit", commit)
        with pytest.raises(OSError, match="power"):
            run(town, MONDAY)
    assert town.all(MailMessage) == []
    assert len(run(town, MONDAY + timedelta(minutes=1))) == 1
    assert len(run(town, MONDAY + timedelta(minutes=2))) == 1


def test_of_two_who_write_at_once_one_does(town: Town) -> None:
    people = [town.person() for _each in range(4)]
    for person in people:
        for number in range(3):
            town.tell(person, f"test:{number}", at=EVENING)
    gate, written = threading.Barrier(3), []

    def write() -> None:
        gate.wait(10)
        with town.app.app_context():
            written.append(digests.write(digests.due(Digest.DAILY, MONDAY), MONDAY))

    threads = [threading.Thread(target=write) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(written) == 3
    assert sum(written) == 4
    assert len({letter.recipient for letter in town.all(MailMessage)}) == len(town.all(MailMessage)) == 4


@pytest.mark.parametrize("language", ["nl", "en"])
def test_one_click_ends_it(make_app: Callable[..., Flask], language: str) -> None:
    with mail_server() as box:
        town = Town(make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}"))
        person = town.person(language=language, name="Inge <b>")
        for number in range(digests.MOST_SHOWN + 2):
            town.tell(person, f"test:{number}", at=EVENING, title=f"Nieuws {number} <i>", text="Zin.")
        run(town, MONDAY)
        with town.app.app_context():
            mail.queue(
                "ander@voorbeeld.example", "idea_published", "nl", MONDAY, person_name="x", idea_title="y"
            )
            db.session.commit()
            assert mail.deliver(MONDAY) == mail.Sent(2, 0)
    decision, message = box.messages  # the digest goes last, whatever was queued first
    assert decision["List-Unsubscribe"] is decision["List-Unsubscribe-Post"] is None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    root = "/en" if language == "en" else ""
    path = urlsplit(address).path
    assert path.startswith(f"{root}/afmelden/")
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert f'lang="{language}"' in rich.get_content()
    assert "Nieuws 31 <i>" in plain.get_content()
    assert "Nieuws 31 &lt;i&gt;" in rich.get_content()
    for text in (plain.get_content(), rich.get_content()):
        assert address in text
        assert text.count("Zin.") == digests.MOST_SHOWN
        assert ("En nog 2 berichten." if language == "nl" else "And 2 more messages.") in text
        assert f"{root}/ideeen/{town.idea}" in text

    stranger = town.app.test_client()
    page = visit(stranger, path)
    assert town.get(Person, person).digest is Digest.DAILY  # a scanner that follows links ends nothing
    assert page.response.headers["Cache-Control"] == "no-store"
    answer = town.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (204, None)
    assert town.get(Person, person).digest is Digest.OFF
    assert town.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 204
    done = visit(stranger, path)
    assert (
        "Je krijgt geen mail met nieuws meer" if language == "nl" else "You get no mail with news"
    ) in done.html
    assert not done.soup.select("main form")


@pytest.mark.one_database
def test_only_our_own_links_end_anything(town: Town) -> None:
    person = town.person()
    with town.app.app_context():
        token = urlsplit(unsubscribing.address(person, "nl")).path.rpartition("/")[2]
    visitor = town.app.test_client()
    for wrong in (token[:-1], f"{token}x", "x", "W10.x"):
        assert visit(visitor, f"/afmelden/{wrong}", 400).h1 == "Deze link werkt niet"
        assert visitor.post(f"/afmelden/{wrong}", data={"List-Unsubscribe": "One-Click"}).status_code == 400
    assert town.get(Person, person).digest is Digest.DAILY
    answer = visit(visitor, f"/afmelden/{token}").submit("main form")
    assert (answer.status_code, answer.location) == (303, f"/afmelden/{token}")
    assert town.get(Person, person).digest is Digest.OFF


@pytest.mark.one_database
def test_the_command_writes_before_the_time_and_nobody_gets_a_second_one(town: Town) -> None:
    daily, weekly = town.person(), town.person(digest=Digest.WEEKLY)
    for person in (daily, weekly):
        town.tell(person)
    runner = town.app.test_cli_runner()
    assert runner.invoke(args=["digest", "send", "--kind", "daily"]).output == "daily: 1 in the outbox.\n"
    for person in (daily, weekly):
        town.tell(person, "test:2")
    result = runner.invoke(args=["digest", "send"])
    assert (result.exit_code, result.output) == (0, "daily: 0 in the outbox.\nweekly: 1 in the outbox.\n")
    assert runner.invoke(args=["digest", "send"]).output.count("0 in the outbox") == 2
    assert runner.invoke(args=["digest", "send", "--kind", "off"]).exit_code == 2
    with town.app.app_context():
        assert db.session.scalars(select(Notice.person_id).where(Notice.waits)).all() == [daily]
