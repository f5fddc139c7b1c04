"""Networks are hashed under a key that is destroyed; no address stands anywhere, and known networks leave nothing."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select

from app.db import Base, db
from app.features.integrity import jobs, traces
from app.features.privacy.queries import questions
from app.kit import jobs as kit_jobs
from app.kit import signals
from app.kit.identity import start_session
from app.kit.jobs import Turn, run_once
from app.models import KnownNetwork, NetworkKey, NetworkTrace, Person
from app.models.integrity import SignalKind
from app.records import erasure, networks
from app.records.networks import Seen
from tests import factories
from tests.support import csrf_token, sign_in, statements, visit

from .conftest import Field

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)
NOON = MONDAY + timedelta(days=2, hours=12)
ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    traces.forget()
    yield
    traces.forget()


def rows(app: Flask, table: type[Any]) -> list[Any]:
    with app.app_context():
        found = list(db.session.scalars(select(table).order_by(*inspect(table).primary_key)))
        db.session.expunge_all()
        return found


def people(app: Flask, number: int) -> list[int]:
    with app.app_context():
        made = [factories.a_person().id for _ in range(number)]
        db.session.commit()
        return made


def note(app: Flask, *seen: Seen, now: datetime = NOON) -> int:
    with app.app_context():
        number = networks.note(seen, now)
        db.session.commit()
        return number


def hash_of(app: Flask, address: str, moment: datetime = NOON) -> str:
    (person,) = people(app, 1)
    note(app, Seen(person, address, moment), now=moment)
    return next(row.network for row in rows(app, NetworkTrace) if row.person_id == person)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1:2200::1", "2001:db8:1:22ff:ffff::9", True),
        ("2001:db8:1:2200::1", "2001:db8:1:2300::1", False),
        ("::ffff:192.0.2.9", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_what_one_network_is(app: Flask, one: str, other: str, same: bool) -> None:
    assert (hash_of(app, one) == hash_of(app, other)) is same


@pytest.mark.parametrize("nonsense", ["", "unix:", "unknown", "999.1.1.1", "192.0.2.1:443"])
def test_what_is_no_address_leaves_no_trace(app: Flask, nonsense: str) -> None:
    (person,) = people(app, 1)
    assert note(app, Seen(person, nonsense, NOON)) == 0


def test_weeks_cannot_be_compared(app: Flask) -> None:
    assert hash_of(app, ADDRESS) != hash_of(app, ADDRESS, NOON + timedelta(days=7))
    weeks = {row.week for row in rows(app, NetworkKey)}
    assert weeks == {MONDAY.date(), MONDAY.date() + timedelta(days=7)}
    assert networks.week_of(MONDAY) == MONDAY.date()
    assert networks.week_of(MONDAY - timedelta(seconds=1)) == MONDAY.date() - timedelta(days=7)


def test_a_copy_of_the_database_is_not_enough(make_app: Callable[..., Flask]) -> None:
    """The secret of the server goes into the hash as well."""
    key, network = b"k" * 32, networks.parse("192.0.2.0/24")
    assert network is not None
    found = set()
    for secret in (
        "one secret that is long enough to be one",
        "another secret that is long enough to be one",
    ):
        app = make_app(SECRET_KEY=secret)
        with app.app_context():
            found.add(networks.hashed(key, network))
    assert len(found) == 2


def test_a_person_leaves_one_trace_a_week_per_network(app: Flask) -> None:
    one, other = people(app, 2)
    later = NOON + timedelta(days=1)
    note(app, Seen(one, "192.0.2.1", NOON), Seen(other, "192.0.2.2", NOON), Seen(one, "198.51.100.1", NOON))
    note(app, Seen(one, "192.0.2.9", later), now=later)
    found = rows(app, NetworkTrace)
    assert len(found) == 3
    mine = sorted((row.first_at, row.last_at) for row in found if row.person_id == one)
    assert mine == [(NOON, NOON), (NOON, later)]
    shared = {row.network for row in found if row.person_id == one} & {
        row.network for row in found if row.person_id == other
    }
    assert len(shared) == 1


def test_two_that_need_the_first_key_of_a_week_get_the_same(app: Flask) -> None:
    together, keys, faults = threading.Barrier(4), [], []

    def ask() -> None:
        with app.app_context():
            try:
                together.wait()
                keys.append(networks.key_of(MONDAY.date(), NOON))
                db.session.commit()
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(keys) == 4
    assert len(set(keys)) == 1
    assert [row.key for row in rows(app, NetworkKey)] == [keys[0]]


def database_bytes(app: Flask) -> bytes:
    """Everything that the files of the database hold; on PostgreSQL every row of every table."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            path = Path(str(db.engine.url.database))
            return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
        return b"".join(
            repr(row).encode()
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
        )


