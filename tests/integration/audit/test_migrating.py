"""Lines that were written before the log was a chain are chained by the migration, and it can go back."""

from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import inspect, text

from app.db import db
from app.kit import audit
from app.models import Person
from app.records import audit_log
from tests import factories
from tests.support import databases

PUT = (
    "INSERT INTO audit_entry (id, at, action, subject_type, subject_id, before, after, why)"
    " VALUES (:id, :at, :action, 'idea', :subject, :before, :after, :why)"
)
OLD = [
    (3, "2026-06-15 12:00:00+00:00", "moderation.hide", 9, "{}", '{"state": "hidden"}', "Eén reden."),
    (4, "2026-06-15 12:00:00.123456+00:00", "areas.load", None, "{}", '{"z": 1.959963984540054}', ""),
    (9, "2026-01-01 00:00:00+00:00", "moderation.keep", 9, '{"b": [1, null], "a": "ü"}', "{}", "“Nee”"),
]


@pytest.fixture(params=databases.KINDS)
def before(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database as it was before the chain."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'before.sqlite'}"
    return databases.create_postgresql(f"before_{databases.WORKER}")


def test_old_lines_become_a_chain(before: str) -> None:
    app = databases.make_app(before)
    with app.app_context():
        flask_migrate.upgrade(revision="0016")
        with db.engine.begin() as connection:
            for line in OLD:
                names = ("id", "at", "action", "subject", "before", "after", "why")
                connection.execute(text(PUT), dict(zip(names, line, strict=True)))
        flask_migrate.upgrade()
        verdict = audit_log.verify()
        assert (verdict.lines, verdict.broken) == (3, None)
        lines = list(audit_log.lines())
        assert [line.id for line in lines] == [3, 4, 9]
        assert lines[2].before == {"b": [1, None], "a": "ü"}
        assert len({line.salt for line in lines}) == 3
        db.session.rollback()
        _goes_on()
        flask_migrate.downgrade(revision="0016")
        columns = {column["name"] for column in inspect(db.engine).get_columns("audit_entry")}
        assert not columns & {"salt", "digest", "content_digest", "redacted_at"}
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 4
        flask_migrate.upgrade()
        assert audit_log.verify().lines == 4
        assert audit_log.verify().broken is None
    databases.let_go(app)


def _goes_on() -> None:
    """The next line follows the last old one."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT setval('audit_entry_id_seq', 9)"))
    person: Person = factories.a_person()
    audit.record(None, "accounts.create", person, factories.NOW)
    db.session.commit()
    verdict = audit_log.verify()
    assert (verdict.lines, verdict.broken) == (4, None)


def test_a_long_log_is_chained_in_parts(before: str) -> None:
    app = databases.make_app(before)
    with app.app_context():
        flask_migrate.upgrade(revision="0016")
        base = {"at": OLD[0][1], "action": "x", "subject": None, "before": "{}", "after": "{}", "why": ""}
        with db.engine.begin() as connection:
            connection.execute(text(PUT), [{"id": number, **base} for number in range(5, 4107)])
        flask_migrate.upgrade()
        verdict = audit_log.verify()
        assert (verdict.lines, verdict.broken) == (4102, None)
    databases.let_go(app)


def test_an_empty_log_stays_empty(before: str) -> None:
    app = databases.make_app(before)
    with app.app_context():
        flask_migrate.upgrade()
        assert audit_log.heads() == []
        db.session.rollback()
    databases.let_go(app)
