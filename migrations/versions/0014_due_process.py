"""Due process: what a decision changed, appeals, masked texts, notes, sanctions, reports on every text."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OLD_ONE_TEXT = "(idea_id IS NULL) <> (argument_id IS NULL)"
NEW_ONE_TEXT = (
    "(CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN argument_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN practice_id IS NULL THEN 0 ELSE 1 END) = 1"
)
ONE_SUBJECT = NEW_ONE_TEXT.replace(" = 1", " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) = 1")
DECISION = "id, idea_id, argument_id, verb, reason, sentence, moderator_id, decided_at"
REPORT = "id, idea_id, argument_id, reporter_id, reason, explanation, created_at, handled_at"


def upgrade() -> None:
    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("warn", "pause", "block", name="sanctionkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "spam",
                "insults",
                "threats",
                "personal_data",
                "many_accounts",
                "false_reports",
                "other",
                name="sanctionreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_sentence", sa.Text(), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_sanction_by_id_person")),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_sanction_lifted_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sanction_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index(op.f("ix_sanction_batch"), "sanction", ["batch"])
    op.create_index(op.f("ix_sanction_by_id"), "sanction", ["by_id"])
    op.create_index(op.f("ix_sanction_person_id"), "sanction", ["person_id"])
    op.add_column(
        "call",
        sa.Column(
            "idea_curation",
            sa.Enum("before", "trusted", "after", "reported", name="curation", native_enum=False, length=40),
            nullable=False,
            server_default="before",
        ),
    )
    op.add_column(
        "call",
        sa.Column(
            "argument_curation",
            sa.Enum("before", "trusted", "after", "reported", name="curation", native_enum=False, length=40),
            nullable=False,
            server_default="reported",
        ),
    )
    op.add_column("call", sa.Column("trust_after", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("call", sa.Column("checklist", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("process", sa.Column("promised_hours", sa.Integer(), nullable=False, server_default="24"))
    op.add_column("process", sa.Column("report_threshold", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("process", sa.Column("appeal_days", sa.Integer(), nullable=False, server_default="14"))
    op.add_column("person", sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    # A constraint cannot be changed on SQLite, so these two are made anew, with all their rows.
    _anew(
        "moderation_decision",
        f"{DECISION}, checked, before",
        f"SELECT {DECISION}, '[]', '{{}}' FROM kept",
        wide=True,
    )
    _anew(
        "report",
        f"{REPORT}, email, language",
        f"SELECT {REPORT}, '', 'nl' FROM kept",
        wide=True,
    )
    op.create_table(
        "held_mail",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_held_mail_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["mail_message.id"],
            name=op.f("fk_held_mail_message_id_mail_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_held_mail")),
    )
    op.create_index(op.f("ix_held_mail_decision_id"), "held_mail", ["decision_id"])
    op.create_table(
        "split_idea",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_split_idea_decision_id_moderation_decision"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["idea.id"], name=op.f("fk_split_idea_from_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_split_idea_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_split_idea")),
    )
    op.create_index(op.f("ix_split_idea_decision_id"), "split_idea", ["decision_id"])
    op.create_index(op.f("ix_split_idea_from_id"), "split_idea", ["from_id"])
    op.create_table(
        "masked_text",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("original", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_masked_text_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_masked_text")),
    )
    op.create_index(op.f("ix_masked_text_keep_until"), "masked_text", ["keep_until"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("sanction_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("upheld", "rejected", name="appealoutcome", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision_id IS NULL) <> (sanction_id IS NULL)", name=op.f("ck_appeal_one_subject")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_appeal_author_id_person")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_appeal_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_appeal_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanction.id"], name=op.f("fk_appeal_sanction_id_sanction"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
        sa.UniqueConstraint("sanction_id", name=op.f("uq_appeal_sanction_id")),
    )
    op.create_index(op.f("ix_appeal_author_id"), "appeal", ["author_id"])
    op.create_table(
        "moderation_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("argument_id", sa.Integer(), nullable=True),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            ONE_SUBJECT,
            name=op.f("ck_moderation_note_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["argument_id"],
            ["argument.id"],
            name=op.f("fk_moderation_note_argument_id_argument"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_moderation_note_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_moderation_note_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_moderation_note_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_moderation_note_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_note")),
    )
    op.create_index(op.f("ix_moderation_note_argument_id"), "moderation_note", ["argument_id"])
    op.create_index(op.f("ix_moderation_note_author_id"), "moderation_note", ["author_id"])
    op.create_index(op.f("ix_moderation_note_idea_id"), "moderation_note", ["idea_id"])
    op.create_index(op.f("ix_moderation_note_person_id"), "moderation_note", ["person_id"])
    op.create_index(op.f("ix_moderation_note_practice_id"), "moderation_note", ["practice_id"])
    op.create_table(
        "flagged_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["person.id"],
            name=op.f("fk_flagged_word_added_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flagged_word")),
        sa.UniqueConstraint("word", name=op.f("uq_flagged_word_word")),
    )


def downgrade() -> None:
    op.drop_table("flagged_word")
    op.drop_table("moderation_note")
    op.drop_table("appeal")
    op.drop_table("masked_text")
    op.drop_table("split_idea")
    op.drop_table("held_mail")
    narrow = "WHERE practice_id IS NULL AND"
    known = "('publish', 'return', 'refuse', 'hide', 'restore', 'keep')"
    _anew("report", REPORT, f"SELECT {REPORT} FROM kept {narrow} reporter_id IS NOT NULL", wide=False)
    _anew(
        "moderation_decision",
        DECISION,
        f"SELECT {DECISION} FROM kept {narrow} moderator_id IS NOT NULL AND verb IN {known}",
        wide=False,
    )
    op.drop_column("person", "paused_until")
    op.drop_column("person", "blocked_until")
    op.drop_column("process", "appeal_days")
    op.drop_column("process", "report_threshold")
    op.drop_column("process", "promised_hours")
    op.drop_column("call", "checklist")
    op.drop_column("call", "trust_after")
    op.drop_column("call", "argument_curation")
    op.drop_column("call", "idea_curation")
    op.drop_table("sanction")


def _anew(table: str, columns: str, rows: str, *, wide: bool) -> None:
    """Make a table again in its wide or narrow form and put its rows back."""
    op.execute(f"CREATE TABLE kept AS SELECT * FROM {table}")
    op.drop_table(table)
    if table == "report":
        _make_reports(wide)
    else:
        _make_decisions(wide)
    op.execute(f"INSERT INTO {table} ({columns}) {rows}")
    op.execute("DROP TABLE kept")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )


def _make_decisions(wide: bool) -> None:
    more: list[sa.Column[object] | sa.Constraint] = (
        [
            sa.Column("practice_id", sa.Integer(), nullable=True),
            sa.Column("waited", sa.Integer(), nullable=True),
            sa.Column("checked", sa.JSON(), nullable=False),
            sa.Column("before", sa.JSON(), nullable=False),
            sa.Column("batch", sa.String(length=32), nullable=True),
            sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("undone_by_id", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(
                ["practice_id"],
                ["practice.id"],
                name=op.f("fk_moderation_decision_practice_id_practice"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["undone_by_id"], ["person.id"], name=op.f("fk_moderation_decision_undone_by_id_person")
            ),
        ]
        if wide
        else []
    )
    op.create_table(
        "moderation_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("argument_id", sa.Integer(), nullable=True),
        sa.Column(
            "verb",
            sa.Enum(
                "publish",
                "return",
                "refuse",
                "hide",
                "restore",
                "keep",
                "detach",
                "split",
                "mask",
                "merge",
                "recall",
                name="moderationverb",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "off_topic",
                "outside_mandate",
                "duplicate",
                "personal_data",
                "insult",
                "advertising",
                "unclear",
                name="refusalreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=wide),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            NEW_ONE_TEXT if wide else OLD_ONE_TEXT, name=op.f("ck_moderation_decision_one_text")
        ),
        sa.ForeignKeyConstraint(
            ["argument_id"],
            ["argument.id"],
            name=op.f("fk_moderation_decision_argument_id_argument"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_moderation_decision_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["person.id"], name=op.f("fk_moderation_decision_moderator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decision")),
        *more,
    )
    op.create_index(op.f("ix_moderation_decision_argument_id"), "moderation_decision", ["argument_id"])
    op.create_index(op.f("ix_moderation_decision_idea_id"), "moderation_decision", ["idea_id"])
    if wide:
        op.create_index(op.f("ix_moderation_decision_batch"), "moderation_decision", ["batch"])
        op.create_index("ix_moderation_decision_decided_at", "moderation_decision", ["decided_at", "id"])
        op.create_index(op.f("ix_moderation_decision_moderator_id"), "moderation_decision", ["moderator_id"])
        op.create_index(op.f("ix_moderation_decision_practice_id"), "moderation_decision", ["practice_id"])


def _make_reports(wide: bool) -> None:
    more: list[sa.Column[object] | sa.Constraint] = (
        [
            sa.Column("practice_id", sa.Integer(), nullable=True),
            sa.Column("email", sa.String(length=254), nullable=False),
            sa.Column("language", sa.String(length=5), nullable=False),
            sa.Column(
                "outcome",
                sa.Enum("right", "kept", name="reportoutcome", native_enum=False, length=40),
                nullable=True,
            ),
            sa.ForeignKeyConstraint(
                ["practice_id"],
                ["practice.id"],
                name=op.f("fk_report_practice_id_practice"),
                ondelete="CASCADE",
            ),
            sa.UniqueConstraint("reporter_id", "practice_id", name=op.f("uq_report_reporter_id_practice_id")),
        ]
        if wide
        else []
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("argument_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=wide),
        sa.Column(
            "reason",
            sa.Enum(
                "insult",
                "personal_data",
                "advertising",
                "off_topic",
                "other",
                name="reportreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(NEW_ONE_TEXT if wide else OLD_ONE_TEXT, name=op.f("ck_report_one_text")),
        sa.ForeignKeyConstraint(
            ["argument_id"], ["argument.id"], name=op.f("fk_report_argument_id_argument"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_report_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("reporter_id", "argument_id", name=op.f("uq_report_reporter_id_argument_id")),
        sa.UniqueConstraint("reporter_id", "idea_id", name=op.f("uq_report_reporter_id_idea_id")),
        *more,
    )
    op.create_index(op.f("ix_report_argument_id"), "report", ["argument_id"])
    op.create_index(op.f("ix_report_idea_id"), "report", ["idea_id"])
    op.create_index("ix_report_open", "report", ["handled_at", "created_at"])
    if wide:
        op.create_index(op.f("ix_report_practice_id"), "report", ["practice_id"])
