"""The address of streams: on the process that serves them, for anybody, from the pages of this site."""

import urllib.parse
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit import live, live_places
from config import SettingsError, load_config
from tests.integration.live.conftest import Thing
from tests.support import databases, visit
from tests.support.room import a_room
from tests.support.statements import statements

pytestmark = pytest.mark.one_database


@pytest.fixture
def served(app: Flask, hub: live.Hub) -> Iterator[FlaskClient]:
    """A visitor of the live process."""
    app.extensions[live.HUB] = hub
    yield app.test_client()
    del app.extensions[live.HUB]


def test_a_stream_says_what_it_is_and_who_may_read_it(
    served: FlaskClient, hub: live.Hub, thing: Thing
) -> None:
    answer = served.get("/live/ding/1", buffered=False)
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Set-Cookie" not in answer.headers
    chunks = answer.iter_encoded()
    assert next(chunks).startswith(b"retry: ")
    assert next(chunks) == b'id: een-nl\ndata: {"says": "een", "language": "nl"}\n\n'
    assert hub.followers == 1
    answer.close()
    assert hub.followers == 0


def test_the_language_is_in_the_address(served: FlaskClient, thing: Thing) -> None:
    answer = served.get("/en/live/ding/1", buffered=False)
    chunks = answer.iter_encoded()
    next(chunks)
    assert b'"language": "en"' in next(chunks)
    answer.close()


def test_who_only_asks_for_the_head_takes_no_place(served: FlaskClient, hub: live.Hub, thing: Thing) -> None:
    answer = served.head("/live/ding/1")
    assert (answer.status_code, answer.mimetype, hub.followers) == (200, "text/event-stream", 0)


@pytest.mark.parametrize("path", ["/live/niets/1", "/live/ding/x", "/live/ding/99999999999", "/live/ding"])
def test_what_is_not_there_is_said_so(served: FlaskClient, thing: Thing, path: str) -> None:
    assert served.get(path).status_code == 404


def test_a_number_that_is_none_costs_one_statement(app: Flask, served: FlaskClient) -> None:
    """Screen and phones of a workshop that there is can be followed; of one that there is not, nothing begins."""
    room = a_room(app)
    for channel in ("scherm", "ronde"):
        with statements() as asked:
            assert served.get(f"/live/{channel}/{room.workshop + 4711}").status_code == 404
        assert len(asked) == 1
        with statements() as asked:
            assert served.get(f"/live/{channel}/{room.workshop + 4711}").status_code == 404
        assert asked == []
        answer = served.get(f"/live/{channel}/{room.workshop}", buffered=False)
        assert answer.status_code == 200
        answer.close()


def test_one_address_with_too_many_things_is_told_to_ask_instead(
    served: FlaskClient, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_places, "THINGS_EACH", 2)
    held = [served.get(f"/live/ding/{key}", buffered=False) for key in (1, 2)]
    assert [answer.status_code for answer in held] == [200, 200]
    assert served.get("/live/ding/3").status_code == 503
    held[0].close()
    third = served.get("/live/ding/3", buffered=False)
    assert third.status_code == 200
    for answer in (third, held[1]):
        answer.close()


def test_when_it_is_full_the_answer_says_when_to_come_back(
    served: FlaskClient, make_hub: Callable[..., live.Hub], app: Flask, thing: Thing
) -> None:
    app.extensions[live.HUB] = make_hub(most=0)
    answer = served.get("/live/ding/1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "20")
    assert "No place to follow now" in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost"


@pytest.mark.parametrize("path", ["/", "/inloggen", "/werkateliers", "/static/none", "/live"])
def test_the_live_process_serves_no_page(served: FlaskClient, path: str) -> None:
    answer = served.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_the_live_process_says_that_it_lives(served: FlaskClient) -> None:
    assert served.get("/healthz").status_code == 200
    assert served.get("/readyz").status_code == 200


def test_a_process_that_serves_pages_holds_no_stream(client: FlaskClient, thing: Thing) -> None:
    """Its threads would be taken: 404, whatever is asked for."""
    assert client.get("/live/ding/1").status_code == 404
    assert client.get("/live/scherm/1").status_code == 404


def test_a_page_that_follows_may_connect_to_the_live_process_and_no_other_page_may(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(LIVE_URL="https://live.stem.example")
    room = a_room(app)
    screen = visit(app.test_client(), f"{room.path}/scherm")
    policy = screen.response.headers["Content-Security-Policy"]
    assert "connect-src 'self' https://live.stem.example;" in policy
    assert (
        screen.one("[data-screen]")["data-live"] == f"https://live.stem.example/live/scherm/{room.workshop}"
    )
    english = visit(app.test_client(), f"/en{room.path}/scherm")
    assert (
        english.one("[data-screen]")["data-live"]
        == f"https://live.stem.example/en/live/scherm/{room.workshop}"
    )
    other = visit(app.test_client(), room.path)
    assert "connect-src 'self';" in other.response.headers["Content-Security-Policy"]


def test_without_a_live_process_pages_poll(client: FlaskClient, app: Flask) -> None:
    room = a_room(app)
    screen = visit(client, f"{room.path}/scherm")
    assert screen.one("[data-screen]")["data-live"] == ""
    assert screen.one("[data-screen]")["data-state"] == f"{room.path}/scherm/stand"
    assert "connect-src 'self';" in screen.response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong", ["live.example", "ftp://live.example", "https://x.example/live", "https://"]
)
def test_an_address_that_is_none_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="LIVE_URL must look like"):
        load_config({"SECRET_KEY": databases.SECRET, "LIVE_URL": wrong})


def test_the_address_of_the_live_process_may_be_the_site_itself() -> None:
    given = load_config({"SECRET_KEY": databases.SECRET, "LIVE_URL": "https://stem.example.nl/"})
    assert urllib.parse.urlsplit(given.live_url).netloc == "stem.example.nl"
    assert not given.live_url.endswith("/")
