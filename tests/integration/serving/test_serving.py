"""The site as it is really served: by gunicorn, with the settings that ship."""

import http.client
import signal
import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.support import browsing, serving


@pytest.fixture
def demo(tmp_path: Path) -> str:
    """The address of a copy of the demo."""
    return browsing.seeded("sqlite", tmp_path)


def test_pages_and_files_are_served_and_the_end_is_quick(demo: str) -> None:
    with serving.serving(demo) as server:
        assert serving.get(server.port, "/readyz")[0] == 200
        status, headers, body = serving.get(server.port, "/")
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff"
        sheet = body.partition('rel="stylesheet" href="')[2].partition('"')[0]
        status, headers, _ = serving.get(server.port, sheet)
        assert (status, "immutable" in headers["Cache-Control"]) == (200, True)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert time.monotonic() - began < 6


def test_without_a_secret_the_start_stops_with_a_sentence() -> None:
    server = serving.start("sqlite:////nowhere/at/all", SECRET_KEY="", DEMO="0")
    with server.output:
        assert server.process.wait(timeout=30) == 2
        assert "SECRET_KEY is missing" in server.said()
        assert "Traceback" not in server.said()


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET /over HTTP/1.1\r\nHost: x\r\nX-",
        b"POST /contact HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\na",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
    ids=["opened in advance", "lost in the head", "lost in the body", "does not hang up"],
)
def test_visitors_who_stall_do_not_keep_others_out(demo: str, half: bytes) -> None:
    """More of them than there are threads."""
    with serving.serving(demo, WEB_STALL_SECONDS="1") as server, ExitStack() as stalled:
        for _ in range(24):
            connection = stalled.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(half)
        time.sleep(0.3)
        began = time.monotonic()
        for _ in range(3):
            assert serving.get(server.port, "/healthz")[0] == 200
        assert time.monotonic() - began < 8
        assert "BlockingIOError" not in server.said()


def test_a_visitor_cannot_say_where_the_site_stands(demo: str) -> None:
    """Not even through a proxy on this machine that passes every header on."""
    said = {
        "SCRIPT_NAME": "//ander.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "ander.example",
    }
    with serving.serving(demo) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        with closing(connection):
            connection.request("GET", "//ander.example/over", headers=said)
            answer = connection.getresponse()
            assert answer.status == 404
            answer.read()
            connection.request("GET", "/over", headers=said)
            answer = connection.getresponse()
            assert answer.getheader("Strict-Transport-Security") is None
            assert b"ander.example" not in answer.read()


def test_who_sends_too_much_reads_that_and_goes_on(demo: str) -> None:
    """On the same connection: a browser that is cut off while sending would show a page of its own."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with ExitStack() as opened:
        server = opened.enter_context(serving.serving(demo))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        opened.callback(connection.close)
        for size in (300_000, 8_000_000):
            connection.request("POST", "/contact", body=b"body=" + b"x" * size, headers=headers)
            answer = connection.getresponse()
            assert answer.status == 413
            assert "<h1" in answer.read().decode()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
