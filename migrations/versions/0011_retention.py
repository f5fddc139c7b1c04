"""How long names stay: the last visit, the warning, the erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_person_last_seen_at"), "person", ["last_seen_at"])
    op.add_column("process", sa.Column("retention_months", sa.Integer(), nullable=False, server_default="24"))


def downgrade() -> None:
    op.drop_column("process", "retention_months")
    op.drop_index("ix_person_last_seen_at", table_name="person")
    op.drop_column("person", "erased_at")
    op.drop_column("person", "warned_at")
    op.drop_column("person", "last_seen_at")
