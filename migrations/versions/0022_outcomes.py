"""Outcomes with elements, questions and their history, pictures of the evening, and when it was finished."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _join_outcomes()
    op.create_table(
        "workshop_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_picture_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_picture")),
    )
    op.create_index(
        "ix_workshop_picture_workshop_id_position", "workshop_picture", ["workshop_id", "position"]
    )
    op.create_table(
        "outcome_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("elements", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("taken_by", sa.String(length=160), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["outcome.id"],
            name=op.f("fk_outcome_revision_outcome_id_outcome"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["person.id"],
            name=op.f("fk_outcome_revision_written_by_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_revision")),
        sa.UniqueConstraint("outcome_id", "number", name=op.f("uq_outcome_revision_outcome_id_number")),
    )
    op.create_index(op.f("ix_outcome_revision_written_by"), "outcome_revision", ["written_by"])
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.add_column(sa.Column("elements", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("questions", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("taken_by", sa.String(length=160), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_outcome_workshop_id_theme_id"), ["workshop_id", "theme_id"]
        )
    op.create_table(
        "workshop_evening",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_evening_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["finished_by"],
            ["person.id"],
            name=op.f("fk_workshop_evening_finished_by_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("workshop_id", name=op.f("pk_workshop_evening")),
    )
    op.create_index(op.f("ix_workshop_evening_finished_by"), "workshop_evening", ["finished_by"])
    _begin_history()


def _join_outcomes() -> None:
    """A theme has one outcome per workshop from now on: what was written apart stands together, in order."""
    rows = op.get_bind().execute(
        sa.text("SELECT id, workshop_id, theme_id, conclusion FROM outcome ORDER BY recorded_at, id")
    )
    first: dict[tuple[int, int], tuple[int, list[str]]] = {}
    for number, workshop, theme, conclusion in rows.all():
        if theme is None:
            continue
        kept, texts = first.setdefault((workshop, theme), (number, []))
        texts.append(conclusion)
        if number != kept:
            op.get_bind().execute(sa.text("DELETE FROM outcome WHERE id = :id"), {"id": number})
    for kept, texts in first.values():
        if len(texts) > 1:
            op.get_bind().execute(
                sa.text("UPDATE outcome SET conclusion = :text WHERE id = :id"),
                {"text": "\n\n".join(texts), "id": kept},
            )


def _begin_history() -> None:
    """What was written so far is the first text of its outcome; evenings of closed processes are finished."""
    op.execute(
        """
        INSERT INTO outcome_revision
            (outcome_id, number, conclusion, elements, questions, taken_by, why, written_at)
        SELECT id, number, conclusion, elements, questions, taken_by, '', recorded_at FROM outcome
        """
    )
    op.execute(
        """
        INSERT INTO workshop_evening (workshop_id, finished_at, told_at)
        SELECT outcome.workshop_id, max(outcome.recorded_at), max(outcome.recorded_at)
        FROM outcome
        JOIN workshop ON workshop.id = outcome.workshop_id
        JOIN call ON call.id = workshop.call_id
        JOIN process ON process.id = call.process_id
        WHERE process.state = 'closed'
        GROUP BY outcome.workshop_id
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_workshop_evening_finished_by"), table_name="workshop_evening")
    op.drop_table("workshop_evening")
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_outcome_workshop_id_theme_id"), type_="unique")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("number")
        batch_op.drop_column("taken_by")
        batch_op.drop_column("questions")
        batch_op.drop_column("elements")
    op.drop_index(op.f("ix_outcome_revision_written_by"), table_name="outcome_revision")
    op.drop_table("outcome_revision")
    op.drop_index("ix_workshop_picture_workshop_id_position", table_name="workshop_picture")
    op.drop_table("workshop_picture")
