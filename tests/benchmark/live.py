"""The evening in the room: from a vote to the screen while 300 people vote, and other pages while 2,000 follow.

First votes of people with an account on ideas, then those of phones in a live round (phones.py).

`python -m tests.benchmark --part live`. Site, live process, database, followers and voters share this machine, so
what followers cost includes the followers themselves.
"""

import contextlib
import random
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

from tests.benchmark import load, phones, report
from tests.benchmark.bench import LIST, Bench, settle
from tests.benchmark.evening import Evening, Followers, show
from tests.benchmark.filling import fill, new_database
from tests.benchmark.load import Client, Result, get, post
from tests.benchmark.serving import serve
from tests.benchmark.sizes import SIZES
from tests.support import databases, servers, streams

PHONES, SECONDS = 300, 10.0
FOLLOWERS = 2_000
AT_ONCE = 16
"""Connections that votes come in by; a vote waits for none that came before it."""
Requests = Iterator[bytes]


def idea_votes(evening: Evening) -> Requests:
    """Votes of distinct people on ideas that hardly anybody has voted on; another kind of vote is another function."""
    bench = evening.bench
    quiet, luck = bench.filled.ideas[-100:], random.Random(2026)
    for person in bench.filled.people[5_000:]:
        body = f"csrf_token={bench.token}&choice=for"
        path = f"/ideeen/{luck.choice(quiet)}/stem"
        yield post(path, evening.site.port, body, Cookie=bench.cookie(person))


def votes_in(frame: str) -> int:
    """How many votes a frame tells of."""
    found = re.search(r'screen__numbers\\?">([\d.]+)', frame)
    return int(found[1].replace(".", "")) if found else 0


def measure(size: str, seconds: float) -> None:
    """Fill, serve, measure, print."""
    url, dsn = new_database("bench_live")
    app = databases.make_app(url, testing=False)
    filled = fill(app, dsn, SIZES[size])
    port = servers.free_port()
    origin = f"http://127.0.0.1:{port}"
    with (
        serve("tests.benchmark.site", url, LIVE_URL=origin) as site,
        serve("wsgi", url, "live.conf.py", port, LIVE_PORT=str(port), LIVE_URL=origin) as live,
    ):
        evening = Evening(Bench(seconds, filled, app), site, live)
        settle(site)
        print(f"\nLive, size {size}: site, live process, PostgreSQL and everybody who follows on one machine")
        requests = idea_votes(evening)
        streams.puts_themes_on(app, filled.workshop)
        _room(evening, requests)
        phones.measure(evening, PHONES, SECONDS)
        streams.puts_themes_on(app, filled.workshop)
        _hall(evening, requests)
    databases.let_go(app)


def vote_for_a_while(evening: Evening, requests: Requests, number: int, seconds: float) -> list[float]:
    """Send so many votes at moments all over the time, whatever becomes of those before; when each was answered."""
    clients = threading.local()
    answered: list[float] = []
    luck = random.Random(1)
    begin = time.monotonic()

    def send(request: bytes) -> None:
        client = clients.__dict__.setdefault("one", Client(evening.site.port))
        # A connection that was silent for two seconds may just have been closed: then once more, on a new one.
        status = client.ask(request) or client.ask(request)
        answered.append(time.monotonic())
        if status not in (200, 303):
            raise SystemExit(f"a vote was answered {status}")

    moments = sorted(luck.uniform(0, seconds) for _ in range(number))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = []
        for moment, request in zip(moments, islice(requests, number), strict=True):
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            sent.append(pool.submit(send, request))
        for each in sent:
            each.result()
    return sorted(answered)


def delays(frames: list[dict[str, Any]], answered: list[float], before: int, place: int) -> list[float]:
    """Seconds from the answer to every vote until a frame with it was there; `place`: at whom (see followers.py)."""
    known = sorted((votes_in(frame["body"]), frame["times"][place]) for frame in frames)
    found = []
    for number, moment in enumerate(answered, start=before + 1):
        arrived = min((at for votes, at in known if votes >= number), default=float("inf"))
        found.append(max(0.0, arrived - moment))
    return found


def _room(evening: Evening, requests: Requests) -> None:
    """Three hundred telephones follow and vote, within ten seconds."""
    followers = Followers(evening, PHONES)
    time.sleep(1)
    answered = vote_for_a_while(evening, requests, PHONES, SECONDS)
    time.sleep(2)
    frames = followers.stop()["frames"]
    before = min(votes_in(frame["body"]) for frame in frames)
    print(
        f"{PHONES} votes in {SECONDS:.0f} s, {PHONES} follow: {len(frames)} frames; p50 / p95 from answer to frame"
    )
    show("  at the first of them (the screen)", delays(frames, answered, before, 0), 1.0, 0.3)
    show("  at 95 in a hundred of them", delays(frames, answered, before, 2), 1.0, 0.3)


def _hall(evening: Evening, requests: Requests) -> None:
    """Two thousand follow: how long votes take to reach them, and other pages beside that."""
    before = evening.live.megabytes()
    alone = _pages(evening, requests)
    followers = Followers(evening, FOLLOWERS)
    with_them = evening.live.megabytes()
    beside = _pages(evening, requests)
    votes = vote_for_a_while(evening, requests, 20, 10.0)
    time.sleep(2)
    began, busy = time.monotonic(), evening.live.busy()
    time.sleep(5)
    idle = (evening.live.busy() - busy) / (time.monotonic() - began)
    seen = followers.stop()
    frames = seen["frames"]
    start = max(votes_in(frame["body"]) for frame in frames) - len(votes)
    print(
        f"{FOLLOWERS} follow one process; all connected within {followers.connected:.1f} s, {seen['lost']} lost"
    )
    show("  a vote at the first of them, p50 / p95", delays(frames, votes, start, 0), None)
    show("  a vote at 95 in a hundred of them", delays(frames, votes, start, 2), 1.0, 0.3)
    for share, must in ((50, 1.5), (95, 2.0)):
        ratio = beside.percentile(share) / alone.percentile(share)
        print(
            report.plain(
                f"  a page beside them, times that without, p{share}",
                f"{ratio:.2f}x ({alone.percentile(share):.1f} ms)",
                f"{must}x",
                "1.2x",
                ratio <= must,
            )
        )
    print(
        report.plain(
            "  memory of the live process: alone, with them", f"{before:.0f}, {with_them:.0f} MB", "400 MB", "250 MB",
            with_them <= 400,
        )
    )  # fmt: skip
    print(
        report.plain(
            "  processor of the live process while nothing changes", f"{idle:.0%}", "10%", "5%", idle <= 0.1
        )
    )


def _pages(evening: Evening, requests: Requests) -> Result:
    """Pages one after the other, while five people a second vote, so that frames come all the time."""
    seconds = max(evening.bench.seconds, 4.0)
    with _voting(evening, requests, seconds):
        page = get(LIST, evening.site.port)
        return load.measure(evening.site.port, cycle([page]), 1, seconds)


@contextlib.contextmanager
def _voting(evening: Evening, requests: Requests, seconds: float) -> Iterator[None]:
    thread = threading.Thread(target=vote_for_a_while, args=(evening, requests, int(5 * seconds), seconds))
    thread.start()
    try:
        yield
    finally:
        thread.join()
