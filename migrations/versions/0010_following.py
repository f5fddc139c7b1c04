"""Following and messages: the inbox on the site, digests, unsubscribing, addresses that take no mail."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "decision",
                "status",
                "idea",
                "argument",
                "reply",
                "activity",
                name="noticekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "event_key", name=op.f("uq_notice_person_id_event_key")),
    )
    op.create_index("ix_notice_person_id_created_at", "notice", ["person_id", "created_at", "id"])
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["person_id"],
        sqlite_where=sa.text("waits"),
        postgresql_where=sa.text("waits"),
    )
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "decision",
                "status",
                "idea",
                "argument",
                "reply",
                "activity",
                name="noticekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "voted_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_voted_wish_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_voted_wish")),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN theme_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN call_id IS NULL THEN 0 ELSE 1 END + CASE WHEN process_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_follow_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_follow_call_id_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_follow_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follow_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_follow_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_follow_theme_id_theme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("person_id", "call_id", name=op.f("uq_follow_person_id_call_id")),
        sa.UniqueConstraint("person_id", "idea_id", name=op.f("uq_follow_person_id_idea_id")),
        sa.UniqueConstraint("person_id", "process_id", name=op.f("uq_follow_person_id_process_id")),
        sa.UniqueConstraint("person_id", "theme_id", name=op.f("uq_follow_person_id_theme_id")),
    )
    op.create_index(op.f("ix_follow_call_id"), "follow", ["call_id"])
    op.create_index(op.f("ix_follow_idea_id"), "follow", ["idea_id"])
    op.create_index(op.f("ix_follow_process_id"), "follow", ["process_id"])
    op.create_index(op.f("ix_follow_theme_id"), "follow", ["theme_id"])
    op.add_column(
        "mail_message", sa.Column("unsubscribe_url", sa.String(length=300), nullable=False, server_default="")
    )
    op.add_column("mail_message", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "person",
        sa.Column(
            "digest",
            sa.Enum("daily", "weekly", "off", name="digest", native_enum=False, length=40),
            nullable=False,
            server_default="daily",
        ),
    )
    op.add_column("person", sa.Column("mail_stopped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "mail_stopped_at")
    op.drop_column("person", "digest")
    op.drop_column("mail_message", "given_up_at")
    op.drop_column("mail_message", "unsubscribe_url")
    op.drop_table("follow")
    op.drop_table("voted_wish")
    op.drop_table("notice_choice")
    op.drop_table("notice")
