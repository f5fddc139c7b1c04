"""Starts the applications that are measured, both under gunicorn with the settings that ship."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from tests.support import databases, project, servers


@dataclass(frozen=True, slots=True)
class Running:
    """An application that answers on a port."""

    port: int
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """Memory of all its processes now, what they share counted once."""
        parent = psutil.Process(self.process.pid)
        return (
            float(sum(each.memory_full_info().pss for each in [parent, *parent.children(recursive=True)]))
            / 2**20
        )

    def busy(self) -> float:
        """Processor seconds that all its processes have used until now."""
        parent = psutil.Process(self.process.pid)
        used = [each.cpu_times() for each in [parent, *parent.children(recursive=True)]]
        return float(sum(each.user + each.system for each in used))


@contextlib.contextmanager
def serve(module: str, database_url: str, config: str = "", port: int = 0, **extra: str) -> Iterator[Running]:
    """Serve `module:app` for as long as the block lasts; `config` is another file of settings than the site has."""
    port = port or servers.free_port()
    config = "tests/benchmark/alike.py" if module.endswith(".bare") else config
    settings = ["--config", config] if config else []
    environ = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}},
        "DATABASE_URL": database_url,
        "SECRET_KEY": databases.SECRET,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **extra,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *settings, f"{module}:app"], cwd=project.ROOT, env=environ
    )
    try:
        _wait(port, process)
        yield Running(port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def fetch(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """One request, to look at the answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            fetch(port, "/healthz")
            return
        if process.poll() is not None:
            raise RuntimeError("an application stopped while it was started")
        time.sleep(0.1)
    raise RuntimeError("an application does not answer")
