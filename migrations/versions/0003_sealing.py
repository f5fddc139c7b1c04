"""Sealed standings, the direct agenda vote, the history of the ranking and the nightly recount."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("audit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_snapshot_call_id_call")),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_snapshot_workshop_id_workshop"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_snapshot_call_id_number")),
        sa.UniqueConstraint("digest", name=op.f("uq_snapshot_digest")),
    )
    op.create_index("ix_snapshot_workshop_id_number", "snapshot", ["workshop_id", "number"])

    op.create_table(
        "seal_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_seal_plan_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_seal_plan_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_seal_plan_created_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_seal_plan_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_plan")),
    )
    op.create_index("ix_seal_plan_call_id_at", "seal_plan", ["call_id", "at"])
    op.create_index(op.f("ix_seal_plan_workshop_id"), "seal_plan", ["workshop_id"])
    op.create_index(op.f("ix_seal_plan_created_by"), "seal_plan", ["created_by"])
    op.create_index(op.f("ix_seal_plan_snapshot_id"), "seal_plan", ["snapshot_id"])

    op.create_table(
        "agenda_tick",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("settled", sa.SmallInteger(), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IN (0, 1)", name=op.f("ck_agenda_tick_value_known")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_agenda_tick_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agenda_tick_person_id_person")),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_agenda_tick_theme_id_theme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "person_id", "theme_id", name=op.f("pk_agenda_tick")),
    )
    op.create_index(op.f("ix_agenda_tick_person_id"), "agenda_tick", ["person_id"])
    op.create_index(op.f("ix_agenda_tick_theme_id"), "agenda_tick", ["theme_id"])

    op.create_table(
        "standing_day",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_standing_day_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_standing_day_theme_id_theme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "day", "theme_id", name=op.f("pk_standing_day")),
    )
    op.create_index(op.f("ix_standing_day_theme_id"), "standing_day", ["theme_id"])

    op.create_table(
        "recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tallies", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )
    op.create_index(op.f("ix_recount_counted_at"), "recount", ["counted_at"])

    op.add_column("vote", sa.Column("settled", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("call", sa.Column("agenda_ballot", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("call", "agenda_ballot")
    op.drop_column("vote", "settled")
    for table in ("recount", "standing_day", "agenda_tick", "seal_plan", "snapshot"):
        op.drop_table(table)
