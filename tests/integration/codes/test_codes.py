"""Voting codes: letters made, people let in, batches taken back; on paper only, one person per code."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app.db import db
from app.domain import voting_codes
from app.domain.ballot import Group
from app.features.codes import service
from app.features.codes.letters import Order
from app.models import Call, CodeBatch, DeviceSession, Person, SecondFactor, VotingCode
from app.models.audit import AuditEntry
from app.models.person import Role
from app.models.process import Audience
from app.records import calls, groups, tallies
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit

ADDRESS = "/inloggen/stemcode"
CODES = [voting_codes.make(Random(number).randrange) for number in range(5)]


@pytest.fixture
def batch(app: Flask) -> int:
    """A batch of codes that the tests know, for a call with an idea."""
    with app.app_context():
        call = factories.a_call(slug="slim")
        factories.an_idea(call, title="Een bank bij elke bushalte")
        made = CodeBatch(
            call_id=call.id,
            name="Buurthuis",
            count=len(CODES),
            created_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(days=9),
        )
        db.session.add(made)
        db.session.flush()
        db.session.add_all(VotingCode(batch_id=made.id, code_hash=service.code_hash(code)) for code in CODES)
        db.session.commit()
        return made.id


def enter(client: FlaskClient, code: str, status: int = 303, **more: str) -> str:
    """Where a code leads to, or the fault that stands at the field."""
    answer = post(client, ADDRESS, status, code=code, **more)
    if status == 303:
        return str(answer.location)
    page = look_at(client, answer, ADDRESS)
    assert page.one("#code")["value"] == code
    return " ".join(page.texts(".field__error"))


def test_a_code_makes_one_person_who_votes_and_comes_back_elsewhere(
    app: Flask, client: FlaskClient, batch: int
) -> None:
    assert visit(client, "/inloggen").links(f'main a[href^="{ADDRESS}"]')
    page = visit(client, ADDRESS, max_queries=3)
    assert page.response.headers["Cache-Control"] == "no-store"
    shown = voting_codes.grouped(CODES[0]).lower()
    assert page.submit("main form", code=shown).location.startswith("/mijn/naam?next=/ideeen?oproep%3Dslim")
    with app.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()
        assert (person.email, person.group, person.confirmed_at is None) == (None, Group.RESIDENT, False)
        assert re.fullmatch(r"Deelnemer \d+", person.name)
        number = person.id
        idea = db.session.scalar(text("SELECT max(id) FROM idea"))
    assert post(client, f"/ideeen/{idea}/stem", choice="for").location
    visit(client, "/mijn")

    other = app.test_client()
    assert enter(other, shown, next="/themas") == "/themas"
    assert "Deelnemer" in visit(other, "/themas").html
    with app.app_context():
        assert db.session.scalars(select(DeviceSession.person_id)).all() == [number, number]
        assert db.session.scalars(
            select(VotingCode.person_id).where(VotingCode.used_at.is_not(None))
        ).all() == [number]
        # A person of a code is one like any other: also when the council turns out to be theirs.
        groups.move_person(db.session.get_one(Person, number), Group.COUNCIL, None, False, datetime.now(UTC))
        db.session.commit()
        assert tallies.differences() == []
    # Neither signs the first device out.
    assert visit(client, "/mijn").status == 200
    assert enter(other, shown, next="//elders.example") == "/ideeen?oproep=slim"

    # What somebody began before is done by the code, or let be when they only want to sign in.
    for code, answer, votes in ((CODES[4], "only", 1), (CODES[2], "do", 2)):
        stranger = app.test_client()
        post(stranger, f"/ideeen/{idea}/stem", choice="for")
        asked = visit(stranger, ADDRESS)
        assert "Een bank bij elke bushalte" in asked.text
        assert asked.submit("main form", button=answer, code=code).status_code == 303
        with app.app_context():
            assert sum(row[0] for row in tallies.counted_from_votes([idea]).values()) == votes


def test_every_code_that_lets_nobody_in_gets_its_sentence(
    app: Flask, client: FlaskClient, batch: int
) -> None:
    typo = CODES[0][:-1] + ("A" if CODES[0][-1] != "A" else "B")
    assert "typefout" in enter(client, typo, 400)
    assert "geen 0, O, 1 of I" in enter(client, "0" * 16, 400)
    assert "Vul de code" in enter(client, "", 400)
    assert "kennen deze code niet" in enter(client, voting_codes.make(Random(99).randrange), 400)
    enter(client, CODES[1])
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email.is_(None))).one()
        person.erased_at = datetime.now(UTC)
        number = person.id
        db.session.commit()
    assert "account bij deze code is verwijderd" in enter(app.test_client(), CODES[1], 400)
    with app.app_context():
        db.session.get_one(Person, number).erased_at = None
        db.session.get_one(Person, number).blocked_at = datetime.now(UTC)
        db.session.commit()
    post(app.test_client(), ADDRESS, 403, code=CODES[1])
    with app.app_context():
        db.session.get_one(Person, number).blocked_at = None
        given = {"secret": b"x", "created_at": datetime.now(UTC), "confirmed_at": datetime.now(UTC)}
        db.session.add(SecondFactor(person_id=number, **given))
        db.session.commit()
    careful = app.test_client()
    assert enter(careful, CODES[1]) == "/inloggen"
    assert "tweede stap" in visit(careful, "/inloggen").text
    assert careful.get("/mijn").status_code == 303, "a letter does not pass by a second step"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=10)):
        assert "Deze code werkte tot" in enter(app.test_client(), CODES[2], 400)
    with app.app_context():
        db.session.get_one(CodeBatch, batch).revoked_at = datetime.now(UTC)
        db.session.commit()
    assert "heeft deze code ingetrokken" in enter(app.test_client(), CODES[2], 400)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(VotingCode.used_at.is_not(None))) == 1
        assert db.session.scalar(select(func.count()).where(Person.email.is_(None))) == 1


def test_two_devices_at_once_become_one_person(app: Flask, batch: int) -> None:
    devices = [app.test_client() for _ in range(6)]
    tokens = [csrf_token(device) for device in devices]
    gate, answers = threading.Barrier(len(devices)), [0] * len(devices)

    def come_in(place: int) -> None:
        gate.wait(60)
        data = {"code": CODES[3], "csrf_token": tokens[place]}
        answers[place] = devices[place].post(ADDRESS, data=data).status_code

    threads = [threading.Thread(target=come_in, args=(place,)) for place in range(len(devices))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [303] * len(devices)
    with app.app_context():
        (person,) = db.session.scalars(select(Person.id).where(Person.email.is_(None)))
        assert db.session.scalars(select(DeviceSession.person_id)).all() == [person] * len(devices)
    assert {visit(device, "/mijn").h1 for device in devices} == {f"Deelnemer {person}"}


@pytest.mark.one_database
def test_guessing_is_slow_per_code_and_the_address_is_that_of_a_room(
    app: Flask, client: FlaskClient, batch: int
) -> None:
    for _ in range(20):
        enter(client, CODES[0])
    post(app.test_client(), ADDRESS, 429, code=CODES[0])
    # Another code from the same address, and slips of the pen, are not held up by that.
    post(client, ADDRESS, 400, code="typefout")
    enter(client, CODES[1])


def test_an_organiser_makes_letters_and_takes_them_back(app: Flask, client: FlaskClient, batch: int) -> None:
    with app.app_context():
        factories.a_call(title="Voor de raad", audience=Audience.COUNCIL)
        factories.a_call(title="Voorbij", open_now=False)
        organiser = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    enter(app.test_client(), CODES[0])
    sign_in(client, organiser)
    page = visit(client, "/beheer/stemcodes", max_queries=6)
    assert "1 van 5 codes gebruikt" in page.text
    assert len(page.all("#batch-call option")) == 1
    form = 'form[action="/beheer/stemcodes"]'
    for data, fault in (
        ({"batch-count": "0"}, "Minstens 1"),
        ({"batch-count": "1001"}, "hoogstens 1000"),
        ({"batch-count": "2", "batch-until": "2020-01-01"}, "voorbij"),
        ({"batch-count": "2", "batch-until": "morgen"}, "Vul een dag in"),
        ({"batch-count": "2", "batch-until": "2199-01-01"}, "twee jaar"),
        ({"batch-count": "2", "batch-name": "x" * 121}, "hoogstens 120"),
    ):
        wrong = page.submit(form, data)
        assert wrong.status_code == 400
        assert fault in look_at(client, wrong, "/beheer/stemcodes").text
    data = {"batch-count": "3", "batch-name": "Wijkkrant"}
    answer = page.submit(form, data)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.data.startswith(b"%PDF-")
    # The same form again is told that its letters were made.
    assert page.submit(form, data).status_code == 409
    with app.app_context():
        made = db.session.scalars(select(CodeBatch).order_by(CodeBatch.id.desc()).limit(1)).one()
        ends = calls.get(made.call_id)
        assert (made.name, made.count, made.id) == ("Wijkkrant", 3, batch + 1)
        assert ends is not None
        assert made.expires_at == ends.phases[0].ends_at
        hashes = db.session.scalars(select(VotingCode.code_hash).where(VotingCode.batch_id == made.id)).all()
        assert len(hashes) == 3

    page = visit(client, "/beheer/stemcodes").follow(f'a[href="/beheer/stemcodes/{batch}"]')
    assert page.submit("main form", {"revoke-reason": "kort"}).status_code == 400
    assert page.submit("main form", {"revoke-reason": "De brieven zijn gestolen."}).status_code == 303
    assert page.submit("main form", {"revoke-reason": "De brieven zijn gestolen."}).status_code == 409
    assert "ingetrokken" in visit(client, f"/beheer/stemcodes/{batch}").text
    with app.app_context():
        lines = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(line.action, line.actor_id, line.why) for line in lines] == [
            ("codes.make", organiser, ""),
            ("codes.revoke", organiser, "De brieven zijn gestolen."),
        ]


@pytest.mark.one_database
def test_a_thousand_letters_and_no_code_in_the_database(app: Flask, app_context: None) -> None:
    call = factories.a_call()
    db.session.commit()
    row = calls.get(call.id)
    assert row is not None
    steps: list[None] = []
    order = Order(row, 1000, "", datetime.now(UTC) + timedelta(days=5), "nl")
    printed = service.print_letters(order, lambda: steps.append(None))
    assert len(steps) == len(set(printed.hashes)) == 1000
    assert printed.pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed.pdf)) == 1000
    assert list(printed.hashes) == sorted(printed.hashes), "the order on paper says nothing about the rows"
    service.keep(printed, None, datetime.now(UTC))
    assert db.session.scalar(select(func.count(VotingCode.id))) == 1000


@pytest.mark.one_database
def test_the_command_leaves_letters_with_their_codes_or_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        factories.a_call(slug="slim")
        factories.a_call(slug="raad", audience=Audience.COUNCIL)
        factories.a_call(slug="voorbij", open_now=False)
        db.session.commit()
    runner, file = app.test_cli_runner(), tmp_path / "brieven.pdf"

    def create(*more: str, slug: str = "slim", count: int = 3, to: Path = file) -> tuple[int, str]:
        given = ["codes", "create", "--count", str(count), "--call", slug, "--pdf", str(to), *more]
        done = runner.invoke(args=given)
        return done.exit_code, done.output

    def nothing() -> bool:
        with app.app_context():
            rows = db.session.scalar(select(func.count(CodeBatch.id)))
            codes = db.session.scalar(select(func.count(VotingCode.id)))
        return not (rows or codes or any(tmp_path.iterdir()))

    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    for arguments, sentence in (
        (create(count=0), "1 to"),
        (create(slug="geen"), "There is no call"),
        (create(slug="raad"), "not meant for them"),
        (create(slug="voorbij"), "any more"),
        (create("--until", "morgen"), "is no day"),
        (create("--until", "2020-01-01"), "a day to come"),
        (create("--language", "fr"), "does not speak"),
        (create("--name", "x" * 200), "at most 120"),
        (create(to=tmp_path / "weg" / "x.pdf"), "no folder"),
    ):
        assert arguments[0] == 2, arguments
        assert sentence in arguments[1]
        assert nothing()
    with monkeypatch.context() as broken:

        def full(self: Path, target: Path) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(Path, "replace", full)
        code, said = create()
    assert code == 2
    assert "No codes were made" in said
    assert nothing()

    code, said = create("--until", until, "--name", "Buurthuis", "--language", "en")
    assert code == 0, said
    assert "3 letters" in said
    assert [each.name for each in tmp_path.iterdir()] == ["brieven.pdf"]
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.stat().st_mode & 0o077 == 0
    with app.app_context():
        made = db.session.scalars(select(CodeBatch)).one()
        assert (made.name, made.count, db.session.get_one(Call, made.call_id).slug) == (
            "Buurthuis",
            3,
            "slim",
        )
        assert made.expires_at.date().isoformat() == until
    assert create()[0] == 2, "letters of an earlier batch were written over"
