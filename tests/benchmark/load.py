"""Sends requests over kept-alive connections as fast as they are answered, from a process of its own."""

import multiprocessing
import multiprocessing.connection
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

LIMIT = 60_000
"""Requests that one measurement sends at most."""
Requests = Callable[[], Iterator[bytes]]


@dataclass
class Result:
    """What came back."""

    seconds: float
    answers: Counter[int] = field(default_factory=Counter)
    milliseconds: Sequence[float] = ()
    size: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The time in milliseconds within which this share of the answers came."""
        return float(np.percentile(self.milliseconds, share)) if len(self.milliseconds) else float("nan")


def get(path: str, port: int, **headers: str) -> bytes:
    """The bytes of a request for a page."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/html"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, port: int, body: str, **headers: str) -> bytes:
    """The bytes of a form that is sent."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def measure(
    port: int, requests: Iterator[bytes], clients: int, seconds: float, warm_up: float = 0.7
) -> Result:
    """Keep `clients` connections busy. The requests of the warm-up are sent and not counted."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_run, args=(there, port, requests, clients, seconds, warm_up), daemon=True
    )
    process.start()
    there.close()
    if not here.poll(seconds + warm_up + 30):
        process.kill()
        raise RuntimeError("the load generator does not come back")
    result: Result = here.recv()
    process.join()
    return result


@dataclass
class Client:
    """One connection with the request that is under way."""

    port: int
    wire: socket.socket | None = None
    began: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        """Send a request; `receive` tells when the answer is there."""
        self.received.clear()
        self.began = time.perf_counter()
        if self.wire is None:
            self.wire = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.sendall(request)

    def receive(self) -> int | None:
        """Read what has come; the status once the answer is whole."""
        assert self.wire is not None
        part = self.wire.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.received[:end]).lower()
        status = int(head[9:12])
        place = head.find(b"content-length:")
        length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 and status != 304 else 0
        if len(self.received) < end + 4 + length:
            return None
        if b"connection: close" in head:
            self.close()
        return status

    def ask(self, request: bytes) -> int:
        """Send a request and wait for its answer; the status, or 0 when there is none."""
        try:
            self.send(request)
            while (status := self.receive()) is None:
                pass
        except OSError:
            self.close()
            return 0
        return status

    def close(self) -> None:
        """Hang up."""
        if self.wire is not None:
            self.wire.close()
            self.wire = None


def _run(
    there: multiprocessing.connection.Connection,
    port: int,
    requests: Iterator[bytes],
    clients: int,
    seconds: float,
    warm_up: float,
) -> None:
    result, times = Result(seconds), []
    selector = selectors.DefaultSelector()
    begin = time.perf_counter() + warm_up
    end = begin + seconds

    def start(client: Client) -> None:
        was = client.wire
        client.send(next(requests))
        if client.wire is not was and client.wire is not None:
            selector.register(client.wire, selectors.EVENT_READ, client)

    for _ in range(clients):
        start(Client(port))
    sent = clients
    while selector.get_map() and sent < LIMIT:
        now = time.perf_counter()
        if now > end + 10:
            break
        for key, _ in selector.select(timeout=1):
            client: Client = key.data
            held = client.wire
            try:
                status = client.receive()
            except OSError:
                status = 0
                client.close()
            if status is None:
                continue
            if client.wire is None and held is not None:
                selector.unregister(held)
            now = time.perf_counter()
            if begin <= client.began and now <= end:
                times.append((now - client.began) * 1000)
                result.answers[status] += 1
                result.size = len(client.received)
            if now < end:
                start(client)
                sent += 1
            elif client.wire is not None:
                selector.unregister(client.wire)
                client.close()
    result.seconds = min(seconds, time.perf_counter() - begin)
    result.milliseconds = times
    there.send(result)
    there.close()
