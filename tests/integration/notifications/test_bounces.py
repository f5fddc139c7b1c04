"""Addresses that take no mail: tried again when it is for now, given up and left alone when it is for good."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.db import db
from app.kit import mail
from app.models import MailMessage, Person
from tests.integration.notifications.conftest import Town
from tests.support import visit
from tests.support.mail_server import mail_server

NOW = datetime.now(UTC)


def put(town: Town, kind: str, recipient: str, **values: object) -> int:
    context = {"person_name": "x", "idea_title": "y", "code": "012345", "link": "http://x/", "minutes": 10}
    with town.app.app_context():
        message = mail.queue(recipient, kind, "nl", NOW, **context)
        for name, value in values.items():
            setattr(message, name, value)
        db.session.commit()
        return message.id


def test_an_address_that_does_not_exist_is_left_alone_until_its_owner_signs_in(
    make_app: Callable[..., Flask],
) -> None:
    with mail_server() as box:
        town = Town(make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}"))
        person = town.person(email="weg@voorbeeld.example")
        box.refuse_recipient = "550 5.1.1 nobody here"
        first = put(town, "idea_published", "weg@voorbeeld.example")
        second = put(town, "idea_published", "weg@voorbeeld.example")
        assert town.do(mail.deliver, NOW) == mail.Sent(0, 1)
        assert town.get(Person, person).mail_stopped_at == NOW
        assert town.get(MailMessage, first).last_error == "550 5.1.1 nobody here"
        assert town.get(MailMessage, second).last_error == mail.STOPPED  # not even offered
        assert {letter.given_up_at for letter in town.all(MailMessage)} == {NOW}
        mine = town.client(person)
        assert "Mail aan jou komt terug" in visit(mine, "/mijn/berichten").html
        assert "Mail aan jou komt terug" not in visit(town.client(town.person()), "/mijn/berichten").html
        desk = visit(town.client(town.organiser), "/beheer")
        assert "1 adres neemt onze mail niet aan" in desk.html

        box.refuse_recipient = ""
        put(town, "idea_published", "weg@voorbeeld.example")
        assert town.do(mail.deliver, NOW) == mail.Sent(0, 0)
        client = town.app.test_client()
        visit(client, "/inloggen").submit("main form", {"email": "weg@voorbeeld.example"})
        # The page read the real clock, which went on since this file was read.
        assert town.do(mail.deliver, datetime.now(UTC)) == mail.Sent(1, 0)
        code = box.messages[-1].get_body(("plain",)).get_content().split()  # type: ignore[union-attr]
        digits = next(word for word in code if word.isdigit() and len(word) == 6)
        visit(client, "/inloggen/code").submit("main form:has(#code)", {"code": digits})
        assert town.get(Person, person).mail_stopped_at is None
        put(town, "idea_published", "weg@voorbeeld.example")
        assert town.do(mail.deliver, datetime.now(UTC)) == mail.Sent(1, 0)
        assert "Mail aan jou komt terug" not in visit(client, "/mijn/berichten").html


@pytest.mark.one_database
@pytest.mark.parametrize(
    "answer", ["450 4.2.1 later", "550 5.7.1 we do not trust you", "530 5.7.0 who are you"]
)
def test_what_is_for_now_or_about_us_does_not_stop_anybody(
    make_app: Callable[..., Flask], answer: str
) -> None:
    with mail_server() as box:
        town = Town(make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}"))
        person = town.person(email="hier@voorbeeld.example")
        box.refuse_recipient = answer
        number, now = put(town, "idea_published", "hier@voorbeeld.example"), NOW
        for _time in range(mail.MOST_TRIES):
            town.do(mail.deliver, now)
            now = town.get(MailMessage, number).next_try_at
        letter = town.get(MailMessage, number)
        assert (letter.tries, letter.sent_at) == (mail.MOST_TRIES, None)
        assert letter.given_up_at is not None
        assert town.get(Person, person).mail_stopped_at is None


@pytest.mark.one_database
def test_no_header_can_be_smuggled_in_and_the_others_still_go(make_app: Callable[..., Flask]) -> None:
    evil = "x\r\nBcc: iedereen@voorbeeld.example"
    with mail_server() as box:
        town = Town(make_app(MAIL_URL=f"smtp://127.0.0.1:{box.port}"))
        spoilt = [
            put(town, "idea_published", "a@voorbeeld.example", subject=evil),
            put(town, "idea_published", "b@voorbeeld.example", unsubscribe_url=evil),
            put(town, "idea_published", evil),
            put(town, "idea_published", "c@voorbeeld.example>\r\nRCPT TO:<iedereen@voorbeeld.example"),
        ]
        put(town, "idea_published", "goed@voorbeeld.example")
        assert town.do(mail.deliver, NOW) == mail.Sent(1, 4)
    assert box.recipients == ["goed@voorbeeld.example"]
    assert all(town.get(MailMessage, number).given_up_at for number in spoilt)