class TestSchedule:
    """The key lives as long as its week and thirty days more."""

    def test_the_clock(self, app: Flask) -> None:
        note(app, Seen(people(app, 1)[0], ADDRESS, NOON))
        (key,) = (row.key for row in rows(app, NetworkKey))
        assert key is not None
        end = MONDAY + timedelta(days=37)
        with time_machine.travel(end - timedelta(minutes=1), tick=False), app.app_context():
            assert run_once(jobs.SWEEP, end - timedelta(minutes=1), "one") is Turn.IDLE
        assert len(rows(app, NetworkTrace)) == 1
        with time_machine.travel(end, tick=False), app.app_context():
            assert run_once(jobs.SWEEP, end, "one") is Turn.RAN
            assert run_once(jobs.SWEEP, end, "one") is Turn.IDLE
        (row,) = rows(app, NetworkKey)
        assert (row.key, row.destroyed_at) == (None, end)
        assert rows(app, NetworkTrace) == []
        kept = database_bytes(app)
        assert key not in kept, "also not in the free pages of the file, or in its log"
        assert repr(key)[2:-1].encode() not in kept

    def test_a_younger_key_stays(self, app: Flask) -> None:
        (person,) = people(app, 1)
        note(app, Seen(person, ADDRESS, NOON))
        next_week = NOON + timedelta(days=7)
        note(app, Seen(person, ADDRESS, next_week), now=next_week)
        with app.app_context():
            assert networks.sweep(MONDAY + timedelta(days=37)) == (1, 1)
            db.session.commit()
        assert [row.week for row in rows(app, NetworkTrace)] == [date(2026, 6, 22)]

    def test_no_key_is_made_again_for_a_week_that_is_over(self, app: Flask) -> None:
        (person,) = people(app, 1)
        note(app, Seen(person, ADDRESS, NOON))
        late = MONDAY + timedelta(days=38)
        with app.app_context():
            networks.sweep(late)
            db.session.commit()
        assert note(app, Seen(person, ADDRESS, NOON), now=late) == 0
        assert [row.key for row in rows(app, NetworkKey)] == [None]
        (other,) = people(app, 1)
        old = NOON - timedelta(days=7)
        assert note(app, Seen(other, ADDRESS, old), now=late) == 0, "also where none was ever made"
        assert len(rows(app, NetworkKey)) == 1

    def test_without_anything_to_destroy_nothing_is_due(self, app: Flask) -> None:
        with app.app_context():
            assert not networks.sweep_is_due(NOON)


def vote(client: FlaskClient, idea: int, address: str = ADDRESS) -> None:
    page = client.get(f"/ideeen/{idea}", environ_overrides={"REMOTE_ADDR": address})
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        f"/ideeen/{idea}/stem",
        data={"csrf_token": token, "choice": "for"},
        environ_overrides={"REMOTE_ADDR": address},
    )
    assert answer.status_code == 303, answer.text


def flush(app: Flask) -> None:
    with app.app_context():
        traces.flush()


def an_idea(app: Flask) -> int:
    with app.app_context():
        idea = factories.an_idea().id
        db.session.commit()
        return idea


