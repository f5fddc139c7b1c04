"""The site as it is really served: by gunicorn, with the settings that ship."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO

from tests.support import databases, project, servers

PASSED_ON = {"PATH", "HOME", "LANG", "TMPDIR"}
PATIENCE = 30
"""Seconds in which gunicorn has to answer, also on a machine that is busy with other tests."""


@dataclass
class Served:
    """A server that was started: its address, its process and what it writes."""

    port: int
    process: subprocess.Popen[bytes]
    output: IO[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """What it wrote so far."""
        self.output.seek(0)
        return self.output.read().decode()


def start(database_url: str, *command: str, port: str = "", **settings: str) -> Served:
    """Start gunicorn (or another module) with these settings and wait for nothing."""
    number = int(port) if port else servers.free_port()
    environ = {
        **{name: value for name, value in os.environ.items() if name in PASSED_ON},
        "SECRET_KEY": databases.SECRET,
        "DATABASE_URL": database_url,
        "DEMO": "1",
        "HOST": "127.0.0.1",
        "PORT": str(number),
        "SITE_URL": f"http://127.0.0.1:{number}",
        **settings,
    }
    # A file and no pipe: nobody reads along, and a full pipe would stop the server.
    output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
    process = subprocess.Popen(
        [sys.executable, "-m", *(command or ("gunicorn", "wsgi:app"))],
        cwd=project.ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    return Served(number, process, output)


LIVE = ("gunicorn", "--config", "live.conf.py", "wsgi:app")


@contextlib.contextmanager
def serving_live(database_url: str, port: str, **settings: str) -> Iterator[Served]:
    """The live process on this port for as long as the block lasts."""
    with serving(database_url, *LIVE, port=port, LIVE_PORT=port, **settings) as server:
        yield server


@contextlib.contextmanager
def serving_both(database_url: str, **settings: str) -> Iterator[tuple[Served, Served]]:
    """The site and its live process, which start at the same time."""
    ports = str(servers.free_port()), str(servers.free_port())
    site, live = (f"http://127.0.0.1:{port}" for port in ports)
    with ThreadPoolExecutor(2) as pool, contextlib.ExitStack() as stack:
        entered = (
            pool.submit(stack.enter_context, serving(database_url, port=ports[0], LIVE_URL=live, **settings)),
            pool.submit(stack.enter_context, serving_live(database_url, ports[1], SITE_URL=site, **settings)),
        )
        yield entered[0].result(), entered[1].result()


@contextlib.contextmanager
def serving(database_url: str, *command: str, port: str = "", **settings: str) -> Iterator[Served]:
    """Gunicorn on a port of its own for as long as the block lasts; begins once it answers."""
    server = start(database_url, *command, port=port, **settings)
    try:
        wait(server)
        yield server
    finally:
        server.process.send_signal(signal.SIGTERM)
        try:
            server.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()
        server.output.close()


def get(port: int, path: str) -> tuple[int, dict[str, str], str]:
    """Fetch an address: status, headers and text."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()


def wait(server: Served) -> None:
    """Wait until it answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            get(server.port, "/healthz")
            return
        if server.process.poll() is not None:
            raise AssertionError(f"gunicorn stopped: {server.said()}")
        time.sleep(0.05)
    raise AssertionError(f"gunicorn does not answer: {server.said()}")
