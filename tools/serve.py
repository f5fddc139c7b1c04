"""Serve the site and its live process until somebody stops it; whichever of the two dies is started again.

`python -m tools.serve`, with HOST and PORT as for gunicorn. The live process takes LIVE_PORT, the port after PORT
unless another is named. When that is taken, the site is served without: pages then ask instead of being told.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
GUNICORN = (sys.executable, "-m", "gunicorn")
LOOK = 0.2
"""Seconds between two looks whether both are there."""
SOON = 60.0
"""Who ends with a fault within so many seconds of the first start, has something wrong that a new one does not mend."""
REST, LONGEST_REST = 1.0, 30.0
"""Seconds before a new start; twice as long every time that it did not help."""
STOP = 10.0
"""Seconds in which a process may end what it was doing."""
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass
class Served:
    """One of the two processes: how it is started, and how it fared."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    starts: int = 0
    began: float = 0.0
    next_start: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, out of reach of the keyboard: Ctrl-C reaches this process, which stops both in good order."""
        self.starts += 1
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=dict(self.environ),
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def look(self) -> int | None:
        """Start it again when it is gone and its rest is over; its exit status when that would be in vain."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.next_start:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.process = None
        lived = now - self.began
        if self.starts == 1 and status > 0 and lived < SOON:
            return status
        if lived > LONGEST_REST:
            self.starts = 1
        self.next_start = now + min(REST * 2 ** (self.starts - 1), LONGEST_REST)
        print(f"  {self.name} ended ({status}) and is started again", flush=True)
        return None

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait until it ended, and no longer than so."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main(given: Mapping[str, str]) -> int:
    """Serve; ends 0 when somebody stopped it, or with the status of a site that does not start."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    environ = {"HOST": "127.0.0.1", "PORT": "8000", **given}
    port = int(environ.setdefault("LIVE_PORT", str(int(environ["PORT"]) + 1)))
    if not _is_free(environ["HOST"], port):
        print(f"  port {port} is taken: pages ask how it stands (LIVE_PORT chooses another one)", flush=True)
        served = []
    else:
        environ["LIVE_URL"] = environ.get("LIVE_URL") or _live_url(environ, port)
        served = [Served("the live process", (*GUNICORN, "--config", "live.conf.py", "wsgi:app"), environ)]
    served.insert(0, Served("the site", (*GUNICORN, "wsgi:app"), environ))
    status = 0
    while not stopped and served:
        for each in list(served):
            failed = each.look()
            if failed is None:
                continue
            served.remove(each)
            if each.name == "the site":
                status = failed
                stopped.append(failed)
            else:
                print("  the live process does not start: pages ask how it stands", flush=True)
        time.sleep(LOOK)
    for each in served:
        each.stop()
    ends = time.monotonic() + STOP
    for each in served:
        each.wait(max(0.0, ends - time.monotonic()))
    return status


def _live_url(environ: Mapping[str, str], port: int) -> str:
    """Where browsers reach the live process: beside the site, unless a proxy stands before it (see README)."""
    site = urlsplit(environ.get("SITE_URL", f"http://127.0.0.1:{environ['PORT']}"))
    if site.scheme != "http" or str(site.port) != environ["PORT"]:
        return ""
    return f"http://{site.hostname}:{port}"


def _is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return True
    except OSError:
        return False


def _end_with_parent() -> None:
    """However this process ends, the two that it started end as well."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(os.environ))