class TestRequests:
    """Votes and sign-ins are noted beside the request."""

    def test_a_vote_leaves_a_trace_beside_its_transaction(self, app: Flask, client: FlaskClient) -> None:
        (person,), idea = people(app, 1), an_idea(app)
        sign_in(client, person)
        traces.forget()
        vote(client, idea)
        assert rows(app, NetworkTrace) == [], "nothing in the transaction of the vote"
        flush(app)
        (row,) = rows(app, NetworkTrace)
        assert (row.person_id, row.week, len(row.network)) == (
            person,
            networks.week_of(datetime.now(UTC)),
            64,
        )

    @pytest.mark.parametrize("headers", [None, {"Accept": "application/json"}], ids=["page", "script"])
    def test_noting_costs_a_vote_no_statement(
        self, app: Flask, client: FlaskClient, headers: dict[str, str] | None
    ) -> None:
        (person,), idea = people(app, 1), an_idea(app)
        data = {"csrf_token": csrf_token(sign_in(client, person)), "choice": "for"}
        traces.forget()

        def cost() -> int:
            with statements() as sent:
                assert client.post(f"/ideeen/{idea}/stem", data=data, headers=headers).status_code < 400
            return len(sent)

        cost()  # the first vote of a process reads what is kept for the next
        noted = cost()
        assert traces._waiting
        signals.vote_cast.disconnect(traces._voted)
        try:
            assert cost() == noted
        finally:
            signals.vote_cast.connect(traces._voted)

    def test_no_address_stands_anywhere(self, app: Flask, client: FlaskClient) -> None:
        (person,), idea = people(app, 1), an_idea(app)
        sign_in(client, person)
        vote(client, idea)
        flush(app)
        assert len(rows(app, NetworkTrace)) >= 1
        kept = database_bytes(app)
        for secret in (ADDRESS, "203.0.113", "".join(f"{int(part):02x}" for part in ADDRESS.split("."))):
            assert secret.encode() not in kept

    def test_signing_in_leaves_one(self, app: Flask) -> None:
        (person,) = people(app, 1)
        with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
            start_session(db.session.get_one(Person, person))
        flush(app)
        assert [row.person_id for row in rows(app, NetworkTrace)] == [person]

    def test_reading_leaves_none(self, app: Flask, client: FlaskClient) -> None:
        (person,), idea = people(app, 1), an_idea(app)
        sign_in(client, person)
        traces.forget()
        client.get(f"/ideeen/{idea}")
        flush(app)
        assert rows(app, NetworkTrace) == []

    def test_behind_proxies_the_address_of_the_reader(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(TRUSTED_PROXIES="1")
        (one, other), idea = people(app, 2), an_idea(app)
        for person, address in ((one, "198.51.100.7"), (other, "192.0.2.1")):
            client = sign_in(app.test_client(), person)
            traces.forget() if person == one else None
            page = client.get(f"/ideeen/{idea}")
            token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
            headers = {"X-Forwarded-For": f"10.9.9.9, {address}"}
            client.post(f"/ideeen/{idea}/stem", data={"csrf_token": token, "choice": "for"}, headers=headers)
        flush(app)
        found = {
            row.person_id: row.network for row in rows(app, NetworkTrace) if row.person_id in (one, other)
        }
        assert len(set(found.values())) == 2
        assert hash_of(app, "198.51.100.200", datetime.now(UTC)) == found[one]

    def test_what_cannot_be_written_waits(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        (person,) = people(app, 1)
        with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
            traces._note(person)

        def broken(*_args: object) -> int:
            raise RuntimeError("The database is away.")

        with monkeypatch.context() as patch:
            patch.setattr(networks, "note", broken)
            with app.app_context(), pytest.raises(RuntimeError):
                traces.flush()
        flush(app)
        assert [row.person_id for row in rows(app, NetworkTrace)] == [person]

    def test_memory_is_bounded(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(traces, "MOST", 3)
        made = people(app, 5)
        with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
            for person in [*made, *made]:
                traces._note(person)
        assert len(traces._waiting) == 3
        flush(app)
        assert {row.person_id for row in rows(app, NetworkTrace)} == set(made[2:])

    def test_the_job_is_registered(self, app: Flask) -> None:
        names = {job.name for job in kit_jobs._jobs}
        assert {"networks", "network-keys", "integrity"} <= names


def known(app: Flask, cidr: str) -> None:
    with app.app_context():
        db.session.add(KnownNetwork(name="Bibliotheek", cidr=cidr, added_at=NOON))
        db.session.commit()


@pytest.mark.parametrize(
    ("cidr", "address", "traced"),
    [
        ("203.0.113.0/24", ADDRESS, False),
        ("203.0.113.77/32", ADDRESS, False),
        ("203.0.113.78/32", ADDRESS, True),
        ("203.0.113.0/24", "::ffff:203.0.113.5", False),
        ("2001:db8:1::/48", "2001:db8:1:77::5", False),
        ("2001:db8:1::/48", "2001:db8:2:77::5", True),
    ],
)
def test_known_networks_leave_no_trace(app: Flask, cidr: str, address: str, traced: bool) -> None:
    known(app, cidr)
    (person,) = people(app, 1)
    note(app, Seen(person, address, NOON))
    assert len(rows(app, NetworkTrace)) == int(traced)


def test_a_network_that_becomes_known_takes_its_traces_along(app: Flask) -> None:
    one, other = people(app, 2)
    note(app, Seen(one, "203.0.113.9", NOON), Seen(other, "203.0.114.9", NOON))
    with app.app_context():
        for cidr, gone in (("203.0.113.9/32", 0), ("203.0.113.0/24", 1), ("203.0.0.0/16", 1)):
            network = networks.parse(cidr)
            assert network is not None
            assert networks.forget_known(network) == gone, cidr
        db.session.commit()
    assert rows(app, NetworkTrace) == []


def test_erasing_an_account_takes_its_traces(app: Flask) -> None:
    one, other = people(app, 2)
    note(app, Seen(one, ADDRESS, NOON), Seen(other, ADDRESS, NOON))
    with app.app_context():
        erasure.erase(one, NOON)
        db.session.commit()
    assert [row.person_id for row in rows(app, NetworkTrace)] == [other]
    assert note(app, Seen(one, ADDRESS, NOON)) == 1, "noted before, written after"
    assert [row.person_id for row in rows(app, NetworkTrace)] == [other]


def test_people_read_from_how_many_networks_they_took_part(app: Flask, client: FlaskClient) -> None:
    (person,) = people(app, 1)
    note(app, Seen(person, ADDRESS, NOON), Seen(person, "192.0.2.1", NOON))
    with app.test_request_context():
        kinds = len(list(questions(db.session.get_one(Person, person))))
    page = visit(sign_in(client, person), "/mijn/gegevens", max_queries=1 + kinds)
    assert "Vanaf hoeveel netwerken je meedeed, per week" in page.text
    assert "15 juni 2026" in page.text
    kept = client.get("/mijn/gegevens/bestand.json").json
    assert kept is not None
    (row,) = [row for row in kept["networks"] if row["week"] == "2026-06-15"]
    assert row["networks"] == 2
    assert not any(trace.network in str(kept) for trace in rows(app, NetworkTrace)), (
        "the hash itself is not shown"
    )
    assert "sleutel gooien we 30 dagen" in visit(client, "/privacy").text


def test_accounts_on_one_network_are_found_by_the_job(field: Field) -> None:
    made = field.people(8, field.now - timedelta(hours=20))
    field.vote(field.ideas[8], made)
    voted = field.now - timedelta(hours=2)
    note(field.app, *(Seen(person, ADDRESS, voted) for person in made), now=field.now)
    field.look()
    (signal,) = field.signals(SignalKind.SAME_NETWORK)
    assert field.votes_of(signal) == {(field.ideas[8], person) for person in made}
    assert signal.idea_id == field.ideas[8]
    with field.app.app_context():
        hashes = set(db.session.scalars(select(NetworkTrace.network)))
        assert not any(name in signal.key for name in hashes), (
            "the signal outlives the key and tells no network"
        )
        assert db.session.scalar(select(func.count()).select_from(NetworkTrace)) == 8
