"""The site as it is really served: by gunicorn, with the settings that ship."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import browsing, databases, project, servers

ENVIRON = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}


@contextlib.contextmanager
def serving(database_url: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Gunicorn on a port of its own; gives the port once it answers."""
    port = servers.free_port()
    environ = {
        **ENVIRON,
        "SECRET_KEY": databases.SECRET,
        "DATABASE_URL": database_url,
        "DEMO": "1",
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    server = _gunicorn(environ)
    try:
        _wait(port, server)
        yield port, server
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def demo(tmp_path: Path) -> str:
    """The address of a copy of the demo."""
    return browsing.seeded("sqlite", tmp_path)


def test_pages_and_files_are_served_and_the_end_is_quick(demo: str) -> None:
    with serving(demo) as (port, server):
        assert _get(port, "/readyz")[0] == 200
        status, headers, body = _get(port, "/")
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff"
        sheet = body.partition('rel="stylesheet" href="')[2].partition('"')[0]
        status, headers, _ = _get(port, sheet)
        assert (status, "immutable" in headers["Cache-Control"]) == (200, True)
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
        assert time.monotonic() - began < 6


def test_without_a_secret_the_start_stops_with_a_sentence() -> None:
    server = _gunicorn(
        {**ENVIRON, "SECRET_KEY": "", "DEMO": "0", "DATABASE_URL": "sqlite:////nowhere/at/all"}
    )
    _, said = server.communicate(timeout=30)
    assert server.returncode == 2
    assert "SECRET_KEY is missing" in said
    assert "Traceback" not in said


def _gunicorn(environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        cwd=project.ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait(port: int, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            _get(port, "/healthz")
            return
        if server.poll() is not None:
            raise AssertionError(f"gunicorn stopped: {server.communicate()[1]}")
        time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


def _get(port: int, path: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
