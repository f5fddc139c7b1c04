"""Ten thousand submissions in a minute from five hundred new accounts: throttled, queued, cleaned in one step.

Most of the flood is made in bulk. A sample goes through the site itself, and residents vote meanwhile.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import RefusalReason
from app.features.waves import queries, service
from app.features.waves.queries import By
from app.kit import proof
from app.models import Idea, MailMessage, Person, QueueItem, Tally, Vote
from app.models.queue import QueueKind
from app.policies import friction as policy
from app.records import pressure, queue
from app.records.sweeping import Ruling
from tests.support import post, sign_in, statements

from .conftest import OLD, SENTENCE, SPAM, Town, send

THROTTLED = "Er komt nu heel veel binnen van nieuwe accounts."
ASKED = "Daarom controleren we of je geen programma bent."
TOO_MANY = "Je hebt in een uur 5 ideeën ingestuurd"
RULING = Ruling(SENTENCE, RefusalReason.ADVERTISING)


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work itself is measured elsewhere."""
    monkeypatch.setattr(proof, "ZEROS", {1: 2, 2: 2, 3: 2})


def an_idea(town: Town, number: str) -> dict[str, object]:
    return {
        "call": town.slug,
        "title": "Snel geld voor iedereen",
        "summary": "Dit wil je niet missen, echt niet.",
        "body": SPAM.format(number),
        "themes": [town.theme],
        "action": "send",
    }


def tries(town: Town, person: int, number: str, *, works: bool) -> str:
    """One submission through the site by somebody who does the work, or does not; what came of it."""
    client = sign_in(town.app.test_client(), person)
    more: dict[str, str] = {}
    token = re.search(r'name="proof_token" value="([^"]+)"', client.get("/ideeen/nieuw").text)
    if works and token:
        more = {"proof_token": token[1], "proof_answer": proof.solve(token[1], 2)}
    answer = send(client, "/ideeen/nieuw", **an_idea(town, number), **more)
    if answer.status_code == 303:
        return "taken"
    assert answer.status_code == 429
    assert number in answer.text, "what was typed is still there"
    return next(said for said in (THROTTLED, ASKED, TOO_MANY) if said in answer.text)


def votes(town: Town, residents: list[int]) -> list[int]:
    """Every resident votes through the site, at once; what each was answered."""

    def one(person: int) -> int:
        client = sign_in(town.app.test_client(), person)
        return post(client, f"/ideeen/{town.idea}/stem", choice="for").status_code

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, residents))


def counted(town: Town) -> tuple[int, int]:
    """Votes as rows, and as the tally says."""
    with town.app.app_context():
        rows = db.session.scalar(select(func.count()).where(Vote.idea_id == town.idea, Vote.value == 1))
        tally = db.session.scalar(select(func.sum(Tally.votes_for)).where(Tally.idea_id == town.idea))
        return rows or 0, tally or 0


def the_wave(town: Town, app: Flask, accounts: int, texts: int, sample: int, residents: int) -> None:
    crowd = town.people(residents, age=OLD)
    people = town.people(accounts)
    before = town.waiting()

    # Calm: the first texts of strangers come in, and wait.
    assert tries(town, people[0], "eerste", works=False) == "taken"
    with app.app_context():
        newest = db.session.scalars(select(Idea).order_by(Idea.id.desc()).limit(1)).one()
        queue.put(QueueKind.IDEA, newest, datetime.now(UTC))
        db.session.commit()
    town.flood(people, texts - 1)
    assert town.waiting() == before + texts, "queued"

    # The next request of a stranger finds the site on its guard, and residents vote as ever.
    fresh = town.people(sample)
    with ThreadPoolExecutor(2) as side:
        voting = side.submit(votes, town, crowd)
        outcomes = Counter(
            tries(town, person, f"later {number}", works=bool(number % 2))
            for number, person in enumerate(fresh)
        )
        assert voting.result() == [303] * residents
    assert counted(town) == (residents, residents)
    # The first one shows how hard it is pressed; then who does no work gets no further, and who does it waits.
    assert outcomes == {THROTTLED: 1 + sample // 2, ASKED: sample // 2 - 1}
    assert tries(town, people[1], "nog een", works=True) == TOO_MANY
    with app.app_context():
        assert pressure.level(datetime.now(UTC)) == 3
        found = queries.groups(datetime.now(UTC))[0]
    assert (found.by, found.texts, found.accounts, found.young) == (By.TEXT, texts, accounts, accounts)

    # One step, and residents go on voting meanwhile.
    with app.app_context():
        for vote in db.session.scalars(select(Vote)):
            assert vote.value == 1
    beside = crowd[: residents // 2]
    with ThreadPoolExecutor(2) as side, app.app_context():
        again = side.submit(votes, town, beside)
        moderator = db.session.get_one(Person, town.moderator)
        now = datetime.now(UTC)
        with statements() as sent:
            swept = service.clean(moderator, By.TEXT, found.mark, now, (), RULING, now, blocks=True)
        assert again.result() == [303] * len(beside)
    assert votes(town, crowd) == [303] * residents
    assert (swept.refused, len(swept.people)) == (texts, accounts)
    without_mail = [one for one in sent if not one.startswith("INSERT INTO mail_message")]
    assert len(without_mail) < 60 + texts // 200, "statements for parts of many, not one for each text"
    assert len(sent) - len(without_mail) <= accounts, "at most one for the mail to each sender"
    assert town.waiting() == before
    assert town.states() == {"published": 1, "refused": texts}
    assert counted(town) == (residents, residents)
    with app.app_context():
        told = db.session.scalar(select(func.count()).where(MailMessage.kind == "texts_swept"))
        assert told == accounts, "one mail to each sender, however many texts"
        assert db.session.scalar(select(func.count()).where(Person.blocked_at.is_not(None))) == accounts

        back = service.undo(db.session.get_one(Person, town.other), swept.batch, datetime.now(UTC))
    assert back.refused == texts
    assert town.waiting() == before + texts
    assert town.states() == {"published": 1, "submitted": texts}
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Person.blocked_at.is_not(None))) == 0
        open_ones = select(func.count()).where(
            QueueItem.closed_at.is_(None), QueueItem.claimed_by_id.is_(None)
        )
        assert db.session.scalar(open_ones) == before + texts


def test_ten_thousand_in_a_minute(app: Flask, town: Town) -> None:
    the_wave(town, app, accounts=500, texts=10_000, sample=10, residents=20)


def test_a_smaller_wave(app: Flask, town: Town) -> None:
    the_wave(town, app, accounts=60, texts=600, sample=6, residents=8)


def test_how_much_is_taken_in_a_minute_is_bounded(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pressed, strangers who all do the work still come in one after the other: a queue of a known depth."""
    monkeypatch.setattr(policy, "PER_MINUTE", {1: 6, 2: 6, 3: 6})
    with app.app_context():
        now = datetime.now(UTC)
        pressure.set_by_hand(2, "een golf, om te proberen", now + timedelta(hours=1), now)
        db.session.commit()
    people = town.people(10)

    def one(number: int) -> str:
        return tries(town, people[number], f"nummer {number}", works=True)

    with ThreadPoolExecutor(4) as threads:
        outcomes = Counter(threads.map(one, range(10)))
    assert outcomes == {"taken": 6, THROTTLED: 4}
    known = town.people(1, age=OLD)
    assert tries(town, known[0], "van een bekende", works=False) == "taken"
