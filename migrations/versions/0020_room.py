"""The room of a workshop: quotas, who is there, live rounds, and counts from paper."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_quota",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column(
            "group",
            sa.Enum("resident", "council", "partner", name="group", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_activity_quota_places_not_negative")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_activity_quota_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", "group", name=op.f("pk_activity_quota")),
    )
    op.create_table(
        "attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "group",
            sa.Enum("resident", "council", "partner", name="group", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_attendee_confirmed_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendee_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_attendee_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_attendee_token_hash")),
        sa.UniqueConstraint("workshop_id", "person_id", name=op.f("uq_attendee_workshop_id_person_id")),
    )
    op.create_index(op.f("ix_attendee_confirmed_by"), "attendee", ["confirmed_by"])
    op.create_index(op.f("ix_attendee_person_id"), "attendee", ["person_id"])
    op.create_index("ix_attendee_workshop_id_arrived_at", "attendee", ["workshop_id", "arrived_at", "id"])
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("for_against", "dots", "agree", "open", name="roundkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("planned", "open", "closed", "revealed", name="roundstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("dots BETWEEN 1 AND 20", name=op.f("ck_round_dots_in_bounds")),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_round_theme_id_theme"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_round_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_index(op.f("ix_round_theme_id"), "round", ["theme_id"])
    op.create_index("ix_round_workshop_id_position", "round", ["workshop_id", "position", "id"])
    op.create_index(
        "uq_round_open_workshop_id",
        "round",
        ["workshop_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "round_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"],
            ["attendee.id"],
            name=op.f("fk_round_option_attendee_id_attendee"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_round_option_idea_id_idea"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["round_option.id"],
            name=op.f("fk_round_option_merged_into_id_round_option"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_option_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_option")),
        sa.UniqueConstraint("round_id", "key", name=op.f("uq_round_option_round_id_key")),
    )
    op.create_index(op.f("ix_round_option_attendee_id"), "round_option", ["attendee_id"])
    op.create_index(op.f("ix_round_option_idea_id"), "round_option", ["idea_id"])
    op.create_index(op.f("ix_round_option_merged_into_id"), "round_option", ["merged_into_id"])
    op.create_index("ix_round_option_round_id_position", "round_option", ["round_id", "position", "id"])
    op.create_table(
        "paper_count",
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_paper_count_number_not_negative")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_paper_count_entered_by_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["round_option.id"],
            name=op.f("fk_paper_count_option_id_round_option"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("option_id", "value", "entered_by", name=op.f("pk_paper_count")),
    )
    op.create_index(op.f("ix_paper_count_entered_by"), "paper_count", ["entered_by"])
    op.create_table(
        "round_vote",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column(
            "group",
            sa.Enum("resident", "council", "partner", name="group", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"],
            ["attendee.id"],
            name=op.f("fk_round_vote_attendee_id_attendee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["round_option.id"],
            name=op.f("fk_round_vote_option_id_round_option"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_vote_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "attendee_id", "option_id", name=op.f("pk_round_vote")),
    )
    op.create_index(op.f("ix_round_vote_attendee_id"), "round_vote", ["attendee_id"])
    op.create_index("ix_round_vote_option_id_value", "round_vote", ["option_id", "value"])
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.add_column(sa.Column("doors_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.drop_column("doors_until")
    op.drop_index("ix_round_vote_option_id_value", table_name="round_vote")
    op.drop_index(op.f("ix_round_vote_attendee_id"), table_name="round_vote")
    op.drop_table("round_vote")
    op.drop_index(op.f("ix_paper_count_entered_by"), table_name="paper_count")
    op.drop_table("paper_count")
    op.drop_index("ix_round_option_round_id_position", table_name="round_option")
    op.drop_index(op.f("ix_round_option_merged_into_id"), table_name="round_option")
    op.drop_index(op.f("ix_round_option_idea_id"), table_name="round_option")
    op.drop_index(op.f("ix_round_option_attendee_id"), table_name="round_option")
    op.drop_table("round_option")
    op.drop_index("uq_round_open_workshop_id", table_name="round")
    op.drop_index("ix_round_workshop_id_position", table_name="round")
    op.drop_index(op.f("ix_round_theme_id"), table_name="round")
    op.drop_table("round")
    op.drop_index("ix_attendee_workshop_id_arrived_at", table_name="attendee")
    op.drop_index(op.f("ix_attendee_person_id"), table_name="attendee")
    op.drop_index(op.f("ix_attendee_confirmed_by"), table_name="attendee")
    op.drop_table("attendee")
    op.drop_table("activity_quota")
