"""Two at once: a mail lets in once, no more than five codes are compared, one account per address."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.features.accounts import service
from app.features.accounts.service import NoEntry, Problem, TooManyMails
from app.models.person import Person, SignInCode

T = TypeVar("T")
EMAIL = "een@voorbeeld.example"


def all_at_once(app: Flask, deeds: list[Callable[[], T]]) -> list[T | Exception]:
    """Do everything at the same moment, each in a thread of its own; what came back or went wrong."""
    start = threading.Barrier(len(deeds))
    found: list[T | Exception] = []

    def do(deed: Callable[[], T]) -> None:
        with app.app_context():
            start.wait()
            try:
                found.append(deed())
            except Exception as error:
                found.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def ask(app: Flask) -> service.Asked:
    with app.test_request_context():
        return service.ask_to_sign_in(EMAIL, "nl", datetime.now(UTC))


def problems(found: list[T | Exception]) -> list[Problem]:
    unexpected = [one for one in found if isinstance(one, Exception) and not isinstance(one, NoEntry)]
    assert not unexpected
    return sorted(one.problem for one in found if isinstance(one, NoEntry))


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_of_eight_who_open_one_link_exactly_one_gets_in(app: Flask) -> None:
    asked, now = ask(app), datetime.now(UTC)
    found = all_at_once(app, [lambda: service.open_link(asked.link_token, now).is_new] * 8)
    assert problems(found) == [Problem.USED] * 7
    assert found.count(True) == 1
    assert people(app) == 1


def test_of_a_code_and_its_link_at_once_exactly_one_gets_in(app: Flask) -> None:
    asked, now = ask(app), datetime.now(UTC)
    ways = [
        lambda: service.open_link(asked.link_token, now).is_new,
        lambda: service.enter_code(asked.browser_token, asked.code, now).is_new,
    ]
    found = all_at_once(app, ways * 3)
    assert problems(found) == [Problem.USED] * 5
    assert people(app) == 1


def test_of_twenty_wrong_codes_at_once_five_are_compared(app: Flask) -> None:
    asked, now = ask(app), datetime.now(UTC)
    wrong = [f"{(int(asked.code) + step) % 10**6:06d}" for step in range(1, 21)]
    found = all_at_once(app, [partial(service.enter_code, asked.browser_token, code, now) for code in wrong])
    assert problems(found) == [Problem.TOO_MANY_TRIES] * 16 + [Problem.WRONG] * 4
    with app.app_context():
        assert db.session.scalars(select(SignInCode.tries_left)).one() == 0


def test_six_mails_of_one_new_address_make_one_account(app: Flask) -> None:
    tokens, now = [ask(app).link_token for _mail in range(6)], datetime.now(UTC)
    found = all_at_once(app, [partial(service.open_link, token, now) for token in tokens])
    assert problems(found) == []
    assert sorted(one.is_new for one in found if isinstance(one, service.Arrival)) == [
        *[False] * 5,
        True,
    ]
    assert people(app) == 1


def test_of_twenty_requests_at_once_six_send_a_mail(app: Flask) -> None:
    now = datetime.now(UTC)
    app.jinja_env.get_template("emails/sign_in.txt")
    found = all_at_once(app, [lambda: service.ask_to_sign_in(EMAIL, "nl", now)] * 20)
    sent = [one for one in found if isinstance(one, service.Asked)]
    assert len(sent) == service.MOST_ASKED
    assert sum(isinstance(one, TooManyMails) for one in found) == 20 - service.MOST_ASKED
    assert all(re.fullmatch(r"\d{6}", one.code) for one in sent)
