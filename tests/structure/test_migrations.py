"""The migrations make exactly what the models describe, and can go back."""

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.db import Base, db
from tests.support import databases, project

VERSIONS = project.files("migrations/versions/*.py")


@pytest.fixture(params=databases.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    return databases.create_postgresql(f"empty_{databases.WORKER}")


def test_up_equals_the_models_and_down_leaves_nothing(empty: str) -> None:
    app = databases.make_app(empty)
    with app.app_context():
        ours_alone = _made_by_hand()
        flask_migrate.upgrade()
        assert _differences(ours_alone) == []
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
        assert _differences(ours_alone) == []
    databases.let_go(app)


def test_every_step_back_leaves_the_tables_as_they_were_before_it(tmp_path: Path) -> None:
    app = databases.make_app(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    names = [path.name[:4] for path in VERSIONS]
    with app.app_context():
        on_the_way = {}
        for name in names:
            flask_migrate.upgrade(revision=name)
            on_the_way[name] = _tables()
        for name in reversed(names[:-1]):
            flask_migrate.downgrade(revision=name)
            assert _tables() == on_the_way[name], f"the step back to {name} left something or took too much"
    databases.let_go(app)


def test_migrations_are_numbered_one_after_the_other() -> None:
    numbers = [path.name[:4] for path in VERSIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(VERSIONS) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name) for path in VERSIONS)


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory(str(project.ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    assert [step.revision for step in reversed(list(script.walk_revisions()))] == [
        path.name[:4] for path in VERSIONS
    ]


def _made_by_hand() -> tuple[str, ...]:
    """The tables that a migration makes for one kind of database only, as migrations/env.py lists them."""
    source = (project.ROOT / "migrations" / "env.py").read_text()
    found = re.search(r"^OURS_ALONE = \((.*?)\)", source, re.MULTILINE | re.DOTALL)
    return tuple(re.findall(r'"(\w+)"', found[1])) if found else ()


def _tables() -> dict[str, dict[str, object]]:
    """What the database holds now: per table its columns with their kinds, its indexes and its keys."""
    inspector = inspect(db.engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "indexes": {
                index["name"]: (index["column_names"], index["unique"])
                for index in inspector.get_indexes(table)
            },
            "keys": {
                tuple(key["constrained_columns"]): (key["referred_table"], key["options"].get("ondelete"))
                for key in inspector.get_foreign_keys(table)
            },
        }
        for table in inspector.get_table_names()
    }


def _differences(ours_alone: tuple[str, ...]) -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _object, name, *_rest: (
                    not (name or "").startswith(ours_alone or ("-",))
                ),
            },
        )
        return list(compare_metadata(context, Base.metadata))
