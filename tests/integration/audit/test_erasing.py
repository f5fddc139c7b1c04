"""Who leaves leaves the audit log as well: the words about them go, the lines and their chain stay."""

from datetime import UTC, datetime

import pytest

from app.db import db
from app.kit import audit
from app.models import Idea, Person
from app.records import erasure
from tests import factories

from .conftest import NOW, Archive


@pytest.fixture
def inge(archive: Archive) -> int:
    """Somebody with an idea, an argument, and lines that name her."""
    with archive.app.app_context():
        inge = factories.a_person(name="Inge Ünal", email="inge@voorbeeld.example")
        idea = factories.an_idea(author=inge)
        argument = factories.an_argument(db.session.get_one(Idea, archive.idea), inge)
        mira = db.session.get_one(Person, archive.moderator)
        other = db.session.get_one(Idea, archive.idea)
        lines = (
            ("a", inge, {"why": "Inge Ünal belde zelf."}),
            ("b", inge, {"why": "Zonder naam."}),
            ("c", idea, {"after": {"wie": "inge ünal"}}),
            ("d", argument, {"before": {"tekst": ["door INGE ÜNAL"]}, "why": "Uit de tekst."}),
            ("e", other, {"why": "Lijkt op het idee van Inge Ünal."}),
            ("f", other, {"after": {"adres": "INGE@voorbeeld.example"}}),
            ("g", other, {"why": "Gemaild met inge@voorbeeld.example."}),
        )
        for action, subject, words in lines:
            audit.record(mira, action, subject, NOW, **words)
        db.session.commit()
        return inge.id


def test_words_with_name_or_address_go_and_the_chain_holds(archive: Archive, inge: int) -> None:
    before = {row.action: row for row in archive.rows()}
    now = datetime.now(UTC)
    with archive.app.app_context():
        erasure.erase(inge, now)
        db.session.commit()
    rows = {row.action: row for row in archive.rows()}
    gone = {action for action, row in rows.items() if row.redacted_at}
    assert gone == {"a", "c", "d", "f", "g"}
    for action in gone:
        assert (rows[action].before, rows[action].after, rows[action].why, rows[action].salt) == (
            {},
            {},
            "",
            "",
        )
        for kept in ("at", "actor_id", "subject_type", "subject_id", "content_digest", "digest"):
            assert getattr(rows[action], kept) == getattr(before[action], kept)
    assert rows["b"].why == "Zonder naam."
    assert rows["e"].why, "a name alone takes nothing out of lines about somebody else"
    assert rows["audit.redact"].after == {"lines": sorted(before[action].id for action in gone)}
    verdict = archive.verify()
    assert (verdict.broken, verdict.redacted) == (None, len(gone))


def test_a_name_that_stands_everywhere_takes_nothing_along(archive: Archive) -> None:
    numbers = archive.write(3, why="Dit is de reden.")
    with archive.app.app_context():
        erasure.erase(factories.a_person(name="de", email=None).id, datetime.now(UTC))
        db.session.commit()
    assert [row.why for row in archive.rows()] == ["Dit is de reden."] * 3
    assert [row.id for row in archive.rows()] == numbers


def test_who_stands_in_no_line_leaves_none(archive: Archive) -> None:
    archive.write(1)
    with archive.app.app_context():
        erasure.erase(factories.a_person(name="Piet").id, datetime.now(UTC))
        db.session.commit()
    assert len(archive.rows()) == 1
