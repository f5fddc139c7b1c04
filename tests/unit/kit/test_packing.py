"""Shared pages travel packed, in the way that the asker knows; personal ones never do."""

import gzip

import brotli
import pytest
from flask import Flask, Response, session
from flask.testing import FlaskClient

from app.kit import caching, packing

LONG = "Een idee voor de stad. " * 200


@pytest.fixture(params=[True, False], ids=["kept", "not-kept"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """A small site with a long page, a short one, one for one person and a picture."""
    app = Flask(__name__)
    app.config.update(PAGE_CACHE=request.param, SECRET_KEY="x" * 32)
    packing.init_app(app)
    caching.init_app(app)
    app.add_url_rule("/", view_func=lambda: LONG, endpoint="long")
    app.add_url_rule("/kort", view_func=lambda: "Kort.", endpoint="short")
    app.add_url_rule(
        "/beeld", view_func=lambda: Response(b"\x00" * 5000, mimetype="image/png"), endpoint="image"
    )

    @app.get("/mijn")
    def own() -> str:
        session["own"] = 1
        return LONG

    return app.test_client(use_cookies=False)


@pytest.mark.parametrize(
    ("accepted", "name"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("*", "br")],
)
def test_a_long_page_is_packed_as_the_asker_likes(client: FlaskClient, accepted: str, name: str) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[name]
    for _turn in range(2):
        answer = client.get("/", headers={"Accept-Encoding": accepted})
        assert answer.headers["Content-Encoding"] == name
        assert {"Cookie", "Accept-Encoding"} <= set(answer.vary)
        assert unpack(answer.data).decode() == LONG
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(LONG) / 4


@pytest.mark.parametrize("accepted", ["", "identity", "zstd", "br;q=0"])
def test_who_cannot_unpack_gets_it_as_it_is(client: FlaskClient, accepted: str) -> None:
    client.get("/", headers={"Accept-Encoding": "br"})
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == LONG
    assert "Accept-Encoding" in answer.vary


def test_a_page_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/", headers={"Accept-Encoding": "br"}).headers["ETag"]
    answer = client.get("/", headers={"Accept-Encoding": "br", "If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize("path", ["/kort", "/mijn", "/beeld"])
def test_short_personal_and_packed_things_go_as_they_are(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_question_for_the_heads_alone_is_answered(client: FlaskClient) -> None:
    answer = client.head("/", headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.data) == (200, b"")
