"""Thousands of followers in one process of its own: each holds a stream, and the process notes when which frame came.

`python -m tests.benchmark.followers PORT PATH HOW_MANY` prints a line when all are connected; a line on its input ends
it, and it prints what it saw as JSON: per frame, when it had arrived at a half, at 95 in a hundred, and at everybody.
"""

import asyncio
import json
import resource
import sys
import time
from collections import defaultdict

IDENTITY = b"\nid: "


class Follower(asyncio.Protocol):
    """One stream; notes the moment at which each frame is complete."""

    def __init__(self, request: bytes, seen: dict[bytes, list[float]], bodies: dict[bytes, bytes]) -> None:
        self._request, self._seen, self._bodies = request, seen, bodies
        self._rest = b""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\n\n")) >= 0:
            event, self._rest = self._rest[:end], self._rest[end + 2 :]
            if (place := event.find(b"id: ")) >= 0:
                name = event[place + 4 : event.index(b"\n", place)]
                self._seen[name].append(time.monotonic())
                if name not in self._bodies:
                    self._bodies[name] = event[event.index(b"data: ") + 6 :]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True


async def follow(port: int, path: str, number: int) -> None:
    """Connect everybody, wait for the word to stop, and print what came."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
    seen: dict[bytes, list[float]] = defaultdict(list)
    bodies: dict[bytes, bytes] = {}
    loop = asyncio.get_running_loop()
    began = time.monotonic()
    clients: list[Follower] = []
    for start in range(0, number, 100):
        made = await asyncio.gather(
            *(
                loop.create_connection(lambda: Follower(request, seen, bodies), "127.0.0.1", port)
                for _ in range(min(100, number - start))
            )
        )
        clients += [client for _transport, client in made]
    while sum(len(times) for times in seen.values()) < number and time.monotonic() - began < 60:
        await asyncio.sleep(0.02)
    print(json.dumps({"connected": time.monotonic() - began, "frames": len(seen)}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    frames = [
        {
            "body": bodies[name].decode(),
            "times": [sorted(times)[int(share * (len(times) - 1))] for share in (0, 0.5, 0.95, 1)],
            "followers": len(times),
        }
        for name, times in seen.items()
    ]
    print(json.dumps({"frames": frames, "lost": sum(client.lost for client in clients)}), flush=True)


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(follow(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
