"""A sweep meets somebody who is posting at that moment: neither ends the other, and nobody who is blocked posts on."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import update

from app.db import db, is_postgresql
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, RefusalReason
from app.features.conduct import service
from app.models import Idea, Person
from app.models.person import Role
from app.policies.friction import ARGUMENTS
from app.records import friction
from app.records.sweeping import Ruling
from tests import factories

RULING = Ruling("Dit is reclame voor een webwinkel.", RefusalReason.ADVERTISING)


@pytest.fixture
def cast(app: Flask) -> tuple[int, int, int]:
    """A moderator, a spammer and an idea of the spammer."""
    with app.app_context():
        moderator, spammer = factories.a_person(Role.MODERATOR), factories.a_person()
        idea = factories.an_idea(factories.a_call(), spammer)
        db.session.commit()
        return moderator.id, spammer.id, idea.id


def test_a_sweep_and_a_post_do_not_wait_for_each_other(app: Flask, cast: tuple[int, int, int]) -> None:
    moderator, spammer, idea = cast
    begun, goes_on = Event(), Event()

    def post() -> bool:
        """As whoever reacts: first the own row, later the idea."""
        with app.app_context():
            if not is_postgresql():
                begun.set()
                return True  # one writer at a time
            friction.may_post(db.session.get_one(Person, spammer), ARGUMENTS, datetime.now(UTC))
            begun.set()
            goes_on.wait(5)
            time.sleep(0.5)
            db.session.execute(
                update(Idea).where(Idea.id == idea).values(argument_count=Idea.argument_count + 1)
            )
            db.session.commit()
            return True

    def sweep() -> int:
        with app.app_context():
            begun.wait(5)
            by, of = db.session.get_one(Person, moderator), db.session.get_one(Person, spammer)
            goes_on.set()
            return service.sweep(by, of, RULING, datetime.now(UTC), with_block=True).hidden

    with ThreadPoolExecutor(2) as threads:
        posted, swept = threads.submit(post), threads.submit(sweep)
        assert (posted.result(), swept.result()) == (True, 1)
    with app.app_context():
        assert db.session.get_one(Idea, idea).state == IdeaState.HIDDEN
        assert db.session.get_one(Person, spammer).blocked_at is not None


def test_whoever_was_blocked_or_paused_meanwhile_does_not_post(
    app: Flask, cast: tuple[int, int, int]
) -> None:
    _moderator, spammer, _idea = cast
    now = datetime.now(UTC)
    for standing in ({"blocked_at": now}, {"blocked_at": None, "paused_until": now + timedelta(days=1)}):
        with app.app_context():
            author = db.session.get_one(Person, spammer)
            assert author.blocked_at is None, "as the request read it"
            if not is_postgresql():
                db.session.commit()  # one writer at a time
            with db.engine.begin() as other:
                other.execute(update(Person).where(Person.id == spammer).values(**standing))
            with pytest.raises(NotAllowed, match=r"blocked|paused"):
                friction.may_post(author, ARGUMENTS, now)
            db.session.rollback()
            with db.engine.begin() as other:
                other.execute(update(Person).where(Person.id == spammer).values(blocked_at=None))
