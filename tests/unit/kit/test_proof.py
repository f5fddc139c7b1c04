"""Proofs of work: what a token says, what counts as an answer, once only, and waiting within bounds."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.db import db
from app.kit import proof
from app.kit.proof import Sent, Verdict
from app.models import SpentProof

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EASY = 4


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work, so that the tests are about the rules; the browser test does the real thing."""
    monkeypatch.setattr(proof, "ZEROS", {1: EASY, 2: EASY + 1, 3: EASY + 2})


@pytest.fixture
def here(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def solved(purpose: str = "contact", level: int = 1, at: datetime = NOW, address: str = "192.0.2.1") -> Sent:
    asked = proof.challenge(purpose, level, at)
    return Sent(asked.token, proof.solve(asked.token, asked.zeros), address)


def use(sent: Sent, purpose: str = "contact", at: datetime = NOW, asked: int = 1) -> Verdict:
    verdict = proof.use(sent, purpose, asked, at)
    db.session.commit()
    return verdict


def test_a_proof_is_good_once_for_what_it_was_made_for(here: Flask) -> None:
    sent = solved()
    assert use(sent, "sign_in") == Verdict.MISSING
    assert use(sent) == Verdict.GOOD
    assert use(sent) == Verdict.SPENT
    assert proof.again(sent.token, "contact", 1, NOW) is None


def test_an_easy_proof_does_not_last_when_more_is_asked(here: Flask) -> None:
    typing, gathered, soon = solved(), solved(), NOW + proof.GRACE - timedelta(seconds=1)
    assert use(typing, at=soon, asked=3) == Verdict.GOOD, "who was typing when the level rose goes on"
    assert use(gathered, at=NOW + proof.GRACE, asked=3) == Verdict.EXPIRED
    assert proof.again(gathered.token, "contact", 3, NOW + proof.GRACE) is None, "the form gets a new one"
    assert use(gathered, at=NOW + proof.GRACE, asked=1) == Verdict.GOOD
    assert use(solved(level=2), at=NOW + proof.GRACE, asked=1) == Verdict.GOOD, (
        "and a hard one where less is asked"
    )


def test_a_proof_expires_and_is_forgotten_then(here: Flask) -> None:
    sent, late = solved(), NOW + proof.LIFETIME
    assert use(sent, at=late) == Verdict.EXPIRED
    assert use(sent, at=late - timedelta(seconds=1)) == Verdict.GOOD
    proof.sweep(late - timedelta(seconds=1))
    assert db.session.scalar(select(func.count()).select_from(SpentProof)) == 1
    proof.sweep(late)
    assert db.session.scalar(select(func.count()).select_from(SpentProof)) == 0


def test_a_token_that_we_did_not_sign_is_none(here: Flask) -> None:
    sent = solved()
    for token in (
        "",
        "x",
        sent.token[:-1] + ("0" if sent.token[-1] != "0" else "1"),
        sent.token.replace("contact.1", "contact.2"),
        sent.token.replace("contact", "sign_in"),
        sent.token + "0",
    ):
        assert use(Sent(token, sent.answer)) == Verdict.MISSING
        assert use(Sent(token, sent.answer), "sign_in") == Verdict.MISSING
    assert use(sent) == Verdict.GOOD


@pytest.mark.parametrize(
    "spoil",
    [
        lambda numbers: numbers[:-1],
        lambda numbers: [*numbers, numbers[-1] + 1],
        lambda numbers: [numbers[0]] * 8,
        lambda numbers: list(reversed(numbers)),
        lambda numbers: [numbers[0] + 1 if numbers[0] + 1 < numbers[1] else numbers[0] - 1, *numbers[1:]],
        lambda numbers: [*numbers[:-1], 2**41],
    ],
    ids=["seven", "nine", "one eight times", "backwards", "a wrong one", "too large"],
)
def test_only_eight_different_hits_are_an_answer(here: Flask, spoil: object) -> None:
    sent = solved(level=3)
    numbers = [int(number) for number in sent.answer.split(",")]
    wrong = ",".join(map(str, spoil(numbers)))  # type: ignore[operator]
    assert use(Sent(sent.token, wrong, sent.address)) == Verdict.WRONG
    for odd in ("-1,2,3,4,5,6,7,8", "a", "1,2", "١,2,3,4,5,6,7,8", "1 ,2,3,4,5,6,7,8"):
        assert use(Sent(sent.token, odd, sent.address)) == Verdict.WRONG
    assert use(sent) == Verdict.GOOD


@pytest.mark.one_database
@given(number=st.integers(0, 2**40 - 1), zeros=st.integers(1, 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_hit_is_what_the_sentence_says(here: Flask, number: int, zeros: int) -> None:
    token = proof.challenge("contact", 1, NOW).token
    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(f"{token}:{number}".encode()).digest())
    assert proof.is_hit(token, number, zeros) == (bits[:zeros] == "0" * zeros)


@pytest.mark.one_database
@given(purpose=st.from_regex(r"[a-z_]{1,20}", fullmatch=True), level=st.integers(1, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_every_try_costs_one_block(here: Flask, purpose: str, level: int) -> None:
    token = proof.challenge(purpose, level, NOW).token
    assert len(f"{token}:") % 64 == 0
    assert proof.again(token, purpose, 1, NOW) is not None


def test_waiting_takes_the_place_of_work(here: Flask) -> None:
    token = proof.challenge("contact", 2, NOW).token
    early, enough = NOW + timedelta(seconds=29), NOW + timedelta(seconds=30)
    assert use(Sent(token, "", "192.0.2.1"), at=early) == Verdict.TOO_SOON
    assert proof.seconds_left(token, early) == 1
    assert use(Sent(token, "", "192.0.2.1"), at=enough) == Verdict.GOOD
    assert use(Sent(token, "", "192.0.2.1"), at=enough) == Verdict.SPENT


def test_waiting_side_by_side_is_bounded_by_address_and_in_all(
    here: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "WAITS_PER_ADDRESS", 3)
    monkeypatch.setattr(proof, "WAITS_PER_MINUTE", {1: 5, 2: 5, 3: 5})
    ripe = NOW + timedelta(minutes=1)

    def waited(address: str, at: datetime = ripe) -> Verdict:
        return use(Sent(proof.challenge("contact", 1, NOW).token, "", address), at=at)

    assert [waited("192.0.2.1") for _ in range(5)] == [Verdict.GOOD] * 3 + [Verdict.CROWDED] * 2
    assert [waited(f"192.0.2.{number}") for number in range(2, 6)] == [Verdict.GOOD] * 2 + [
        Verdict.CROWDED
    ] * 2
    assert waited("192.0.2.9", ripe + timedelta(minutes=1)) == Verdict.GOOD
    assert waited("192.0.2.1", ripe + timedelta(minutes=2)) == Verdict.CROWDED
    assert waited("192.0.2.1", ripe + timedelta(minutes=10)) == Verdict.GOOD
    assert use(solved(address="192.0.2.1"), at=NOW) == Verdict.GOOD, "work is never crowded"


def test_an_address_is_kept_as_a_hash_only(here: Flask) -> None:
    token = proof.challenge("contact", 1, NOW).token
    assert use(Sent(token, "", "192.0.2.1"), at=NOW + timedelta(minutes=1)) == Verdict.GOOD
    assert use(solved()) == Verdict.GOOD
    rows = db.session.execute(select(SpentProof.waited_by, SpentProof.token_hash)).all()
    assert sorted(len(row.waited_by) for row in rows) == [0, 64]
    assert not any("192.0.2" in value for row in rows for value in row)


def test_of_ten_uses_at_once_one_is_the_first(app: Flask) -> None:
    with app.app_context():
        sent = solved()

    def once(_number: int) -> Verdict:
        with app.app_context():
            return use(sent)

    with ThreadPoolExecutor(10) as threads:
        verdicts = list(threads.map(once, range(10)))
    assert sorted(verdicts) == sorted([Verdict.GOOD] + [Verdict.SPENT] * 9)


@pytest.mark.one_database
def test_checking_costs_us_nothing(here: Flask) -> None:
    sent = solved(level=3)
    count = 0
    real = hashlib.sha256

    def counted(*given: bytes) -> object:
        nonlocal count
        count += 1
        return real(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashlib, "sha256", counted)
        assert proof.is_answer(sent.token, sent.answer, EASY + 2)
    assert count == proof.ANSWERS
