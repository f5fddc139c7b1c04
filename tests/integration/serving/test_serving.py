"""The site as it is really served: by gunicorn, with the settings that ship."""

import signal
import time
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
