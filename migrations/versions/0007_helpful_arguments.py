"""Arguments that others found helpful, and when a text was edited."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "helpful_mark",
        sa.Column("argument_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["argument_id"],
            ["argument.id"],
            name=op.f("fk_helpful_mark_argument_id_argument"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_helpful_mark_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("argument_id", "person_id", name=op.f("pk_helpful_mark")),
    )
    op.create_index(op.f("ix_helpful_mark_person_id"), "helpful_mark", ["person_id"])
    op.add_column("argument", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("argument", sa.Column("helpful_count", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("argument", "helpful_count")
    op.drop_column("argument", "edited_at")
    op.drop_table("helpful_mark")
