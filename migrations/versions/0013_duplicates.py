"""Ideas that say the same: proposals, answers of authors, merges and what they moved."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("system", "resident", "moderator", name="proposalsource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.Double(), nullable=True),
        sa.Column("shared", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "asking", "merged", "rejected", name="proposalstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_sentence", sa.Text(), nullable=False),
        sa.CheckConstraint("idea_id <> into_id", name=op.f("ck_duplicate_proposal_two_ideas")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_duplicate_proposal_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_duplicate_proposal_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["idea.id"], name=op.f("fk_duplicate_proposal_into_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["person.id"],
            name=op.f("fk_duplicate_proposal_proposed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_proposal")),
        sa.UniqueConstraint("idea_id", "into_id", name=op.f("uq_duplicate_proposal_idea_id_into_id")),
    )
    op.create_index(op.f("ix_duplicate_proposal_idea_id"), "duplicate_proposal", ["idea_id"])
    op.create_index(op.f("ix_duplicate_proposal_into_id"), "duplicate_proposal", ["into_id"])
    op.create_index(op.f("ix_duplicate_proposal_proposed_by_id"), "duplicate_proposal", ["proposed_by_id"])
    op.create_table(
        "duplicate_look",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_duplicate_look_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_duplicate_look")),
    )
    op.create_table(
        "duplicate_answer",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_duplicate_answer_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["duplicate_proposal.id"],
            name=op.f("fk_duplicate_answer_proposal_id_duplicate_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_duplicate_answer")),
    )
    op.create_index(op.f("ix_duplicate_answer_person_id"), "duplicate_answer", ["person_id"])
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undo_sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_merge_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["idea.id"], name=op.f("fk_merge_into_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_merge_merged_by_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["duplicate_proposal.id"],
            name=op.f("fk_merge_proposal_id_duplicate_proposal"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_merge_undone_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_into_id"), "merge", ["into_id"])
    op.create_index(op.f("ix_merge_proposal_id"), "merge", ["proposal_id"])
    op.create_index(
        "uq_merge_in_force",
        "merge",
        ["idea_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "merged_vote",
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("value_after", sa.SmallInteger(), nullable=False),
        sa.Column("cast_at_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value_before", sa.SmallInteger(), nullable=True),
        sa.Column("previous_before", sa.SmallInteger(), nullable=True),
        sa.Column("settled_before", sa.SmallInteger(), nullable=True),
        sa.Column(
            "group_before",
            sa.Enum("resident", "council", "partner", name="group", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("cast_at_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merge.id"], name=op.f("fk_merged_vote_merge_id_merge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_merged_vote_person_id_person")),
        sa.PrimaryKeyConstraint("merge_id", "person_id", name=op.f("pk_merged_vote")),
    )
    op.create_index(op.f("ix_merged_vote_person_id"), "merged_vote", ["person_id"])
    op.create_table(
        "moved_argument",
        sa.Column("argument_id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["argument_id"],
            ["argument.id"],
            name=op.f("fk_moved_argument_argument_id_argument"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merge.id"], name=op.f("fk_moved_argument_merge_id_merge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["idea.id"], name=op.f("fk_moved_argument_origin_id_idea"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("argument_id", "merge_id", name=op.f("pk_moved_argument")),
    )
    op.create_index(op.f("ix_moved_argument_merge_id"), "moved_argument", ["merge_id"])
    op.create_index(op.f("ix_moved_argument_origin_id"), "moved_argument", ["origin_id"])


def downgrade() -> None:
    op.drop_table("moved_argument")
    op.drop_table("merged_vote")
    op.drop_table("merge")
    op.drop_table("duplicate_answer")
    op.drop_table("duplicate_look")
    op.drop_table("duplicate_proposal")
