"""How hard strangers press the site, and the proofs of work that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pressure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pressure")),
    )
    op.create_index(op.f("ix_pressure_until"), "pressure", ["until"])
    op.create_table(
        "spent_proof",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_proof")),
    )
    op.create_index(op.f("ix_spent_proof_expires_at"), "spent_proof", ["expires_at"])
    op.create_index(op.f("ix_spent_proof_spent_at"), "spent_proof", ["spent_at"])
    # What came in during the last minutes is counted often while the site is under pressure.
    op.create_index(op.f("ix_idea_submitted_at"), "idea", ["submitted_at"])
    op.create_index(op.f("ix_argument_created_at"), "argument", ["created_at"])
    op.create_index(op.f("ix_sign_in_code_created_at"), "sign_in_code", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_code_created_at"), table_name="sign_in_code")
    op.drop_index(op.f("ix_argument_created_at"), table_name="argument")
    op.drop_index(op.f("ix_idea_submitted_at"), table_name="idea")
    op.drop_table("spent_proof")
    op.drop_table("pressure")
