"""Until when somebody may say no, kept as a moment with each decision, measure and exclusion."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LEAST = timedelta(minutes=10)
"""So long a decision can be undone; nobody can appeal before, so the term is never shorter."""
USUAL_DAYS = 14
UNSET = "1970-01-01 00:00:00.000000"
"""Stands in rows for a moment, until the lines below have filled them."""
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("moderation_decision", "sanction"):
        op.add_column(table, sa.Column("appeal_until", MOMENT, nullable=False, server_default=UNSET))
    op.add_column("exclusion", sa.Column("object_until", MOMENT, nullable=True))
    _fill_decisions()
    _fill_measures()
    _fill_exclusions()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("moderation_decision", "sanction"):
            op.alter_column(table, "appeal_until", server_default=None)


def downgrade() -> None:
    op.drop_column("exclusion", "object_until")
    op.drop_column("sanction", "appeal_until")
    op.drop_column("moderation_decision", "appeal_until")


def _table(name: str, *columns: str) -> Any:
    """A table with its numbers and moments, as far as the filling reads them."""
    moments = ("decided_at", "appeal_until", "started_at", "object_until", "keep_until")
    kinds = {column: MOMENT if column in moments else sa.Integer() for column in columns}
    return sa.table(name, *(sa.column(column, kinds[column]) for column in columns))


def _fill_decisions() -> None:
    """From the present rule of the process; where words are kept for an appeal, as long as those were to be kept."""
    decision = _table(
        "moderation_decision", "id", "idea_id", "argument_id", "practice_id", "decided_at", "appeal_until"
    )
    idea, argument = _table("idea", "id", "call_id"), _table("argument", "id", "idea_id")
    call, process = _table("call", "id", "process_id"), _table("process", "id", "appeal_days")
    practice, masked = (
        _table("practice", "id", "process_id"),
        _table("masked_text", "decision_id", "keep_until"),
    )
    rows = op.get_bind().execute(
        sa.select(decision.c.id, decision.c.decided_at, process.c.appeal_days, masked.c.keep_until)
        .select_from(decision)
        .outerjoin(argument, argument.c.id == decision.c.argument_id)
        .outerjoin(idea, idea.c.id == sa.func.coalesce(decision.c.idea_id, argument.c.idea_id))
        .outerjoin(call, call.c.id == idea.c.call_id)
        .outerjoin(practice, practice.c.id == decision.c.practice_id)
        .outerjoin(process, process.c.id == sa.func.coalesce(call.c.process_id, practice.c.process_id))
        .outerjoin(masked, masked.c.decision_id == decision.c.id)
    )
    found = [
        (number, kept or at + max(timedelta(days=USUAL_DAYS if days is None else days), LEAST))
        for number, at, days, kept in rows
    ]
    _write(decision, decision.c.appeal_until, found)


def _fill_measures() -> None:
    """From the rule of the newest open process."""
    sanction = _table("sanction", "id", "started_at", "appeal_until")
    process = sa.table(
        "process",
        sa.column("id", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("appeal_days", sa.Integer()),
    )
    newest = sa.select(process.c.appeal_days).order_by(
        (process.c.state == "open").desc(), process.c.id.desc()
    )
    days = op.get_bind().scalar(newest.limit(1)) or USUAL_DAYS
    rows = op.get_bind().execute(sa.select(sanction.c.id, sanction.c.started_at))
    found = [(number, at + timedelta(days=days)) for number, at in rows]
    _write(sanction, sanction.c.appeal_until, found)


def _fill_exclusions() -> None:
    """From the present rule of the process, for those that were confirmed."""
    exclusion = sa.table(
        "exclusion",
        sa.column("id", sa.Integer()),
        sa.column("call_id", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("decided_at", MOMENT),
        sa.column("object_until", MOMENT),
    )
    call, process = _table("call", "id", "process_id"), _table("process", "id", "appeal_days")
    rows = op.get_bind().execute(
        sa.select(exclusion.c.id, exclusion.c.decided_at, process.c.appeal_days)
        .select_from(exclusion)
        .join(call, call.c.id == exclusion.c.call_id)
        .join(process, process.c.id == call.c.process_id)
        .where(exclusion.c.state == "in_force", exclusion.c.decided_at.is_not(None))
    )
    found = [(number, at + timedelta(days=days)) for number, at, days in rows]
    _write(exclusion, exclusion.c.object_until, found)


def _write(table: Any, column: Any, found: Sequence[tuple[int, Any]]) -> None:
    if found:
        statement = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("number"))
            .values({column: sa.bindparam("moment")})
        )
        rows = [{"number": number, "moment": moment} for number, moment in found]
        op.get_bind().execute(statement, rows)
