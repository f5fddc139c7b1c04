"""Measures the desk of the moderators under load, on both databases: `make bench PART=moderation`.

A figure stands beside the same work in calm: the queue with 5,000 texts beside 50, votes of residents during a sweep or
a wave beside votes without, an action of staff with a long audit log beside a short one.
"""

import multiprocessing
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, cycle
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import RefusalReason
from app.kit import audit
from app.kit.identity import start_session
from app.models.message import ContactMessage
from app.models.person import Person, Role
from app.models.process import Call, Theme
from app.records import audit_log, sweeping, tallies
from tests import factories
from tests.benchmark import load, report, waiting
from tests.benchmark.bench import Bench, settle
from tests.benchmark.filling import Filled, fill, fill_sqlite, new_database, new_sqlite
from tests.benchmark.load import get, post
from tests.benchmark.serving import Running, serve
from tests.benchmark.sizes import SIZES
from tests.support import databases, servers
from tests.support.statements import statements

FEW, MANY, TOGETHER, SPAM, SPAMMERS = 50, 5_000, 200, 10_000, 1_000
SHORT, LONG = 100, 100_000
SENTENCE = "Dit is reclame, en die hoort hier niet."
VOTERS = 8


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of the staff with a session: what a browser of theirs sends."""

    id: int
    cookie: str
    token: str


class Desk:
    """One database with its site, filled and served."""

    def __init__(self, kind: str, seconds: float) -> None:
        self.kind, self.seconds = kind, seconds
        self.url, self.app, self.filled = _new(kind)
        self.bench = Bench(seconds, self.filled, self.app)
        self.staff = _staff(self.app)

    def line(
        self, work: str, here: float, beside: float | None, must: float | None, goal: float | None
    ) -> None:
        """A line with two times and how many times longer the first took; `must` and `goal` limit that."""
        fine = None if must is None or beside is None else here / beside <= must
        print(
            report.beside(
                f"{self.kind}: {work}", here, beside, _times(must), _times(goal), fine, slower=True
            ),
            flush=True,
        )

    def figure(self, work: str, value: str, must: str = "", fine: bool = True) -> None:
        """A line with one figure."""
        print(report.figure(f"{self.kind}: {work}", value, must, fine), flush=True)

    def seconds_of(self, running: Running, requests: Iterator[bytes], wanted: int = 200) -> float | None:
        """How long one request after the other takes, half of them longer; None when it is answered otherwise."""
        client = load.Client(running.port)
        times: list[float] = []
        answers: set[int] = set()
        end = time.perf_counter() + self.seconds
        while not times or time.perf_counter() < end:
            answers.add(client.ask(next(requests)))
            times.append(time.perf_counter() - client.began)
        client.close()
        if answers != {wanted}:
            self.figure(f"answered with {answers}", "", str(wanted), fine=False)
            return None
        return statistics.median(times)

    def page(self, running: Running, address: str) -> Iterator[bytes]:
        """This page, for the staff, again and again."""
        return cycle([get(address, running.port, Cookie=self.staff.cookie)])


def measure(seconds: float) -> None:
    """Fill, serve, measure, print; first on PostgreSQL, then on SQLite."""
    print(f"\n{report.BESIDE_HEAD}")
    for kind in reversed(databases.KINDS):
        began = time.monotonic()
        desk = Desk(kind, seconds)
        with serve("tests.benchmark.site", desk.url, BENCH_CACHE="0") as site:
            settle(site)
            _queue(desk, site)
            _one_by_one(desk, site)
            _together(desk)
            _log(desk, site)
            _sweep(desk, site)
            _wave(desk, site)
        with desk.app.app_context():
            wrong = len(tallies.differences())
            broken = audit_log.verify().broken
        desk.figure("tallies that do not equal their votes, after all this", str(wrong), "0", wrong == 0)
        desk.figure("the audit log, after all this", "broken" if broken else "holds", "holds", not broken)
        databases.let_go(desk.app)
        print(f"{kind} took {time.monotonic() - began:.0f} s", flush=True)


def _queue(desk: Desk, site: Running) -> None:
    """The page of the queue with few texts and with many."""
    authors = waiting.accounts(desk.app, 500)
    page = desk.page(site, "/moderatie")
    waiting.texts(desk.app, desk.filled.call, authors, FEW)
    few = desk.seconds_of(site, page)
    waiting.texts(desk.app, desk.filled.call, authors, MANY - FEW)
    _analyze(desk)
    many = desk.seconds_of(site, page)
    if few and many:
        desk.line(f"queue page, {MANY:,} waiting (beside: {FEW})", many, few, 3.0, 1.5)


def _one_by_one(desk: Desk, site: Running) -> None:
    """Taking the next text and letting it go, again and again."""
    body = urlencode({"csrf_token": desk.staff.token})
    following = post("/moderatie/volgende", site.port, body, Cookie=desk.staff.cookie)
    took = desk.seconds_of(site, cycle([following]), 303)
    if took:
        desk.figure(f"take the next text, {MANY:,} waiting", f"{took * 1000:.0f} ms", "100 ms", took <= 0.1)


def _together(desk: Desk) -> None:
    """One decision on two hundred texts, in one transaction."""
    authors = waiting.accounts(desk.app, TOGETHER)
    items = waiting.texts(desk.app, desk.filled.call, authors, TOGETHER)
    data = {"verb": "refuse", "reason": "advertising", "sentence": SENTENCE, "csrf_token": desk.staff.token}
    began = time.perf_counter()
    with statements() as sent:
        answer = desk.app.test_client(use_cookies=False).post(
            "/moderatie/samen",
            data={**data, "kies": ",".join(f"{item}:1" for item in items)},
            headers={"Cookie": desk.staff.cookie},
        )
    took = time.perf_counter() - began
    if answer.status_code != 303:
        desk.figure(
            f"a decision on {TOGETHER} texts was answered with {answer.status_code}", "", "303", fine=False
        )
        return
    desk.figure(f"one decision on {TOGETHER} texts", f"{took:.2f} s", "5 s", took <= 5)
    desk.figure(f"statements of a decision on {TOGETHER} texts", str(len(sent)), "1,000", len(sent) <= 1000)


def _log(desk: Desk, site: Running) -> None:
    """An action of staff with a short and with a long audit log, the page of the log, and computing it anew."""
    with desk.app.app_context():
        message = ContactMessage(body="Een vraag.", created_at=datetime.now(UTC))
        db.session.add(message)
        db.session.commit()
        number = message.id
    body = urlencode({"csrf_token": desk.staff.token})
    back_and_forth = [
        post(f"/beheer/berichten/{number}/{verb}", site.port, body, Cookie=desk.staff.cookie)
        for verb in ("afhandelen", "heropenen")
    ]
    page = desk.page(site, "/beheer/logboek")
    search = desk.page(site, "/beheer/logboek?zoek=huisregels+onvindbaar")
    waiting.lines(desk.app, max(SHORT, _log_length(desk)))
    short = desk.seconds_of(site, cycle(back_and_forth), 303), desk.seconds_of(site, page)
    waiting.lines(desk.app, LONG)
    _analyze(desk)
    long = desk.seconds_of(site, cycle(back_and_forth), 303), desk.seconds_of(site, page)
    for work, after, before in zip(("an action of staff", "page of the log"), long, short, strict=True):
        if after and before:
            desk.line(f"{work}, {LONG:,} lines (beside: few)", after, before, 3.0, 1.5)
    found = desk.seconds_of(site, search)
    if found:
        desk.figure(f"searching {LONG:,} lines in vain", f"{found:.2f} s", "1 s", found <= 1)
    began = time.perf_counter()
    with desk.app.app_context():
        verdict = audit_log.verify()
    took = time.perf_counter() - began
    desk.figure(f"audit verify, {verdict.lines:,} lines", f"{took:.1f} s", "30 s", took <= 30)


@dataclass(frozen=True, slots=True)
class Voted:
    """Residents who voted one after the other, each waiting for the answer: how many a second, and how it went."""

    rate: float
    longest: float
    lost: int


def _vote(desk: Desk, site: Running, is_over: Callable[[], bool]) -> Voted:
    """Eight residents at a time vote until it is over; a vote that waits counts with its wait."""
    votes, turn = desk.bench.votes(site), Lock()
    waits: list[float] = []
    lost: list[int] = []

    def resident() -> None:
        client = load.Client(site.port)
        while not is_over():
            with turn:
                request = next(votes)
            status = client.ask(request)
            waits.append(time.perf_counter() - client.began)
            if status != 303:
                lost.append(status)
        client.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(VOTERS) as residents:
        for each in [residents.submit(resident) for _ in range(VOTERS)]:
            each.result()
    return Voted(len(waits) / (time.perf_counter() - began), max(waits), len(lost))


def _calm(desk: Desk, site: Running) -> Voted:
    end = time.perf_counter() + desk.seconds
    return _vote(desk, site, lambda: time.perf_counter() > end)


def _sweep(desk: Desk, site: Running) -> None:
    """Ten thousand texts of a thousand accounts in one step, while residents vote."""
    spammers = waiting.accounts(desk.app, SPAMMERS)
    waiting.texts(desk.app, desk.filled.call, spammers, SPAM, same=True)
    _analyze(desk)
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=sweep_there, args=(there, desk.url, spammers, desk.staff.id), daemon=True
    )
    process.start()
    here.recv()  # it is ready
    before = _calm(desk, site)
    here.send("go")
    during = _vote(desk, site, here.poll)
    took, swept = here.recv()
    process.join()
    desk.figure(
        f"one step over {swept:,} texts of {SPAMMERS:,} accounts", f"{took:.1f} s", "30 s", took <= 30
    )
    _compare(desk, "during the step", during, before, _calm(desk, site))


def sweep_there(pipe: Connection, url: str, people: list[int], moderator_id: int) -> None:
    """The step itself, in a process of its own as a command would take it."""
    app = databases.make_app(url, testing=False)
    with app.app_context():
        db.session.execute(select(Person.id).limit(1))
        db.session.rollback()
        pipe.send("ready")
        pipe.recv()
        began, now = time.perf_counter(), datetime.now(UTC)
        moderator = db.session.get_one(Person, moderator_id)
        ruling = sweeping.Ruling(SENTENCE, RefusalReason.ADVERTISING)
        swept = sweeping.sweep(people, moderator, ruling, now, secrets.token_hex(16))
        told = {"batch": swept.batch, "count": swept.refused}
        audit.record(moderator, "conduct.sweep", moderator, now, after=told, why=SENTENCE)
        db.session.commit()
        pipe.send((time.perf_counter() - began, swept.refused + swept.hidden))


def _wave(desk: Desk, site: Running) -> None:
    """Residents vote while a thousand accounts send in the same text as fast as they can."""
    with desk.app.app_context():
        call = db.session.get_one(Call, desk.filled.call)
        theme = db.session.scalars(select(Theme.slug).where(Theme.process_id == call.process_id)).first()
        slug = call.slug
    before = _calm(desk, site)
    with ThreadPoolExecutor(1) as pool:
        wave = pool.submit(
            load.measure, site.port, _submissions(desk, site, slug, theme or ""), 16, desk.seconds + 2
        )
        time.sleep(1.5)
        during = _calm(desk, site)
        sent = wave.result()
    desk.figure(f"wave of submissions, answers {dict(sent.answers)}", f"{sent.rate:.0f}/s")
    _compare(desk, "during the wave", during, before, _calm(desk, site))


def _submissions(desk: Desk, site: Running, call: str, theme: str) -> Iterator[bytes]:
    for number in count():
        person = desk.filled.people[number % SPAMMERS]
        body = urlencode(
            {
                "csrf_token": desk.bench.token,
                "call": call,
                "title": f"Goedkope leningen voor iedereen {number}",
                "summary": "Bel vandaag nog en leen morgen al.",
                "body": "Wie vandaag belt, heeft morgen geld. " * 8,
                "themes": theme,
                "submission_key": secrets.token_urlsafe(24),
            }
        )
        yield post("/ideeen/nieuw", site.port, body, Cookie=desk.bench.cookie(person))


def _compare(desk: Desk, when: str, during: Voted, before: Voted, after: Voted) -> None:
    """How many votes a second came through, as a share of those in calm before and after, and that none was lost.

    On SQLite one writes at a time, so a step that changes ten thousand rows holds everybody up; nobody is refused.
    """
    calm = (before.rate + after.rate) / 2
    share = during.rate / calm
    must = 0.25 if desk.kind == "postgresql" else 0.0
    desk.figure(
        f"votes {when}, of {calm:.0f}/s", f"{share:.0%}", f"{must:.0%}" if must else "", share >= must
    )
    desk.figure(f"longest that a vote took {when}", f"{during.longest:.1f} s", "5 s", during.longest <= 5)
    desk.figure(f"votes lost {when}", str(during.lost), "0", during.lost == 0)


def _new(kind: str) -> tuple[str, Flask, Filled]:
    size = SIZES["S"]
    if kind == "postgresql":
        url, dsn = new_database("bench_moderation")
        app = databases.make_app(url, testing=False)
        return url, app, fill(app, dsn, size)
    path = Path(servers.run_folder()) / "bench-moderation.sqlite"
    url = new_sqlite(path)
    app = databases.make_app(url, testing=False)
    return url, app, fill_sqlite(app, path, size)


def _staff(app: Flask) -> Staff:
    """Somebody with every role, signed in."""
    with app.test_request_context():
        person = factories.a_person(Role.MODERATOR, Role.ORGANISER)
        db.session.commit()
        start_session(person, second_step=True)
        token: str = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}"
        return Staff(person.id, cookie, token)


def _analyze(desk: Desk) -> None:
    """Let the database know how much there is now, as it finds out by itself on a site that runs."""
    with desk.app.app_context():
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()


def _log_length(desk: Desk) -> int:
    with desk.app.app_context():
        return audit_log.head().lines


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.1f}x"
