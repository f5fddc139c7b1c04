"""Proposals to the council, what became of each element, promised answers, and milestones."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "council_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document_url", sa.String(length=300), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process.id"],
            name=op.f("fk_council_proposal_process_id_process"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_proposal")),
    )
    op.create_index(op.f("ix_council_proposal_process_id"), "council_proposal", ["process_id"])
    op.create_table(
        "answer_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("focus_element_id", sa.Integer(), nullable=True),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("promised_by", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(focus_element_id IS NULL) <> (idea_id IS NULL)", name=op.f("ck_answer_clock_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["focus_element_id"],
            ["focus_element.id"],
            name=op.f("fk_answer_clock_focus_element_id_focus_element"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_answer_clock_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process.id"],
            name=op.f("fk_answer_clock_process_id_process"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_clock")),
    )
    op.create_index("ix_answer_clock_answered_at_due_at", "answer_clock", ["answered_at", "due_at"])
    op.create_index(
        op.f("ix_answer_clock_focus_element_id"), "answer_clock", ["focus_element_id"], unique=True
    )
    op.create_index(op.f("ix_answer_clock_idea_id"), "answer_clock", ["idea_id"], unique=True)
    op.create_index(op.f("ix_answer_clock_process_id"), "answer_clock", ["process_id"])
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("focus_element_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["focus_element_id"],
            ["focus_element.id"],
            name=op.f("fk_milestone_focus_element_id_focus_element"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index("ix_milestone_focus_element_id_position", "milestone", ["focus_element_id", "position"])
    with op.batch_alter_table("council_decision") as batch_op:
        batch_op.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("corrections", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index(batch_op.f("ix_council_decision_proposal_id"), ["proposal_id"], unique=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_council_decision_proposal_id_council_proposal"),
            "council_proposal",
            ["proposal_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("focus_element") as batch_op:
        batch_op.add_column(sa.Column("workshop_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "result",
                sa.Enum(
                    "adopted", "amended", "not_adopted", name="councilresult", native_enum=False, length=40
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("result_text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("taken_from", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_focus_element_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_focus_element_workshop_id"), ["workshop_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_focus_element_proposal_id_council_proposal"),
            "council_proposal",
            ["proposal_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_focus_element_workshop_id_workshop"),
            "workshop",
            ["workshop_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("process") as batch_op:
        batch_op.add_column(sa.Column("answer_days", sa.Integer(), nullable=False, server_default="42"))
        batch_op.add_column(sa.Column("evaluation", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("process") as batch_op:
        batch_op.drop_column("evaluation")
        batch_op.drop_column("answer_days")
    with op.batch_alter_table("focus_element") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_focus_element_workshop_id_workshop"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_focus_element_proposal_id_council_proposal"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_focus_element_workshop_id"))
        batch_op.drop_index(batch_op.f("ix_focus_element_proposal_id"))
        batch_op.drop_column("created_at")
        batch_op.drop_column("taken_from")
        batch_op.drop_column("result_text")
        batch_op.drop_column("result")
        batch_op.drop_column("proposal_id")
        batch_op.drop_column("workshop_id")
    with op.batch_alter_table("council_decision") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_council_decision_proposal_id_council_proposal"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_council_decision_proposal_id"))
        batch_op.drop_column("corrections")
        batch_op.drop_column("proposal_id")
    op.drop_index("ix_milestone_focus_element_id_position", table_name="milestone")
    op.drop_table("milestone")
    op.drop_index(op.f("ix_answer_clock_process_id"), table_name="answer_clock")
    op.drop_index(op.f("ix_answer_clock_idea_id"), table_name="answer_clock")
    op.drop_index(op.f("ix_answer_clock_focus_element_id"), table_name="answer_clock")
    op.drop_index("ix_answer_clock_answered_at_due_at", table_name="answer_clock")
    op.drop_table("answer_clock")
    op.drop_index(op.f("ix_council_proposal_process_id"), table_name="council_proposal")
    op.drop_table("council_proposal")
