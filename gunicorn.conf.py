"""How gunicorn serves the site: two processes of eight threads, as measured on two cores."""

import os
from pathlib import Path
from typing import Any

from app.kit import jobs

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where a heartbeat costs no disk

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = True  # a setting that is wrong stops the start, and the processes share their code
graceful_timeout = 5
control_socket_disable = True
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
loglevel = os.environ.get("LOG_LEVEL", "warning")


def post_worker_init(worker: Any) -> None:
    """Begin the work beside the requests, in each process of its own."""
    jobs.start(worker.wsgi)
