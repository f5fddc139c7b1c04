"""The audit log as a chain: every line carries the digest of the one before it."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

GENESIS = "0" * 64
BATCH = 2000


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("redacted", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("broken", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index(op.f("ix_audit_check_checked_at"), "audit_check", ["checked_at"])
    op.add_column("audit_entry", sa.Column("salt", sa.String(length=32), nullable=False, server_default=""))
    op.add_column(
        "audit_entry", sa.Column("content_digest", sa.String(length=64), nullable=False, server_default="")
    )
    op.add_column("audit_entry", sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("audit_entry", sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True))
    _chain()


def downgrade() -> None:
    op.drop_column("audit_entry", "redacted_at")
    op.drop_column("audit_entry", "digest")
    op.drop_column("audit_entry", "content_digest")
    op.drop_column("audit_entry", "salt")
    op.drop_table("audit_check")
    op.drop_table("audit_head")


def _chain() -> None:
    """Chain the lines that are there, oldest first; without any, the first line makes the head."""
    entries = sa.table(
        "audit_entry",
        *(sa.column(name, sa.Integer()) for name in ("id", "actor_id", "subject_id")),
        *(sa.column(name, sa.Text()) for name in ("action", "subject_type", "why")),
        *(sa.column(name, sa.JSON()) for name in ("before", "after")),
        *(sa.column(name, sa.String()) for name in ("salt", "content_digest", "digest")),
        sa.column("at", sa.DateTime(timezone=True)),
    )
    put = (
        sa.update(entries)
        .where(entries.c.id == sa.bindparam("number"))
        .values(
            salt=sa.bindparam("new_salt"), content_digest=sa.bindparam("content"), digest=sa.bindparam("made")
        )
    )
    previous, last, lines = GENESIS, 0, 0
    for rows in _batches(entries):
        made = []
        for row in rows:
            salt = secrets.token_hex(16)
            words = {"before": row.before or {}, "after": row.after or {}, "why": row.why}
            content = _sha256(salt + _canonical(words))
            facts = {
                "id": row.id,
                "at": _moment(row.at),
                "actor_id": row.actor_id,
                "action": row.action,
                "subject_type": row.subject_type,
                "subject_id": row.subject_id,
                "content_digest": content,
            }
            previous = _sha256(previous + _canonical(facts))
            made.append({"number": row.id, "new_salt": salt, "content": content, "made": previous})
        op.get_bind().execute(put, made)
        last, lines = rows[-1].id, lines + len(rows)
    if lines:
        head = sa.table("audit_head", *(sa.column(name) for name in ("id", "entry_id", "digest", "lines")))
        op.get_bind().execute(sa.insert(head).values(id=1, entry_id=last, digest=previous, lines=lines))


def _batches(entries: sa.TableClause) -> Iterator[Any]:
    last = None
    while True:
        query = sa.select(entries).order_by(entries.c.id).limit(BATCH)
        rows = op.get_bind().execute(query if last is None else query.where(entries.c.id > last)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(at: datetime) -> str:
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")
