"""Agendas that facilitators publish in versions, and people who are asked to come."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("proposer", "partner", name="invited", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Enum("yes", "no", name="answer", native_enum=False, length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["person.id"],
            name=op.f("fk_agenda_invitation_asked_by_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_agenda_invitation_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_agenda_invitation_theme_id_theme"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_agenda_invitation_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agenda_invitation_token_hash")),
        sa.UniqueConstraint(
            "workshop_id",
            "theme_id",
            "person_id",
            name=op.f("uq_agenda_invitation_workshop_id_theme_id_person_id"),
        ),
    )
    op.create_index(op.f("ix_agenda_invitation_asked_by"), "agenda_invitation", ["asked_by"])
    op.create_index(op.f("ix_agenda_invitation_person_id"), "agenda_invitation", ["person_id"])
    op.create_index(op.f("ix_agenda_invitation_theme_id"), "agenda_invitation", ["theme_id"])
    op.create_table(
        "agenda_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["person.id"],
            name=op.f("fk_agenda_version_published_by_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_agenda_version_snapshot_id_snapshot")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_agenda_version_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_version")),
        sa.UniqueConstraint("workshop_id", "number", name=op.f("uq_agenda_version_workshop_id_number")),
    )
    op.create_index(op.f("ix_agenda_version_published_by"), "agenda_version", ["published_by"])
    op.create_index(op.f("ix_agenda_version_snapshot_id"), "agenda_version", ["snapshot_id"])
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.add_column(
            sa.Column(
                "basis",
                sa.Enum("newest", "votes", "stand", name="agendabasis", native_enum=False, length=40),
                nullable=False,
                server_default="newest",
            )
        )
        batch_op.add_column(sa.Column("basis_number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("order", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("order_reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.drop_column("order_reason")
        batch_op.drop_column("order")
        batch_op.drop_column("basis_number")
        batch_op.drop_column("basis")
    op.drop_index(op.f("ix_agenda_version_snapshot_id"), table_name="agenda_version")
    op.drop_index(op.f("ix_agenda_version_published_by"), table_name="agenda_version")
    op.drop_table("agenda_version")
    op.drop_index(op.f("ix_agenda_invitation_theme_id"), table_name="agenda_invitation")
    op.drop_index(op.f("ix_agenda_invitation_person_id"), table_name="agenda_invitation")
    op.drop_index(op.f("ix_agenda_invitation_asked_by"), table_name="agenda_invitation")
    op.drop_table("agenda_invitation")
