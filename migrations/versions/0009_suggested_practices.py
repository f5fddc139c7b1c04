"""Practices that residents suggest."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_suggestion",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_practice_suggestion_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_practice_suggestion_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_practice_suggestion_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_practice_suggestion")),
    )
    op.create_index(op.f("ix_practice_suggestion_person_id"), "practice_suggestion", ["person_id"])
    op.add_column(
        "practice",
        sa.Column(
            "state",
            sa.Enum("suggested", "published", "refused", name="practicestate", native_enum=False, length=40),
            nullable=False,
            server_default="published",
        ),
    )


def downgrade() -> None:
    op.drop_column("practice", "state")
    op.drop_table("practice_suggestion")
