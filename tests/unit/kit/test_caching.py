"""The kept pages: how much they may take, and that one address never answers for another."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit import caching
from app.kit.caching import PageCache


def test_pages_take_no_more_room_than_they_may() -> None:
    kept = PageCache(capacity=1000)
    for number in range(50):
        kept.put(number, b"x" * 300, "text/html", "")
    assert len(kept) == 3
    assert kept.get(49) is not None
    assert kept.get(46) is None


def test_a_page_that_is_put_again_counts_once() -> None:
    kept = PageCache(capacity=1000)
    for _turn in range(10):
        kept.put("a", b"x" * 600, "text/html", "")
    kept.put("b", b"x" * 300, "text/html", "")
    assert kept.get("a") is not None
    assert kept.get("b") is not None


def test_a_page_larger_than_all_room_is_not_kept() -> None:
    kept = PageCache(capacity=1000)
    kept.put("small", b"x", "text/html", "")
    kept.put("huge", b"x" * 2000, "text/html", "")
    assert kept.get("huge") is None


def test_stale_pages_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = PageCache()
    moment = 0.0
    monkeypatch.setattr("app.kit.caching.time.monotonic", lambda: moment)
    for number in range(20):
        kept.put(number, b"x", "text/html", "")
    moment = 60.0
    kept.put("new", b"x", "text/html", "")
    assert len(kept) == 1


@pytest.fixture
def client() -> FlaskClient:
    """A small site with kept pages that say by which way they were asked for."""
    app = Flask(__name__)
    app.config.update(PAGE_CACHE=True, SECRET_KEY="x" * 32)
    caching.init_app(app)

    @app.get("/")
    @app.get("/<path:rest>")
    def page(rest: str = "") -> str:
        return f"rest:{rest}"

    return app.test_client()


def test_where_the_site_stands_cannot_pass_for_a_part_of_the_path(client: FlaskClient) -> None:
    """A front server that passes headers on may let a stranger choose the script name."""
    client.get("/en", environ_overrides={"SCRIPT_NAME": "", "PATH_INFO": "/en/over"})
    other = client.get("/", environ_overrides={"SCRIPT_NAME": "/en", "PATH_INFO": "/over"})
    assert other.text == "rest:over"
