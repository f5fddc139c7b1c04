"""Dutch full-text search over ideas: FTS5 with triggers on SQLite, a GIN index on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = "title, summary, body"
OLD = "old.id, old.title, old.summary, old.body"
NEW = "new.id, new.title, new.summary, new.body"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX idea_search_document ON idea USING gin "
            "(to_tsvector('dutch', title || ' ' || summary || ' ' || body))"
        )
        return
    op.execute(
        f"CREATE VIRTUAL TABLE idea_search USING fts5({COLUMNS}, content='idea', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='3 4')"
    )
    op.execute(
        f"CREATE TRIGGER idea_search_insert AFTER INSERT ON idea BEGIN "
        f"INSERT INTO idea_search(rowid, {COLUMNS}) VALUES ({NEW}); END"
    )
    op.execute(
        f"CREATE TRIGGER idea_search_delete AFTER DELETE ON idea BEGIN "
        f"INSERT INTO idea_search(idea_search, rowid, {COLUMNS}) VALUES ('delete', {OLD}); END"
    )
    op.execute(
        f"CREATE TRIGGER idea_search_update AFTER UPDATE OF {COLUMNS} ON idea BEGIN "
        f"INSERT INTO idea_search(idea_search, rowid, {COLUMNS}) VALUES ('delete', {OLD}); "
        f"INSERT INTO idea_search(rowid, {COLUMNS}) VALUES ({NEW}); END"
    )
    op.execute("INSERT INTO idea_search(idea_search) VALUES ('rebuild')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX idea_search_document")
        return
    for trigger in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER idea_search_{trigger}")
    op.execute("DROP TABLE idea_search")
