"""How gunicorn serves the site: two processes of eight threads, as measured on two cores."""

import logging
import os
import socket
import struct
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gunicorn.workers import gthread

from app.kit import jobs

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where a heartbeat costs no disk

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = True  # a setting that is wrong stops the start, and the processes share their code
graceful_timeout = 5
control_socket_disable = True
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
loglevel = os.environ.get("LOG_LEVEL", "warning")

# What proxies say about the visitor is believed by TRUSTED_PROXIES alone (see app/factory.py). Out of the box the
# server itself would believe everything that comes from this machine, also a SCRIPT_NAME that a stranger sent
# through a proxy: all links of the page would then lead where the stranger likes.
forwarded_allow_ips = ""
forwarder_headers = ""

STALL = int(os.environ.get("WEB_STALL_SECONDS", "10"))
"""Seconds that a visitor may be silent in the middle of a request, or not take the answer."""


class Worker(gthread.ThreadWorker):
    """Says goodbye beside the work: the thread that takes in visitors waits for none of them to hang up.

    The server waits up to two seconds for the other side to close, so that the last words of an answer arrive.
    Ten visitors who just stay on the line would keep the door shut for everybody.
    """

    LEAVING, MOST_LEAVING = 4, 64

    def init_process(self) -> None:
        self.leaving = ThreadPoolExecutor(self.LEAVING, thread_name_prefix="leaving")
        self.waiting = 0
        super().init_process()

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        self.nr_conns -= 1
        if self.waiting >= self.MOST_LEAVING:
            conn.close()
            return
        self.waiting += 1
        gone = self.leaving.submit(conn.close, graceful=True)
        gone.add_done_callback(lambda _gone: self.method_queue.defer(self._left))

    def _left(self) -> None:
        self.waiting -= 1


worker_class = Worker
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.2
"""Seconds that a thread waits for the first word on a new connection before it takes up others and comes back to it.
Browsers open connections in advance and stay silent on them; five seconds each, as it was, is all threads for long."""


def post_worker_init(worker: Any) -> None:
    """Begin the work beside the requests, in each process of its own; let go of visitors that stall.

    A phone that drops off the network in the middle of a request would keep its thread for ever, and there are
    sixteen. Connections inherit the limits from the socket that they came in by.
    """
    for listener in worker.sockets:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STALL, 0))
    worker.log.error_log.addFilter(_is_no_stall)
    jobs.start(worker.wsgi)


def worker_exit(_server: Any, worker: Any) -> None:
    """Write down what this process only counted so far."""
    if getattr(worker, "wsgi", None) is not None:
        jobs.end(worker.wsgi)


def _is_no_stall(record: logging.LogRecord) -> bool:
    """A visitor who stalled is no fault of ours, and must not be able to fill the log."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
