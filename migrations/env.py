"""How Alembic reaches the database and the tables."""

from alembic import context
from flask import current_app

from app.db import Base, db

OURS_ALONE = ("idea_search",)
"""Tables that a migration makes by hand because only one database knows them."""


def _is_compared(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (name or "").startswith(OURS_ALONE)


def _run() -> None:
    url = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if context.is_offline_mode():
        context.configure(url=url, target_metadata=Base.metadata, literal_binds=True, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=_is_compared,
        )
        with context.begin_transaction():
            context.run_migrations()


_run()
