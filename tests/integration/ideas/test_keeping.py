"""What the list keeps for a second: read once, looked at, and read anew when anything changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState, IdeaVerb
from app.models import Idea
from app.records import lifecycle, order, ranking_rules
from tests import factories
from tests.support import Page, post, sign_in, visit


def titles(page: Page) -> list[str]:
    return page.texts(".idea-card .card__title")


def numbers(page: Page) -> list[int]:
    return [int(link.rsplit("/", 1)[1]) for link in page.links(".idea-card .card__title a")]


@pytest.fixture
def stand_still(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock by which kept values go stale, in seconds."""

    def set_clock(moment: float) -> None:
        monkeypatch.setattr("app.kit.kept.time", SimpleNamespace(monotonic=lambda: moment))

    return set_clock


def test_lists_are_read_once_a_second(
    app: Flask, client: FlaskClient, call: str, stand_still: Callable[[float], None]
) -> None:
    app.config["KEEP_SECONDS"] = 1.0
    stand_still(100.0)
    assert len(visit(client, "/ideeen?sort=draagvlak").queries) == 3
    for sort in ("draagvlak", "votes_desc", "random", "created_asc"):
        visit(client, f"/ideeen?sort={sort}", max_queries=1)
    stand_still(101.1)
    assert len(visit(client, "/ideeen?sort=draagvlak").queries) == 3  # looked at, found unchanged


def test_a_change_in_this_process_shows_at_once(
    app: Flask, client: FlaskClient, call: str, stand_still: Callable[[float], None]
) -> None:
    app.config["KEEP_SECONDS"] = 1.0
    stand_still(100.0)
    before = visit(client, "/ideeen?sort=created_asc")
    with app.app_context():
        author = db.session.get_one(Idea, numbers(before)[3]).author_id
        factories.a_person()
        db.session.get_one(Idea, numbers(before)[3]).title = "Een titel die hier nog niet stond"
        db.session.commit()
    sign_in(client, author)
    withdrawn = numbers(before)[0]
    post(client, f"/ideeen/{withdrawn}/intrekken")
    after = visit(client, "/ideeen?sort=created_asc")
    assert withdrawn not in numbers(after)
    assert "Een titel die hier nog niet stond" in titles(after)


@pytest.mark.parametrize("change", ["vote", "argument", "new", "hidden", "text", "swap"])
def test_the_sheet_is_read_anew_when_anything_changed(app: Flask, call: str, change: str) -> None:
    with app.app_context():
        first, second = db.session.scalars(select(Idea).order_by(Idea.id).limit(2)).all()
        rules, number = ranking_rules.rules_of(first.call_id), first.call_id
        before = order.of_call(number, rules)
        assert order.version_of(number) == before.version
        assert order.of_call(number, rules) is before
        match change:
            case "vote":
                factories.a_vote(first)
            case "argument":
                factories.an_argument(first)
            case "new":
                factories.an_idea(first.call)
            case "hidden":
                lifecycle.move(first, IdeaVerb.HIDE, datetime.now(UTC))
            case "text":
                first.version += 1
            case "swap":
                first.version, second.version = second.version + 1, first.version
                second.state = IdeaState.HIDDEN
                factories.an_idea(first.call, version=first.version)
        db.session.flush()
        assert order.of_call(number, rules) is not before
        db.session.rollback()
