"""The queue of the moderators as rows, with everything that waits now."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "idea",
                "amendment",
                "image",
                "argument",
                "reply",
                "practice",
                "report",
                "appeal",
                "duplicate",
                name="queuekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("argument_id", sa.Integer(), nullable=True),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("sameness", sa.String(length=32), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["amendment.id"],
            name=op.f("fk_queue_item_amendment_id_amendment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_queue_item_appeal_id_appeal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["argument_id"],
            ["argument.id"],
            name=op.f("fk_queue_item_argument_id_argument"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_queue_item_author_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_queue_item_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by_id"],
            ["person.id"],
            name=op.f("fk_queue_item_claimed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["person.id"],
            name=op.f("fk_queue_item_closed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_queue_item_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_queue_item_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_queue_item_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["duplicate_proposal.id"],
            name=op.f("fk_queue_item_proposal_id_duplicate_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_item")),
    )
    op.create_index(op.f("ix_queue_item_amendment_id"), "queue_item", ["amendment_id"])
    op.create_index(op.f("ix_queue_item_appeal_id"), "queue_item", ["appeal_id"])
    op.create_index(op.f("ix_queue_item_argument_id"), "queue_item", ["argument_id"])
    op.create_index(op.f("ix_queue_item_author_id"), "queue_item", ["author_id"])
    op.create_index(op.f("ix_queue_item_call_id"), "queue_item", ["call_id"])
    op.create_index(op.f("ix_queue_item_idea_id"), "queue_item", ["idea_id"])
    op.create_index(
        "ix_queue_item_open_author",
        "queue_item",
        ["author_id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_queue_item_open_sameness",
        "queue_item",
        ["sameness"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_queue_item_open_since",
        "queue_item",
        ["waits_since", "id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_queue_item_practice_id"), "queue_item", ["practice_id"])
    op.create_index(op.f("ix_queue_item_process_id"), "queue_item", ["process_id"])
    op.create_index(op.f("ix_queue_item_proposal_id"), "queue_item", ["proposal_id"])
    op.create_index(
        "uq_queue_item_open_key",
        "queue_item",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "desk_visit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_desk_visit_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_desk_visit")),
    )
    _fill()


def _fill() -> None:
    """Everything that waited before there were rows for it; the promise of a day begins when it was sent in."""
    at = "coalesce(idea.submitted_at, idea.created_at)"
    columns = "kind, key, process_id, call_id, idea_id, author_id, is_live, sameness, waits_since, due_at"
    call = "JOIN call ON call.id = idea.call_id"
    op.execute(
        f"INSERT INTO queue_item ({columns}) SELECT 'idea', 'idea:' || idea.id, call.process_id, call.id, "
        f"idea.id, idea.author_id, {_no()}, '', {at}, {_a_day_after(at)} "
        f"FROM idea {call} WHERE idea.state = 'submitted'"
    )
    since = "min(report.created_at)"
    op.execute(
        f"INSERT INTO queue_item ({columns}) SELECT 'report', 'report:idea:' || idea.id, call.process_id, "
        f"call.id, idea.id, idea.author_id, {_yes()}, '', {since}, {_a_day_after(since)} "
        f"FROM report JOIN idea ON idea.id = report.idea_id {call} WHERE report.handled_at IS NULL "
        "GROUP BY idea.id, call.process_id, call.id, idea.author_id"
    )
    op.execute(
        f"INSERT INTO queue_item ({columns}, argument_id) SELECT 'report', 'report:argument:' || argument.id, "
        f"call.process_id, call.id, idea.id, argument.author_id, {_yes()}, '', {since}, {_a_day_after(since)}, "
        "argument.id FROM report JOIN argument ON argument.id = report.argument_id "
        f"JOIN idea ON idea.id = argument.idea_id {call} WHERE report.handled_at IS NULL "
        "GROUP BY argument.id, idea.id, call.process_id, call.id, argument.author_id"
    )
    at = "practice_suggestion.suggested_at"
    op.execute(
        "INSERT INTO queue_item (kind, key, process_id, author_id, is_live, sameness, waits_since, due_at, "
        "practice_id) SELECT 'practice', 'practice:' || practice.id, practice.process_id, "
        f"practice_suggestion.person_id, {_no()}, '', {at}, {_a_day_after(at)}, practice.id "
        "FROM practice JOIN practice_suggestion ON practice_suggestion.practice_id = practice.id "
        "WHERE practice.state = 'suggested'"
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _no() -> str:
    return "false" if _is_postgresql() else "0"


def _yes() -> str:
    return "true" if _is_postgresql() else "1"


def _a_day_after(moment: str) -> str:
    """SQLite keeps moments as text with six digits after the second."""
    if _is_postgresql():
        return f"{moment} + interval '24 hours'"
    return f"strftime('%Y-%m-%d %H:%M:%S', {moment}, '+1 day') || '.000000'"


def downgrade() -> None:
    op.drop_table("desk_visit")
    op.drop_table("queue_item")
