"""How gunicorn serves what is followed: one process in which thousands of streams wait at the same time.

    gunicorn --config live.conf.py wsgi:app

Every stream is a greenlet of gevent. What makes waiting greenlets out of waiting threads is put in by the worker
after it was forked and before it imports the site, so that no process that serves pages ever has it.
"""

import contextlib
import logging
import os
import resource
import socket
import threading
import time
from pathlib import Path
from typing import Any

from gunicorn.workers import base_async, ggevent

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where a heartbeat costs no disk
OTHERS = 1000
"""Connections beyond those that follow: they are told that it is full, instead of waiting for nothing."""

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('LIVE_PORT', '8001')}"
workers = (
    1  # everybody who follows the same shares one watcher and one frame; a second process would double both
)
preload_app = False  # the site is imported in the worker, after the patch
worker_connections = int(os.environ.get("LIVE_CONNECTIONS", "20000"))
graceful_timeout = 2
keepalive = 0  # whoever is told something else than frames goes away
control_socket_disable = True
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
loglevel = os.environ.get("LOG_LEVEL", "warning")
forwarded_allow_ips = ""
forwarder_headers = ""

STALL = int(os.environ.get("LIVE_STALL_SECONDS", "10"))
"""Seconds that somebody may take for a request, or not take what is sent, before the stream is closed."""
MOST_EACH = int(os.environ.get("LIVE_CONNECTIONS_EACH", "3000"))
"""Streams of one address: a full hall shares one, and no single address takes all places."""
BUFFER = 64 * 1024
"""Bytes that wait for somebody slow."""


class Worker(ggevent.GeventWorker):
    """Lets go of whoever dropped off the network or does not take what is sent."""

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        client.settimeout(STALL)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 2 * STALL * 1000)
        base_async.AsyncWorker.handle(self, listener, client, addr)


worker_class = Worker


def when_ready(_server: Any) -> None:
    """Let the worker open as many connections as the machine allows; what shells start with is a thousand."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = worker_connections + OTHERS
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))


def post_worker_init(worker: Any) -> None:
    """Open the hub, and close it when the process is asked to stop. No job runs here."""
    from app.kit import live  # noqa: PLC0415 - after the patch

    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(worker_connections, soft) - OTHERS
    hub = live.open_hub(worker.wsgi, max(most, OTHERS // 2), MOST_EACH)
    worker.log.error_log.addFilter(_is_no_stall)

    def close() -> None:
        while worker.alive:
            time.sleep(0.1)
        hub.close()

    threading.Thread(target=close, name="closing", daemon=True).start()


def _is_no_stall(record: logging.LogRecord) -> bool:
    """Whoever stalled or hung up is no fault of ours, and must not be able to fill the log."""
    return not (record.exc_info and isinstance(record.exc_info[1], TimeoutError))
