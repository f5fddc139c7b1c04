"""Every night the chain is computed anew; organisers hear of a break, and read it on their pages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.features.organiser import jobs
from app.kit import jobs as all_jobs
from app.kit.jobs import Turn, run_once
from app.models import AuditCheck, MailMessage, Person
from app.models.person import Role
from app.records import audit_log
from tests.support import visit

from .conftest import Archive

NIGHT = datetime(2026, 6, 16, 1, 30, tzinfo=UTC)
"""Half past three by the clocks of the city."""


def run(archive: Archive, at: datetime = NIGHT) -> Turn:
    with archive.app.app_context(), time_machine.travel(at, tick=False):
        return run_once(jobs.AUDIT_CHECK, at, "a test")


def checks(archive: Archive) -> list[AuditCheck]:
    with archive.app.app_context():
        rows = list(db.session.scalars(select(AuditCheck).order_by(AuditCheck.id)))
        db.session.expunge_all()
        return rows


def letters(archive: Archive) -> list[tuple[str, str]]:
    with archive.app.app_context():
        rows = db.session.execute(select(MailMessage.recipient, MailMessage.text).order_by(MailMessage.id))
        return [(recipient, text) for recipient, text in rows]


def test_a_night_in_which_all_is_well(archive: Archive, desk: FlaskClient) -> None:
    archive.write(3)
    assert run(archive) == Turn.RAN
    (check,) = checks(archive)
    assert (check.lines, check.redacted, check.digest, check.broken) == (3, 0, archive.head, {})
    assert letters(archive) == []
    assert run(archive) == Turn.IDLE, "once a night"
    assert run(archive, NIGHT + timedelta(days=1)) == Turn.RAN
    assert "klopten alle 3 regels" in visit(desk, "/beheer/logboek").text


def test_organisers_hear_of_a_break(archive: Archive, desk: FlaskClient) -> None:
    numbers = archive.write(3)
    with archive.app.app_context():
        organiser = db.session.get_one(Person, archive.organiser)
        organiser.email, organiser.language = "olaf@voorbeeld.example", "nl"
        db.session.commit()
    archive.sql("UPDATE audit_entry SET why = 'anders' WHERE id = :n", n=numbers[1])
    assert run(archive) == Turn.RAN
    (check,) = checks(archive)
    assert check.broken["fault"] == "words"
    assert check.broken["line"] == numbers[1]
    ((recipient, text),) = letters(archive)
    assert recipient == "olaf@voorbeeld.example"
    sentence = f"Regel {numbers[1]}: wat er staat (ervoor, erna of waarom) is veranderd"
    assert sentence in text
    for page in ("/beheer", "/beheer/logboek"):
        assert sentence in visit(desk, page).text
    assert "was de ketting gebroken" in visit(desk, "/beheer/logboek").text


def test_without_organisers_the_site_itself_is_told(archive: Archive) -> None:
    numbers = archive.write(2)
    archive.sql("DELETE FROM person_role WHERE role = :role", role=Role.ORGANISER.value)
    archive.sql("DELETE FROM audit_entry WHERE id = :n", n=numbers[0])
    assert run(archive) == Turn.RAN
    ((recipient, _text),) = letters(archive)
    assert recipient == archive.app.config["SITE"].contact_email


def test_a_tail_that_was_cut_off_with_its_head_is_found_by_the_night_before(archive: Archive) -> None:
    numbers = archive.write(3)
    assert run(archive) == Turn.RAN
    row = archive.rows()[0]
    archive.sql("DELETE FROM audit_entry WHERE id > :n", n=numbers[0])
    archive.sql("UPDATE audit_head SET entry_id = :n, digest = :d, lines = 1", n=numbers[0], d=row.digest)
    assert run(archive, NIGHT + timedelta(days=1)) == Turn.RAN
    assert checks(archive)[-1].broken["fault"] == "noted"
    assert run(archive, NIGHT + timedelta(days=2)) == Turn.RAN
    assert checks(archive)[-1].broken["fault"] == "noted", "a break does not become the new beginning"


def test_two_that_check_at_once_write_once(archive: Archive) -> None:
    archive.write(1)
    with archive.app.app_context():
        verdict = audit_log.nightly()
        for expected in (True, False):
            assert audit_log.write_check(verdict, NIGHT, jobs.AUDIT_CHECK.name) is expected
            db.session.commit()
    assert len(checks(archive)) == 1


@pytest.mark.one_database
def test_the_job_is_among_those_of_the_site(archive: Archive) -> None:
    assert jobs.AUDIT_CHECK.name in {job.name for job in all_jobs._jobs}
