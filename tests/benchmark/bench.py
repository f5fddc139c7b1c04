"""One run of measurements: the applications that are up, who sends requests, and the lines of the table."""

import random
import time
from collections.abc import Iterator
from itertools import count, cycle

from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from app.db import db
from app.kit.identity import DEVICE, start_session
from app.models.person import Person
from tests.benchmark import report
from tests.benchmark.filling import Filled, device_key
from tests.benchmark.load import Result, get, measure, post
from tests.benchmark.serving import Running

LIST = "/ideeen?sort=votes_desc"


class Bench:
    """One run: the applications that are up, and the lines of the table."""

    def __init__(self, seconds: float, filled: Filled, app: Flask) -> None:
        self.seconds, self.filled, self.app = seconds, filled, app
        self.lines: list[report.Line] = []
        self._voters = cycle(filled.people)
        self._luck = random.Random(2019)
        self._session, self.token = self._a_session()

    def beside(
        self,
        work: str,
        site: Result,
        bare: Result,
        must: float | None = None,
        goal: float | None = None,
    ) -> None:
        """Add a line to the table and show it."""
        line = report.Line(work, site, bare, must, goal)
        self.lines.append(line)
        print(line, flush=True)

    def say(self, work: str, value: str, must: str = "", goal: str = "", fine: bool | None = None) -> None:
        """Add a line with a single figure."""
        print(report.plain(work, value, must, goal, fine), flush=True)

    def run(self, running: Running, requests: Iterator[bytes], clients: int) -> Result:
        """Measure; an answer that is an error stops the run, because its speed means nothing."""
        result = measure(running.port, requests, clients, self.seconds)
        wrong = {status: times for status, times in result.answers.items() if not 200 <= status < 400}
        if wrong:
            raise SystemExit(f"answers that are errors: {wrong}")
        return result

    def pages(self, running: Running, path: str, clients: int = 8, **headers: str) -> Result:
        """Fetch one page again and again."""
        return self.run(running, cycle([get(path, running.port, **headers)]), clients)

    def cookie(self, person: int) -> str:
        """The session of a person, signed as the site signs it."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        held = {**self._session, "_user_id": f"{person}.0", DEVICE: device_key(person)}
        signed = serializer.dumps(held)
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signed}"

    def votes(self, running: Running, hot: bool = False) -> Iterator[bytes]:
        """Votes, every one by another person; on ideas all over the place, or all on one."""
        ideas = self.filled.ideas
        for person in self._voters:
            idea = ideas[0] if hot else self._luck.choice(ideas)
            choice = "for" if self._luck.random() < 0.6 else "against"
            body = f"csrf_token={self.token}&choice={choice}"
            yield post(f"/ideeen/{idea}/stem", running.port, body, Cookie=self.cookie(person))

    def bare_votes(self, running: Running) -> Iterator[bytes]:
        """The same for the bare application, which asks nobody who they are."""
        for number in count():
            person = self.filled.people[number % len(self.filled.people)]
            idea = self._luck.choice(self.filled.ideas)
            yield post(f"/vote/{idea}", running.port, f"person={person}&value=1")

    def _a_session(self) -> tuple[dict[str, object], str]:
        with self.app.test_request_context():
            person = db.session.get(Person, self.filled.people[0])
            assert person is not None
            start_session(person)
            token: str = generate_csrf()
            held = dict(session)
            db.session.rollback()
        return held, token


def settle(site: Running) -> None:
    """Let a fresh site do what it does once: the first standings, and the counting of the night."""
    measure(site.port, cycle([get(LIST, site.port)]), 1, 1.0)
    for _ in range(60):
        before = site.busy()
        time.sleep(1)
        if site.busy() - before < 0.1:
            return
