"""A server that dies in the middle of a burst of votes loses none that it confirmed, and leaves exact tallies."""

import contextlib
import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psutil
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.features.voting.forms import CHOICES
from app.models import Vote
from app.records import tallies
from tests import factories
from tests.support import csrf_token, serving, sign_in

PEOPLE = 12


@dataclass
class Voter:
    """Somebody who keeps changing their mind, and what they were told."""

    person: int
    idea: int
    headers: dict[str, str]
    token: str
    confirmed: list[int] = field(default_factory=list)
    on_the_way: int | None = None
    strange: list[int] = field(default_factory=list)

    def vote_until_the_end(self, port: int) -> None:
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection,
        ):
            while True:
                for choice, value in CHOICES.items():
                    self.on_the_way = int(value)
                    body = urlencode({"csrf_token": self.token, "choice": choice})
                    connection.request("POST", f"/ideeen/{self.idea}/stem", body, self.headers)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != 200:
                        self.strange.append(answer.status)
                        return
                    self.confirmed.append(int(value))
                    self.on_the_way = None


def _kill(server: serving.Served) -> None:
    """End the server and all its workers at once, without a chance to finish anything."""
    leader = psutil.Process(server.process.pid)
    for process in [leader, *leader.children(recursive=True)]:
        process.kill()


def _voters(app: Flask) -> list[Voter]:
    with app.app_context():
        call, author = factories.a_call(), factories.a_person()
        ideas = [factories.an_idea(call, author).id for _ in range(2)]
        people = [factories.a_person().id for _ in range(PEOPLE)]
        db.session.commit()
    voters = []
    for place, person in enumerate(people):
        client = sign_in(app.test_client(), person)
        token = csrf_token(client)
        cookie = client.get_cookie("session")
        assert cookie is not None
        headers = {
            "Cookie": f"session={cookie.value}",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        voters.append(Voter(person, ideas[place % 2], headers, token))
    return voters


def test_a_killed_server_loses_no_confirmed_vote(app: Flask, database: str) -> None:
    voters = _voters(app)
    with serving.serving(database, DEMO="0", SITE_URL="http://localhost") as server:
        threads = [threading.Thread(target=voter.vote_until_the_end, args=(server.port,)) for voter in voters]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 30
        while sum(len(voter.confirmed) for voter in voters) < 150 and time.monotonic() < deadline:
            time.sleep(0.01)
        _kill(server)
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
    assert sum(len(voter.confirmed) for voter in voters) >= 150
    assert [status for voter in voters for status in voter.strange] == []
    assert any(voter.on_the_way is not None for voter in voters)
    with app.app_context():
        if database.startswith("postgresql"):
            _wait_for_the_last_transactions()
        assert tallies.differences() == []
        rows = db.session.execute(select(Vote.person_id, Vote.value)).all()
        stands = {row[0]: row[1] for row in rows}
    for voter in voters:
        possible = {voter.confirmed[-1] if voter.confirmed else None, voter.on_the_way} - {None}
        assert stands.get(voter.person) in possible | ({None} if not voter.confirmed else set())


def _wait_for_the_last_transactions() -> None:
    """PostgreSQL notices a moment later that a connection is gone, and undoes what it had not committed."""
    busy = db.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND state LIKE '%transaction%'"
    )
    for _ in range(100):
        if db.session.scalar(busy) == 0:
            break
        time.sleep(0.05)
    db.session.rollback()
