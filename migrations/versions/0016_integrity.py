"""Votes that can be trusted: signals, exclusions, objections, traces of networks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrity_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "new_accounts",
                "one_off",
                "burst",
                "same_network",
                "ring",
                "influence",
                "jump",
                name="signalkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "investigating",
                "excluded",
                "dismissed",
                name="signalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("investigator_id", sa.Integer(), nullable=True),
        sa.Column("investigated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_integrity_signal_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_integrity_signal_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["investigator_id"], ["person.id"], name=op.f("fk_integrity_signal_investigator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_signal")),
        sa.UniqueConstraint("key", name=op.f("uq_integrity_signal_key")),
    )
    op.create_index(op.f("ix_integrity_signal_call_id"), "integrity_signal", ["call_id"])
    op.create_index(op.f("ix_integrity_signal_idea_id"), "integrity_signal", ["idea_id"])
    op.create_index(op.f("ix_integrity_signal_investigator_id"), "integrity_signal", ["investigator_id"])
    op.create_index("ix_integrity_signal_state_found_at", "integrity_signal", ["state", "found_at", "id"])
    op.create_table(
        "signal_vote",
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_signal_vote_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signal_vote_person_id_person")),
        sa.ForeignKeyConstraint(
            ["signal_id"],
            ["integrity_signal.id"],
            name=op.f("fk_signal_vote_signal_id_integrity_signal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("signal_id", "idea_id", "person_id", name=op.f("pk_signal_vote")),
    )
    op.create_index(op.f("ix_signal_vote_person_id"), "signal_vote", ["person_id"])
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "many_accounts",
                "automated",
                "bought",
                "not_entitled",
                name="exclusionreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "in_force",
                "refused",
                "lifted",
                name="exclusionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_exclusion_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_exclusion_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_exclusion_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"],
            ["integrity_signal.id"],
            name=op.f("fk_exclusion_signal_id_integrity_signal"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_call_id"), "exclusion", ["call_id"])
    op.create_index(op.f("ix_exclusion_proposed_by_id"), "exclusion", ["proposed_by_id"])
    op.create_index(op.f("ix_exclusion_signal_id"), "exclusion", ["signal_id"])
    op.create_table(
        "excluded_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["exclusion_id"],
            ["exclusion.id"],
            name=op.f("fk_excluded_vote_exclusion_id_exclusion"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_excluded_vote_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_excluded_vote_person_id_person")),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merge.id"], name=op.f("fk_excluded_vote_merge_id_merge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excluded_vote")),
        sa.UniqueConstraint(
            "exclusion_id",
            "idea_id",
            "person_id",
            "merge_id",
            name=op.f("uq_excluded_vote_exclusion_id_idea_id_person_id_merge_id"),
        ),
    )
    op.create_index(op.f("ix_excluded_vote_merge_id"), "excluded_vote", ["merge_id"])
    op.create_index(op.f("ix_excluded_vote_person_id"), "excluded_vote", ["person_id"])
    op.create_index(
        "uq_excluded_vote_decided",
        "excluded_vote",
        ["exclusion_id", "idea_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("merge_id IS NULL"),
        postgresql_where=sa.text("merge_id IS NULL"),
    )
    op.create_index(
        "uq_excluded_vote_in_force",
        "excluded_vote",
        ["idea_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("from_at IS NOT NULL AND lifted_at IS NULL"),
        postgresql_where=sa.text("from_at IS NOT NULL AND lifted_at IS NULL"),
    )
    op.create_table(
        "objection",
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("is_upheld", sa.Boolean(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_objection_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["exclusion_id"],
            ["exclusion.id"],
            name=op.f("fk_objection_exclusion_id_exclusion"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person")),
        sa.PrimaryKeyConstraint("exclusion_id", "person_id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_person_id"), "objection", ["person_id"])
    op.create_table(
        "network_key",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_network_key")),
    )
    op.create_table(
        "network_trace",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_network_trace_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("week", "network", "person_id", name=op.f("pk_network_trace")),
    )
    op.create_index(op.f("ix_network_trace_person_id"), "network_trace", ["person_id"])
    op.create_table(
        "known_network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("cidr", sa.String(length=50), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["person.id"],
            name=op.f("fk_known_network_added_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_network")),
        sa.UniqueConstraint("cidr", name=op.f("uq_known_network_cidr")),
    )
    op.add_column("vote", sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_vote_idea_group_value"), "vote")
    op.create_index("ix_vote_idea_group_value", "vote", ["idea_id", "group", "value", "excluded_at"])
    op.add_column("process", sa.Column("integrity_settings", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("registration", sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("registration", "checked_in_at")
    op.drop_column("process", "integrity_settings")
    op.drop_index(op.f("ix_vote_idea_group_value"), "vote")
    op.create_index(op.f("ix_vote_idea_group_value"), "vote", ["idea_id", "group", "value"])
    op.drop_column("vote", "excluded_at")
    op.drop_table("known_network")
    op.drop_table("network_trace")
    op.drop_table("network_key")
    op.drop_table("objection")
    op.drop_table("excluded_vote")
    op.drop_table("exclusion")
    op.drop_table("signal_vote")
    op.drop_table("integrity_signal")
